"""Twins in whole files: they take from each other's links, and are no doubles of each other."""

from collections.abc import Sequence

import numpy as np
import pytest

from childindex import linkage
from childindex.demographics import Demographics
from childindex.linkage import batch
from childindex.linkage.batch.posterior import chances
from childindex.linkage.children import source
from tests.linkage.batch.columns import columns
from tests.linkage.people import child

MODEL = linkage.shipped(5000)
OTHERS = [
    child(given, family, f"201{at}-03-1{at}", postcode=f"M{at + 1} 3BD")
    for at, (given, family) in enumerate((("Zed", "Ng"), ("Amelia", "Holt"), ("Noah", "Okafor"), ("Isla", "Rahman")))
]


def linked(
    left: Sequence[Demographics], right: Sequence[Demographics]
) -> tuple[batch.Linked, dict[tuple[int, int], float]]:
    mine, theirs = ([*side, *OTHERS] for side in (left, right))
    found = batch.link(MODEL, *(columns(MODEL, [source(each) for each in side]) for side in (mine, theirs)))
    pairs = zip(found.pairs.left.tolist(), found.pairs.right.tolist(), strict=True)
    return found, dict(zip(pairs, found.chances.tolist(), strict=True))


def test_a_strangers_twin_takes_from_the_link_by_the_odds_of_kinship() -> None:
    found, told = linked([child("Oliver")], [child("Jack")])
    at = next(at for at in range(len(found.pairs)) if (found.pairs.left[at], found.pairs.right[at]) == (0, 0))
    links = chances(MODEL, found.pairs, found.totals).expected
    size = 1 + len(OTHERS)
    same, *rivals = np.exp2(found.totals[at] / 1000)
    odds = same * (links + 1) / (size - links + 1) ** 2
    kin = sum(rival * shape.per_child / size for rival, shape in zip(rivals, MODEL.shape.rivals, strict=True))
    assert kin > 1
    assert told[0, 0] == pytest.approx(odds / (1 + kin + odds), rel=0.01)


def test_twins_of_one_file_are_no_doubles() -> None:
    told = linked([child("Oliver")], [child("Oliver"), child("Jack")])[1]
    assert told[0, 0] > 0.99
    assert told[0, 1] < 0.01
    told = linked([child("Oliver")], [child("Oliver"), child("Oliver")])[1]
    assert told[0, 0] == told[0, 1] > 0.9
