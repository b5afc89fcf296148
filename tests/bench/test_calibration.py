"""Records of invented children that are linked with P in a band are one child's as often as that, or more often."""

import numpy as np
import pytest

from bench.population import Settings, generate
from bench.population.population import Population
from childindex import linkage
from childindex.linkage import batch
from childindex.linkage.batch.figures import BANDS

CUSTODIANS = ("oakfield-school", "mill-lane-surgery")


def columns(population: Population, custodian: str) -> dict[str, list[tuple[str, ...]]]:
    """An extract as the source columns of the children's model."""
    sources = [linkage.children.source(row.demographics) for row in population.extracts[custodian].rows]
    names = dict.fromkeys(name for source in sources for name in source)
    return {name: [source.get(name, ()) for source in sources] for name in names}


def linked(seed: int, children: int) -> tuple[np.ndarray, np.ndarray]:
    """P of every candidate pair of two custodians' extracts without identifiers, and whether it is true."""
    population = generate(Settings(seed=seed, children=children, custodians=CUSTODIANS, identifiers=False))
    left, right = (columns(population, name) for name in CUSTODIANS)
    who = [np.array([row.child for row in population.extracts[name].rows]) for name in CUSTODIANS]
    found = batch.link(linkage.shipped(), left, right)
    return found.chances, who[0][found.pairs.left] == who[1][found.pairs.right]


def judge(children: int, seeds: tuple[int, ...]) -> None:
    parts = [linked(seed, children) for seed in seeds]
    chances, true = (np.concatenate([part[at] for part in parts]) for at in (0, 1))
    for band in batch.calibration(chances, true, tuple(edge for edge in BANDS if edge >= 0.5)):
        if band.low < 0.95:
            continue
        error = max((band.predicted * (1 - band.predicted) / band.count) ** 0.5, 1 / band.count)
        assert band.true >= band.predicted - 3 * error, band  # never surer than is right


def test_no_link_of_children_is_surer_than_it_is_right() -> None:
    judge(1200, (61,))


@pytest.mark.slow
def test_no_link_of_many_children_is_surer_than_it_is_right() -> None:
    judge(6000, (62, 63))
