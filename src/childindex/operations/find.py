"""Find: which custodians hold records for a child, as far as the searcher may see each one."""

from datetime import date

from childindex.caller import Caller, Grant, Purpose, Visibility
from childindex.demographics import PartialDate
from childindex.entry import ShieldState
from childindex.errors import Error, Reason
from childindex.number import ChildNumber
from childindex.operations.adopt import in_force, policy_in_force
from childindex.operations.answers import Contact, Found, FoundPointer
from childindex.operations.audit import Action, AuditEvent, about_child, about_none
from childindex.operations.budget import charges, subject_of
from childindex.operations.child import Child
from childindex.operations.decoy import decoy
from childindex.operations.directory import Custodian
from childindex.operations.index import Index
from childindex.operations.policy import Policy
from childindex.operations.verify import born, child_numbered, guess_of
from childindex.pointer import Pointer, RecordKey
from childindex.store import layout
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
        fits = await born(index, snapshot, child or decoy(index), birth_date or PartialDate())
    proved = child is not None and _proved(child, searcher.id, fits=fits, own_record=own_record)
    shown = _visible(index, policy, searcher, caller.purpose, child) if child is not None and proved else ()
    guess = guess_of(number, birth_date)
    event = AuditEvent(
        Action.FIND,
        index.clock(),
        caller,
        policy.version,
        "FOUND" if proved else "NOT_CONFIRMED",
        disclosed=tuple(sorted({pointer.custodian for pointer in shown})),
        subject=b"" if proved else subject_of(index, guess),
    )
    told = about_child(event, *(child or decoy(index)).sealing(), index.vault)
    journalled = told if child is not None else about_none(event, index.vault)
    cost = charges(index, caller, layout.entry_key(child.entry) if child is not None and proved else guess)
    free = proved and own_record is not None
    await index.commit(Commit(expects=in_force(policy.version), events=(journalled,), charges=() if free else cost))
    if child is None or not proved:
        raise Error(Reason.NOT_CONFIRMED, "no child of that number is confirmed by what was given beside it")
    return Found(child.number, shown)


def _proved(child: Child, searcher: str, *, fits: bool, own_record: RecordKey | None) -> bool:
    """The birth date fits a child that is not hidden, or the record is the searcher's own and of this child.

    A record that may since be another child's proves nothing: one whose latest version is disputed, or whose local id
    another record has now.
    """
    if own_record is not None:
        holds = own_record.custodian == searcher and child.pointer(own_record) is not None
        return holds and not own_record.retired and not child.pointer_disputed(own_record)
    return fits and not child.hidden_from(searcher)


def _visible(
    index: Index, policy: Policy, searcher: Custodian, purpose: Purpose, child: Child
) -> tuple[FoundPointer, ...]:
    """Each pointer decided for itself; of a shielded child only the searcher's own."""
    shielded, today = child.profile.shield != ShieldState.OPEN, index.today()
    shown = []
    for pointer in sorted(child.pointers, key=lambda p: (p.key.custodian, p.key.record_type, p.key.local_id)):
        visibility = policy.visibility(searcher, purpose, pointer, today)
        if visibility is None or (shielded and pointer.key.custodian != searcher.id):
            continue
        shown.append(_shown(policy, pointer, visibility, today))
    return tuple(shown)


def _shown(policy: Policy, pointer: Pointer, visibility: Visibility, today: date) -> FoundPointer:
    holder = policy.custodian(pointer.key.custodian)
    assert holder is not None, "only pointers of custodians in the directory are visible"
    reach = holder.contact
    return FoundPointer(
        custodian=holder.id,
        custodian_name=holder.name,
        record_type=pointer.key.record_type,
        state=pointer.state_on(today),
        visibility=visibility,
        contact=Contact(reach.team, reach.telephone, reach.out_of_hours, reach.email),
        pointer=pointer if visibility is Visibility.CONTENT else None,
    )
