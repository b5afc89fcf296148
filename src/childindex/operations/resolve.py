"""Resolve: whose details are these? One child confirmed, or nothing said."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from childindex import telemetry
from childindex.caller import Caller, Grant
from childindex.demographics import Demographics
from childindex.errors import Error, Reason
from childindex.linkage import Decision as Decided
from childindex.number import ChildNumber
from childindex.operations.adopt import in_force, policy_in_force
from childindex.operations.answers import Resolution
from childindex.operations.audit import Action, AuditEvent, about_child, about_none
from childindex.operations.budget import charges, subject_of
from childindex.operations.child import key_of
from childindex.operations.explain import explanation
from childindex.operations.index import Index
from childindex.operations.recognise import Query, advise, prepare, recognise
from childindex.store import Snapshot, layout
from childindex.store.commit import Charge, Commit, Event

_SLICE = 16  # children resolved on one snapshot before the loop may turn and the journal is written


@dataclass(frozen=True, slots=True)
class _Asked:
    index: Index
    caller: Caller
    policy: int
    explain: bool
    loaded: frozenset[str]
    kind: str

    def query(self, demographics: Demographics) -> Query:
        """These details as the caller asks for them."""
        query = prepare(self.index, demographics, asker=self.caller.custodian, loaded=self.loaded)
        return replace(query, kind=self.kind)

    def event(self, outcome: str, subject: bytes = b"") -> AuditEvent:
        model = self.index.model.label
        return AuditEvent(Action.RESOLVE, self.index.clock(), self.caller, self.policy, outcome, model, subject=subject)


@dataclass(frozen=True, slots=True)
class _Told:
    resolution: Resolution
    events: tuple[Event, ...]
    charges: tuple[Charge, ...]

    def commit(self, policy: int) -> Commit:
        return Commit(expects=in_force(policy), events=self.events, charges=self.charges)


async def resolve(index: Index, caller: Caller, demographics: Demographics, *, explain: bool = False) -> Resolution:
    """The number of the one child the index confirms for these details, or advice from the input alone.

    With `explain` (for those granted it) also why. Raises `Error` when the caller may not ask
    (decided before any lookup), when the details are too few, or when the disclosure cannot be journalled.
    """
    # 1 may the caller ask?
    policy = await policy_in_force(index)
    member = policy.require(caller, Grant.RESOLVE, index.today())
    if explain:
        policy.require(caller, Grant.EXPLAIN, index.today())
    # 2 look and weigh on one snapshot
    asked = _Asked(index, caller, policy.version, explain, policy.loaded_beside(member), member.kind.value)
    query = asked.query(demographics)
    async with index.store.snapshot() as snapshot:
        told = await _told(asked, snapshot, query)
    # 3 the disclosure is durable before the answer
    await index.commit(told.commit(policy.version))
    return told.resolution


async def resolve_many(index: Index, caller: Caller, items: Sequence[Demographics | Error]) -> list[Resolution | Error]:
    """As `resolve` for each item; an item that is an error already stays it, one that is refused answers its error."""
    policy = await policy_in_force(index)
    member = policy.require(caller, Grant.RESOLVE, index.today())
    asked = _Asked(index, caller, policy.version, False, policy.loaded_beside(member), member.kind.value)
    answers: list[Resolution | Error] = []
    for start in range(0, len(items), _SLICE):
        answers += await _slice(asked, items[start : start + _SLICE])
    return answers


async def _slice(asked: _Asked, items: Sequence[Demographics | Error]) -> list[Resolution | Error]:
    told: list[_Told | Error] = []
    async with asked.index.store.snapshot() as snapshot:
        for item in items:
            try:
                if isinstance(item, Error):
                    raise item
                told.append(await _told(asked, snapshot, asked.query(item)))
            except Error as error:
                told.append(error)
    answered = [one for one in told if isinstance(one, _Told)]
    events = tuple(event for one in answered for event in one.events)
    costs = tuple(charge for one in answered for charge in one.charges)
    if answered:
        try:
            await asked.index.commit(Commit(expects=in_force(asked.policy), events=events, charges=costs))
        except Error as error:  # nothing of the slice was journalled, so nothing of it may be told
            if error.reason is not Reason.BUDGET_EXHAUSTED:
                return [error if isinstance(one, _Told) else one for one in told]
            return [await _one_by_one(asked, one) for one in told]
    return [one.resolution if isinstance(one, _Told) else one for one in told]


async def _one_by_one(asked: _Asked, told: _Told | Error) -> Resolution | Error:
    """An answer journalled by itself, so that one child over the budget refuses no other."""
    if isinstance(told, Error):
        return told
    try:
        await asked.index.commit(told.commit(asked.policy))
    except Error as error:
        return error
    return told.resolution


async def _told(asked: _Asked, snapshot: Snapshot, query: Query) -> _Told:
    index, caller = asked.index, asked.caller
    seen = await recognise(index, snapshot, query)
    telemetry.decision("resolve", seen.match.decision.value, len(seen.match.scored))
    matched = seen.match.decision is Decided.MATCHED
    why = explanation(index.model, query, seen) if asked.explain else None
    shown = [scored.entry for scored in seen.match.scored[: len(why.candidates) if why else int(matched)]]
    outcome = ("MATCHED" if matched else "NOT_CONFIRMED") + ("_EXPLAINED" if why else "")
    # each child that is shown, in the answer or in its explanation, has its own event and its own cost
    events = [
        about_child(asked.event(outcome), layout.entry_key(entry), await key_of(index, snapshot, entry), index.vault)
        for entry in shown
    ]
    costs = [charge for entry in shown for charge in charges(index, caller, layout.entry_key(entry))]
    if not matched:
        details = query.features.encode()
        events.append(about_none(asked.event(outcome, subject_of(index, details)), index.vault))
        costs += charges(index, caller, details)
    number = ChildNumber(seen.profiles[shown[0]].number) if matched else None
    advice = () if matched else advise(index, query.record)
    return _Told(Resolution(number, advice, why, query.left_out), tuple(events), tuple(costs))
