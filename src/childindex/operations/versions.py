"""Versions: which versions of a record a child's file keeps, and by which the child is found.

All that a record asserted counts as long as it stands: former names, former addresses. What a newer version corrects
goes; what was disputed in between stays if it led to the version that fits, and goes if it was a slip.
"""

from childindex.linkage import Candidate, ProfileRow
from childindex.operations.child import Child
from childindex.operations.doubts import Doubt, Review
from childindex.operations.draft import Draft
from childindex.operations.recognise import Query, prepare, recognise
from childindex.operations.review import concerned, raise_review
from childindex.operations.task import Task
from childindex.pointer import Change, Declaration
from childindex.store import Snapshot
from childindex.store.layout import Row

UNNAMED = frozenset({"placeholder_forename", "forename_missing", "forename_disagrees"})
MOST_VERSIONS = 16  # of one record, kept as history; the oldest goes

Versions = dict[int, Declaration]  # of one record, by slot


async def replace_version(
    task: Task, draft: Draft, snapshot: Snapshot, child: Child, before: tuple[int, Versions]
) -> tuple[Child, int]:
    """The child with the new version's row, and that row's slot. Equal details keep, or take up again, their row.

    1 which older versions stay; 2 the new version's row; 3 disputes of this record end; 4 the others go. What goes is
    removed last: one commit must not count a string down to nothing before it counts it up.
    """
    current, versions = before
    features = task.query.features.encode()
    same = next((r.slot for r in child.profile.rows if r.slot in versions and r.features == features), None)
    led = _led(task, child, versions)
    stay = _staying(task, child, versions, (current, same, led))
    if same is None:
        child = await draft.add_row(snapshot, child, task.query, task.given)
        slot = child.profile.rows[-1].slot
    else:
        slot = same
        draft.put_record(child, slot, task.given)
        draft.touches += task.query.guards
    for old in stay:
        if old in led and await _nobody_elses(task, snapshot, child, led[old], versions):
            child = await draft.remove_row(snapshot, child, old)
            child = await draft.add_row(snapshot, child, led[old], versions[old], slot=old)
    for old in set(versions) - {slot, *stay}:
        child = await draft.remove_row(snapshot, child, old)
    for old in stay:
        child = child.activated(old, active=False)
    return child.activated(slot, active=task.active), slot


async def dispute(task: Task, draft: Draft, snapshot: Snapshot, child: Child, versions: Versions) -> tuple[Child, int]:
    """The child with the version kept but finding nothing, and a review of the dispute."""
    open_ones = [row.slot for row in child.profile.rows if row.slot in versions and not row.features]
    for old in sorted(open_ones, key=lambda slot: versions[slot].source_version)[:-MOST_VERSIONS]:
        child = await draft.remove_row(snapshot, child, old)
    raise_review(draft, Review(Doubt.DISPUTED, (child.entry,)), concerned([child]))
    child = draft.add_version(child, Row(child.next_slot(), False, task.query.source, b""), task.given)
    return child, child.profile.rows[-1].slot


def _led(task: Task, child: Child, versions: Versions) -> dict[int, Query]:
    """The disputed versions that are of the child that the record speaks of now, by themselves; ready to be rows."""
    disputed = [row.slot for row in child.profile.rows if row.slot in versions and not row.features]
    queries = {slot: _query(task, versions[slot]) for slot in disputed}
    return {slot: query for slot, query in queries.items() if _leads(task, query)}


def _staying(
    task: Task, child: Child, versions: Versions, found: tuple[int, int | None, dict[int, Query]]
) -> list[int]:
    """The slots of the older versions that stay, oldest first: not what was corrected, nor what another says too."""
    current, same, led = found
    rows = {row.slot: row.features for row in child.profile.rows if row.slot in versions}
    stay: list[int] = []
    for slot in sorted(rows, key=lambda slot: versions[slot].source_version):
        if slot in led and versions[slot].change is Change.CORRECTED:
            stay = stay[:-1]  # what an accepted version corrected is gone already
        if rows[slot] or slot in led:
            stay.append(slot)
    if task.given.change is Change.CORRECTED and current != same:
        stay = [slot for slot in stay if slot != current]
    said = {rows[slot] for slot in stay} | {task.query.features.encode()}
    stay = [slot for slot in stay if slot != same and not (slot in led and led[slot].features.encode() in said)]
    return stay[-MOST_VERSIONS:]


async def _nobody_elses(task: Task, snapshot: Snapshot, child: Child, query: Query, versions: Versions) -> bool:
    """Whether no other child fits the older version: else it would draw that child's records here, and finds nobody."""
    seen = await recognise(task.index, snapshot, query, without=frozenset((child.entry, slot) for slot in versions))
    least = task.index.model.thresholds.possible
    others = [scored.probability for scored in seen.match.scored if scored.entry != child.entry]
    return max([seen.hidden, *others]) < least


def _leads(task: Task, older: Query) -> bool:
    row = ProfileRow(0, False, 0, older.features)
    inquiry = task.index.model.inquire(task.query.features, [Candidate(0, (row,))])
    match = inquiry.decide(task.query.texts() | older.texts())
    likely = bool(match.scored) and match.scored[0].probability >= task.index.model.thresholds.possible
    return likely and not set(match.scored[0].vetoes) - UNNAMED


def _query(task: Task, given: Declaration) -> Query:
    return prepare(task.index, given.demographics, asker=task.caller.custodian, source=task.query.source)
