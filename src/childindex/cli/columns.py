"""Rows as details and records. Whether they make sense is for the index to say; here only whether they can be read."""

import re
from collections.abc import Callable
from typing import Final

from childindex.cli.row import KEY_COLUMNS, LIST_SEPARATOR, RECORD_COLUMNS, Row
from childindex.client.records import OwnKey, Record
from childindex.demographics import Demographics, Identifier, IdentifierType
from childindex.errors import Violation
from childindex.number import ChildNumber, InvalidNumber
from childindex.pointer import Change, Sensitivity

_IDENTIFIERS: Final = {
    "nhs_number": IdentifierType.NHS_NUMBER,
    "upn": IdentifierType.UPN,
    "uln": IdentifierType.ULN,
}
_FIELDS: Final = re.compile(r"(?:.*?\.)??(\w+)(?:\[(\d+)\])?(?:\.value)?")


def number(row: Row) -> str:
    """The child number in the column `number`, as written; a fault when it is none."""
    try:
        ChildNumber.parse(row.text("number"))
    except InvalidNumber as wrong:
        row.faults.append(Violation("number", wrong.message))
    return row.text("number")


def details(row: Row) -> Demographics:
    """The child's details of a row; what cannot be read is in `row.faults`."""
    former = (name.strip() for name in row.text("former_family_names").split(LIST_SEPARATOR))
    return Demographics(
        given_name=row.text("given_name"),
        middle_names=row.text("middle_names"),
        family_name=row.text("family_name"),
        known_as=row.text("known_as"),
        former_family_names=tuple(name for name in former if name),
        carer_family_name=row.text("carer_family_name"),
        birth_date=row.date("birth_date"),
        expected_birth_date=row.date("expected_birth_date"),
        sex=row.sex(),
        postcode=row.text("postcode"),
        uprn=row.text("uprn"),
        identifiers=tuple(Identifier(kind, row.text(name)) for name, kind in _IDENTIFIERS.items() if row.text(name)),
    )


def key(row: Row) -> OwnKey:
    """The record's key of a row."""
    for column in KEY_COLUMNS:
        if not row.text(column):
            row.faults.append(Violation(column, "must be given"))
    return OwnKey(*(row.text(column) for column in KEY_COLUMNS))


def record(row: Row) -> Record:
    """The record of a row; what cannot be read is in `row.faults`."""
    return Record(
        key=key(row),
        source_version=row.number("source_version"),
        demographics=details(row),
        change=row.member("change", Change, Change.CHANGED),
        involved_from=row.date("involved_from"),
        involved_until=row.date("involved_until") if row.text("involved_until") else None,
        sensitivity=row.member("sensitivity", Sensitivity, Sensitivity.UNSPECIFIED),
        consent_reference=row.text("consent_reference"),
    )


def column_of(field: str, values: Callable[[str], str]) -> str:
    """The column behind a field path of the wire (`record.demographics.identifiers[1].value` may be `upn`)."""
    found = _FIELDS.fullmatch(field)
    if found is None:
        return field
    name, place = found.group(1), found.group(2)
    if name == "identifiers" and place is not None:
        given = [column for column in _IDENTIFIERS if values(column)]
        return given[int(place)] if int(place) < len(given) else name
    return name if name in RECORD_COLUMNS else field
