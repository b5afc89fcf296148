"""What can be wrong with a child's details: all at once, by path, and never repeating a value."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from childindex.demographics import Demographics, Identifier, IdentifierType, PartialDate, Sex, violations
from childindex.test_patient import is_test_patient
from childindex.text import clean

TODAY = date(2026, 3, 31)
CHILD = Demographics(
    given_name="Siobhán",
    middle_names="Mary Ann",
    family_name="O’Neill-Okafor",
    known_as="Shiv",
    former_family_names=("Neill",),
    carer_family_name="Okafor",
    birth_date=PartialDate(2019, 2, 28),
    sex=Sex.FEMALE,
    postcode="SW1A 1AA",
    uprn="000123456789",
    identifiers=(Identifier(IdentifierType.NHS_NUMBER, "943 476 5919"), Identifier(IdentifierType.ULN, "9276308686")),
)
UNBORN = replace(CHILD, birth_date=PartialDate(), expected_birth_date=PartialDate(2026, 7, 1))
NAME_FIELDS = ("given_name", "middle_names", "family_name", "known_as", "carer_family_name")


def fields(demographics: Demographics, today: date = TODAY) -> list[str]:
    return [violation.field for violation in violations(demographics, today)]


def born(*parts: int) -> list[str]:
    return fields(replace(CHILD, birth_date=PartialDate(*parts)))


def written(field: str, text: str) -> list[str]:
    return fields(replace(CHILD, **cast("dict[str, Any]", {field: text})))


def expected(day: PartialDate) -> list[str]:
    return fields(replace(UNBORN, expected_birth_date=day))


def test_good_details_have_no_violations() -> None:
    for good in (CHILD, UNBORN, Demographics(), Demographics(family_name="李", birth_date=PartialDate(2019))):
        assert violations(good, TODAY) == []


def test_everything_wrong_is_told_at_once_and_nothing_is_repeated() -> None:
    secret = "Wrzeszczykiewicz"
    wrong = Demographics(
        given_name=secret * 9,
        middle_names=f"{secret}\u202e" * 9,
        family_name=f"{secret}\x00" * 9,
        known_as=f"{secret}\n" * 9,
        former_family_names=(secret,) * 9 + (f"{secret}\u2028" * 9,) * 9,
        carer_family_name=f"{secret}\ue000" * 9,
        birth_date=PartialDate(2019, 2, 29),
        expected_birth_date=PartialDate(2019, 0, 7),
        postcode=secret * 9,
        uprn=secret * 9,
        identifiers=(Identifier(IdentifierType.UPN, secret * 9),),
    )
    found = violations(wrong, TODAY)
    assert [violation.field for violation in found] == [
        "given_name",
        "middle_names",
        "family_name",
        "known_as",
        "former_family_names[9]",
        "carer_family_name",
        "former_family_names",
        "birth_date",
        "expected_birth_date",
        "expected_birth_date",
        "postcode",
        "uprn",
        "identifiers[0].value",
    ]
    assert secret not in str(found)


# ---- text ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("field", NAME_FIELDS)
@given(name=st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), min_size=1, max_size=128))
def test_any_visible_name_of_any_script_passes(field: str, name: str) -> None:
    assert written(field, name) == []


@pytest.mark.parametrize("field", [*NAME_FIELDS, "postcode", "uprn"])
@given(text=st.text(max_size=128))
def test_no_character_refuses_a_child(field: str, text: str) -> None:
    if len(clean(text)) <= 128 and not is_test_patient([text], [text]):
        assert written(field, text) == []


def test_names_are_measured_as_they_are_cleaned() -> None:
    assert fields(replace(CHILD, given_name=" " * 50 + "a" * 128 + "\u200f" * 50)) == []
    assert fields(replace(CHILD, given_name="a" * 129)) == ["given_name"]
    assert fields(replace(CHILD, postcode="x" * 128)) == []
    assert fields(replace(CHILD, postcode="x" * 129, uprn="1" * 129)) == ["postcode", "uprn"]


def test_lists_have_an_end() -> None:
    nhs = CHILD.identifiers[0]
    assert fields(replace(CHILD, former_family_names=("Neill",) * 10, identifiers=(nhs,) * 10)) == []
    assert fields(replace(CHILD, former_family_names=("Neill",) * 11)) == ["former_family_names"]
    assert fields(replace(CHILD, identifiers=(nhs,) * 11)) == ["identifiers"]


def test_only_endless_identifiers_are_refused() -> None:
    nhs = IdentifierType.NHS_NUMBER
    wrong = (
        Identifier(nhs, "9434765918"),
        Identifier(nhs, "9" * 129),
        Identifier(nhs, "9434765919", ("1",) * 11),
        Identifier(nhs, "9434765919", ("1", "1" * 129)),
    )
    assert fields(replace(CHILD, identifiers=wrong)) == [
        "identifiers[1].value",
        "identifiers[2].replaces",
        "identifiers[3].replaces[1]",
    ]


# ---- placeholders --------------------------------------------------------------------------------------------


def named(**names: str) -> list[str]:
    return fields(replace(Demographics(birth_date=PartialDate(2026, 3, 1)), **cast("dict[str, Any]", names)))


def test_somebody_must_be_named() -> None:
    assert named(given_name="Baby boy", family_name="Unknown") == ["given_name", "family_name"]
    assert named(given_name="Twin one") == ["given_name"]
    assert named(given_name="XXX", family_name="XXX", carer_family_name="Not known") == [
        "given_name",
        "family_name",
        "carer_family_name",
    ]
    assert fields(Demographics(given_name="Baby", former_family_names=("N/K",))) == [
        "given_name",
        "former_family_names[0]",
    ]


def test_a_placeholder_beside_a_name_is_a_newborn() -> None:
    assert named(given_name="Baby", family_name="Okafor") == []
    assert named(given_name="Baby", family_name="Unknown", carer_family_name="Okafor") == []
    assert named(given_name="Chidera", family_name="Not known") == []
    assert named(given_name=" ", family_name=" ") == []  # nobody named at all is for linkage to weigh


# ---- test patients -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "family"),
    [
        ("DONOTUSE", "XXTESTPATIENT-TGNP"), ("XXTESTPATIENT-ABCD", "DONOTUSE"), ("Do Not Use", "Smith"),
        ("Test", "Patient"), ("ZZTEST", "Child"), ("Ann", "ZZ-Test"), ("Patient", "Test 3"), ("Mr Test", "Patient"),
        ("", "Test Patient"), ("Test\u200b", "\u200fPatient"), ("\uff34EST", "Patient"), ("Test", "Baby"),
        ("Test2", "Tester2"), ("xx", "test"),
    ],
)  # fmt: skip
def test_test_patients_are_no_children(given: str, family: str) -> None:
    told = violations(Demographics(given_name=given, family_name=family), TODAY)
    assert "test records" in told[0].description


@pytest.mark.parametrize(
    ("given", "family"),
    [
        ("Oliver", "Tester"), ("Oliver", "Test"), ("Baby", "Tester"), ("Twin 1", "Tester"), ("", "Tester"),
        ("Demi", "Child"), ("Testimony", "Okafor"), ("Celeste", "Patient"), ("Tess", "Testa"), ("Max", "Sample"),
    ],
)  # fmt: skip
def test_real_surnames_are_no_test_patients(given: str, family: str) -> None:
    assert violations(Demographics(given_name=given, family_name=family), TODAY) == []


# ---- dates ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("parts", [(2019,), (2019, 2), (2019, 2, 28), (2020, 2, 29), (2026, 3, 31), (2026, 3), (2026,)])
def test_these_births_pass(parts: tuple[int, ...]) -> None:
    assert born(*parts) == []


@pytest.mark.parametrize(
    "parts",
    [
        (2019, 2, 29),
        (2019, 13, 1),
        (2019, 4, 31),
        (2019, 0, 5),
        (0, 5, 5),
        (0, 0, 5),
        (-1, 1, 1),
        (2019, -1, 1),
        (2019, 1, -1),
        (19, 1, 1),
        (2**31 - 1, 1, 1),
        (2026, 4, 1),
        (2026, 4),
        (2027,),
    ],
)
def test_these_births_are_refused(parts: tuple[int, ...]) -> None:
    assert born(*parts) == ["birth_date"]


def test_the_oldest_birth() -> None:
    assert born(2000, 3, 31) == []
    assert born(2000, 3, 30) == ["birth_date"]
    assert born(2000, 3) == born(2000) == []
    assert born(2000, 2) == born(1999) == ["birth_date"]
    leap = replace(CHILD, birth_date=PartialDate(2002, 2, 28))
    assert fields(leap, date(2028, 2, 29)) == []
    assert fields(leap, date(2028, 3, 1)) == ["birth_date"]


def test_the_unborn_are_expected_soon() -> None:
    for weeks in (-6, 0, 45):
        assert expected(PartialDate.of(TODAY + timedelta(weeks=weeks))) == []
    for day in (TODAY + timedelta(weeks=45, days=1), TODAY - timedelta(weeks=6, days=1)):
        assert expected(PartialDate.of(day)) == ["expected_birth_date"]
    assert expected(PartialDate(2026, 7)) == []
    assert expected(PartialDate(2026, 2, 30)) == ["expected_birth_date"]
    assert fields(replace(CHILD, expected_birth_date=PartialDate(2026, 7, 1))) == ["expected_birth_date"]


parts = st.integers(-1, 40)


@given(st.integers(1899, 2201), parts, parts)
def test_a_date_without_fault_has_bounds_that_hold_it(year: int, month: int, day: int) -> None:
    partial = PartialDate(year, month, day)
    if partial.fault:
        with pytest.raises(ValueError, match=r"year|month|calendar"):
            _ = partial.bounds
        return
    first, last = partial.bounds
    assert first <= last
    assert (first == last) is partial.complete
    for bound in (first, last):
        assert (bound.year, month and bound.month, day and bound.day) == (year, month, day)


@given(st.dates(date(1900, 1, 1), date(2200, 12, 31)))
def test_every_day_of_the_calendar_is_a_date(day: date) -> None:
    partial = PartialDate.of(day)
    assert partial.fault == ""
    assert partial.bounds == (day, day)


@given(st.builds(PartialDate, *[st.integers(-(2**31), 2**31 - 1)] * 3), st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_any_numbers_are_answered(day: PartialDate, today: date) -> None:
    for details in (Demographics(birth_date=day), Demographics(expected_birth_date=day)):
        assert len(fields(details, today)) <= 1


def test_details_do_not_print_themselves() -> None:
    assert repr(CHILD) == "Demographics(...)"
    assert repr(CHILD.birth_date) == "PartialDate(...)"


@pytest.mark.parametrize("parts", [(1900, 1, 1), (1800, 1, 1), (9999, 12, 31), (1, 1, 1), (1970, 1, 1), (1900,)])
def test_a_date_that_systems_put_where_none_is_known_refuses_nobody(parts: tuple[int, ...]) -> None:
    day = PartialDate(*parts)
    assert born(*parts) == []
    assert fields(replace(UNBORN, birth_date=day)) == []
    assert not replace(CHILD, birth_date=day).born
    assert not replace(UNBORN, expected_birth_date=day).expected
