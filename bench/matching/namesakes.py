"""Two children of one name and birth date in two towns: `python -m bench.matching.namesakes --pairs 2000 --seed 7`.

A pair is two *different* children of one forename, surname, sex and birth date, at addresses in two areas of the post.
One is indexed, the other's record is asked with the model's own prior, as by a service in use among 12 million
children; any automatic link is wrong. Pairs are drawn by group of names (the generator's origins), each name as often
as such pairs occur in the nation: by the square of the number of children who bear it.

**How many bear a name.** A group has so many children (`shares`), and of these as many bear a name as the group's list
says, but no more than bear it in the nation: forenames by births in England and Wales, surnames by the table that the
model ships. A name of several groups is divided among them. Nothing of this is what the model's communities are
learned from; they are learned from other lists (`bench/communities`).

**What P foretells.** P is the chance that a query which finds such a namesake is the same child, moved. Let every child
be registered once more in another town. Of a name with n bearers, where P is high enough,

    rightly linked are   n i m               i: share of children indexed, m: P(so alike | same child)
    wrongly linked       n (1 - i) i n/D m'  D: birth dates, m': P(so alike | namesakes of one birth date)

and P foretells (1 - P) / P wrong links for every right one. `wrong` counts the pairs drawn that are linked; `foretold`
is what P foretells of them, from as many children drawn by the number of bearers, told in the same unit. The first must
not exceed the second by more than chance explains (99.5 %).

**The rate of a group** is its wrong links in the nation for every million right ones: so often is who is linked by name
and birth date alone another child. It must not lie above that of all children, each group counted by its size
(`above_all`: the lower end of the interval of the difference is more than 0; the square-and-add interval of Newcombe,
Statistics in Medicine 17, 1998, 873-890, at 99.5 % for all groups together: .5 % is divided by their number).

`linked` is the price: the share of the children who moved, and of whom names, birth date and sex are all that is known,
who are linked without a person.
"""

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from math import sqrt
from multiprocessing import Pool, cpu_count
from pathlib import Path
from statistics import NormalDist

import numpy as np

from bench.matching.memory import Memory
from bench.origins.bounds import wilson
from bench.population import naming, tables
from bench.population.draws import Draws
from bench.population.naming import plain
from bench.population.profiles import families
from childindex import linkage
from childindex.demographics import Demographics, PartialDate, Sex
from childindex.linkage import Decision, Model

NATION = 12_000_000
DATES = 18 * 365.25
SHARE_SURE = 0.995
SURE = NormalDist().inv_cdf(1 - (1 - SHARE_SURE) / 2)
TOWNS = ("UB2 4AB", "B66 4AA")
_BORN = PartialDate(2013, 4, 14)
_BIRTHS = 11_000_000  # in England and Wales in the years of the table of forenames
_RARE = 45 / _BIRTHS  # names given more seldom are not in it
_UNLISTED = 2.8e-5  # a surname that the table lacks is rarer than the rarest in it
_SECOND = 0.25  # of daughters who bear a second name instead of the family's, where that is custom

# Of all children, by origin: those that the generator has, and for those that have no share there what follows from the
# Census of 2021 (England and Wales: religion, country of birth, language; ONS, Open Government Licence v3), rounded.
SHARES = {
    "sikh": 0.01, "tamil": 0.005, "afghan": 0.004, "ghanaian": 0.006, "portuguese": 0.007, "ukrainian": 0.003,
    "greek": 0.004, "hungarian": 0.002, "vietnamese": 0.0015, "eritrean": 0.003,
}  # fmt: skip
_ONE_SEX = {"singh": Sex.MALE, "sing": Sex.MALE, "kaur": Sex.FEMALE, "kour": Sex.FEMALE}

Bearers = Mapping[str, float]  # name -> share of all children


@dataclass(frozen=True, slots=True)
class Cell:
    """A name that children of a group bear: its sex, and the share of all children who bear it."""

    forename: str
    surname: str
    sex: Sex
    share: float


@dataclass(frozen=True, slots=True)
class Decided:
    """A cell's decision on two of its children: whether they were linked, and P that they are one."""

    cell: Cell
    linked: bool
    probability: float


@dataclass(frozen=True, slots=True)
class Figures:
    """A group's draws: of `pairs` of namesakes `wrong` were linked, and of as many children who moved `right`.

    `asked` is how many pairs of namesakes of the group the nation would ask, `moved` how many children who moved;
    `doubt` is the mean of (1 - P) / P over the children drawn, 0 where P is too low for a link.
    """

    group: str
    pairs: int
    wrong: int
    right: int
    asked: float
    moved: float
    doubt: float

    @property
    def foretold(self) -> float:
        """Of the pairs drawn those that P foretells to be linked."""
        return self.moved * self.doubt / self.asked * self.pairs

    @property
    def held(self) -> bool:
        """Whether no more are linked than P foretells, within what chance explains."""
        return wilson(self.wrong, self.pairs, SURE)[0] * self.pairs <= self.foretold

    @property
    def links(self) -> float:
        """Right links in the nation."""
        return self.moved * self.right / self.pairs

    def errors(self, sure: float) -> tuple[float, float, float]:
        """Wrong links in the nation, between the lower and the upper end of their interval."""
        low, high = wilson(self.wrong, self.pairs, sure)
        return self.asked * low, self.asked * self.wrong / self.pairs, self.asked * high


