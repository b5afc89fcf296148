"""Kin in the other file explain for a pair what the live scorer says they do."""

from math import log2

import numpy as np
import pytest

from bench.population import Settings, generate
from childindex import linkage
from childindex.linkage import batch
from childindex.linkage.batch.kin import with_kin
from childindex.linkage.kinship import Kin, explained
from childindex.linkage.scoring import RowScore
from tests.linkage.batch.columns import columns

CUSTODIANS = ("oakfield-school", "mill-lane-surgery")


@pytest.fixture(scope="module")
def linked() -> tuple[batch.Linked, np.ndarray]:
    """Children of two custodians, most of whom have brothers and sisters there; and which pairs are true."""
    population = generate(Settings(seed=77, children=700, custodians=CUSTODIANS, identifiers=False))
    sources = (
        [linkage.children.source(row.demographics, test_range=True) for row in population.extracts[name].rows]
        for name in CUSTODIANS
    )
    left, right = (columns(linkage.shipped(), each) for each in sources)
    who = [np.array([row.child for row in population.extracts[name].rows]) for name in CUSTODIANS]
    found = batch.link(linkage.shipped(), left, right)
    return found, who[0][found.pairs.left] == who[1][found.pairs.right]


def test_it_is_what_the_live_scorer_explains(linked: tuple[batch.Linked, np.ndarray]) -> None:
    model, (found, _) = linkage.shipped(), linked
    raised = with_kin(model, found.pairs, found.agreement, found.totals)
    count = found.pairs.right_count or 1
    priors = tuple(round(1000 * log2(rival.per_child / count)) for rival in model.shape.rivals)
    several = 0
    for record in np.unique(found.pairs.left):
        places = np.flatnonzero(found.pairs.left == record)
        kin = [
            Kin(
                RowScore(tuple(found.agreement.levels[at].tolist()), tuple(found.agreement.parts[at].tolist()), ()),
                tuple(2.0 ** ((prior + bits) / 1000) for prior, bits in zip(priors, found.totals[at, 1:], strict=True)),
                priors,
            )
            for at in places.tolist()
        ]
        for at, factor in zip(places.tolist(), explained(model.comparisons, kin), strict=True):
            if found.totals[at, 0] > 0:
                assert raised[at, 0] - found.totals[at, 0] == pytest.approx(1000 * log2(factor), abs=3)
                several += factor > 2
    assert several > 20
    assert (raised[:, 1:] == found.totals[:, 1:]).all()


def test_a_child_that_moved_with_its_family_is_still_itself(linked: tuple[batch.Linked, np.ndarray]) -> None:
    found, true = linked
    assert found.chances[true].mean() > 0.99
    assert (found.chances[~true] < 0.9).all()
