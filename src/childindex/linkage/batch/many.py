"""The fuzzy levels of many pairs of strings at once: what `comparison.reached` says of each of them.

Tests that are one distance of two strings run in one call for all pairs; the others ask pair by pair. A level is only
asked of the pairs that no better one holds of.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.process import cpdist

from childindex.linkage.comparison import reached, test_of
from childindex.linkage.comparison_shapes import LevelShape
from childindex.linkage.compiled import Comparison
from childindex.linkage.words import WORD_TESTS

Held = np.ndarray[tuple[int], np.dtype[np.bool_]]
Levels = np.ndarray[tuple[int], np.dtype[np.int32]]
Texts = Sequence[str]


def first_levels(comparison: Comparison, one: Texts, other: Texts) -> Levels:
    """By pair of strings, the index of the first fuzzy level that holds; the last level where none does."""
    levels = np.full(len(one), len(comparison.weights) - 1, dtype=np.int32)
    left = np.arange(len(one))
    for index, level in comparison.fuzzy:
        if not len(left):
            break
        at = left.tolist()
        held = _held(comparison, level, [one[i] for i in at], [other[i] for i in at])
        levels[left[held]] = index
        left = left[~held]
    return levels


def _held(comparison: Comparison, level: LevelShape, one: Texts, other: Texts) -> Held:
    at_once = _AT_ONCE.get(level.test)
    if at_once is not None:
        return at_once(level, one, other)
    tables = comparison.tables
    if level.test in WORD_TESTS:
        return np.array([reached(a, b, (level,), tables) == 0 for a, b in zip(one, other, strict=True)], dtype=bool)
    holds = test_of(level)
    return np.array([holds(a, b, level, tables) for a, b in zip(one, other, strict=True)], dtype=bool)


def _similar(level: LevelShape, one: Texts, other: Texts) -> Held:
    held: Held = cpdist(one, other, scorer=JaroWinkler.similarity, dtype=np.float64, workers=1) >= level.at_least
    return held


def _edits(level: LevelShape, one: Texts, other: Texts) -> Held:
    most = level.at_most if level.test == "edits" else 1
    far = cpdist(one, other, scorer=OSA.distance, score_cutoff=most, dtype=np.int32, workers=1)
    held: Held = far <= most
    return held


_AT_ONCE: Mapping[str, Callable[[LevelShape, Texts, Texts], Held]] = {
    "similar": _similar,
    "edits": _edits,
    "one_edit": _edits,
}
