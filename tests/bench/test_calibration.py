"""Of what is given P in a band, that share is true within its binomial error, on invented children of known truth.

Three ways: two files linked by the batch engine, one deduplicated, and records that come to the live core one by one.
What is known not to hold is asserted as far as it does, and told in bench/README.md.
"""

from math import sqrt

import numpy as np
import pytest

from bench.matching import calibrated, feeds
from bench.matching.measure import Reviews, Verdict, run
from bench.population import Settings, generate
from bench.population.population import Population
from bench.population.profiles import profiles
from childindex import linkage
from childindex.linkage import Decision, batch
from childindex.linkage.batch.bands import BANDS, Band

CUSTODIANS = ("oakfield-school", "mill-lane-surgery")
Said = tuple[np.ndarray, np.ndarray]  # P, and whether it is true


def columns(population: Population, custodian: str) -> dict[str, list[tuple[str, ...]]]:
    """An extract as the source columns of the children's model."""
    sources = [
        linkage.children.source(row.demographics, test_range=True) for row in population.extracts[custodian].rows
    ]
    names = dict.fromkeys(name for source in sources for name in source)
    return {name: [source.get(name, ()) for source in sources] for name in names}


def linked(seed: int, children: int) -> Said:
    """P of every candidate pair of two custodians' extracts without identifiers, and whether it is true."""
    population = generate(Settings(seed=seed, children=children, custodians=CUSTODIANS, identifiers=False))
    left, right = (columns(population, name) for name in CUSTODIANS)
    who = [np.array([row.child for row in population.extracts[name].rows]) for name in CUSTODIANS]
    found = batch.link(linkage.shipped(), left, right)
    return found.chances, who[0][found.pairs.left] == who[1][found.pairs.right]


def deduplicated(seed: int, children: int) -> Said:
    """The same within one file of all five custodians' records, a quarter of whose values are lost."""
    names = tuple(profiles())
    population = generate(Settings(seed=seed, children=children, custodians=names, identifiers=False))
    parts = [columns(population, name) for name in names]
    who = np.array([row.child for name in names for row in population.extracts[name].rows])
    fields, sizes = dict.fromkeys(field for part in parts for field in part), [len(part["sex"]) for part in parts]
    draw = np.random.default_rng(seed)
    everything = {}
    for field in fields:
        told = [value for part, size in zip(parts, sizes, strict=True) for value in part.get(field, [()] * size)]
        lost = (draw.random(len(who)) < 0.24).tolist()
        everything[field] = [() if gone else value for gone, value in zip(lost, told, strict=True)]
    found = batch.link(linkage.shipped(), everything)
    return found.chances, who[found.pairs.left] == who[found.pairs.right]


def one_by_one(seed: int, children: int) -> list[Verdict]:
    """The live core's verdict on every record of five custodians, its reviews settled by people."""
    population = generate(Settings(seed=seed, children=children, custodians=tuple(profiles()), identifiers=False))
    return run(linkage.shipped(children), population, feeds.indexed, Reviews.SETTLED).verdicts


def bands(parts: list[Said]) -> tuple[Band, ...]:
    chances, true = (np.concatenate([part[at] for part in parts]) for at in (0, 1))
    return batch.calibration(chances, true, BANDS)


def error(band: Band) -> float:
    """The binomial error of a band's share, and no less than one pair."""
    return max(sqrt(band.predicted * (1 - band.predicted) / band.count), 1 / band.count)


def judge_two_files(children: int, seeds: tuple[int, ...]) -> None:
    found = bands([linked(seed, children) for seed in seeds])
    assert found[-1].count > children / 2 * len(seeds)
    for band in found[1:]:
        assert abs(band.true - band.predicted) <= 3 * error(band), band
    assert found[0].true < 0.002  # a few whose names, date and address all changed are given up


def judge_one_file(children: int, seeds: tuple[int, ...]) -> None:
    """Not within the binomial error: too modest by up to .4 between .2 and .6, too sure by .05 from .95 on."""
    found = {band.low: band for band in bands([deduplicated(seed, children) for seed in seeds])}
    for band in found.values():
        assert band.true >= band.predicted - 0.06, band
        if band.low >= 0.6:
            assert band.true <= band.predicted + 0.1, band
    assert found[0.0].true < 0.001
    assert found[0.999].true >= 0.998


def judge_live(children: int, seeds: tuple[int, ...]) -> None:
    verdicts = [verdict for seed in seeds for verdict in one_by_one(seed, children)]
    for decision in (Decision.MATCHED, Decision.POSSIBLE, None):
        found = calibrated.bands(verdicts, decision)
        assert sum(band.count for band in found) > 20, decision
        for band in found:
            assert abs(band.true - band.predicted) <= 3 * error(band), (decision, band)


def test_links_of_two_files() -> None:
    judge_two_files(1200, (61,))


def test_links_within_a_file_of_gaps() -> None:
    judge_one_file(1500, (63,))


def test_candidates_of_the_live_core() -> None:
    judge_live(700, (65,))


@pytest.mark.slow
def test_many_links_of_two_files() -> None:
    judge_two_files(6000, (62, 63))


@pytest.mark.slow
@pytest.mark.xfail(strict=True, reason="version 8 is too modest by .11 between .6 and .8: bench/README.md says so")
def test_many_links_within_a_file_of_gaps() -> None:
    judge_one_file(4000, (66, 67))


@pytest.mark.slow
def test_many_candidates_of_the_live_core() -> None:
    judge_live(3000, (68, 69))
