from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from childindex.cli.columns import column_of, details, key, number, record
from childindex.cli.row import DETAIL_COLUMNS, Row
from childindex.client.records import OwnKey
from childindex.demographics import Identifier, IdentifierType, PartialDate, Sex
from childindex.number import ChildNumber, NumberType
from childindex.pointer import Change, Sensitivity

FULL = {
    "system": "pupils",
    "record_type": "school.pupil",
    "local_id": "P1",
    "source_version": "3",
    "change": "corrected",
    "given_name": " Ada ",
    "middle_names": "Mary Ann",
    "family_name": "Example",
    "known_as": "Addie",
    "former_family_names": "Sample| |Specimen ",
    "carer_family_name": "Carer",
    "birth_date": "2016-05-04",
    "sex": "f",
    "postcode": "ZE1 1ZZ",
    "uprn": "12",
    "nhs_number": "9434765919",
    "uln": "1000000000",
    "upn_replaces": "U80120012300A| ",
    "involved_from": "2020-09",
    "involved_until": "2021",
    "sensitivity": "Standard",
    "consent_reference": "c-1",
}


def test_a_full_row_becomes_a_record() -> None:
    row = Row(FULL)
    read = record(row)
    assert row.faults == []
    assert (read.key, read.source_version, read.change) == (OwnKey("pupils", "school.pupil", "P1"), 3, Change.CORRECTED)
    assert (read.sensitivity, read.consent_reference) == (Sensitivity.STANDARD, "c-1")
    assert (read.involved_from, read.involved_until) == (PartialDate(2020, 9), PartialDate(2021))
    child = read.demographics
    assert (child.given_name, child.middle_names, child.family_name) == ("Ada", "Mary Ann", "Example")
    assert (child.known_as, child.carer_family_name) == ("Addie", "Carer")
    assert child.former_family_names == ("Sample", "Specimen")
    assert (child.birth_date, child.sex) == (PartialDate(2016, 5, 4), Sex.FEMALE)
    assert (child.postcode, child.uprn) == ("ZE1 1ZZ", "12")
    assert child.identifiers == (
        Identifier(IdentifierType.NHS_NUMBER, "9434765919"),
        Identifier(IdentifierType.UPN, "", ("U80120012300A",)),
        Identifier(IdentifierType.ULN, "1000000000"),
    )


def test_an_empty_row_of_details_is_empty_and_without_faults() -> None:
    row = Row({})
    read = details(row)
    assert row.faults == []
    assert not any(getattr(read, name) for name in ("given_name", "birth_date", "sex", "identifiers"))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("birth_date", "04/05/2016"),
        ("birth_date", "2016-5-4"),
        ("birth_date", "٢٠١٦-٠٥-٠٤"),
        ("expected_birth_date", "soon"),
        ("sex", "x"),
        ("source_version", ""),
        ("source_version", "0"),
        ("source_version", "-1"),
        ("source_version", "1.5"),
        ("source_version", "٣"),
        ("source_version", str(2**63)),
        ("change", "moved"),
        ("sensitivity", "very"),
        ("involved_from", "?"),
        ("involved_until", "?"),
        ("local_id", " "),
        ("system", ""),
    ],
)
def test_what_cannot_be_read_names_its_column_and_not_its_value(column: str, value: str) -> None:
    row = Row(FULL | {column: value})
    record(row)
    assert [fault.field for fault in row.faults] == [column]
    assert not value.strip() or value not in row.faults[0].description.split(" ")


def test_all_faults_are_told_at_once() -> None:
    row = Row({"birth_date": "x", "sex": "x"})
    record(row)
    assert {fault.field for fault in row.faults} == {
        "birth_date", "sex", "source_version", "system", "record_type", "local_id"
    }  # fmt: skip


@given(st.dates(date(1990, 1, 1)))
def test_every_iso_date_is_read_back(day: date) -> None:
    assert Row({"birth_date": day.isoformat()}).date("birth_date") == PartialDate.of(day)


def test_a_number_is_checked_but_kept_as_written() -> None:
    valid = str(ChildNumber.draw(NumberType.TEST)).lower()
    row = Row({"number": valid})
    assert number(row) == valid
    assert row.faults == []
    wrong = Row({"number": "C123"})
    number(wrong)
    assert [fault.field for fault in wrong.faults] == ["number"]


def test_key_needs_all_three_columns() -> None:
    row = Row({"system": "pupils"})
    key(row)
    assert [fault.field for fault in row.faults] == ["record_type", "local_id"]


@pytest.mark.parametrize("column", DETAIL_COLUMNS[:11])
@pytest.mark.parametrize("path", ["{}", "demographics.{}", "records[3].demographics.{}"])
def test_the_path_of_a_violation_leads_to_its_column(path: str, column: str) -> None:
    assert column_of(path.format(column), lambda _: "") == column


def test_paths_of_lists_and_of_what_is_no_column() -> None:
    given_columns = {"nhs_number": "1", "uln": "2"}

    def values(name: str) -> str:
        return given_columns.get(name, "")

    assert column_of("record.demographics.identifiers[0].value", values) == "nhs_number"
    assert column_of("record.demographics.identifiers[1].value", values) == "uln"
    assert column_of("record.demographics.identifiers[7].value", values) == "identifiers"
    assert column_of("records[3].demographics.identifiers[1].replaces[2]", values) == "uln_replaces"
    assert column_of("record.demographics.former_family_names[2]", values) == "former_family_names"
    assert column_of("record.key.local_id", values) == "local_id"
    assert column_of("context.purpose", values) == "context.purpose"
    assert column_of("", values) == ""


@pytest.mark.parametrize(("column", "text"), [("birth_date", "Unknown"), ("birth_date", "n/k"), ("sex", "not known")])
def test_a_column_that_says_that_nothing_is_known_is_left_out(column: str, text: str) -> None:
    row = Row({column: text})
    read = details(row)
    assert row.faults == []
    assert [each.field for each in row.left_out] == [column]
    assert not getattr(read, column)


def test_a_row_prints_nothing() -> None:
    assert repr(Row(FULL)) == "Row(...)"
