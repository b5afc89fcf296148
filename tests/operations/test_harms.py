"""What has harmed people where records were linked: public incidents turned into inputs, each with its right answer.

Every name and number is invented. England's population; the surgery and the school may issue numbers, social care may
not. A pair is held by the surgery first and sent by social care then: right is "apart" (another number, reviewed or
not), "review" (another number, and a person is asked) or "same".
"""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import pytest

from childindex.demographics import Demographics, Identifier, IdentifierType, PartialDate, Sex, violations
from childindex.errors import Error
from childindex.number import ChildNumber
from childindex.operations import find, live_entries, resolve, settle, verify, withdraw
from childindex.operations.inspect import inspect
from childindex.operations.settle import Sweep
from childindex.pointer import Change, RecordKey, WithdrawalReason
from childindex.store import Table
from tests.operations.documents import caller
from tests.operations.world import World, declared, world

SCHOOL, SURGERY, SOCIAL = "oakfield-school", "mill-lane-surgery", "borough-social-care"
F, M, U = Sex.FEMALE, Sex.MALE, Sex.UNSPECIFIED
HOME, FAR = "LS11 5QW", "M14 7TT"
N1, N2 = "4176389001", "6421907008"
CHI = "1706151004"
TEST_RANGE = "9990548609"
TEMPORARY, OTHER_TEMPORARY, PERMANENT = "U80120012300A", "D81220012301B", "H801200123001"
Right = Literal["apart", "review", "same"]


def child(
    given: str, family: str, born: str, postcode: str = HOME, sex: Sex = F, *, nhs: str = "", upn: str = "", **more: Any
) -> Demographics:
    identifiers = [(IdentifierType.NHS_NUMBER, nhs), (IdentifierType.UPN, upn)]
    return Demographics(
        given_name=given,
        family_name=family,
        birth_date=PartialDate(*map(int, born.split("-"))),
        postcode=postcode,
        sex=sex,
        identifiers=tuple(Identifier(kind, value) for kind, value in identifiers if value),
        **more,
    )


THEA = child("Thea", "Marlowe", "2015-6-17")
IQBAL = child("Muhammad", "Iqbal", "2014-3-9", sex=M)
PAIRS: dict[str, tuple[Demographics, Demographics, Right]] = {
    "a filler for the postcode of two girls of one forename and birth date": (
        child("Ava", "Okonkwo", "2013-06-17", "NFA"),
        child("Ava", "Patel", "2013-06-17", "NFA"),
        "apart",
    ),
    "no fixed abode as courts and councils write it": (
        child("Ava", "Okonkwo", "2013-06-17", "NF1 1NF"),
        child("Ava", "Patel", "2013-06-17", "NF1 1NF"),
        "apart",
    ),
    "the health service's code for no address": (
        child("Ava", "Okonkwo", "2013-06-17", "ZZ99 3VZ"),
        child("Ava", "Patel", "2013-06-17", "ZZ99 3VZ"),
        "apart",
    ),
    "another child's NHS number, picked by surname and birth date": (
        child("Hasan", "Iqbal", "2014-3-9", HOME, M, nhs=N1),
        child("Kieran", "Iqbal", "2014-3-9", FAR, M, nhs=N1),
        "review",
    ),
    "siblings four years apart given one NHS number": (
        child("Hasan", "Iqbal", "2014-3-9", HOME, M, nhs=N1),
        child("Bilal", "Iqbal", "2018-8-21", HOME, M, nhs=N1),
        "apart",
    ),
    "different NHS numbers, all else equal": (
        child("Oliver", "Wright", "2014-3-9", "B14 7QH", M, nhs=N1),
        child("Oliver", "Wright", "2014-3-9", "B14 7QH", M, nhs=N2),
        "review",
    ),
    "twins who both bear Muhammad, called by the second name": (
        replace(IQBAL, middle_names="Hasan"),
        replace(IQBAL, middle_names="Husain"),
        "apart",
    ),
    "twins of one sex and unlike names": (
        child("Hasan", "Chowdhury", "2015-6-17", sex=M),
        child("Husain", "Chowdhury", "2015-6-17", sex=M),
        "apart",
    ),
    "two girls Simran Kaur of one birth date, in two towns": (
        child("Simran", "Kaur", "2013-4-14", "UB2 4AB"),
        child("Simran", "Kaur", "2013-4-14", "B66 4AA"),
        "apart",
    ),
    "adopted: all names, home and number new": (
        child("Kayleigh", "Brown", "2014-3-9", "B14 7QH", nhs=N1),
        child("Grace", "Whitmore", "2014-3-9", "EX4 4QJ", nhs=N2),
        "apart",
    ),
    "a temporary pupil number at one school, the permanent one elsewhere": (
        child("Thea", "Marlowe", "2015-6-17", upn=TEMPORARY),
        child("Thea", "Marlowe", "2015-6-17", upn=PERMANENT),
        "same",
    ),
    "two temporary pupil numbers": (
        child("Thea", "Marlowe", "2015-6-17", upn=TEMPORARY),
        child("Thea", "Marlowe", "2015-6-17", upn=OTHER_TEMPORARY),
        "same",
    ),
    "a Scottish number in the NHS number's field, an English one elsewhere": (
        child("Thea", "Marlowe", "2015-6-17", nhs=CHI),
        child("Thea", "Marlowe", "2015-6-17", nhs=N1),
        "same",
    ),
    "a number of the test range against a real one": (
        child("Thea", "Marlowe", "2015-6-17", nhs=TEST_RANGE),
        child("Thea", "Marlowe", "2015-6-17", nhs=N1),
        "same",
    ),
    "a right-to-left mark before the name": (
        child("\u200fسارة", "حداد", "2015-6-17"),
        child("سارة", "حداد", "2015-6-17"),
        "same",
    ),
    "Arabic script and Latin, after a move": (
        child("فاطمة", "حسين", "2014-5-9"),
        child("Fatima", "Hussein", "2014-5-9", "LS6 2AB"),
        "review",
    ),
}


