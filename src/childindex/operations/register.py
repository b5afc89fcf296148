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
from childindex.operations.child import Child, child_of, place_of, source_of
from childindex.operations.draft import Draft, new_child
from childindex.operations.index import Index
from childindex.operations.promote import promotable, promote
from childindex.operations.recognise import Recognition, prepare, recognise
from childindex.operations.renew import renew
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
    # 1 may the caller declare this? decided before any lookup
    policy = await policy_in_force(index)
    member = policy.require(caller, Grant.REGISTER, index.today())
    policy.may_hold(member, given)
    may_issue = policy.grants(member, Grant.ISSUE, caller.purpose, index.today())
    # 2 normalise, code and hash, outside every lock and snapshot
    query = prepare(index, given.demographics, source_of(index, given.key))
    content = hashlib.blake2b(documents.encode_record(given), digest_size=16).digest()
    task = Task(index, caller, given, query, content, member.authority, policy.version, may_issue)
    # 3 match and commit; refused: match again from a fresh snapshot
    for _ in range(index.settings.attempts):
        try:
            return await _attempt(task)
        except Conflict:
            telemetry.conflict()
    raise Conflict


async def _attempt(task: Task) -> Registration:
    index = task.index
    async with index.store.snapshot() as snapshot:
        draft = Draft(index, snapshot.position)
        place = await place_of(index, snapshot, task.given.key)
        if place is None:
            child = await _enrol(task, draft, snapshot)
        else:
            child = await renew(task, draft, snapshot, await child_of(index, snapshot, place.entry), place)
    await index.store.commit(draft.commit())
    return Registration(child.number)


async def _enrol(task: Task, draft: Draft, snapshot: Snapshot) -> Child:
    """A record the index has not seen: to the child it matches, else to a new one."""
    index, query = task.index, task.query
    seen = await recognise(index, snapshot, query)
    telemetry.decision("register", seen.match.decision.value, len(seen.match.scored))
    draft.guards = query.guards
    best = seen.match.scored[0].entry if seen.match.scored else None
    if seen.match.decision is Decision.MATCHED and best is not None and not _hidden(seen, best):
        child = await child_of(index, snapshot, best)
        outcome, new = "LINKED", False
    else:
        child, new = _fresh(task, draft, seen), True
        outcome = "REVIEW" if child.profile.state == EntryState.UNDER_REVIEW else "NEW"
    child = await draft.add_row(snapshot, child, query, task.given)
    slot = child.profile.rows[-1].slot
    child = child.with_pointer(task.pointer(slot))
    if task.given.involved_until is not None:
        child = child.retired(slot)
    if not new and promotable(task, child):
        child = promote(task, draft, child)
    draft.put_child(child, new=new)
    draft.put_place(task.given.key, Place(child.entry, slot, task.given.source_version, task.content), new=True)
    draft.charges += charges(index, task.caller, query.features.encode())
    draft.record(child, task.event(Action.REGISTER, outcome))
    return child


def _fresh(task: Task, draft: Draft, seen: Recognition) -> Child:
    """A new child: permanent only on an issuer's word about certain details that resemble nobody's."""
    index = task.index
    doubtful = seen.match.decision is not Decision.UNMATCHED
    permanent = task.may_issue and task.certain and not doubtful
    number = ChildNumber.draw(NumberType.PERMANENT if permanent else NumberType.PROVISIONAL)
    state = EntryState.UNDER_REVIEW if doubtful else EntryState.LIVE
    child = new_child(draft, number, state, task.authority)
    draft.issue(number, child.entry)
    if doubtful:
        raise_review(index, draft, task.authority, child.entry, seen)
        least = index.model.thresholds.possible
        if any(_hidden(seen, s.entry) for s in seen.match.scored if s.probability >= least):
            child = replace(child, profile=replace(child.profile, shield=ShieldState.BORN_SHIELDED))
    return child


def _hidden(seen: Recognition, entry: int) -> bool:
    return seen.profiles[entry].shield != ShieldState.OPEN