def shares() -> Mapping[str, float]:
    """Origin -> its share of all children; all together 1."""
    found = {**families().origins, **SHARES}
    found[naming.BRITISH] -= sum(SHARES.values())  # the generator counts them among the British
    return found


@cache
def _national(sex: Sex) -> Bearers:
    """Forename, plain -> share of all children of both sexes who bear it and are of this one."""
    counts: dict[str, float] = {}
    for (_, code), names in tables.forenames().items():
        if code == ("F" if sex is Sex.FEMALE else "M"):
            for name, count in names.items():
                counts[plain(name)] = counts.get(plain(name), 0.0) + count / _BIRTHS
    return counts


@cache
def _forenames(sex: Sex) -> Mapping[str, Bearers]:
    """Origin -> forename -> share of all children who are of the origin and sex and bear it."""
    part = "girl" if sex is Sex.FEMALE else "boy"
    english = families().english_given_name
    wanted = {
        origin: {
            name: share / 2 * (1 - english.get(origin, 0.0)) * each
            for name, each in naming.given_names(origin, part, naming.BANDS[-1]).shares.items()
        }
        for origin, share in shares().items()
    }
    return _within(wanted, _national(sex), _RARE)


@cache
def _surnames(sex: Sex) -> Mapping[str, Bearers]:
    """Origin -> surname -> share of all children who are of the origin and would bear it, were all of this sex."""
    frequencies = linkage.shipped().frequencies("surname")
    assert frequencies is not None
    wanted: dict[str, dict[str, float]] = {}
    for origin, share in shares().items():
        second = naming.second_names(origin) if sex is Sex.FEMALE else None
        family = naming.family_names(origin).shares
        mine = {name: each * (1 - _SECOND if second else 1.0) for name, each in family.items()}
        for name, each in second.shares.items() if second else ():
            mine[name] = mine.get(name, 0.0) + _SECOND * each
        wanted[origin] = {
            name: share * each * (2 if name in _ONE_SEX else 1)
            for name, each in mine.items()
            if _ONE_SEX.get(name, sex) is sex
        }
    return _within(wanted, frequencies.listed, _UNLISTED)


def _within(wanted: Mapping[str, Mapping[str, float]], national: Bearers, rare: float) -> Mapping[str, Bearers]:
    """What each origin's list says, scaled down where all origins together would have more bearers than the nation."""
    sums: dict[str, float] = {}
    for names in wanted.values():
        for name, share in names.items():
            sums[name] = sums.get(name, 0.0) + share
    return {
        origin: {name: share * min(1.0, national.get(name, rare) / sums[name]) for name, share in names.items()}
        for origin, names in wanted.items()
    }


def drawn(origin: str, count: int, seed: int, power: int) -> Iterator[Cell]:
    """Names of a group, drawn by a power of the number of their bearers: 2 for pairs of namesakes, 1 for children."""
    size = shares()[origin]
    sexes = Sex.FEMALE, Sex.MALE
    columns = [(_forenames(sex)[origin], _surnames(sex)[origin]) for sex in sexes]
    wholes = [_sum(first, power) * _sum(second, power) for first, second in columns]
    draws = Draws(seed, "namesakes", origin, str(power))
    girls = int((draws.uniform(count) < wholes[0] / sum(wholes)).sum())
    for sex, (first, second), some in zip(sexes, columns, (girls, count - girls), strict=True):
        names = zip(_names(first, power, draws.uniform(some)), _names(second, power, draws.uniform(some)), strict=True)
        for forename, surname in names:
            yield Cell(forename, surname, sex, first[forename] * second[surname] / size)


def _sum(bearers: Bearers, power: int) -> float:
    return sum(each**power for each in bearers.values())


def _names(bearers: Bearers, power: int, uniform: np.ndarray) -> list[str]:
    names = list(bearers)
    chances = np.cumsum(np.fromiter(bearers.values(), dtype=np.float64) ** power)
    return [names[at] for at in np.searchsorted(chances / chances[-1], uniform, side="right").tolist()]


def decided(model: Model, cell: Cell) -> Decided:
    """One child indexed, the other's record asked."""
    memory = Memory(model)
    first, second = (
        Demographics(
            given_name=cell.forename.title(),
            family_name=cell.surname.title(),
            birth_date=_BORN,
            sex=cell.sex,
            postcode=town,
        )
        for town in TOWNS
    )
    memory.write(memory.query(first), 1, 0)
    match = memory.resolve(second)[1].match
    return Decided(cell, match.decision is Decision.MATCHED, match.scored[0].probability if match.scored else 0.0)


