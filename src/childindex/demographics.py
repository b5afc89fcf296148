"""A child's details as a source wrote them.

Values are kept as given; `childindex.linkage` normalises them. Nothing here prints them.
"""

from dataclasses import dataclass
from datetime import date
from enum import IntEnum, unique

from childindex.identifiers import Identifier, IdentifierType

__all__ = ["Demographics", "Identifier", "IdentifierType", "PartialDate", "Sex"]


@unique
class Sex(IntEnum):
    """Sex as the source recorded it. Values are those of the wire."""

    UNSPECIFIED = 0
    FEMALE = 1
    MALE = 2
    INDETERMINATE = 3


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A calendar date of which parts may be unknown (0)."""

    year: int = 0
    month: int = 0
    day: int = 0

    def __repr__(self) -> str:
        return "PartialDate(...)"

    def __bool__(self) -> bool:
        return bool(self.year or self.month or self.day)

    @property
    def complete(self) -> bool:
        """Whether year, month and day are all known."""
        return bool(self.year and self.month and self.day)

    @classmethod
    def of(cls, day: date) -> "PartialDate":
        """The complete date of a `datetime.date`."""
        return cls(day.year, day.month, day.day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Demographics:
    """The details by which a child is recognised. Empty strings, `PartialDate()` and empty tuples mean not given."""

    given_name: str = ""
    middle_names: str = ""
    family_name: str = ""
    known_as: str = ""
    former_family_names: tuple[str, ...] = ()
    carer_family_name: str = ""
    birth_date: PartialDate = PartialDate()
    expected_birth_date: PartialDate = PartialDate()
    sex: Sex = Sex.UNSPECIFIED
    postcode: str = ""
    uprn: str = ""
    identifiers: tuple[Identifier, ...] = ()

    def __repr__(self) -> str:
        return "Demographics(...)"
