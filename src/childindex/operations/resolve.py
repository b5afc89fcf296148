"""Resolve: whose details are these? One child confirmed, or nothing said."""

from collections.abc import Sequence
from dataclasses import dataclass

from childindex import telemetry
from childindex.caller import Caller, Grant
from childindex.demographics import Demographics
from childindex.entry import ShieldState
from childindex.errors import Error
from childindex.linkage import Decision as Decided
from childindex.number import ChildNumber
from childindex.operations.adopt import policy_in_force
from childindex.operations.answers import Resolution
from childindex.operations.audit import Action, AuditEvent, about_child, about_none
from childindex.operations.budget import charges
from childindex.operations.child import key_of
from childindex.operations.explain import explanation
from childindex.operations.index import Index
from childindex.operations.recognise import Query, Recognition, advise, prepare, recognise
from childindex.store import Snapshot, layout
from childindex.store.commit import Charge, Commit, Event

_SLICE = 16  # children resolved on one snapshot before the loop may turn and the journal is written


@dataclass(frozen=True, slots=True)
class _Asked:
    index: Index
    caller: Caller
    policy: int
    explain: bool = False


@dataclass(frozen=True, slots=True)
class _Told:
    resolution: Resolution
    event: Event
    charges: tuple[Charge, ...]


async def resolve(index: Index, caller: Caller, demographics: Demographics, *, explain: bool = False) -> Resolution:
    """The number of the one child the index confirms for these details, or advice from the input alone.

    With `explain` (for those granted it) also why. Raises `Error` when the caller may not ask
    (decided before any lookup), when the details are too few, or when the disclosure cannot be journalled.
    """
    # 1 may the caller ask?
    policy = await policy_in_force(index)
    policy.require(caller, Grant.RESOLVE, index.today())
    if explain:
        policy.require(caller, Grant.EXPLAIN, index.today())
    # 2 look and weigh on one snapshot
    query = prepare(index, demographics)
    async with index.store.snapshot() as snapshot:
        told = await _told(_Asked(index, caller, policy.version, explain), snapshot, query)
    # 3 the disclosure is durable before the answer
    await index.store.commit(Commit(events=(told.event,), charges=told.charges))
    return told.resolution


async def resolve_many(index: Index, caller: Caller, items: Sequence[Demographics | Error]) -> list[Resolution | Error]:
    """As `resolve` for each item; an item that is an error already stays it, one that is refused answers its error."""
    policy = await policy_in_force(index)
    policy.require(caller, Grant.RESOLVE, index.today())
    asked = _Asked(index, caller, policy.version)
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
                told.append(await _told(asked, snapshot, prepare(asked.index, item)))
            except Error as error:
                told.append(error)
    answered = [one for one in told if isinstance(one, _Told)]
    if answered:
        events = tuple(one.event for one in answered)
        costs = tuple(charge for one in answered for charge in one.charges)
        try:
            await asked.index.store.commit(Commit(events=events, charges=costs))
        except Error as error:  # nothing of the slice was journalled, so nothing of it may be told
            return [error if isinstance(one, _Told) else one for one in told]
    return [one.resolution if isinstance(one, _Told) else one for one in told]


async def _told(asked: _Asked, snapshot: Snapshot, query: Query) -> _Told:
    index, caller = asked.index, asked.caller
    seen = await recognise(index, snapshot, query)
    telemetry.decision("resolve", seen.match.decision.value, len(seen.match.scored))
    entry = _confirmed(seen)
    why = explanation(index.model, seen) if asked.explain else None
    outcome = "NOT_CONFIRMED" if entry is None else "MATCHED"
    if why is not None:
        outcome += "_EXPLAINED"
    event = AuditEvent(Action.RESOLVE, index.clock(), caller, asked.policy, outcome, index.model.label)
    if entry is None:
        resolution = Resolution(None, advise(index, query.record), why)
        return _Told(resolution, about_none(event, index.vault), charges(index, caller, query.features.encode()))
    name = layout.entry_key(entry)
    journalled = about_child(event, name, await key_of(index, snapshot, entry), index.vault)
    resolution = Resolution(ChildNumber(seen.profiles[entry].number), (), why)
    return _Told(resolution, journalled, charges(index, caller, name))


def _confirmed(seen: Recognition) -> int | None:
    """The entry a machine caller may be told of: matched, and not hidden."""
    if seen.match.decision is not Decided.MATCHED:
        return None
    entry = seen.match.scored[0].entry
    return entry if seen.profiles[entry].shield == ShieldState.OPEN else None
