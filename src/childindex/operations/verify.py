"""Verify: do a child number and a birth date belong together? And the form of a number alone."""

from childindex.caller import Caller, Grant
from childindex.demographics import PartialDate
from childindex.number import ChildNumber, InvalidNumber, NumberType
from childindex.operations.adopt import in_force, policy_in_force
from childindex.operations.answers import Verification
from childindex.operations.audit import Action, AuditEvent, about_child, about_none
from childindex.operations.budget import charges, subject_of
from childindex.operations.child import Child, entry_of, maybe_child, records_as_given
from childindex.operations.decoy import decoy, open_decoy
from childindex.operations.index import Index
from childindex.store import Snapshot, layout
from childindex.store.commit import Commit


async def verify(index: Index, caller: Caller, number: ChildNumber, birth_date: PartialDate) -> Verification:
    """Whether they belong together; unknown, hidden and wrong are told alike, take alike, and each guess costs."""
    policy = await policy_in_force(index)
    policy.require(caller, Grant.RESOLVE, index.today())
    async with index.store.snapshot() as snapshot:
        child = await child_numbered(index, snapshot, number)
        fits = await born(index, snapshot, child or decoy(index), birth_date)
    verified = child is not None and fits and not child.hidden_from(caller.custodian)
    guess = guess_of(number, birth_date)
    event = AuditEvent(
        Action.VERIFY,
        index.clock(),
        caller,
        policy.version,
        "VERIFIED" if verified else "NOT_CONFIRMED",
        subject=b"" if verified else subject_of(index, guess),
    )
    told = about_child(event, *(child or decoy(index)).sealing(), index.vault)
    cost = charges(index, caller, layout.entry_key(child.entry) if child is not None and verified else guess)
    journalled = told if child is not None else about_none(event, index.vault)
    await index.commit(Commit(expects=in_force(policy.version), events=(journalled,), charges=cost))
    if child is None or not verified:
        return Verification(False)
    return Verification(True, None if child.number == number else child.number)


def guess_of(number: ChildNumber, birth_date: PartialDate | None) -> bytes:
    """What a failed guess is charged as: the number with the date that was tried."""
    born = birth_date or PartialDate()
    return f"{number.value} {born.year}-{born.month}-{born.day}".encode()


async def check_number(index: Index, caller: Caller, text: str) -> ChildNumber | None:
    """The number a text is the form of, None for no number; says nothing of whether it was issued.

    A member of the directory may ask; nothing is looked up, so nothing is journalled.
    """
    (await policy_in_force(index)).member(caller)
    try:
        number = ChildNumber.parse(text)
    except InvalidNumber:
        return None
    return number if accepted(index, number) else None


def accepted(index: Index, number: ChildNumber) -> bool:
    """Whether numbers of this type are dealt with here: test numbers are not in production."""
    return number.type is not NumberType.TEST or index.settings.accept_test_numbers


async def child_numbered(index: Index, snapshot: Snapshot, number: ChildNumber) -> Child | None:
    """The live child that a number leads to, None where there is none; then as much work is done on the decoy."""
    entry = await entry_of(index, snapshot, number) if accepted(index, number) else None
    if entry is None:
        open_decoy(index)
    child = None if entry is None else await maybe_child(index, snapshot, entry)
    return child if child is not None and child.live else None


async def born(index: Index, snapshot: Snapshot, child: Child, birth_date: PartialDate) -> bool:
    """Whether some record of the child asserts this whole birth date. What is disputed asserts nothing of the child."""
    records = await records_as_given(index, snapshot, child)
    accepted = {row.slot for row in child.profile.rows if row.features}
    return birth_date.complete and any(
        given.demographics.born == birth_date for slot, given in records.items() if slot in accepted
    )
