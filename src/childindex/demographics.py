"""A child's details as a source wrote them, and what makes them no details of a child at all.

Values are kept as given; `childindex.reading` says what each field says, and which are left out. Nothing here prints
them.
"""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum, unique

from childindex.errors import Violation
from childindex.filler import filler
from childindex.identifiers import Identifier, IdentifierType
from childindex.placeholder import is_placeholder, without_family
from childindex.test_patient import is_test_patient
from childindex.text import clean

__all__ = ["Demographics", "Identifier", "IdentifierType", "PartialDate", "Sex", "violations"]

MAX_AGE_YEARS = 26  # records live to 25 (care leavers, disability), and a year more to correct them
MAX_TEXT = 128
MAX_LIST = 10
MAX_WEEKS_EXPECTED = 45  # a pregnancy's 40, and some error in the estimate
MAX_WEEKS_OVERDUE = 6

_FIRST_YEAR, _LAST_YEAR = 1900, 2200


@unique
class Sex(IntEnum):
    """Sex as the source recorded it. Values are those of the wire."""

    UNSPECIFIED = 0
    FEMALE = 1
    MALE = 2
    INDETERMINATE = 3


@unique
class Advice(IntEnum):
    """What a caller could add to be surer. Values are those of the wire."""

    ADD_BIRTH_DATE = 1
    ADD_GIVEN_NAME = 2
    ADD_FAMILY_NAME = 3
    ADD_POSTCODE = 4
    ADD_SEX = 5
    ADD_IDENTIFIER = 6


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

    @property
    def bounds(self) -> tuple[date, date]:
        """The first and the last day this can mean. Raises ValueError for what is no date (`fault` says why)."""
        if self.fault:
            raise ValueError(self.fault)
        last = self.month or 12
        return (
            date(self.year, self.month or 1, self.day or 1),
            date(self.year, last, self.day or calendar.monthrange(self.year, last)[1]),
        )

    @property
    def fault(self) -> str:
        """What keeps this from being a date, empty when nothing does: a part without its whole, no such day."""
        if not _FIRST_YEAR <= self.year <= _LAST_YEAR:
            return f"needs a year from {_FIRST_YEAR} to {_LAST_YEAR}"
        if self.day and not self.month:
            return "a day needs its month"
        if not 0 <= self.month <= 12 or not 0 <= self.day <= calendar.monthrange(self.year, self.month or 12)[1]:
            return "is no date of the calendar"
        return ""

    @property
    def stands_for_none(self) -> bool:
        """Whether this is what systems put where no date is known: 1900-01-01, 9999-12-31."""
        return bool(self) and filler("birth_date", self.iso) is not None

    @property
    def iso(self) -> str:
        """YYYY-MM-DD, unknown parts 00."""
        return f"{self.year:04}-{self.month:02}-{self.day:02}"

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

    @property
    def born(self) -> PartialDate:
        """The birth date, as far as one is known."""
        return PartialDate() if self.birth_date.stands_for_none else self.birth_date

    @property
    def expected(self) -> PartialDate:
        """The expected birth date, as far as one is known."""
        return PartialDate() if self.expected_birth_date.stands_for_none else self.expected_birth_date

    @property
    def forename(self) -> str:
        """The given name as written, without the family's where that leaves a placeholder ("Infant Hill" of a Hill)."""
        families = (self.family_name, self.carer_family_name, *self.former_family_names)
        return without_family(self.given_name, families)

    def __repr__(self) -> str:
        return "Demographics(...)"


def violations(demographics: Demographics, today: date) -> list[Violation]:
    """What keeps the whole from being a child's details, in the order of the fields; paths are relative to the
    demographics, texts hold no value.

    A list that is too long is one violation; entries beyond its limit are not looked at. A field that cannot be read,
    or says that nothing is known, is left out (`childindex.reading`) and refuses nobody. Whether the rest suffices to
    recognise a child is not asked here: linkage weighs that.
    """
    return [
        *_names(demographics),
        *_births(demographics, today),
        *_places(demographics),
        *_identifiers(demographics),
    ]


def _text(field: str, value: str) -> Iterator[Violation]:
    if len(clean(value)) > MAX_TEXT:
        yield Violation(field, f"has more than {MAX_TEXT} characters")


def names(demographics: Demographics) -> dict[str, str]:
    """All names, by the path of their field."""
    former = demographics.former_family_names
    return {
        "given_name": demographics.given_name,
        "middle_names": demographics.middle_names,
        "family_name": demographics.family_name,
        "known_as": demographics.known_as,
        **{f"former_family_names[{place}]": name for place, name in enumerate(former[:MAX_LIST])},
        "carer_family_name": demographics.carer_family_name,
    }


def _names(demographics: Demographics) -> Iterator[Violation]:
    written = {field: name for field, name in names(demographics).items() if clean(name)}
    for field, name in written.items():
        yield from _text(field, name)
    if len(demographics.former_family_names) > MAX_LIST:
        yield Violation("former_family_names", f"has more than {MAX_LIST} entries")
    given = (demographics.given_name, demographics.middle_names, demographics.known_as)
    if is_test_patient(given, (demographics.family_name,)):
        for field in ("given_name", "family_name"):
            if field in written:
                yield Violation(field, "is a test patient's name, and no child's: register no test records")
    elif written and all(map(is_placeholder, written.values())):
        for field in written:
            yield Violation(field, "is a placeholder, as is every name given: at least one must be a name")


def _births(demographics: Demographics, today: date) -> Iterator[Violation]:
    born, expected = demographics.born, demographics.expected
    if born and born.fault:
        yield Violation("birth_date", born.fault)
    elif born:
        first, last = born.bounds
        if first > today:
            yield Violation("birth_date", "lies in the future: an unborn child has an expected_birth_date")
        if last < _years_before(today, MAX_AGE_YEARS):
            yield Violation("birth_date", f"lies more than {MAX_AGE_YEARS} years back")
    if expected and expected.fault:
        yield Violation("expected_birth_date", expected.fault)
    elif expected:
        first, last = expected.bounds
        if first > today + timedelta(weeks=MAX_WEEKS_EXPECTED):
            yield Violation("expected_birth_date", f"lies more than {MAX_WEEKS_EXPECTED} weeks ahead")
        if last < today - timedelta(weeks=MAX_WEEKS_OVERDUE):
            yield Violation(
                "expected_birth_date", f"lies more than {MAX_WEEKS_OVERDUE} weeks back: give the birth_date"
            )
    if born and expected:
        yield Violation("expected_birth_date", "never together with birth_date")


def _years_before(day: date, years: int) -> date:
    """The same day so many years earlier; 29 February becomes the 28th."""
    year = day.year - years
    return date(year, day.month, min(day.day, calendar.monthrange(year, day.month)[1]))


def _places(demographics: Demographics) -> Iterator[Violation]:
    yield from _text("postcode", demographics.postcode)
    yield from _text("uprn", demographics.uprn)


def _identifiers(demographics: Demographics) -> Iterator[Violation]:
    if len(demographics.identifiers) > MAX_LIST:
        yield Violation("identifiers", f"has more than {MAX_LIST} entries")
    for place, identifier in enumerate(demographics.identifiers[:MAX_LIST]):
        path = f"identifiers[{place}]"
        yield from _text(f"{path}.value", identifier.value)
        if len(identifier.replaces) > MAX_LIST:
            yield Violation(f"{path}.replaces", f"has more than {MAX_LIST} entries")
        for at, value in enumerate(identifier.replaces[:MAX_LIST]):
            yield from _text(f"{path}.replaces[{at}]", value)
