"""What unequal values of two fields say under one comparison: each distinct pair is judged once and remembered."""

from collections.abc import Sequence

import numpy as np

from childindex.linkage.batch.many import first_levels
from childindex.linkage.batch.table import Ints
from childindex.linkage.compiled import Comparison

_Row = np.ndarray[tuple[int], np.dtype[np.int32]]


class Unequal:
    """Levels and term-frequency parts by pair of codes of one comparison and one pair of fields, in order of pair."""

    def __init__(self, comparison: Comparison) -> None:
        self._comparison = comparison
        self._keys: Ints = np.zeros(0, dtype=np.int64)
        self._levels: _Row = np.zeros(0, dtype=np.int32)
        self._parts: _Row = np.zeros(0, dtype=np.int32)

    def judge(self, mine: _Row, theirs: _Row, strings: tuple[Sequence[str], Sequence[str]]) -> tuple[_Row, _Row]:
        """The best fuzzy level of each pair of unequal codes (the last level where none holds), and its part.

        `strings` are the values of the codes on either side.
        """
        keys = (mine.astype(np.int64) << 32) | theirs.astype(np.int64)
        distinct, place = np.unique(keys, return_inverse=True)
        known = self._find(distinct)
        fresh = np.ones(len(distinct), dtype=bool)
        inside = known < len(self._keys)
        fresh[inside] = self._keys[known[inside]] != distinct[inside]
        if fresh.any():
            self._learn(distinct[fresh], strings)
            known = self._find(distinct)
        return self._levels[known][place], self._parts[known][place]

    def _find(self, keys: Ints) -> Ints:
        return np.asarray(np.searchsorted(self._keys, keys), dtype=np.int64)

    def inherit(self, earlier: "Unequal", strings: tuple[Sequence[str], Sequence[str]]) -> None:
        """Take over the levels that the same comparison found under other term frequencies, where they still hold."""
        if self._comparison.of_words or not _know_alike(self._comparison, earlier._comparison):
            return
        self._keys, self._levels = earlier._keys, earlier._levels
        self._parts = np.zeros(len(self._keys), dtype=np.int32)
        mine, theirs = strings
        for index, level in self._comparison.fuzzy:
            if level.frequency:
                rows = np.flatnonzero(self._levels == index)
                keys = [(mine[key >> 32], theirs[key & 0xFFFFFFFF]) for key in map(int, self._keys[rows])]
                self._parts[rows] = [self._comparison.frequency_part(level, *pair) for pair in keys]

    def _learn(self, keys: Ints, strings: tuple[Sequence[str], Sequence[str]]) -> None:
        mine, theirs = strings
        comparison = self._comparison
        one = [mine[key] for key in (keys >> 32).tolist()]
        other = [theirs[key] for key in (keys & 0xFFFFFFFF).tolist()]
        levels = first_levels(comparison, one, other)
        parts = np.zeros(len(keys), dtype=np.int32)
        for index, level in comparison.fuzzy:
            rows = np.flatnonzero(levels == index).tolist()
            parts[rows] = [comparison.frequency_part(level, one[at], other[at]) for at in rows]
        all_keys = np.concatenate([self._keys, keys])
        order = np.argsort(all_keys, kind="stable")
        self._keys = all_keys[order]
        self._levels = np.concatenate([self._levels, levels])[order]
        self._parts = np.concatenate([self._parts, parts])[order]


def _know_alike(one: Comparison, other: Comparison) -> bool:
    """Whether the tests of two comparisons know the same values to be in use: all but words look at no frequency."""
    mine, theirs = one.tables.frequencies, other.tables.frequencies
    if mine is None or theirs is None:
        return mine is theirs
    return mine.listed.keys() == theirs.listed.keys() and mine.names == theirs.names
