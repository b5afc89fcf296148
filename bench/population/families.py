"""Mothers, their maternities and the fathers: who is whose twin, sibling or half sibling, and born when."""

from dataclasses import dataclass

import numpy as np

from bench.population.draws import Draws, Floats, Ints
from bench.population.profiles import Families
from bench.population.tables import cumulated

ADULT_YEARS = 18
SHORTEST_GAP = 285  # days between two maternities of one mother; 274 are nine months
_SPREAD = 620.0  # mean of the exponential part of a gap, in days
_FIRST_BIRTHS = 26  # years before the reference date in which mothers have their first child
_NEXT_DAY = 0.02  # of second twins


@dataclass(frozen=True, slots=True)
class Births:
    """One row for each child, mothers in order. `father` numbers fathers over all families."""

    family: Ints
    father: Ints
    first_father: np.ndarray[tuple[int], np.dtype[np.bool_]]
    birth: Ints
    sex: Ints
    twin: Ints


def born(count: int, today: int, rates: Families, seed: int, *, twins_only: bool = False) -> Births:
    """So many children under 18 or soon to be born on a day (an ordinal), with their families.

    With `twins_only` the first birth of each family in that time is of twins.
    """
    wanted = count
    while True:
        births = _window(wanted, today, rates, seed, twins_only)
        if len(births.family) >= count:
            return _first(births, count)
        wanted = wanted * 5 // 4 + 20


def pick(shares: tuple[float, ...], uniform: Floats) -> Ints:
    """Which of the alternatives each uniform number means."""
    return np.searchsorted(cumulated(list(shares)), uniform, side="right").astype(np.int64)


def _window(wanted: int, today: int, rates: Families, seed: int, twins_only: bool) -> Births:
    mothers = wanted
    draws = Draws(seed, "maternities", str(wanted))
    maternities = 1 + pick(rates.sizes, draws.uniform(mothers))
    family = np.repeat(np.arange(mothers), maternities)
    start = np.cumsum(maternities) - maternities
    rank = np.arange(len(family)) - np.repeat(start, maternities)
    gap = SHORTEST_GAP + np.floor(-np.log1p(-draws.uniform(len(family))) * _SPREAD).astype(np.int64)
    earliest = today - round(_FIRST_BIRTHS * 365.25)
    first = earliest + draws.below(today + rates.unborn_days - earliest, mothers)
    since = np.cumsum(np.where(rank == 0, 0, gap))
    day = first[family] + since - since[start][family]
    new = (rank > 0) & (draws.uniform(len(family)) < rates.new_father)
    father = np.arange(mothers)[family] + np.cumsum(new)
    youngest, oldest = today + rates.unborn_days, _years_before(today, ADULT_YEARS)
    kept = (day > oldest) & (day <= youngest)
    changed = np.cumsum(new)
    first_father = changed == changed[start][family]
    return _children(
        Births(family[kept], father[kept], first_father[kept], day[kept], day[kept], day[kept]),
        (rates.twins, rates.twins_same_sex),
        draws,
        twins_only,
    )


def _children(maternities: Births, shares: tuple[float, float], draws: Draws, twins_only: bool) -> Births:
    """Maternities -> children: twins doubled, sexes drawn; `shares` of twins, and of one sex among them."""
    count = len(maternities.family)
    twins = draws.uniform(count) < shares[0]
    if twins_only:
        twins[np.unique(maternities.family, return_index=True)[1]] = True
    number = np.repeat(np.arange(count), 1 + twins)
    second = np.zeros(len(number), dtype=bool)
    second[1:] = number[1:] == number[:-1]
    sex = 1 + draws.below(2, len(number))
    same = draws.uniform(len(number)) < shares[1]
    before = np.roll(sex, 1)
    sex = np.where(second, np.where(same, before, 3 - before), sex)
    place = np.arange(len(number))
    twin = np.where(second, place - 1, np.where(np.roll(second, -1), place + 1, -1))
    later = second & (draws.uniform(len(number)) < _NEXT_DAY)
    return Births(
        maternities.family[number],
        maternities.father[number],
        maternities.first_father[number],
        maternities.birth[number] + later,
        sex,
        twin,
    )


def _first(births: Births, count: int) -> Births:
    """The first `count` children, families and fathers renumbered from 0."""
    twin = births.twin[:count]
    return Births(
        np.unique(births.family[:count], return_inverse=True)[1].astype(np.int64),
        np.unique(births.father[:count], return_inverse=True)[1].astype(np.int64),
        births.first_father[:count],
        births.birth[:count],
        births.sex[:count],
        np.where(twin >= count, -1, twin),
    )


def _years_before(day: int, years: int) -> int:
    return day - round(years * 365.2425)
