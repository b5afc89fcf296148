"""Register: a custodian declares that it holds a record. Registering is resolving, and answers the child's number.

The life of a registration: decide whether the caller may; make the query; then, at most `attempts` times, on a
fresh snapshot: is the record known (`renew`)? whose is it? draft a commit that holds only if nobody touched the
same keys since, and commit it. Two custodians that register one child at the same moment get one number.
"""

import hashlib
from dataclasses import replace

from childindex import telemetry
from childindex.caller import Caller, Grant
from childindex.entry import EntryState, ShieldState
from childindex.errors import Conflict
from childindex.linkage import Decision
from childindex.number import ChildNumber, NumberType
from childindex.operations.adopt import policy_in_force
from childindex.operations.answers import Registration
from childindex.operations.audit import Action
from childindex.operations.budget import charges
from childindex.operations.child import Child, child_of, gone, place_of, source_of
from childindex.operations.draft import Draft, new_child
from childindex.operations.files import ruled_apart
from childindex.operations.index import Index
from childindex.operations.promote import promotable, promote
from childindex.operations.recognise import Recognition, prepare, recognise
from childindex.operations.renew import refuse_stale, renew
from childindex.operations.review import raise_review
from childindex.operations.task import Task
from childindex.pointer import Declaration
from childindex.store import Snapshot, documents
from childindex.store.layout import Place


async def register(index: Index, caller: Caller, given: Declaration) -> Registration:
    """Declare a record; answers the child's number, never whether the child was known.

    Idempotent by record key and source version: the same again moves last-seen and nothing else. A newer version
    replaces the record's facts. Raises `Error`: no agreement, consent required, too little to identify, an older
    version, a version used with other content, or contention after `attempts` tries.
    """
    content = hashlib.blake2b(documents.encode_record(given), digest_size=16).digest()
    for _ in range(index.settings.attempts):
        # 1 may the caller declare this? decided before any lookup
        policy = await policy_in_force(index)
        member = policy.require(caller, Grant.REGISTER, index.today())
        policy.may_hold(member, given)
        may_issue = policy.grants(member, Grant.ISSUE, caller.purpose, index.today())
        # 2 normalise, code and hash, outside every lock and snapshot
        query = prepare(
            index,
            given.demographics,
            asker=caller.custodian,
            source=source_of(index, given.key),
            loaded=policy.loaded_beside(member),
        )
        task = Task(index, caller, given, query, content, member.authority, policy.version, may_issue)
        # 3 match and commit; refused: match again from a fresh snapshot
        try:
            return await _attempt(task)
        except Conflict:
            telemetry.conflict()
    raise Conflict


async def _attempt(task: Task) -> Registration:
    index = task.index
    async with index.store.snapshot() as snapshot:
        draft = Draft(index, snapshot.position, task.policy)
        place, draft.place_seen = await place_of(index, snapshot, task.given.key)
        if place is not None and not gone(place):
            child = await renew(task, draft, snapshot, await child_of(index, snapshot, place.entry), place)
        else:
            if place is not None:
                refuse_stale(task, place)
            child = await _enrol(task, draft, snapshot)
    await index.commit(draft.commit())
    return Registration(child.number)


async def _enrol(task: Task, draft: Draft, snapshot: Snapshot) -> Child:
    """A record the index has not seen: to the child it matches, else to a new one."""
    index, query = task.index, task.query
    seen = await recognise(index, snapshot, query)
    telemetry.decision("register", seen.match.decision.value, len(seen.match.scored))
    draft.guards = query.guards
    known = await _joined(task, snapshot, seen)
    child = known or _fresh(task, draft, seen)
    outcome = "LINKED" if known else "REVIEW" if child.profile.state == EntryState.UNDER_REVIEW else "NEW"
    child = await draft.add_row(snapshot, child, query, task.given)
    slot = child.profile.rows[-1].slot
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
    index = task.index
    hidden = seen.hidden >= index.model.thresholds.possible
    doubtful = seen.match.decision is not Decision.UNMATCHED
    permanent = task.may_issue and task.certain and not doubtful
    number = ChildNumber.draw(NumberType.PERMANENT if permanent else NumberType.PROVISIONAL)
    child = new_child(draft, number, EntryState.UNDER_REVIEW if doubtful else EntryState.LIVE, task.authority)
    draft.issue(number, child.entry)
    if hidden:
        child = replace(child, profile=replace(child.profile, shield=ShieldState.BORN_SHIELDED))
    if doubtful or hidden:
        raise_review(index, draft, task.authority, child.entry, seen)
    return child
