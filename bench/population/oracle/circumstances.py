"""Birth date, sex, address and identifiers: how likely it is that one child's records bear these."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from itertools import product
from math import comb

import numpy as np

from bench.population import dates
from bench.population.housing import YEARS_BACK
from bench.population.oracle.reading import Reading
from bench.population.places import HOUSES, Places, mistyped_share
from bench.population.profiles import families, profiles
from bench.population.truth import EARLIER

_DAYS = 18 * 365.25  # over which births are spread
_ELSEWHERE, _MISTYPED = 9, 10  # beside 0 present and 1.. earlier addresses


def births(readings: Sequence[Reading], today: date) -> float:
    """P(these birth dates | one child), over all days on which it may have been born."""
    known = [(reading.birth, reading.custodian) for reading in readings]
    days = {text for text, _ in known if len(text) == 10}
    total = sum(_all_written(known, date.fromisoformat(day), today) for day in days)
    years = {text[:4] for text, _ in known if text}
    if len(years) <= 1 and all(not text or len(text) == 7 or text.endswith("-01-01") for text, _ in known):
        total += _some_day(known, years)
    return total / _DAYS


def _some_day(known: list[tuple[str, str]], years: set[str]) -> float:
    """The same where no record tells the day: placeholders, months and blanks only."""
    months = {text for text, _ in known if len(text) == 7}
    span = 30.4 if months else 364.0 if years else _DAYS
    likely = 1.0
    for text, custodian in known:
        kind = "missing" if not text else "no_day" if len(text) == 7 else "first_january"
        likely *= profiles()[custodian].birth[kind]
    return likely * span * (len(months) <= 1)


def _all_written(known: list[tuple[str, str]], born: date, today: date) -> float:
    likely = 1.0
    for text, custodian in known:
        likely *= _birth_written(text, custodian, born, today)
    return likely


@lru_cache(maxsize=500_000)
def _birth_written(text: str, custodian: str, born: date, today: date) -> float:
    likely, happened = 0.0, 0.0
    for kind, rate in profiles()[custodian].birth.items():
        made = dates.outcomes(kind, born, today)
        if made:
            happened += rate
            likely += rate * made.count(text) / len(made)
    return likely + (1 - happened) * (text == born.isoformat())


def sexes(readings: Sequence[Reading], sex: int) -> float:
    """P(these sexes | a child of that sex)."""
    likely = 1.0
    for reading in readings:
        wrong, missing = reading.profile.sex["wrong"], reading.profile.sex["missing"]
        if reading.sex:
            likely *= wrong if reading.sex != sex else 1 - wrong - missing
        else:
            likely *= missing
    return likely


def numbers(readings: Sequence[Reading], elsewhere: frozenset[str], children: int) -> float:
    """P(these identifiers | one child), beside the chance that they are told at all.

    `elsewhere` holds identifiers of other children who may be the same family's: whose numbers get mixed up.
    """
    likely = 1.0
    for kind in range(3):
        told = [(reading.numbers[kind], reading.profile.identifiers["foreign"]) for reading in readings]
        told = [(number, foreign) for number, foreign in told if number]
        own = {number for number, _ in told}
        likely *= sum(_numbers_of(number, told, elsewhere, children) for number in own) / children if own else 1.0
    return likely


def _numbers_of(own: str, told: list[tuple[str, float]], elsewhere: frozenset[str], children: int) -> float:
    likely = 1.0
    for number, foreign in told:
        likely *= 1 - foreign if number == own else foreign * (0.5 if number in elsewhere else 1 / children)
    return likely


class Addresses:
    """Weighs addresses by how families move within one population's places."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._number = {code: place for place, code in reversed(list(enumerate(places.codes)))}

    def likelihood(self, readings: Sequence[Reading], age: float) -> float:
        """P(these postcodes and property numbers | one child of that age in years)."""
        told = tuple((reading.custodian, reading.postcode, reading.uprn) for reading in readings if reading.postcode)
        blank = np.prod([reading.profile.place["missing"] for reading in readings if not reading.postcode])
        return float(blank) * self._told(told, int(age)) if told else float(blank)

    @lru_cache(maxsize=200_000)  # noqa: B019  lives as long as the oracle
    def _told(self, told: tuple[tuple[str, str, str], ...], age: int) -> float:
        columns = [_columns(custodian, age) for custodian, _, _ in told]
        total = 0.0
        for chosen in product(*columns):
            share = 1.0
            for column, shares in zip(chosen, columns, strict=True):
                share *= shares[column]
            total += share * self._density(told, chosen)
        return total

    def _density(self, told: tuple[tuple[str, str, str], ...], chosen: tuple[int, ...]) -> float:
        """P(what is told | the column each record was taken from): one address a column, moves between them."""
        density, first = 1.0, -1
        present = next((code for (_, code, _), column in zip(told, chosen, strict=True) if column == 0), "")
        for column in sorted(set(chosen)):
            group = [entry for entry, taken in zip(told, chosen, strict=True) if taken == column]
            code, houses = group[0][1], {uprn for _, _, uprn in group if uprn}
            if column == _MISTYPED:
                density *= self._mistyped(present, [entry[1] for entry in group])
                continue
            if len(houses) > 1 or any(entry[1] != code for entry in group) or code not in self._number:
                return 0.0
            place = self._number[code]
            density *= self._step(first, place) / (HOUSES if houses else 1)
            first = place if first < 0 else first
        return density

    def _step(self, old: int, new: int) -> float:
        everywhere = 1 / len(self._places.codes)
        if old < 0:
            return everywhere
        return max(self._places.move_share(old, new), everywhere)

    def _mistyped(self, present: str, written: list[str]) -> float:
        """P(slips as written); where no record tells the true postcode, any within one slip may be it."""
        share = 1.0
        for code in written:
            share *= mistyped_share(present, code) if present else 1 / len(self._places.codes)
        return share


@lru_cache(maxsize=4096)
def _columns(custodian: str, age: int) -> Mapping[int, float]:
    """Column of `Truth.place` -> how likely the custodian took the address from it, the address being told."""
    rates = profiles()[custodian].place
    shares = {_ELSEWHERE: rates["elsewhere"], _MISTYPED: rates["mistyped"]}
    for count, share in enumerate(_earlier(age)):
        for column in range(1, count + 1):
            shares[column] = shares.get(column, 0.0) + rates["earlier"] * share / count
    return {0: 1 - rates["missing"] - sum(shares.values()), **shares}


@lru_cache(maxsize=64)
def _earlier(age: int) -> tuple[float, ...]:
    """P(a child of that age has lived at 0, 1, 2, 3 earlier addresses); see `housing`."""
    lately = min(1.0, (age + 0.5) / YEARS_BACK)
    shares = [0.0] * (EARLIER + 1)
    for moves, share in enumerate(families().moves):
        for later in range(EARLIER + 1):
            chance = comb(EARLIER, later) * lately**later * (1 - lately) ** (EARLIER - later)
            shares[min(moves, later)] += share * chance
    return tuple(shares)
