"""Register: a custodian declares that it holds a record. Registering is resolving, and answers the child's number.

The life of a registration: decide whether the caller may; make the query; then, at most `attempts` times, on a
fresh snapshot: is the record known (`renew`)? whose is it? draft a commit that holds only if nobody touched the
same keys since, and commit it. Two custodians that register one child at the same moment get one number.
"""

import hashlib
from dataclasses import replace

from childindex import telemetry
from childindex.caller import Caller, Grant
from childindex.errors import Conflict
from childindex.operations.adopt import policy_in_force
from childindex.operations.answers import Registration
from childindex.operations.child import child_of, gone, place_of, source_of
from childindex.operations.draft import Draft
from childindex.operations.enrol import enrol
from childindex.operations.index import Index
from childindex.operations.recognise import prepare
from childindex.operations.renew import refuse_stale, renew
from childindex.operations.task import Task
from childindex.pointer import Declaration
from childindex.store import documents


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
        query = replace(query, kind=member.kind.value)
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
            child = await enrol(task, draft, snapshot)
    await index.commit(draft.commit())
    return Registration(child.number, task.query.left_out)
