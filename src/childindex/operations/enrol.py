"""Enrol: a record the index has not seen joins the child it matches, or makes a new one."""

from dataclasses import replace

from childindex import telemetry
from childindex.entry import EntryState, ShieldState
from childindex.linkage import Decision
from childindex.number import ChildNumber, NumberType
from childindex.operations.audit import Action
from childindex.operations.budget import charges
from childindex.operations.child import Child, child_of
from childindex.operations.draft import Draft, new_child
from childindex.operations.files import ruled_apart
from childindex.operations.promote import promotable, promote
from childindex.operations.recognise import Recognition
from childindex.operations.review import raise_resemblance
from childindex.operations.task import Task
from childindex.operations.vacated import is_vacated, occupy, recognise_new
from childindex.store import Snapshot
from childindex.store.layout import Place


async def enrol(task: Task, draft: Draft, snapshot: Snapshot) -> Child:
    """The child of a record the index has not seen, with its row, pointer and place."""
    index, query = task.index, task.query
    seen = await recognise_new(index, snapshot, query)
    telemetry.decision("register", seen.match.decision.value, len(seen.match.scored))
    draft.guards = query.guards
    known = await _joined(task, snapshot, seen)
    child = known or _fresh(task, draft, seen)
    outcome = "LINKED" if known else "REVIEW" if child.profile.state == EntryState.UNDER_REVIEW else "NEW"
    child = await draft.add_row(snapshot, child, query, task.given)
    slot = child.profile.rows[-1].slot
    if is_vacated(child.profile):
        child, outcome = await occupy(draft, snapshot, child), "TAKEN_UP"
    child = child.activated(slot, active=task.active).with_pointer(task.pointer(slot))
    if known and promotable(task, child):
        child = promote(task, draft, child)
    draft.put_child(child, new=known is None)
    place = Place(child.entry, slot, task.given.source_version, task.content)
    draft.put_place(task.given.key, place, before=draft.place_seen)
    draft.charges += charges(index, task.caller, query.features.encode())
    draft.record(child, task.event(Action.REGISTER, outcome))
    return child


async def _joined(task: Task, snapshot: Snapshot, seen: Recognition) -> Child | None:
    """The child the record joins: matched among those its custodian may know of, and nobody hidden fits too.

    An entry that is itself shielded and known to the custodian was born of such a doubt: its records stay together.
    A record that a steward ruled apart from one of the child's stays apart, also when it comes again.
    """
    if seen.match.decision is not Decision.MATCHED:
        return None
    best = seen.match.scored[0].entry
    alone = seen.hidden < task.index.model.thresholds.possible
    if not alone and not seen.profiles[best].shield:
        return None
    child = await child_of(task.index, snapshot, best)
    return None if await ruled_apart(snapshot, child, task.given.key) else child


def _fresh(task: Task, draft: Draft, seen: Recognition) -> Child:
    """A new child: permanent only on an issuer's word about certain details that resemble nobody's.

    Number and state follow what the custodian may know of; that a hidden child fits shows in nothing but the shield
    and a review, or a planted record would betray it.
    """
    hidden = seen.hidden >= task.index.model.thresholds.possible
    doubtful = seen.match.decision is not Decision.UNMATCHED
    permanent = task.may_issue and task.certain and not doubtful
    number = ChildNumber.draw(NumberType.PERMANENT if permanent else NumberType.PROVISIONAL)
    child = new_child(draft, number, EntryState.UNDER_REVIEW if doubtful else EntryState.LIVE, task.authority)
    draft.issue(number, child.entry)
    if hidden:
        child = replace(child, profile=replace(child.profile, shield=ShieldState.BORN_SHIELDED))
    raise_resemblance(draft, child, seen)
    return child