class Register:
    """The index as its callers see it."""

    def __init__(self, here: World) -> None:
        self.here, self.index = here, here.index

    async def register(
        self, custodian: str, details: Demographics, local_id: str = "1", version: int = 1, **more: Any
    ) -> str:
        assert violations(details, self.index.today()) == []
        return await self.here.register(custodian, details, local_id=local_id, version=version, **more)

    async def asked(self, details: Demographics) -> str:
        number = (await resolve(self.index, caller(SOCIAL), details)).number
        return number.value if number else ""

    async def removed(self, custodian: str, local_id: str, reason: WithdrawalReason) -> None:
        await withdraw(self.index, caller(custodian), self.key(custodian, local_id), reason)

    def key(self, custodian: str, local_id: str) -> RecordKey:
        return declared(custodian, Demographics(), local_id=local_id).key

    async def settled(self) -> int:
        """Settle every entry; how many there are then."""
        sweep = Sweep()
        for entry in [entry async for entry in live_entries(self.index)]:
            await settle(self.index, caller(), entry, sweep)
        return len([entry async for entry in live_entries(self.index)])

    async def reviewed(self) -> bool:
        async with self.index.store.snapshot() as view:
            return bool(await view.scan(Table.REVIEW, b"", b"", 1))


@pytest.fixture
async def england(tmp_path: Path) -> AsyncIterator[Register]:
    made = await world(tmp_path, population=12_000_000)
    yield Register(made)
    assert not (await inspect(made.index)).faults
    await made.index.store.close()


@pytest.mark.parametrize("case", list(PAIRS))
async def test_two_records(england: Register, case: str) -> None:
    held, sent, right = PAIRS[case]
    one, other = await england.register(SURGERY, held), await england.register(SOCIAL, sent)
    found = "same" if one == other else "review" if await england.reviewed() else "apart"
    assert found == right or (right == "apart" and found == "review")


