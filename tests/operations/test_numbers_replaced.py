"""A custodian to whom the issuer tells it states that one number replaces another: matching knows it from then on."""

from dataclasses import replace
from itertools import permutations

import pytest

from childindex.demographics import Demographics, PartialDate, Sex
from childindex.errors import Error, Reason
from childindex.identifiers import Identifier, IdentifierType
from childindex.operations import live_entries, register, settle
from childindex.operations.settle import Sweep
from childindex.pointer import WithdrawalReason
from childindex.store import Table
from tests.operations.documents import caller
from tests.operations.world import World, declared

SCHOOL, SURGERY, SOCIAL = "oakfield-school", "mill-lane-surgery", "borough-social-care"
OLD, NEW = "4005678904", "4005678912"
CHILD = Demographics(
    given_name="Thea",
    family_name="Marlowe",
    birth_date=PartialDate(2015, 6, 17),
    sex=Sex.FEMALE,
    postcode="LS11 5QW",
)


def bearing(value: str, *replaces: str, kind: IdentifierType = IdentifierType.NHS_NUMBER) -> Demographics:
    return replace(CHILD, identifiers=(Identifier(kind, value, replaces),))


async def reviews(here: World) -> int:
    async with here.index.store.snapshot() as snapshot:
        return len(await snapshot.scan(Table.REVIEW, b"", b"", 100))


async def settled(here: World) -> int:
    sweep = Sweep()
    for entry in [entry async for entry in live_entries(here.index)]:
        await settle(here.index, caller(), entry, sweep)
    return len([entry async for entry in live_entries(here.index)])


async def test_the_old_number_and_the_new_are_one_childs(here: World) -> None:
    one = await here.register(SCHOOL, bearing(OLD))
    assert await here.register(SURGERY, bearing(NEW, OLD)) == one
    assert await here.register(SOCIAL, bearing(NEW)) == one
    assert await here.register(SCHOOL, replace(bearing(OLD), sex=Sex.UNSPECIFIED), version=2) == one
    assert await reviews(here) == 0


async def test_without_the_statement_two_numbers_are_for_a_person(here: World) -> None:
    one = await here.register(SCHOOL, bearing(OLD))
    assert await here.register(SURGERY, bearing(NEW)) != one
    assert await reviews(here) == 1


async def test_what_was_stated_stays_known_when_the_record_has_ended(here: World) -> None:
    one = await here.register(SCHOOL, bearing(OLD))
    assert await here.register(SURGERY, bearing(NEW, OLD)) == one
    from childindex.operations import withdraw

    await withdraw(here.index, caller(SURGERY), declared(SURGERY, CHILD).key, WithdrawalReason.ENDED)
    assert await here.register(SOCIAL, bearing(NEW)) == one
    assert await reviews(here) == 0


RECORDS = ((SCHOOL, bearing(OLD)), (SURGERY, bearing(NEW, OLD)), (SOCIAL, bearing(NEW)))


@pytest.mark.parametrize("order", list(permutations(RECORDS)))
async def test_in_whatever_order_they_come_they_are_one_in_the_end(
    here: World, order: tuple[tuple[str, Demographics], ...]
) -> None:
    for custodian, details in order:
        await here.register(custodian, details)
    assert await settled(here) == 1
    assert await reviews(here) == 0


@pytest.mark.parametrize(
    ("custodian", "kind", "may"),
    [
        (SURGERY, IdentifierType.NHS_NUMBER, True),
        (SURGERY, IdentifierType.CHI_NUMBER, True),
        (SURGERY, IdentifierType.HSC_NUMBER, True),
        (SURGERY, IdentifierType.UPN, False),
        (SURGERY, IdentifierType.ULN, False),
        (SCHOOL, IdentifierType.NHS_NUMBER, False),
        (SCHOOL, IdentifierType.UPN, True),
        (SCHOOL, IdentifierType.ULN, True),
        *((SOCIAL, kind, False) for kind in IdentifierType),
    ],
)
async def test_only_those_to_whom_the_issuer_tells_it_may_say_so(
    here: World, custodian: str, kind: IdentifierType, may: bool
) -> None:
    details = bearing(NEW, OLD, kind=kind)
    if may:
        await here.register(custodian, details)
        return
    with pytest.raises(Error) as caught:
        await here.register(custodian, details)
    assert caught.value.reason is Reason.NO_AGREEMENT
    assert "record.demographics.identifiers[0].replaces" in caught.value.message
    assert "leave it out" in caught.value.message
    assert OLD not in caught.value.message


async def test_fields_that_say_nothing_are_told_and_the_child_is_taken(here: World) -> None:
    details = replace(
        bearing("0000000000"), carer_family_name="Not known", postcode="No fixed abode", uprn="999999999999"
    )
    answer = await register(here.index, caller(SCHOOL), declared(SCHOOL, details))
    told = {each.field: each.description for each in answer.warnings}
    assert list(told) == ["carer_family_name", "postcode", "uprn", "identifiers[0].value"]
    assert (await register(here.index, caller(SCHOOL), declared(SCHOOL, CHILD, version=2))).warnings == ()


async def test_a_birth_date_that_systems_put_makes_no_number_permanent_and_proves_nothing(here: World) -> None:
    from childindex.number import ChildNumber, NumberType
    from childindex.operations import verify

    details = replace(bearing(OLD), birth_date=PartialDate(1900, 1, 1), middle_names="Philippa Rosamund")
    number = ChildNumber(await here.register(SURGERY, details))
    assert number.type is NumberType.PROVISIONAL
    assert not (await verify(here.index, caller(SURGERY), number, PartialDate(1900, 1, 1))).verified
