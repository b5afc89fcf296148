"""Dates that a custodian writes where it does not know the day, found in its records.

Births fall on every day of the year nearly alike: one in 365 on a day of the year, one in 30 on a day of the month. An
ending that a file shows surely more than so many times as often is a default: "-07-01" by itself, or "-15" in every
month. Days of the year come first, each held against the same day of the other months, so that many a first of July
makes no default of the first of any month, nor the other way round.

Surely: by the exact lower bound of a share that is wrong once in a million times (Clopper and Pearson 1934). Records of
one date and one first name count once: one child written several times is no custom.
"""

from collections import Counter
from collections.abc import Sequence
from math import exp, lgamma, log, log1p

import numpy as np

from childindex.linkage.batch.table import Table, Vocabulary
from childindex.linkage.model import Model

_TIMES = 2.0  # how much more often than births are: seasons and induced births do not come near it
_WRONG = 1e-6
_DAYS = 365.25


def learned(model: Model, vocabulary: Vocabulary, table: Table) -> tuple[str, ...]:
    """The endings of dates that the records of one custodian write by default, beside those of everybody, in order.

    None where the model has no field that would heed them.
    """
    place = next((at for at, field in enumerate(model.shape.fields.values()) if field.kind == "known_date"), None)
    return () if place is None else endings(_dates(model, vocabulary, table, place))


def endings(dates: Sequence[str]) -> tuple[str, ...]:
    """The endings, "-MM-DD" or "-DD", that occur far more often among complete dates than births do."""
    counts = Counter(date[4:] for date in dates)
    whole = counts.total()
    days = {day: sum(counts[f"-{month:02}-{day}"] for month in range(1, 13)) for day in _days_of_month()}
    of_year = {
        ending
        for ending, count in counts.items()
        if _surely(count, whole, max(1 / _DAYS, (days[ending[4:]] - count) / 11 / whole))
    }
    rest = {ending: count for ending, count in counts.items() if ending not in of_year}
    left = sum(rest.values())
    of_month = {f"-{day}" for day in days if _surely(_on(day, rest), left, _months(day) / _DAYS)}
    return tuple(sorted(of_year) + sorted(of_month))


def _surely(count: int, whole: int, expected: float) -> bool:
    """Whether a share is surely so many times as great as expected."""
    return count > 0 and _at_least(count, whole, _TIMES * expected) < _WRONG


def _at_least(count: int, whole: int, share: float) -> float:
    """The chance that so many or more of the whole are what so great a share of all is (binomial)."""
    if count <= whole * share or share >= 1.0:
        return 1.0
    ways = lgamma(whole + 1) - lgamma(count + 1) - lgamma(whole - count + 1)
    term = exp(ways + count * log(share) + (whole - count) * log1p(-share))
    chance, odds = term, share / (1.0 - share)
    while term > chance * 1e-9:  # beyond the mean every term is less than the one before
        term *= (whole - count) / (count + 1) * odds
        count += 1
        chance += term
    return chance


def _on(day: str, counts: dict[str, int]) -> int:
    return sum(count for ending, count in counts.items() if ending.endswith(f"-{day}"))


def _months(day: str) -> int:
    """How many months have such a day."""
    return {"29": 12, "30": 11, "31": 7}.get(day, 12)


def _days_of_month() -> list[str]:
    return [f"{day:02}" for day in range(1, 32)]


def _dates(model: Model, vocabulary: Vocabulary, table: Table, place: int) -> list[str]:
    """The complete dates of a table, once for each first name that stands beside them."""
    dates = table.columns[place][:, 0].astype(np.int64)
    kinds = [field.kind for field in model.shape.fields.values()]
    name = next((at for at, kind in enumerate(kinds) if kind in {"given", "name"}), None)
    names = table.columns[name][:, 0].astype(np.int64) if name is not None else np.arange(table.count)
    strings = vocabulary.strings(place)
    pairs = np.unique(np.stack([dates, names])[:, dates >= 0], axis=1)
    return [date for date in (strings[code] for code in pairs[0].tolist()) if not date.endswith("-00")]
