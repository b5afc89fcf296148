"""A record as the oracle reads it: plain forms, and the profile of the custodian that wrote it."""

from dataclasses import dataclass, replace
from functools import cache

from bench.population import naming
from bench.population.extract import Extract
from bench.population.naming import plain
from bench.population.profiles import Profile, families, profiles
from childindex.demographics import Sex
from childindex.placeholder import is_placeholder

_YEAR = 365.2425


@dataclass(frozen=True, slots=True)
class Reading:
    """One record. Names are plain forms; `given` is "" and `hidden` true where a placeholder stands for it."""

    custodian: str
    given: str
    middle: str
    family: str
    known_as: str
    former: str
    carer: str
    birth: str
    sex: int
    unborn: bool
    postcode: str
    uprn: str
    numbers: tuple[str, str, str]
    hidden: bool
    swapped: bool = False

    def __repr__(self) -> str:
        return f"Reading({self.custodian})"

    @property
    def profile(self) -> Profile:
        """The custodian's stated rates."""
        return profiles()[self.custodian]

    @property
    def exchangeable(self) -> bool:
        """Whether given and family name may each be the other, by the tables."""
        return bool(self.given and self.family) and _is_given(self.family) and _is_family(self.given)

    @property
    def exchanged(self) -> "Reading":
        """The same with given and family name in each other's place."""
        return replace(self, given=self.family, family=self.given, swapped=not self.swapped)


def read(extract: Extract) -> list[Reading]:
    """All records of an extract, in their order."""
    columns = extract.recording.columns
    texts = zip(
        columns.given_name, columns.middle_names, columns.family_name, columns.known_as, columns.former_family_names,
        columns.carer_family_name, columns.birth_date, columns.sex, columns.postcode, columns.uprn,
        columns.nhs_number, columns.upn, columns.uln, columns.expected_birth_date, strict=True,
    )  # fmt: skip
    return [_reading(extract.custodian, row) for row in texts]


def _reading(custodian: str, row: tuple[str, ...]) -> Reading:
    hidden = bool(row[0]) and is_placeholder(row[0])
    names = [plain(name) for name in row[:6]]
    names[1] = " ".join(plain(word).replace(" ", "-") for word in row[1].split(" "))  # Lily-Mae Ann is two names
    reading = Reading(
        custodian,
        "" if hidden else names[0],
        names[1],
        names[2],
        names[3],
        names[4],
        names[5],
        row[6],
        int(Sex[row[7]]) if row[7] else 0,
        bool(row[13]),
        row[8],
        row[9],
        (row[10], row[11], row[12]),
        hidden,
    )
    return reading.exchanged if _looks_exchanged(reading.given, reading.family) else reading


@cache
def _looks_exchanged(given: str, family: str) -> bool:
    """Whether the first name is only known as a family name, and the second as a given name."""
    if not given or not family:
        return False
    return not _is_given(given) and _is_family(given) and _is_given(family) and not _is_family(family)


@cache
def _is_given(name: str) -> bool:
    tables = (
        naming.given_names(origin, part, band)
        for origin in families().origins
        for part in ("girl", "boy")
        for band in naming.BANDS
    )
    return any(name in table.shares for table in tables)


@cache
def _is_family(name: str) -> bool:
    parts = name.split(" ")
    known = [naming.family_names(origin).shares for origin in families().origins]
    return any(name in shares for shares in known) or all(any(part in shares for shares in known) for part in parts)
