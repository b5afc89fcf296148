"""One row of an extract, a details file or arguments: texts by column, read one by one; and the columns there are.

Every fault names its column and holds no value.
"""

import re
from collections.abc import Mapping
from enum import IntEnum
from typing import Final, TypeVar

from childindex.demographics import PartialDate, Sex
from childindex.errors import Violation
from childindex.filler import Means, filler
from childindex.text import clean

LIST_SEPARATOR: Final = "|"
KEY_COLUMNS: Final = ("system", "record_type", "local_id")
IDENTIFIER_COLUMNS: Final = ("nhs_number", "chi_number", "hsc_number", "upn", "uln")
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
    *IDENTIFIER_COLUMNS,
    *(f"{column}_replaces" for column in IDENTIFIER_COLUMNS),
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

_SEXES: Final = {"F": Sex.FEMALE, "M": Sex.MALE, "I": Sex.INDETERMINATE, "U": Sex.UNSPECIFIED}
_DATE: Final = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)

_Member = TypeVar("_Member", bound=IntEnum)
_Value = TypeVar("_Value")


class Row:
    """One row's values by column, the faults met while reading them, and the columns left out: they say nothing."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values
        self.faults: list[Violation] = []
        self.left_out: list[Violation] = []

    def __repr__(self) -> str:
        return "Row(...)"

    def text(self, column: str) -> str:
        """The value without spaces around it, empty where there is none."""
        return self._values.get(column, "").strip()

    def date(self, column: str) -> PartialDate:
        """A date written YYYY-MM-DD, YYYY-MM or YYYY."""
        text = self._said(column) if column in DETAIL_COLUMNS else self.text(column)
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
        if text in _SEXES:
            return _SEXES[text]
        return self.member("sex", Sex, Sex.UNSPECIFIED) if self._said("sex") else Sex.UNSPECIFIED

    def _said(self, column: str) -> str:
        """The value, empty where it only fills the column ("unknown")."""
        text = clean(self.text(column))
        unread = filler(column, text) if text and not text.isdecimal() else None
        if unread is None or unread.means is Means.DEFAULT:
            return text
        self.left_out.append(Violation(column, unread.description))
        return ""

    def _wrong(self, column: str, description: str, instead: _Value) -> _Value:
        self.faults.append(Violation(column, description))
        return instead
