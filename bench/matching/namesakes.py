"""Two children of one name and birth date in two towns: `python -m bench.matching.namesakes --pairs 2000 --seed 7`.

A pair is two *different* children of one forename, surname, sex and birth date, at addresses in two areas of the post. One
is indexed, the other's record is asked with the model's own prior, as by a service in use among 12 million children; any
automatic link is wrong. Pairs are drawn by group of names (the generator's origins), each name cell as often as such
pairs occur in the nation: by the square of the number of children who bear the name.

**How many bear a name.** A group has so many children (`SHARES`), and of these as many bear a name as the group's list
says, but no more than bear it in the nation: forenames by births in England and Wales, surnames by the table that the
model ships. Names of several groups are divided among them. Nothing of this is what the model's communities are
learned from; they are learned from other lists (`bench/communities`).

**What P foretells.** P is the chance that a query which finds such a namesake is the same child, moved. For a cell of n
children let the nation register each once more in another town:

    rightly linked, if P is high enough   n i m            i: share of children indexed, m: P(so alike | same child)
    wrongly linked, likewise              n (1 - i) i n / D m'      D: birth dates, m': P(so alike | namesakes of one date)

P foretells (1 - P) / P wrong links for every right one. So over the cells that are linked, `foretold` is the sum of
n i m (1 - P) / P, and `wrong` the sum of n (1 - i) i n / D m', both told in units of the pairs drawn of the group.

**The rate of a group** is the number of wrong links for each right one over the cells that are linked: how often a child
of the group who moves is taken for another where a link is made on names and birth date alone. `above` is whether
it lies above that of all groups together: Newcombe's interval of 99.5 %.
"""

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from multiprocessing import Pool, cpu_count
from pathlib import Path

import numpy as np

from bench.matching.memory import Memory
from bench.origins.bounds import above, wilson
from bench.population import naming, tables
from bench.population.draws import Draws
from bench.population.naming import plain
from bench.population.profiles import families
from childindex import linkage
from childindex.demographics import Demographics, PartialDate, Sex
from childindex.linkage import Decision, Model

NATION = 12_000_000
DATES = 18 * 365.25
SURE = 2.807  # of a two-sided interval of 99.5 %
TOWNS = ("UB2 4AB", "B66 4AA")
_BORN = PartialDate(2013, 4, 14)
_BIRTHS = 11_000_000  # in England and Wales in the years of the table of forenames
_RARE = 45 / _BIRTHS  # names given more seldom are not in it
_UNLISTED = 2.8e-5  # a surname that the table lacks is rarer than the rarest in it
_SECOND = 0.25  # of daughters who bear a second name instead of the family's, where that is custom

# Of all children, by origin: those that the generator has, and for those that have no share there what follows from the
# Census of 2021 (England and Wales: religion, country of birth, main language; ONS, Open Government Licence v3), rounded.
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
    """The pairs of a group (or of all): how many were linked, all wrongly; how many wrong links P foretells among them;
    and of links made in the nation how many are right for these."""

    group: str
    pairs: int
    wrong: int
    foretold: float
    right: float
    nation: float

    @property
    def held(self) -> bool:
        """Whether no more are linked than P foretells, within what chance explains (99.5 %)."""
        return wilson(self.wrong, self.pairs, SURE)[0] * self.pairs <= self.foretold

    @property
    def rate(self) -> float:
        """Wrong links for each right one."""
        return self.wrong / self.right if self.right else 0.0


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


def drawn(origin: str, pairs: int, seed: int) -> Iterator[Cell]:
    """Cells of pairs of different children of one name: drawn by the square of the number of their bearers."""
    size = shares()[origin]
    halves = []
    for sex in (Sex.FEMALE, Sex.MALE):
        first, second = _forenames(sex)[origin], _surnames(sex)[origin]
        square = sum(each**2 for each in first.values()) * sum((each / size) ** 2 for each in second.values())
        halves.append((sex, first, second, square))
    draws = Draws(seed, "namesakes", origin)
    girls = draws.uniform(pairs) < halves[0][3] / sum(half[3] for half in halves)
    for at, (sex, first, second, _) in enumerate(halves):
        count = int((girls if at == 0 else ~girls).sum())
        forenames, surnames = _squared(first, draws.uniform(count)), _squared(second, draws.uniform(count))
        for forename, surname in zip(forenames, surnames, strict=True):
            yield Cell(forename, surname, sex, first[forename] * second[surname] / size)


