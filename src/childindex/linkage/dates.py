"""The tests of two unequal dates: YYYY-MM-DD, a part that is not known written as 00."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from rapidfuzz.distance import OSA

from childindex.linkage.comparison_shapes import LevelShape

_YEAR = 365.25  # days
_NINE_MONTHS = 270  # days; births of one mother are further apart, or are one birth


def _swap(one: str, other: str, _: LevelShape, __: object) -> bool:
    return one[:4] == other[:4] and one[5:7] == other[8:] and one[8:] == other[5:7]


def _edit(one: str, other: str, _: LevelShape, __: object) -> bool:
    """One digit differs, or two neighbours have changed places; both dates are complete."""
    return _complete(one) and _complete(other) and OSA.distance(one, other, score_cutoff=1) <= 1


def _year_wrong(one: str, other: str, _: LevelShape, __: object) -> bool:
    """The same day of another year."""
    return _complete(one) and _complete(other) and one[4:] == other[4:]


def _parts(one: str, other: str, _: LevelShape, __: object) -> bool:
    """Two of year, month and day agree."""
    month, day = one[5:7] == other[5:7] != "00", one[8:] == other[8:] != "00"
    return month and day if one[:4] != other[:4] else month or day


def _partial(one: str, other: str, _: LevelShape, __: object) -> bool:
    """One of them is incomplete, and all that both know agrees."""
    if _complete(one) and _complete(other):
        return False
    return all(a == b or "00" in (a, b) for a, b in zip(one.split("-"), other.split("-"), strict=True))


def _first(one: str, other: str, _: LevelShape, __: object) -> bool:
    """The same year, and one of them the first of January: written where only the year is known."""
    return one[:4] == other[:4] and "-01-01" in (one[4:], other[4:])


def _apart(one: str, other: str, _: LevelShape, __: object) -> bool:
    """Far enough apart to be two births of one mother."""
    if not (_complete(one) and _complete(other)):
        return abs(int(one[:4]) - int(other[:4])) > 1
    return abs((date.fromisoformat(one) - date.fromisoformat(other)).days) >= _NINE_MONTHS


def _days(one: str, other: str, level: LevelShape, _: object) -> bool:
    """At most so many days off being so many years apart."""
    if not (_complete(one) and _complete(other)):
        return False
    apart = abs((date.fromisoformat(one) - date.fromisoformat(other)).days)
    return abs(apart - round(level.years * _YEAR)) <= level.at_most


def _complete(value: str) -> bool:
    return value[-3:] != "-00"


TESTS: Final[Mapping[str, Callable[[str, str, LevelShape, object], bool]]] = {
    "date_swap": _swap,
    "date_edit": _edit,
    "date_year_wrong": _year_wrong,
    "date_parts": _parts,
    "date_partial": _partial,
    "date_first": _first,
    "date_apart": _apart,
    "date_days": _days,
}
