"""Kinship of many candidates at once says what it says of each two."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from childindex import linkage
from childindex.linkage import kinship
from childindex.linkage.kinship import Kin, explained
from childindex.linkage.prepared import NULL
from childindex.linkage.scoring import RowScore

COMPARISONS = linkage.shipped(1000).comparisons
RIVALS = len(COMPARISONS[0].weights[0]) - 1


@st.composite
def kin(draw: st.DrawFn) -> Kin:
    levels = tuple(draw(st.integers(NULL, len(each.weights) - 1)) for each in COMPARISONS)
    parts = tuple(draw(st.integers(-3000, 6000)) if level != NULL else 0 for level in levels)
    odds = tuple(draw(st.floats(0.0, 1e6)) for _ in range(RIVALS))
    return Kin(RowScore(levels, parts, (0,) * (RIVALS + 1)), odds, (-20_000,) * RIVALS)


@given(st.lists(kin(), min_size=1, max_size=6))
def test_many_are_judged_as_few_are(candidates: list[Kin]) -> None:
    by_two = explained(COMPARISONS, candidates)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(kinship, "_FEW", 0)
        assert explained(COMPARISONS, candidates) == pytest.approx(by_two, rel=1e-12)
