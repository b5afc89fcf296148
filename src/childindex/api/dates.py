"""Dates of which parts may be unknown: whether they can be, and which of two comes first."""

from datetime import date
from typing import Final

from childindex.demographics import PartialDate

_FIRST_YEAR: Final = 1900
_LAST_YEAR: Final = 2200


def violation(day: PartialDate) -> str:
    """What is wrong with the date, or nothing: a part out of range, a day its month lacks, a day without its month."""
    if not day:
        return ""
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        return f"year must be from {_FIRST_YEAR} to {_LAST_YEAR}"
    if day.day and not day.month:
        return "a day needs its month"
    try:
        date(day.year, day.month or 1, day.day or 1)
    except ValueError:
        return "is no date of the calendar"
    return ""


def order(first: PartialDate, second: PartialDate) -> int:
    """-1, 0 or 1 as `first` is before, not comparable or equal to, or after `second`, by the parts both know."""
    for one, other in ((first.year, second.year), (first.month, second.month), (first.day, second.day)):
        if not one or not other:
            return 0
        if one != other:
            return -1 if one < other else 1
    return 0
