"""Renew: a record the index has seen is sent again: confirmed, refused as stale, or replaced by a newer version.

A newer version is matched again as if the record had been withdrawn. What its custodian changes or corrects takes
effect where the rest still speaks for the child (`standing`); where the child's other records contradict it, a person
is asked. A version that may be another child's is kept, sealed and disputed: it finds nobody and proves nothing, for
one custodian's slip must not make a child's number mean another child. One that is certainly another's is a local id
used again (`reuse`). What a record asserted before stays matchable, also what was disputed in between and led to the
version that fits; what did not is forgotten.
"""

from dataclasses import replace

from childindex.entry import ShieldState
from childindex.errors import Error, Reason
from childindex.linkage import LiveRecord, Validity, with_replaced
from childindex.operations.audit import Action
from childindex.operations.budget import charges
from childindex.operations.child import Child, gone, record_handle, records_of
from childindex.operations.doubts import Doubt, Review
from childindex.operations.draft import Draft
from childindex.operations.files import held_of
from childindex.operations.promote import promotable, promote
from childindex.operations.recognise import Recognition, recognise
from childindex.operations.reuse import reuse
from childindex.operations.review import concerned, raise_review
from childindex.operations.standing import Standing, contradictions, standing
from childindex.operations.task import Task
from childindex.operations.versions import dispute, replace_version
from childindex.pointer import Change
from childindex.store import Snapshot
from childindex.store.layout import Place


async def renew(task: Task, draft: Draft, snapshot: Snapshot, child: Child, place: Place) -> Child:
    """The child after its record was sent again.

    Raises STALE_SOURCE_VERSION for a version older than the last, SOURCE_VERSION_REUSED for the last one with
    other content.
    """
    refuse_stale(task, place)
    if task.given.source_version > place.source_version:
        return await _update(task, draft, snapshot, child, place)
    if task.content != place.content:
        raise Error(
            Reason.SOURCE_VERSION_REUSED, "record.source_version: this version was registered with other content"
        )
    return _confirm(task, draft, child)


def refuse_stale(task: Task, place: Place) -> None:
    """Raises STALE_SOURCE_VERSION for a version older than the last, of a withdrawn record also for the last."""
    withdrawn = gone(place)
    last = place.source_version if withdrawn else place.source_version - 1
    if task.given.source_version <= last:
        known = "it was withdrawn in this version or a newer one" if withdrawn else "a newer version is registered"
        raise Error(Reason.STALE_SOURCE_VERSION, f"record.source_version: {known} already")


def _confirm(task: Task, draft: Draft, child: Child) -> Child:
    """The same version again: last seen moves on; a doubt settled since may let the number be permanent."""
    pointer = child.pointer(task.given.key)
    assert pointer is not None, "a place without a pointer"
    child = child.with_pointer(replace(pointer, last_seen=task.index.clock()))
    if promotable(task, child):
        child = promote(task, draft, child)
        draft.put_child(child)
    else:
        draft.put_pointers(child)
    draft.record(child, task.event(Action.CONFIRM, "CONFIRMED"))
    return child


async def _update(task: Task, draft: Draft, snapshot: Snapshot, child: Child, place: Place) -> Child:
    """A newer version: its facts replace the record's where they still are the child's.

    1 match again without the record's own rows; 2 whose is it now? another's: the record is enrolled afresh; 3 the row,
    or the dispute; 4 shield, pointer, number, place.
    """
    earlier = child.pointer(task.given.key)
    assert earlier is not None, "a place without a pointer"
    draft.guards = task.query.guards
    versions = await records_of(task.index, snapshot, child, task.given.key)
    query = replace(task.query, indexed=None)  # the prior of a feed is of its first records: this child is known
    seen = await recognise(task.index, snapshot, query, without=frozenset((child.entry, s) for s in versions))
    stands = await standing(task, snapshot, child, (seen, versions))
    if stands is Standing.ANOTHER:
        return await reuse(task, draft, snapshot, child, (place, versions))
    if stands is Standing.SAME:
        mixed = await _contradicted(task, snapshot, child, seen)
        child, slot = await replace_version(task, draft, snapshot, child, (place.slot, versions))
        outcome = "UPDATED"
        if mixed:
            raise_review(draft, Review(Doubt.MIXED, (child.entry,)), concerned([child]))
    else:
        child, slot = await dispute(task, draft, snapshot, child, versions)
        outcome = "DISPUTED"
    if seen.hidden >= task.index.model.thresholds.possible and not child.profile.shield:
        child = replace(child, profile=replace(child.profile, shield=ShieldState.BORN_SHIELDED))
    child = child.with_pointer(replace(task.pointer(slot), first_seen=earlier.first_seen))
    if promotable(task, child):  # the pointer first: it tells whether the new version is disputed
        child = promote(task, draft, child)
    draft.charges += charges(task.index, task.caller, task.query.features.encode())
    draft.put_child(child)
    replaced = Place(child.entry, slot, task.given.source_version, task.content)
    draft.put_place(task.given.key, replaced, before=draft.place_seen)
    draft.record(child, task.event(Action.UPDATE, outcome))
    return child


async def _contradicted(task: Task, snapshot: Snapshot, child: Child, seen: Recognition) -> bool:
    """Whether the child's other records contradict what its custodian now says of this one: a person is asked."""
    given, query = task.given, task.query
    others = [held for held in await held_of(task.index, snapshot, child) if held.key != given.key]
    if not others:
        return False
    before = next(held.live for held in await held_of(task.index, snapshot, child) if held.key == given.key)
    former = () if given.change is Change.CORRECTED else before.versions
    handle = record_handle(task.index, given.key)
    mine = LiveRecord(handle, query.source, task.active, query.features, former)
    validity = Validity(task.index.model)
    own = next((scored for scored in seen.match.scored if scored.entry == child.entry), None)
    told_apart = own is None or own.probability < task.index.model.thresholds.possible
    told_apart = told_apart or (own is not None and not contradictions(task).isdisjoint(own.vetoes))
    mine, *theirs = with_replaced([mine, *(other.live for other in others)], validity.identifiers)
    return told_apart or not all(validity.holds((mine, other)) for other in theirs)
