"""Dates as YYYY-MM-DD, a part that is not known written as 00: what is known of one, and the tests of two unequal ones.

A system that does not know a day writes a default: the first of January, the first of July, the fifteenth of a month.
Such a date is a year, or a month of a year, and is compared as one. Its year may be an estimate, too.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Final

from rapidfuzz.distance import OSA

from childindex.linkage.comparison_shapes import LevelShape

_YEAR = 365.25  # days
_NINE_MONTHS = 270  # days; births of one mother are further apart, or are one birth


def as_known(value: str, defaults: Sequence[str]) -> str:
    """A date as far as its writer knew it: "-01-01" among the defaults leaves the year of such a day, "-15" year and
    month of such a day of any month."""
    if value[4:] in defaults:
        return f"{value[:4]}-00-00"
    return f"{value[:7]}-00" if value[7:] in defaults else value


def _swap(one: str, other: str, _: LevelShape, __: object) -> bool:
    return one[:4] == other[:4] and one[5:7] == other[8:] and one[8:] == other[5:7]


def _edit(one: str, other: str, _: LevelShape, __: object) -> bool:
    """One digit differs, or two neighbours have changed places; both dates are complete."""
    return not _incomplete(one, other) and OSA.distance(one, other, score_cutoff=1) <= 1


def _year_wrong(one: str, other: str, _: LevelShape, __: object) -> bool:
    """The same day of another year."""
    return not _incomplete(one, other) and one[4:] == other[4:]


def _parts(one: str, other: str, _: LevelShape, __: object) -> bool:
    """The year agrees, and the month or the day."""
    return one[:4] == other[:4] and (one[5:7] == other[5:7] != "00" or one[8:] == other[8:] != "00")


def _month(one: str, other: str, _: LevelShape, __: object) -> bool:
    """The same month, and of one of them no more is known."""
    return _incomplete(one, other) and one[:7] == other[:7] and one[5:7] != "00"


def _year(one: str, other: str, _: LevelShape, __: object) -> bool:
    """The same year, and of one of them no more is known."""
    return one[:4] == other[:4] and "00" in (one[5:7], other[5:7])


def _other_year(one: str, other: str, level: LevelShape, _: object) -> bool:
    """At most so many years apart, and one of them is incomplete: an estimate of the year that is wrong."""
    return _incomplete(one, other) and 0 < abs(int(one[:4]) - int(other[:4])) <= level.at_most


def _near(one: str, other: str, _: LevelShape, __: object) -> bool:
    """Too near each other to be two births of one mother."""
    if _incomplete(one, other):
        return abs(int(one[:4]) - int(other[:4])) <= 1
    return abs((date.fromisoformat(one) - date.fromisoformat(other)).days) < _NINE_MONTHS


def _days(one: str, other: str, level: LevelShape, _: object) -> bool:
    """At most so many days off being so many years apart."""
    if _incomplete(one, other):
        return False
    apart = abs((date.fromisoformat(one) - date.fromisoformat(other)).days)
    return abs(apart - round(level.years * _YEAR)) <= level.at_most


def _complete(value: str) -> bool:
    return value[-3:] != "-00"


def _incomplete(one: str, other: str) -> bool:
    return not (_complete(one) and _complete(other))


TESTS: Final[Mapping[str, Callable[[str, str, LevelShape, object], bool]]] = {
    "date_swap": _swap,
    "date_edit": _edit,
    "date_year_wrong": _year_wrong,
    "date_parts": _parts,
    "date_month": _month,
    "date_year": _year,
    "date_other_year": _other_year,
    "date_near": _near,
    "date_days": _days,
}
