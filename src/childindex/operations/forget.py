"""Forget: what was removed as a slip and not sent again in time goes for good; the number stays spent."""

from childindex.caller import Caller
from childindex.errors import Conflict
from childindex.operations.adopt import policy_in_force
from childindex.operations.audit import Action, AuditEvent
from childindex.operations.child import child_of, open_profiles
from childindex.operations.draft import Draft
from childindex.operations.index import Index
from childindex.operations.vacated import emptied, is_vacated, remembered
from childindex.store import Table, layout

_PAGE = 500


async def forget_vacated(index: Index, caller: Caller) -> int:
    """Forget what was removed as a slip and not sent again in time; answers of how many children."""
    policy, forgotten, after = await policy_in_force(index), 0, b""
    while True:
        async with index.store.snapshot() as snapshot:
            page = await snapshot.scan(Table.ENTRY, b"", after, _PAGE)
        if not page:
            return forgotten
        after = page[-1][0]
        profiles = open_profiles(index, [value for _, value in page])
        for (name, _), profile in zip(page, profiles, strict=True):
            if is_vacated(profile) and profile.rows:
                forgotten += await _forgotten(index, caller, policy.version, layout.decode_entry_key(name))


async def _forgotten(index: Index, caller: Caller, policy: int, entry: int) -> bool:
    async with index.store.snapshot() as snapshot:
        child = await child_of(index, snapshot, entry)
        if not is_vacated(child.profile) or await remembered(index, snapshot, child):
            return False
        draft = Draft(index, snapshot.position, policy)
        child = await emptied(draft, snapshot, child, [row.slot for row in child.profile.rows])
        draft.put_child(child)
        event = AuditEvent(Action.FORGET, index.clock(), caller, policy, "FORGOTTEN", index.model.label)
        draft.record(child, event)
    try:
        await index.commit(draft.commit())
    except Conflict:
        return False  # taken up at this very moment, or left for the next run
    return True
