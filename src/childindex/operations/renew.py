"""Renew: a record the index has seen is sent again: confirmed, refused as stale, or replaced by a newer version.

A newer version is matched again as if the record had been withdrawn, and the profile it would be part of must be valid.
Only where it still fits does it become a row that finds the child; otherwise it is kept, sealed and disputed, and a
steward decides: one custodian's slip must not make a child's number mean another child. What a record asserted before
stays matchable, also what was disputed in between and led to the version that fits; what did not is forgotten.
"""

from dataclasses import replace

from childindex.entry import ShieldState
from childindex.errors import Error, Reason
from childindex.linkage import Candidate, Features, LiveRecord, ProfileRow, Validity
from childindex.operations.audit import Action
from childindex.operations.budget import charges
from childindex.operations.child import Child, gone, record_handle, records_of
from childindex.operations.draft import Draft
from childindex.operations.files import held_of
from childindex.operations.promote import promotable, promote
from childindex.operations.recognise import Recognition, prepare, recognise
from childindex.operations.task import Task, has_forename
from childindex.operations.versions import UNNAMED, dispute, replace_version
from childindex.pointer import Declaration
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
    """The same version again: last seen moves on, nothing else."""
    pointer = child.pointer(task.given.key)
    assert pointer is not None, "a place without a pointer"
    child = child.with_pointer(replace(pointer, last_seen=task.index.clock()))
    draft.put_pointers(child)
    draft.record(child, task.event(Action.CONFIRM, "CONFIRMED"))
    return child


async def _update(task: Task, draft: Draft, snapshot: Snapshot, child: Child, place: Place) -> Child:
    """A newer version: its facts replace the record's, if they still fit the child.

    1 match again without the record's own rows; 2 does it fit? 3 the row, or the dispute; 4 shield, pointer, number,
    place.
    """
    earlier = child.pointer(task.given.key)
    assert earlier is not None, "a place without a pointer"
    draft.guards = task.query.guards
    versions = await records_of(task.index, snapshot, child, task.given.key)
    query = replace(task.query, indexed=None)  # the prior of a feed is of its first records: this child is known
    seen = await recognise(task.index, snapshot, query, without=frozenset((child.entry, s) for s in versions))
    if await _fits(task, snapshot, child, (seen, versions)):
        child, slot = await replace_version(task, draft, snapshot, child, (place.slot, versions))
        outcome = "UPDATED"
    else:
        child, slot = await dispute(task, draft, snapshot, child, (seen, versions))
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


async def _fits(
    task: Task, snapshot: Snapshot, child: Child, found: tuple[Recognition, dict[int, Declaration]]
) -> bool:
    """Whether the new facts still are the child's: by what others say of it, else by the record's own last version.

    Hysteresis: a record stays at the lower threshold where it would have joined at the upper one. A veto counts all
    the same, and so does any other child that the new facts may be.
    """
    seen, versions = found
    least = task.index.model.thresholds.possible
    best = seen.match.scored[0] if seen.match.scored else None
    if best is not None and best.entry != child.entry and best.probability >= least:
        return False
    own = next((s for s in seen.match.scored if s.entry == child.entry), None)
    if own is not None and own.probability >= least:
        return not own.vetoes
    return _continues(task, child, versions) and await _valid(task, snapshot, child)


async def _valid(task: Task, snapshot: Snapshot, child: Child) -> bool:
    """Whether the new facts may stand beside each other record of the child, whatever the record itself says."""
    given, query = task.given, task.query
    mine = LiveRecord(record_handle(task.index, given.key), query.source, task.active, query.features)
    validity = Validity(task.index.model)
    others = await held_of(task.index, snapshot, child)
    return all(validity.holds((mine, other.live)) for other in others if other.key != given.key)


def _continues(task: Task, child: Child, versions: dict[int, Declaration]) -> bool:
    """Whether the new facts resemble some version of this record; a placeholder forename may become a real one."""
    named = {slot for slot, given in versions.items() if has_forename(given.demographics)}
    rows = tuple(
        ProfileRow(row.slot, row.active, 0, Features.decode(row.features))
        for row in child.profile.rows
        if row.slot in (named or versions) and row.features
    )
    if not rows:
        return False
    strings = task.query.texts()
    for given in versions.values():
        strings |= prepare(task.index, given.demographics, asker=task.caller.custodian).texts()
    match = task.index.model.inquire(task.query.features, [Candidate(child.entry, rows)]).decide(strings)
    if not match.scored or match.scored[0].probability < task.index.model.thresholds.possible:
        return False
    return not set(match.scored[0].vetoes) - (set() if named else UNNAMED)
