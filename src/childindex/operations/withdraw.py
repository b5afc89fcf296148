"""Withdraw: a custodian ends or retracts a record it declared."""

from dataclasses import replace

from childindex import telemetry
from childindex.caller import Caller, Grant
from childindex.demographics import PartialDate
from childindex.errors import Conflict, Error, Reason
from childindex.operations.adopt import policy_in_force
from childindex.operations.audit import Action, AuditEvent
from childindex.operations.child import Child, child_of, place_of, records_of, source_of
from childindex.operations.draft import Draft
from childindex.operations.index import Index
from childindex.operations.recognise import prepare
from childindex.pointer import PointerState, RecordKey, WithdrawalReason
from childindex.store import Snapshot
from childindex.store.layout import Place


async def withdraw(
    index: Index, caller: Caller, key: RecordKey, reason: WithdrawalReason, ended: PartialDate = PartialDate()
) -> None:
    """ENDED keeps the pointer, ended, and what the record asserted; the other reasons remove both.

    Raises NO_SUCH_RECORD where the caller has no such record; ending an ended record changes its date.
    """
    policy = await policy_in_force(index)
    policy.require(caller, Grant.REGISTER, index.today())
    event = AuditEvent(Action.WITHDRAW, index.clock(), caller, policy.version, reason.name)
    for _ in range(index.settings.attempts):
        try:
            return await _attempt(index, key, event, ended if reason is WithdrawalReason.ENDED else None)
        except Conflict:
            telemetry.conflict()
    raise Conflict


async def _attempt(index: Index, key: RecordKey, event: AuditEvent, ended: PartialDate | None) -> None:
    async with index.store.snapshot() as snapshot:
        place = await place_of(index, snapshot, key)
        if place is None:
            raise Error(Reason.NO_SUCH_RECORD, "key: the caller has no such record")
        child = await child_of(index, snapshot, place.entry)
        draft = Draft(index, snapshot.position)
        if ended is not None:
            child = _end(child, key, place, ended)
        else:
            child = await _remove(draft, snapshot, child, key)
        draft.put_child(child)
        draft.record(child, event)
    await index.store.commit(draft.commit())


def _end(child: Child, key: RecordKey, place: Place, ended: PartialDate) -> Child:
    pointer = child.pointer(key)
    assert pointer is not None, "a place without a pointer"
    pointer = replace(pointer, state=PointerState.ENDED, involved_until=ended or pointer.involved_until)
    return child.retired(place.slot).with_pointer(pointer)


async def _remove(draft: Draft, snapshot: Snapshot, child: Child, key: RecordKey) -> Child:
    """Every version of the record goes: rows, postings, strings, pointer and place. The number stays spent."""
    index = draft.index
    for slot, given in (await records_of(index, snapshot, child, key)).items():
        query = prepare(index, given.demographics, source_of(index, key))
        child = await draft.remove_row(snapshot, child, slot, query)
    draft.delete_place(key)
    return replace(child, pointers=tuple(p for p in child.pointers if p.key != key))
