"""Withdraw: a custodian ends or retracts a record it declared."""

from dataclasses import replace

from childindex import telemetry
from childindex.caller import Caller
from childindex.demographics import PartialDate
from childindex.errors import Conflict, Error, InvalidFields, Reason, Violation
from childindex.operations.adopt import policy_in_force
from childindex.operations.audit import Action, AuditEvent
from childindex.operations.child import Child, child_of, gone, place_of, records_of
from childindex.operations.draft import Draft
from childindex.operations.index import Index
from childindex.operations.vacated import vacate
from childindex.pointer import PointerState, RecordKey, WithdrawalReason
from childindex.store import Snapshot
from childindex.store.layout import Place


async def withdraw(
    index: Index, caller: Caller, key: RecordKey, reason: WithdrawalReason, ended: PartialDate = PartialDate()
) -> None:
    """ENDED keeps the pointer, ended, and what the record asserted; the other reasons remove both.

    A child's last record that was entered in error leaves the entry vacated: sent again in time, it finds its number.

    Membership is enough: who can no longer register must still be able to retract. Raises NO_SUCH_RECORD where the
    caller has no such record; ending an ended record changes its date, removing a removed one changes nothing.
    """
    for _ in range(index.settings.attempts):
        policy = await policy_in_force(index)
        policy.member(caller)
        event = AuditEvent(Action.WITHDRAW, index.clock(), caller, policy.version, reason.name)
        try:
            return await _attempt(index, key, event, (reason, ended))
        except Conflict:
            telemetry.conflict()
    raise Conflict


async def _attempt(index: Index, key: RecordKey, event: AuditEvent, why: tuple[WithdrawalReason, PartialDate]) -> None:
    reason, last_day = why
    ends = reason is WithdrawalReason.ENDED
    async with index.store.snapshot() as snapshot:
        place, _ = await place_of(index, snapshot, key)
        if place is None or key.custodian != event.caller.custodian or (gone(place) and ends):
            raise Error(Reason.NO_SUCH_RECORD, "key: the caller has no such record")
        if gone(place):
            return
        child = await child_of(index, snapshot, place.entry)
        draft = Draft(index, snapshot.position, event.policy)
        if ends:
            child = _end(index, child, key, place, last_day)
        elif reason is WithdrawalReason.ENTERED_IN_ERROR and [p.key for p in child.pointers] == [key]:
            child = await vacate(draft, snapshot, child, key)
            draft.bury(key, place)
        else:
            child = await _remove(draft, snapshot, child, key, place)
        draft.put_child(child)
        draft.record(child, event)
    await index.commit(draft.commit())


def _end(index: Index, child: Child, key: RecordKey, place: Place, last_day: PartialDate) -> Child:
    pointer = child.pointer(key)
    assert pointer is not None, "a place without a pointer"
    until = last_day or PartialDate.of(index.today())
    if until.bounds[0] > index.today():
        raise InvalidFields([Violation("ended", "is in the future")])
    if pointer.involved_from and until.bounds[1] < pointer.involved_from.bounds[0]:
        raise InvalidFields([Violation("ended", "is before the first day of involvement")])
    pointer = replace(pointer, state=PointerState.ENDED, involved_until=until)
    return child.activated(place.slot, active=False).with_pointer(pointer)


async def _remove(draft: Draft, snapshot: Snapshot, child: Child, key: RecordKey, place: Place) -> Child:
    """Every version of the record goes: rows, postings, strings and pointer; of its place only the version stays.

    The number stays spent.
    """
    for slot in await records_of(draft.index, snapshot, child, key):
        child = await draft.remove_row(snapshot, child, slot)
    draft.bury(key, place)
    return replace(child, pointers=tuple(p for p in child.pointers if p.key != key))
