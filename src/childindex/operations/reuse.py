"""Reuse: a local id has come to another child. The older record is retired, ended; the new one is recognised afresh.

The number of the one child must never be told for the other, nor open its pointers. The retired record stays with its
child as one of the former uses of the local id, which no caller can name; what a correction says was never so goes.
"""

from dataclasses import replace

from childindex.demographics import PartialDate
from childindex.operations.audit import Action
from childindex.operations.child import Child, place_of
from childindex.operations.doubts import Doubt, Review
from childindex.operations.draft import Draft
from childindex.operations.enrol import enrol
from childindex.operations.review import concerned, raise_review
from childindex.operations.task import Task
from childindex.operations.vacated import vacate
from childindex.operations.versions import Versions
from childindex.pointer import Change, PointerState, RecordKey
from childindex.store import Snapshot
from childindex.store.layout import Place


async def reuse(task: Task, draft: Draft, snapshot: Snapshot, child: Child, found: tuple[Place, Versions]) -> Child:
    """The other child, with the record; `child` is the one whose record had the local id before.

    Ids are used again when a record has ended; where it had not, a person is asked as well. A record in use that its
    custodian corrects was never the first child's: nothing of it stays there.
    """
    place, versions = found
    pointer = child.pointer(task.given.key)
    assert pointer is not None, "a place without a pointer"
    in_use = pointer.state_on(task.index.today()) is PointerState.ACTIVE
    if in_use and task.given.change is Change.CORRECTED:
        child = await _retracted(task, draft, snapshot, child, versions)
    else:
        child = await _retired(task, draft, snapshot, child, (place, versions))
    draft.put_child(child)
    draft.record(child, task.event(Action.UPDATE, "REUSED"))
    other = await enrol(task, draft, snapshot)
    if in_use:
        raise_review(draft, Review(Doubt.REUSED, (other.entry,)), concerned([other]))
    return other


async def _retracted(task: Task, draft: Draft, snapshot: Snapshot, child: Child, versions: Versions) -> Child:
    """The child without the record, as where it was entered in error."""
    if [pointer.key for pointer in child.pointers] == [task.given.key]:
        return await vacate(draft, snapshot, child, task.given.key)
    for slot in versions:
        child = await draft.remove_row(snapshot, child, slot)
    return replace(child, pointers=tuple(p for p in child.pointers if p.key != task.given.key))


async def _retired(task: Task, draft: Draft, snapshot: Snapshot, child: Child, found: tuple[Place, Versions]) -> Child:
    """The child with the record under a key of its own, ended. Versions in dispute go: they found nobody."""
    place, versions = found
    accepted = {row.slot for row in child.profile.rows if row.features and row.slot in versions}
    for slot in set(versions) - accepted:
        child = await draft.remove_row(snapshot, child, slot)
    pointer = child.pointer(task.given.key)
    others = tuple(p for p in child.pointers if p.key != task.given.key)
    if pointer is None or not accepted:
        return replace(child, pointers=others)
    key = await _free_key(task, snapshot, task.given.key)
    latest = max(accepted, key=lambda slot: versions[slot].source_version)
    for slot in accepted:
        draft.put_record(child, slot, replace(versions[slot], key=key))
        child = child.activated(slot, active=False)
    today = task.index.today()
    until = pointer.involved_until if pointer.state_on(today) is PointerState.ENDED else PartialDate.of(today)
    ended = replace(pointer, key=key, slot=latest, state=PointerState.ENDED, involved_until=until)
    draft.put_place(key, Place(child.entry, latest, place.source_version, place.content), before=None)
    return replace(child, pointers=(*others, ended))


async def _free_key(task: Task, snapshot: Snapshot, key: RecordKey) -> RecordKey:
    """The key of the next former use."""
    while True:
        key = replace(key, use=key.use + 1)
        if (await place_of(task.index, snapshot, key))[0] is None:
            return key
