"""Whole files are weighed exactly as the live scorer weighs one pair, on random records."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from childindex import linkage
from childindex.linkage import batch
from tests.linkage.batch.columns import Source, columns, scored
from tests.linkage.test_scoring import SOURCES

MODEL = linkage.shipped()


def every_pair(count: int, other: int | None = None) -> batch.Pairs:
    """All pairs there are."""
    if other is None:
        left, right = np.triu_indices(count, 1)
    else:
        left, right = (each.ravel() for each in np.indices((count, other)))
    return batch.Pairs(left, right, np.ones(len(left), dtype=np.int64), (), count, other)


@given(st.lists(SOURCES, min_size=2, max_size=12))
@settings(max_examples=60)
def test_levels_parts_and_totals_are_those_of_the_live_scorer(records: list[Source]) -> None:
    vocabulary = batch.Vocabulary(MODEL)
    table = vocabulary.table(columns(MODEL, records))
    pairs = every_pair(len(records))
    agreement = batch.Judge(MODEL, vocabulary).judge(pairs, table)
    totals = batch.totals(MODEL, agreement)
    normal = [MODEL.normalise(record) for record in records]
    for at, (left, right) in enumerate(zip(pairs.left, pairs.right, strict=True)):
        score = scored(MODEL, normal[left], normal[right])
        assert tuple(agreement.levels[at]) == score.levels
        assert tuple(agreement.parts[at]) == score.parts
        assert tuple(totals[at]) == score.totals


@given(st.lists(SOURCES, min_size=1, max_size=6), st.lists(SOURCES, min_size=1, max_size=6))
@settings(max_examples=40)
def test_two_files_share_one_vocabulary(mine: list[Source], theirs: list[Source]) -> None:
    vocabulary = batch.Vocabulary(MODEL)
    left, right = vocabulary.table(columns(MODEL, mine)), vocabulary.table(columns(MODEL, theirs))
    pairs = every_pair(len(mine), len(theirs))
    totals = batch.totals(MODEL, batch.Judge(MODEL, vocabulary).judge(pairs, left, right))
    for at, (one, other) in enumerate(zip(pairs.left, pairs.right, strict=True)):
        score = scored(MODEL, MODEL.normalise(mine[one]), MODEL.normalise(theirs[other]))
        assert tuple(totals[at]) == score.totals
