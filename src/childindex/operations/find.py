"""Find: which custodians hold records for a child, as far as the searcher may see each one."""

from childindex.caller import Caller, Grant, Purpose, Visibility
from childindex.demographics import PartialDate
from childindex.errors import Error, Reason
from childindex.number import ChildNumber
from childindex.operations.adopt import policy_in_force
from childindex.operations.answers import Contact, Found, FoundPointer
from childindex.operations.audit import Action, AuditEvent, about_child, about_none
from childindex.operations.budget import charges
from childindex.operations.child import Child
from childindex.operations.directory import Custodian
from childindex.operations.index import Index
from childindex.operations.policy import Policy
from childindex.operations.verify import born, child_numbered, hidden
from childindex.pointer import Pointer, RecordKey
from childindex.store import Snapshot, layout
from childindex.store.commit import Commit

NOTICE = "Other services may hold records that are not shown here; ask the steward of the local authority."


async def find(
    index: Index,
    caller: Caller,
    number: ChildNumber,
    *,
    birth_date: PartialDate | None = None,
    own_record: RecordKey | None = None,
) -> Found:
    """The pointers the caller may see. A number alone opens nothing: the birth date or an own record stands beside it.

    Raises NOT_CONFIRMED, in like shape, for an unknown number, a wrong birth date, another child's record and a
    hidden child whose record the caller does not hold.
    """
    policy = await policy_in_force(index)
    searcher = policy.require(caller, Grant.FIND, index.today())
    async with index.store.snapshot() as snapshot:
        child = await child_numbered(index, snapshot, number)
        if child is not None and not await _proved(index, snapshot, child, birth_date, own_record):
            child = None
    event = AuditEvent(Action.FIND, index.clock(), caller, policy.version, "NOT_CONFIRMED")
    if child is None:
        cost = charges(index, caller, number.value.encode())
        await index.store.commit(Commit(events=(about_none(event, index.vault),), charges=cost))
        raise Error(Reason.NOT_CONFIRMED, "no child of that number is confirmed by what was given beside it")
    shown = _visible(index, policy, searcher, caller.purpose, child)
    disclosed = tuple(sorted({pointer.custodian for pointer in shown}))
    told = AuditEvent(Action.FIND, index.clock(), caller, policy.version, "FOUND", disclosed=disclosed)
    name = layout.entry_key(child.entry)
    cost = () if own_record is not None else charges(index, caller, name)
    await index.store.commit(Commit(events=(about_child(told, name, child.key, index.vault),), charges=cost))
    return Found(child.number, shown)


async def _proved(
    index: Index, snapshot: Snapshot, child: Child, birth_date: PartialDate | None, own_record: RecordKey | None
) -> bool:
    if own_record is not None:
        return child.pointer(own_record) is not None
    return birth_date is not None and await born(index, snapshot, child, birth_date) and not hidden(child)


def _visible(
    index: Index, policy: Policy, searcher: Custodian, purpose: Purpose, child: Child
) -> tuple[FoundPointer, ...]:
    """Each pointer decided for itself; of a hidden child only the searcher's own."""
    shown = []
    for pointer in sorted(child.pointers, key=lambda p: (p.key.custodian, p.key.record_type, p.key.local_id)):
        visibility = policy.visibility(searcher, purpose, pointer.key, index.today())
        if visibility is None or (hidden(child) and pointer.key.custodian != searcher.id):
            continue
        shown.append(_shown(policy, pointer, visibility))
    return tuple(shown)


def _shown(policy: Policy, pointer: Pointer, visibility: Visibility) -> FoundPointer:
    holder = policy.custodian(pointer.key.custodian)
    assert holder is not None, "only pointers of custodians in the directory are visible"
    reach = holder.contact
    return FoundPointer(
        custodian=holder.id,
        custodian_name=holder.name,
        record_type=pointer.key.record_type,
        state=pointer.state,
        visibility=visibility,
        contact=Contact(reach.team, reach.telephone, reach.out_of_hours, reach.email),
        pointer=pointer if visibility is Visibility.CONTENT else None,
    )
