"""What details say, field by field, and what is told of those that say nothing."""

from dataclasses import replace
from datetime import date
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from childindex.demographics import Demographics, PartialDate, violations
from childindex.filler import Unread
from childindex.identifiers import Identifier, IdentifierType, Number, Scheme
from childindex.reading import read
from childindex.uprn import parse as parse_uprn

TODAY = date(2026, 3, 31)
CHILD = Demographics(
    given_name="Siobhán",
    family_name="Okafor",
    birth_date=PartialDate(2019, 2, 28),
    postcode="LS11 5QW",
    uprn="000100234567",
    identifiers=(Identifier(IdentifierType.NHS_NUMBER, "400 567 8904"),),
)
FILLERS = ("unknown", "Not known", "N/A", "n/k", "none", "NULL", "-", "?", "xxxx", "tbc", "\u200fUnknown")


@pytest.mark.parametrize("field", ["middle_names", "known_as", "carer_family_name", "postcode", "uprn"])
@pytest.mark.parametrize("text", FILLERS)
def test_a_filler_is_left_out_of_every_field_and_refuses_nobody(field: str, text: str) -> None:
    details = replace(CHILD, **cast("dict[str, Any]", {field: text}))
    found = read(details)
    assert [each.field for each in found.left_out] == [field]
    assert getattr(found.details, field) == ""
    assert violations(details, TODAY) == []


def test_details_that_say_something_are_kept() -> None:
    found = read(CHILD)
    assert found.left_out == ()
    assert found.details == replace(CHILD, postcode="LS115QW", uprn="100234567", identifiers=())
    assert found.numbers == (Number(Scheme.NHS_NUMBER, "4005678904"),)
    assert read(Demographics()).left_out == ()


@pytest.mark.parametrize("kind", IdentifierType)
@pytest.mark.parametrize("text", [*FILLERS, "0000000000", "1234567890", "1111111111", "nonsense"])
def test_identifiers_that_do_not_parse_are_left_out_by_their_place(kind: IdentifierType, text: str) -> None:
    details = replace(CHILD, identifiers=(*CHILD.identifiers, Identifier(kind, text, replaces=(text,))))
    found = read(details)
    assert [each.field for each in found.left_out] == ["identifiers[1].value", "identifiers[1].replaces[0]"]
    assert len(found.numbers) == 1
    assert violations(details, TODAY) == []
    assert not any(character.isdigit() for each in found.left_out for character in each.description)


def test_names_that_stand_for_none_are_told_and_those_that_tell_something_stay() -> None:
    found = read(replace(CHILD, given_name="Twin 1", former_family_names=("Ng", "Not known")))
    assert [each.field for each in found.left_out] == ["given_name", "former_family_names[1]"]
    assert found.details.given_name == "Twin 1"
    assert found.details.former_family_names == ("Ng",)


def test_dates_of_systems_are_left_out() -> None:
    found = read(replace(CHILD, birth_date=PartialDate(1900, 1, 1)))
    assert [each.field for each in found.left_out] == ["birth_date"]
    assert found.details.birth_date == PartialDate()
    unborn = replace(CHILD, birth_date=PartialDate(), expected_birth_date=PartialDate(9999, 12, 31))
    assert [each.field for each in read(unborn).left_out] == ["expected_birth_date"]


@pytest.mark.parametrize(
    "text", ["1", "0", "000", "1234", "12345678", "999999999999", "111111111111", "12a", "1" * 13, "\u00b2x", "12.5"]
)
def test_these_are_no_uprns(text: str) -> None:
    assert isinstance(parse_uprn(text), Unread)


@pytest.mark.parametrize(
    ("text", "uprn"), [("10023", "10023"), ("0000 10023 ", "10023"), ("\u0661\u0660\u0660\u0662\u0663", "10023")]
)
def test_these_are_uprns(text: str, uprn: str) -> None:
    assert parse_uprn(text) == uprn


@given(st.text(), st.text(), st.text(), st.text())
def test_what_is_read_is_read_again_unchanged(postcode: str, uprn: str, given_name: str, carer: str) -> None:
    details = Demographics(postcode=postcode, uprn=uprn, given_name=given_name, carer_family_name=carer)
    once = read(details).details
    assert read(once).details == once
