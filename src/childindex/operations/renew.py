"""Renew: a record the index has seen is sent again: confirmed, refused as stale, or replaced by a newer version."""

from dataclasses import replace

from childindex.entry import EntryState
from childindex.errors import Error, Reason
from childindex.linkage import Decision
from childindex.operations.audit import Action
from childindex.operations.child import RECORD, Child, records_of
from childindex.operations.draft import Draft
from childindex.operations.promote import promotable, promote
from childindex.operations.recognise import Recognition, prepare, recognise
from childindex.operations.review import raise_review
from childindex.operations.task import Task
from childindex.pointer import Change
from childindex.store import Snapshot, Table, documents, layout
from childindex.store.commit import Put
from childindex.store.layout import Part, Place


async def renew(task: Task, draft: Draft, snapshot: Snapshot, child: Child, place: Place) -> Child:
    """The child after its record was sent again.

    Raises STALE_SOURCE_VERSION for a version older than the last, SOURCE_VERSION_REUSED for the last one with
    other content.
    """
    version = task.given.source_version
    if version < place.source_version:
        raise Error(Reason.STALE_SOURCE_VERSION, "record.source_version: a newer version is registered already")
    if version > place.source_version:
        return await _update(task, draft, snapshot, child, place)
    if task.content != place.content:
        raise Error(
            Reason.SOURCE_VERSION_REUSED, "record.source_version: this version was registered with other content"
        )
    return _confirm(task, draft, child)


def _confirm(task: Task, draft: Draft, child: Child) -> Child:
    """The same version again: last seen moves on, nothing else."""
    pointer = child.pointer(task.given.key)
    assert pointer is not None, "a place without a pointer"
    child = child.with_pointer(replace(pointer, last_seen=task.index.clock()))
    draft.put_pointers(child)
    draft.record(child, task.event(Action.CONFIRM, "CONFIRMED"))
    return child


async def _update(task: Task, draft: Draft, snapshot: Snapshot, child: Child, place: Place) -> Child:
    """A newer version: its facts replace the record's. The child stays; do they point elsewhere, a steward decides.

    1 the old row becomes history (CHANGED) or goes (CORRECTED); 2 the new row; 3 do the new facts still fit?
    4 pointer, place, number.
    """
    draft.guards = task.query.guards
    earlier = child.pointer(task.given.key)
    assert earlier is not None, "a place without a pointer"
    versions = await records_of(task.index, snapshot, child, task.given.key)
    seen = await recognise(
        task.index, snapshot, task.query, without=frozenset((child.entry, slot) for slot in versions)
    )
    child, slot = await _replace_row(task, draft, snapshot, child, place)
    if task.given.involved_until is not None:
        child = child.retired(slot)
    if _points_elsewhere(child, seen, alone=len(child.pointers) == 1):
        child = replace(child, profile=replace(child.profile, state=EntryState.UNDER_REVIEW))
        raise_review(task.index, draft, child.profile.authority, child.entry, seen)
    elif promotable(task, child):
        child = promote(task, draft, child)
    child = child.with_pointer(replace(task.pointer(slot), first_seen=earlier.first_seen))
    draft.put_child(child)
    draft.put_place(task.given.key, Place(child.entry, slot, task.given.source_version, task.content))
    draft.record(child, task.event(Action.UPDATE, "UPDATED"))
    return child


async def _replace_row(task: Task, draft: Draft, snapshot: Snapshot, child: Child, place: Place) -> tuple[Child, int]:
    """The child with the new version's row, and that row's slot; equal details keep the row they have."""
    current = next(row for row in child.profile.rows if row.slot == place.slot)
    if current.features == task.query.features.encode():
        name = layout.sealed_key(child.entry, Part.RECORD, place.slot)
        sealed = child.key.seal_padded(RECORD, documents.encode_record(task.given), name)
        draft.puts.append(Put(Table.SEALED, name, sealed))
        draft.touches += task.query.guards
        rows = tuple(replace(row, active=True) if row is current else row for row in child.profile.rows)
        return replace(child, profile=replace(child.profile, rows=rows)), place.slot
    child = await draft.add_row(snapshot, child, task.query, task.given)
    slot = child.profile.rows[-1].slot
    if task.given.change is Change.CORRECTED:
        before = (await records_of(task.index, snapshot, child, task.given.key))[place.slot]
        query = prepare(task.index, before.demographics, task.query.source)
        return await draft.remove_row(snapshot, child, place.slot, query), slot
    return child.retired(place.slot), slot


def _points_elsewhere(child: Child, seen: Recognition, *, alone: bool) -> bool:
    """Whether the new facts match another child, or no longer resemble what others say of this one."""
    best = seen.match.scored[0].entry if seen.match.scored else None
    if seen.match.decision is Decision.UNMATCHED:
        return not alone
    return best != child.entry
