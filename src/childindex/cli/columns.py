"""Rows as details and records. Whether they make sense is for the index to say; here only whether they can be read."""

import re
from collections.abc import Callable
from typing import Final

from childindex.cli.row import IDENTIFIER_COLUMNS, KEY_COLUMNS, LIST_SEPARATOR, RECORD_COLUMNS, Row
from childindex.client.records import OwnKey, Record
from childindex.demographics import Demographics, Identifier, IdentifierType
from childindex.errors import Violation
from childindex.number import ChildNumber, InvalidNumber
from childindex.pointer import Change, Sensitivity

_FIELDS: Final = re.compile(r"(?:.*?\.)??(\w+)(?:\[(\d+)\])?(?:\.value|\.(replaces)(?:\[\d+\])?)?")


def number(row: Row) -> str:
    """The child number in the column `number`, as written; a fault when it is none."""
    try:
        ChildNumber.parse(row.text("number"))
    except InvalidNumber as wrong:
        row.faults.append(Violation("number", wrong.message))
    return row.text("number")


def details(row: Row) -> Demographics:
    """The child's details of a row; what cannot be read is in `row.faults`."""
    return Demographics(
        given_name=row.text("given_name"),
        middle_names=row.text("middle_names"),
        family_name=row.text("family_name"),
        known_as=row.text("known_as"),
        former_family_names=_listed(row.text("former_family_names")),
        carer_family_name=row.text("carer_family_name"),
        birth_date=row.date("birth_date"),
        expected_birth_date=row.date("expected_birth_date"),
        sex=row.sex(),
        postcode=row.text("postcode"),
        uprn=row.text("uprn"),
        identifiers=tuple(
            Identifier(IdentifierType[name.upper()], row.text(name), _listed(row.text(f"{name}_replaces")))
            for name in _identified(row.text)
        ),
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
    name, place, replaces = found.groups()
    if name == "identifiers" and place is not None:
        given = _identified(values)
        column = given[int(place)] if int(place) < len(given) else name
        return f"{column}_{replaces}" if replaces and column != name else column
    return name if name in RECORD_COLUMNS else field


def _identified(values: Callable[[str], str]) -> list[str]:
    """The columns of the identifiers that are given, or replace others."""
    return [name for name in IDENTIFIER_COLUMNS if values(name) or values(f"{name}_replaces")]


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part for each in text.split(LIST_SEPARATOR) if (part := each.strip()))
