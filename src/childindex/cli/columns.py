"""Details and records as columns of text: what rows of an extract, a details file and arguments have in common.

Every fault names its column and holds no value. Whether the values make sense is for the index to say; here it is only
said where they cannot be read.
"""

import re
from collections.abc import Callable, Mapping
from enum import IntEnum
from typing import Final, TypeVar

from childindex.client.records import OwnKey, Record
from childindex.demographics import Demographics, Identifier, IdentifierType, PartialDate, Sex
from childindex.errors import Violation
from childindex.number import ChildNumber, InvalidNumber
from childindex.pointer import Change, Sensitivity

LIST_SEPARATOR: Final = "|"
KEY_COLUMNS: Final = ("system", "record_type", "local_id")
DETAIL_COLUMNS: Final = (
    "given_name",
    "middle_names",
    "family_name",
    "known_as",
    "former_family_names",
    "carer_family_name",
    "birth_date",
    "expected_birth_date",
    "sex",
    "postcode",
    "uprn",
    "nhs_number",
    "upn",
    "uln",
)
RECORD_COLUMNS: Final = (
    *KEY_COLUMNS,
    "source_version",
    "change",
    *DETAIL_COLUMNS,
    "involved_from",
    "involved_until",
    "sensitivity",
    "consent_reference",
)

_IDENTIFIERS: Final = {
    "nhs_number": IdentifierType.NHS_NUMBER,
    "upn": IdentifierType.UPN,
    "uln": IdentifierType.ULN,
}
_SEXES: Final = {"F": Sex.FEMALE, "M": Sex.MALE, "I": Sex.INDETERMINATE, "U": Sex.UNSPECIFIED}
_DATE: Final = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
_FIELDS: Final = re.compile(r"(?:.*\.)?(\w+)(?:\[(\d+)\])?(?:\.value)?")

_Member = TypeVar("_Member", bound=IntEnum)
_Value = TypeVar("_Value")


class Row:
    """One row's values by column, and the faults met while reading them."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values
        self.faults: list[Violation] = []

    def __repr__(self) -> str:
        return "Row(...)"

    def text(self, column: str) -> str:
        """The value without spaces around it, empty where there is none."""
        return self._values.get(column, "").strip()

    def date(self, column: str) -> PartialDate:
        """A date written YYYY-MM-DD, YYYY-MM or YYYY."""
        text = self.text(column)
        found = _DATE.fullmatch(text)
        if found is None:
            return self._wrong(column, "must be YYYY-MM-DD, YYYY-MM or YYYY", PartialDate()) if text else PartialDate()
        year, month, day = (int(part or 0) for part in found.groups())
        return PartialDate(year, month, day)

    def number(self, column: str) -> int:
        """A whole number from 1 up to 2^63 - 1."""
        text = self.text(column)
        if not (text.isascii() and text.isdigit()) or not 1 <= len(text) <= 19 or not 1 <= int(text) < 2**63:
            return self._wrong(column, "must be a whole number of at least 1, higher in every new version", 1)
        return int(text)

    def member(self, column: str, members: type[_Member], default: _Member) -> _Member:
        """A member of a closed set by its name, in any case."""
        text = self.text(column).upper()
        if not text:
            return default
        if text not in members.__members__:
            names = ", ".join(name.lower() for name in members.__members__ if name != "UNSPECIFIED")
            return self._wrong(column, f"must be one of {names}", default)
        return members[text]

    def sex(self) -> Sex:
        """Sex by its name or initial."""
        text = self.text("sex").upper()
        return _SEXES[text] if text in _SEXES else self.member("sex", Sex, Sex.UNSPECIFIED)

    def _wrong(self, column: str, description: str, instead: _Value) -> _Value:
        self.faults.append(Violation(column, description))
        return instead


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