def _squared(bearers: Bearers, uniform: np.ndarray) -> list[str]:
    names = list(bearers)
    chances = np.cumsum(np.square(np.fromiter(bearers.values(), dtype=np.float64)))
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
    told = [known.get(cell) or known.setdefault(cell, decided(model, cell)) for cell in drawn(origin, pairs, seed)]
    linked = [each for each in told if each.linked]
    ratios = [_right_for_a_wrong(model, each.cell) for each in linked]
    foretold = sum(r * (1 - each.probability) / each.probability for r, each in zip(ratios, linked, strict=True))
    return Figures(origin, pairs, len(linked), foretold, sum(ratios), _in_the_nation(model, origin) / pairs)


def _alike(model: Model) -> tuple[float, float]:
    """m and m': P(names and date written alike, sex equal, another area) of one child, and of namesakes of one date."""
    levels = {part.name: {level.name: level for level in part.levels} for part in model.shape.comparisons}
    written = levels["forename"]["exact"].m * levels["surname"]["exact"].m * levels["birth_date"]["exact"].m
    sex, other = levels["sex"]["equal"].m, levels["postcode"]["other"]
    return written * sex * other.m, written * sex * other.u


def _right_for_a_wrong(model: Model, cell: Cell) -> float:
    """Right links in the nation for each wrong one, were the cell linked."""
    same, namesake = _alike(model)
    absent = 1 - model.shape.prior.indexed
    return same / (absent * namesake * NATION * cell.share / DATES)


def _in_the_nation(model: Model, origin: str) -> float:
    """Pairs of namesakes of one birth date of a group that would be asked, were all children registered once more."""
    indexed, (_, alike) = model.shape.prior.indexed, _alike(model)
    size, squares = shares()[origin], 0.0
    for sex in (Sex.FEMALE, Sex.MALE):
        first, second = _forenames(sex)[origin].values(), _surnames(sex)[origin].values()
        squares += sum(each**2 for each in first) * sum((each / size) ** 2 for each in second)
    return NATION**2 * squares * (1 - indexed) * indexed / DATES * alike


def whole(groups: Sequence[Figures]) -> Figures:
    """All groups, as many pairs of each."""
    return Figures(
        "all",
        sum(each.pairs for each in groups),
        sum(each.wrong for each in groups),
        sum(each.foretold for each in groups),
        sum(each.right for each in groups),
        0.0,
    )


def is_above(group: Figures, everybody: Figures) -> bool:
    """Whether a group's rate lies above that of all, at 99.5 %."""
    mine, theirs = (
        (each.wrong, max(round(each.right), each.wrong, 1)) for each in (group, everybody)
    )
    return above(mine, theirs, SURE)


def summary(model: Model, groups: Sequence[Figures], seed: int) -> dict[str, object]:
    """The figures of all groups, the greatest rate first."""
    everybody = whole(groups)
    return {
        "model": model.label,
        "digest": model.digest,
        "seed": seed,
        **_told(everybody, everybody),
        "groups": {each.group: _told(each, everybody) for each in sorted(groups, key=lambda each: -each.rate)},
    }


def _told(found: Figures, everybody: Figures) -> dict[str, object]:
    return {
        "pairs": found.pairs,
        "wrong": found.wrong,
        "share_linked": round(found.wrong / found.pairs, 4),
        "foretold": round(found.foretold, 1),
        "no_more_than_foretold": found.held,
        "wrong_per_million_links": round(1e6 * found.rate),
        "above_all": is_above(found, everybody),
        "wrong_in_the_nation": round(found.wrong * found.nation, 3),
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