async def test_boys_of_a_crowded_hotel_with_default_birth_dates_are_two(england: Register) -> None:
    given = "Bashir Ilyas Nabil Wasim Zaki Tariq Salim Rafiq".split()
    family = "Wardak Zadran Barakzai Popal Hotak Ludin Ghani Sadat Nuri Yosufi".split()
    for at in range(80):
        born = f"{2008 + at % 9}-{1 + at % 12}-{1 + at % 28}"
        await england.register(SURGERY, child(given[at % 8], family[at // 8], born, "LS1 4AB", M), f"h{at}")
    one = await england.register(SURGERY, child("Jawad", "Karimi", "2010-1-1", "LS1 4AB", M), "x")
    assert await england.register(SOCIAL, child("Jawad", "Khan", "2010-1-1", "LS1 4AB", M), "y") != one


@pytest.mark.parametrize(
    ("one", "other", "sex"), [("Ella", "Ellie", F), ("Harry", "Henry", M), ("Amelia", "Amelie", F)]
)
async def test_twins_of_alike_names_told_by_turns_are_two(england: Register, one: str, other: str, sex: Sex) -> None:
    first, second = (child(name, "Chowdhury", "2015-6-17", sex=sex) for name in (one, other))
    numbers: tuple[set[str], set[str]] = (set(), set())
    for custodian in (SURGERY, SCHOOL, SOCIAL):
        numbers[0].add(await england.register(custodian, first, "a"))
        numbers[1].add(await england.register(custodian, second, "b"))
    assert await england.settled() == 2
    assert [len(each) for each in numbers] == [1, 1]
    assert numbers[0] != numbers[1]


async def test_a_number_that_the_national_office_replaced(england: Register) -> None:
    older, newer = (child("Thea", "Marlowe", "2015-6-17", nhs=number) for number in (N1, N2))
    number = await england.register(SURGERY, older)
    await england.register(SCHOOL, older)
    await england.register(SURGERY, newer, version=2)
    assert await england.register(SOCIAL, newer) == number


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        (child("Thea", "Marlowe", "2015-3-11"), child("Thea", "Marlowe", "2015-7-24")),
        (child("Thea", "Marlowe", "2015-3-11"), child("Josephine", "Marlowe", "2015-3-11")),
        (child("Thea", "Marlowe", "2015-3-11", nhs=N1), child("Thea", "Marlowe", "2015-3-11", nhs=N2)),
        (child("Thea", "Marlowe", "2015-3-11", upn=TEMPORARY), child("Thea", "Marlowe", "2015-3-11", upn=PERMANENT)),
    ],
    ids=["birth date", "forename", "NHS number", "temporary pupil number"],
)
async def test_a_custodian_puts_its_own_record_right(
    england: Register, wrong: Demographics, right: Demographics
) -> None:
    number = await england.register(SURGERY, wrong)
    assert await england.register(SURGERY, right, version=2, change=Change.CORRECTED) == number
    assert await england.asked(right) == number


A, B = child("Thea", "Marlowe", "2010-1-10"), child("Jakub", "Nowak", "2016-5-2", "LS8 4DT", M)


async def test_the_birth_date_of_another_child_proves_nothing(england: Register) -> None:
    number = ChildNumber(await england.register(SCHOOL, A, "17"))
    await england.register(SOCIAL, A)
    await england.register(SURGERY, A)
    await england.register(SCHOOL, B, "17", 2)
    assert not (await verify(england.index, caller(SURGERY), number, B.birth_date)).verified


async def test_an_ended_local_id_used_for_another_child_opens_no_case_of_the_first(england: Register) -> None:
    await england.register(SCHOOL, A, "17")
    await england.register(SOCIAL, A)
    await england.removed(SCHOOL, "17", WithdrawalReason.ENDED)
    number = ChildNumber(await england.register(SCHOOL, B, "17", 2))
    found = await find(england.index, caller(SCHOOL), number, own_record=england.key(SCHOOL, "17"))
    assert {pointer.custodian for pointer in found.pointers} == {SCHOOL}


async def test_a_new_system_sends_new_local_ids_before_the_old_ones_are_removed(england: Register) -> None:
    number = await england.register(SCHOOL, A, "OLD")
    await england.register(SCHOOL, A, "NEW")
    await england.removed(SCHOOL, "OLD", WithdrawalReason.ENTERED_IN_ERROR)
    await england.settled()
    assert await england.register(SCHOOL, A, "NEW", 2) == number


async def test_a_record_removed_by_a_slip_and_sent_again(england: Register) -> None:
    number = await england.register(SCHOOL, A)
    await england.removed(SCHOOL, "1", WithdrawalReason.ENTERED_IN_ERROR)
    assert await england.register(SCHOOL, A, version=2) == number


@pytest.mark.parametrize("numbers", [(N1, N2), ("", "")])
async def test_twins_first_told_as_twin_1_and_twin_2_are_two_in_the_end(
    england: Register, numbers: tuple[str, str]
) -> None:
    told = {"1": "Twin 1", "2": "Twin 2"}, {"1": "Ada", "2": "Bea"}
    for custodian, names, version in ((SURGERY, told[0], 1), (SOCIAL, told[1], 1), (SURGERY, told[1], 2)):
        for (local_id, name), nhs in zip(names.items(), numbers, strict=True):
            await england.register(custodian, child(name, "Hughes", "2026-8-20", nhs=nhs), local_id, version)
    assert await england.settled() == 2


@pytest.mark.parametrize("surgery_first", [True, False])
async def test_a_child_told_before_birth_and_named_later_is_one(england: Register, *, surgery_first: bool) -> None:
    unborn = Demographics(
        family_name="Hughes",
        carer_family_name="Hughes",
        expected_birth_date=PartialDate(2026, 10, 1),
        postcode=HOME,
    )
    born = child("Ada", "Hughes", "2026-8-20", carer_family_name="Hughes")
    await england.register(SOCIAL, unborn)
    turns = [(SURGERY, 1), (SOCIAL, 2)]
    for custodian, version in turns if surgery_first else reversed(turns):
        await england.register(custodian, born, version=version)
    assert await england.settled() == 1
    assert not await england.reviewed()


FAMILY = [
    ("Ani", "2008-2-11", F),
    ("Davit", "2009-10-2", M),
    ("Mariam", "2011-6-21", F),
    ("Narek", "2013-1-30", M),
    ("Lilit", "2015-8-9", F),
    ("Tigran", "2018-3-17", M),
    ("Sona", "2021-12-5", F),
]
NUMBERS = [
    *("4716380009", "4716380017", "4716380025", "4716380033", "4716380041", "4716380068", "4716380076"),
    *("4716380556", "4716380564", "4716380572", "4716380580", "4716380599", "4716380602", "4716380610"),
]


async def test_a_family_registered_twice_and_put_right_is_no_longer_fourteen(england: Register) -> None:
    for at, (given, born, sex) in enumerate(FAMILY):
        await england.register(SURGERY, child(given, "Petrosyan", born, HOME, sex, nhs=NUMBERS[at]), f"a{at}")
    for at, (given, born, sex) in enumerate(FAMILY):
        slip = ("Nark", "2013-3-30") if given == "Narek" else (given, born)
        wrong = child(slip[0], "Petrosan", slip[1], HOME, sex, nhs=NUMBERS[7 + at])
        await england.register(SOCIAL, wrong, f"b{at}")
    for at, (given, born, sex) in enumerate(FAMILY):
        right = child(given, "Petrosyan", born, HOME, sex, nhs=NUMBERS[at])
        await england.register(SOCIAL, right, f"b{at}", 2, change=Change.CORRECTED)
    assert await england.settled() == len(FAMILY)


@pytest.mark.parametrize(
    ("given", "family"), [("XXTESTPATIENT-ABCD", "DONOTUSE"), ("Test", "Patient"), ("ZZTEST", "Child")]
)
def test_test_patients_are_no_children(given: str, family: str) -> None:
    assert violations(child(given, family, "2015-6-17", "", U), PartialDate(2026, 9, 1).bounds[0])


async def test_versions_out_of_order_are_refused_and_replayed_ones_change_nothing(england: Register) -> None:
    number = await england.register(SCHOOL, A, version=3)
    assert await england.register(SCHOOL, A, version=3) == number
    with pytest.raises(Error):
        await england.register(SCHOOL, A, version=2)