def figures(model: Model, origin: str, pairs: int, seed: int) -> Figures:
    """The figures of one group."""
    known: dict[Cell, Decided] = {}

    def linked(power: int) -> list[Decided]:
        cells = drawn(origin, pairs, seed, power)
        told = [known.get(cell) or known.setdefault(cell, decided(model, cell)) for cell in cells]
        return [each for each in told if each.linked]

    wrong, right = linked(2), linked(1)
    doubt = sum((1 - each.probability) / each.probability for each in right) / pairs
    asked, moved = _in_the_nation(model, origin)
    return Figures(origin, pairs, len(wrong), len(right), asked, moved, doubt)


def _in_the_nation(model: Model, origin: str) -> tuple[float, float]:
    """Pairs of namesakes of one birth date that would be asked of a group, and children who moved, if every child were
    registered once more in another town, written as before."""
    levels = {part.name: {level.name: level for level in part.levels} for part in model.shape.comparisons}
    alike = levels["forename"]["exact"].m * levels["surname"]["exact"].m * levels["birth_date"]["exact"].m
    alike *= levels["sex"]["equal"].m
    other, indexed = levels["postcode"]["other"], model.shape.prior.indexed
    size, children, squares = shares()[origin], 0.0, 0.0
    for sex in (Sex.FEMALE, Sex.MALE):
        first, second = _forenames(sex)[origin], _surnames(sex)[origin]
        children += NATION * _sum(first, 1) * _sum(second, 1) / size
        squares += NATION**2 * _sum(first, 2) * _sum(second, 2) / size**2
    return squares / DATES * (1 - indexed) * indexed * alike * other.u, children * indexed * alike * other.m


def is_above(group: Figures, groups: Sequence[Figures]) -> bool:
    """Whether a group's rate lies above that of all children, at 99.5 % for all groups together."""
    sure = NormalDist().inv_cdf(1 - (1 - SHARE_SURE) / 2 / len(groups))
    low, wrong, _ = (each / max(group.links, 1e-9) for each in group.errors(sure))
    links, errors = sum(each.links for each in groups), [each.errors(sure) for each in groups]
    whole = sum(each[1] for each in errors) / links
    spread = sum(((high - middle) / links) ** 2 for _, middle, high in errors)
    return wrong - whole > sqrt((wrong - low) ** 2 + spread)


def rate(groups: Sequence[Figures]) -> float:
    """Wrong links for every million right ones, of all these groups together."""
    return 1e6 * sum(each.errors(SURE)[1] for each in groups) / max(sum(each.links for each in groups), 1e-9)


def summary(model: Model, groups: Sequence[Figures], seed: int) -> dict[str, object]:
    """The figures of all groups, the greatest rate first."""
    order = sorted(groups, key=lambda each: -rate([each]))
    return {
        "model": model.label,
        "digest": model.digest,
        "seed": seed,
        "pairs": sum(each.pairs for each in groups),
        "wrong": sum(each.wrong for each in groups),
        "foretold": round(sum(each.foretold for each in groups), 1),
        "wrong_per_million_links": round(rate(groups), 1),
        "linked": round(sum(each.links for each in groups) / sum(each.moved for each in groups), 4),
        "no_more_than_foretold": all(each.held for each in groups),
        "none_above_all": not any(is_above(each, groups) for each in groups),
        "groups": {each.group: _told(each, groups) for each in order},
    }


def _told(found: Figures, groups: Sequence[Figures]) -> dict[str, object]:
    return {
        "pairs": found.pairs,
        "wrong": found.wrong,
        "foretold": round(found.foretold, 1),
        "no_more_than_foretold": found.held,
        "wrong_per_million_links": round(rate([found]), 1),
        "above_all": is_above(found, groups),
        "linked": round(found.right / found.pairs, 4),
    }


def _group(pairs: int, seed: int, path: Path | None, origin: str) -> Figures:
    return figures(_model(path), origin, pairs, seed)


def _model(path: Path | None) -> Model:
    return Model.load(path, population=NATION) if path else linkage.shipped(NATION)


def main() -> None:
    """Group after group, then the figures."""
    parser = argparse.ArgumentParser(prog="bench.matching.namesakes")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pairs", type=int, default=2000, help="of each group")
    parser.add_argument("--model", type=Path, default=None, help="another model instead of the shipped one")
    parser.add_argument("--processes", type=int, default=cpu_count())
    parser.add_argument("--json", type=Path, default=None)
    chosen = parser.parse_args()
    work = partial(_group, chosen.pairs, chosen.seed, chosen.model)
    with Pool(chosen.processes) as pool:
        groups = list(pool.imap(work, shares()))
    text = json.dumps(summary(_model(chosen.model), groups, chosen.seed), indent=2)
    print(text)
    if chosen.json:
        chosen.json.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
