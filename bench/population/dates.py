"""Slips of writing a birth date: what each kind of slip can lead to, all outcomes of a kind equally likely."""

from collections.abc import Callable
from datetime import date
from functools import lru_cache

_OLDEST = 20  # years: nobody records an older child


@lru_cache(maxsize=100_000)
def outcomes(kind: str, born: date, today: date) -> tuple[str, ...]:
    """ISO dates (perhaps partial) that a slip of this kind makes of a birth date; empty where it cannot happen.

    Kinds: `day_month` swapped; one wrong `digit`; `first_january` of the year; the `year` before or after; `no_day`;
    `missing`. No outcome lies after `today`, none is the true date.
    """
    return tuple(text for text in _KINDS[kind](born, today) if text != born.isoformat())


def _day_month(born: date, today: date) -> list[str]:
    return _past(today, [(born.year, born.day, born.month)])


def _digit(born: date, today: date) -> list[str]:
    text = born.isoformat()
    found = []
    for place in (2, 3, 5, 6, 8, 9):  # the century is never mistaken
        for digit in "0123456789":
            if digit != text[place]:
                year, month, day = (text[:place] + digit + text[place + 1 :]).split("-")
                found.append((int(year), int(month), int(day)))
    return _past(today, found)


def _first_january(born: date, today: date) -> list[str]:
    return [date(born.year, 1, 1).isoformat()]


def _year(born: date, today: date) -> list[str]:
    return _past(today, [(born.year - 1, born.month, born.day), (born.year + 1, born.month, born.day)])


def _past(today: date, days: list[tuple[int, int, int]]) -> list[str]:
    """Those that are real dates, not in the future and not too old for a child."""
    found = []
    for year, month, day in days:
        try:
            made = date(year, month, day)
        except ValueError:
            continue
        if made <= today and today.year - year <= _OLDEST:
            found.append(made.isoformat())
    return found


_KINDS: dict[str, Callable[[date, date], list[str]]] = {
    "day_month": _day_month,
    "digit": _digit,
    "first_january": _first_january,
    "year": _year,
    "no_day": lambda born, _: [born.isoformat()[:7]],
    "missing": lambda born, _: [""],
}
