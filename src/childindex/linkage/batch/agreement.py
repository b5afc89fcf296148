"""The agreement level of every comparison for every pair: the same answers as `scoring.Scorer`, a column at a time.

Exact levels are equal codes. Fuzzy levels look at strings once for each distinct pair of unequal values, however many
pairs of records share it. Work is cut into chunks, so memory is bounded by the result.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from childindex.linkage.batch.bags import Bags
from childindex.linkage.batch.pairs import Pairs
from childindex.linkage.batch.table import Codes, Ints, Table, Vocabulary
from childindex.linkage.batch.unequal import Unequal
from childindex.linkage.compiled import Comparison, Whole, millibits
from childindex.linkage.frequencies import Frequencies
from childindex.linkage.model import Model
from childindex.linkage.prepared import NULL

_CHUNK = 1 << 19

Bools = np.ndarray[tuple[int], np.dtype[np.bool_]]
Levels = np.ndarray[tuple[int, int], np.dtype[np.int8]]
Parts = np.ndarray[tuple[int, int], np.dtype[np.int32]]
Found = tuple[np.ndarray, np.ndarray]
_Row = np.ndarray[tuple[int], np.dtype[np.int32]]


@dataclass(frozen=True, slots=True)
class Agreement:
    """By pair and comparison: the level reached (`NULL` where null) and its term-frequency part in millibits.

    `together` is by pair what its names say of each other (see `together`), in millibits.
    """

    levels: Levels
    parts: Parts
    together: _Row

    def take(self, kept: np.ndarray) -> "Agreement":
        """Some of the pairs."""
        return Agreement(self.levels[kept], self.parts[kept], self.together[kept])

    @classmethod
    def joined(cls, several: Sequence["Agreement"]) -> "Agreement":
        """The pairs of several, one after another."""
        return cls(
            np.concatenate([each.levels for each in several]),
            np.concatenate([each.parts for each in several]),
            np.concatenate([each.together for each in several]),
        )


class _Side:
    """One record of each pair: its columns, read once."""

    def __init__(self, table: Table, rows: Ints) -> None:
        self._table = table
        self._rows = rows
        self._read: dict[int, Codes] = {}
        self.count = len(rows)

    def column(self, place: int) -> Codes:
        if place not in self._read:
            self._read[place] = self._table.columns[place][self._rows]
        return self._read[place]

    def present(self, place: int) -> Bools:
        return self.column(place)[:, 0] >= 0


class Judge:
    """Finds levels under one model; remembers what it found of strings, so one judge serves all pairs of a linkage."""

    def __init__(self, model: Model, vocabulary: Vocabulary, earlier: "Judge | None" = None) -> None:
        """`earlier` judged by the same model but for its figures: what it found of strings is taken over."""
        self.model = model
        self._comparisons = model.comparisons
        self._vocabulary = vocabulary
        self._unequal = [Bags(each) if Bags.serve(each) else Unequal(each) for each in model.comparisons]
        self._bits: dict[tuple[int, int, float], Ints] = {}
        self._names: dict[int, int] = {}  # what two codes of names say of each other
        if earlier:
            for mine, theirs in zip(self._unequal, earlier._unequal, strict=True):
                if isinstance(mine, Bags) and isinstance(theirs, Bags):
                    mine.inherit(theirs)
                elif isinstance(mine, Unequal) and isinstance(theirs, Unequal):
                    mine.inherit(theirs, self._strings(*mine.places))

    def judge(self, pairs: Pairs, left: Table, right: Table | None = None) -> Agreement:
        """Levels and parts of all pairs, within `left` or between it and `right`."""
        levels = np.empty((len(pairs), len(self._comparisons)), dtype=np.int8)
        parts = np.empty(levels.shape, dtype=np.int32)
        for start in range(0, len(pairs), _CHUNK):
            chunk = slice(start, start + _CHUNK)
            mine, theirs = _Side(left, pairs.left[chunk]), _Side(right or left, pairs.right[chunk])
            levels[chunk], parts[chunk] = self._chunk(mine, theirs)
        return Agreement(levels, parts, self._together(pairs, left, right))

    def _together(self, pairs: Pairs, left: Table, right: Table | None) -> _Row:
        """By pair the most that the names of either record say of each other."""
        if self.model.together is None:
            return np.zeros(len(pairs), dtype=np.int32)
        mine = self._told(left)
        theirs = mine if right is None else self._told(right)
        most: _Row = np.maximum(mine[pairs.left], theirs[pairs.right])
        return most

    def _told(self, table: Table) -> _Row:
        """By record what its names say of each other."""
        together = self.model.together
        assert together is not None
        first, second = together.fields
        one, other = self._vocabulary.strings(first), self._vocabulary.strings(second)
        most = np.zeros(table.count, dtype=np.int32)
        for mine in table.columns[first].T:
            for theirs in table.columns[second].T:
                rows = np.flatnonzero((mine >= 0) & (theirs >= 0))
                keys, of = np.unique((mine[rows].astype(np.int64) << 32) | theirs[rows], return_inverse=True)
                for key in keys.tolist():
                    if key not in self._names:
                        self._names[key] = together.bits(one[key >> 32], other[key & 0xFFFFFFFF])
                bits = np.fromiter((self._names[key] for key in keys.tolist()), dtype=np.int32, count=len(keys))
                most[rows] = np.maximum(most[rows], bits[of])
        return most

    def _chunk(self, mine: _Side, theirs: _Side) -> Found:
        levels = np.empty((mine.count, len(self._comparisons)), dtype=np.int8)
        parts = np.empty(levels.shape, dtype=np.int32)
        for index, comparison in enumerate(self._comparisons):
            levels[:, index], parts[:, index] = self._compared(index, comparison, mine, theirs)
        covered = np.zeros(levels.shape, dtype=bool)
        for index, comparison in enumerate(self._comparisons):
            for level, covers in comparison.covers.items():
                covered[np.ix_(levels[:, index] == level, covers)] = True
        levels[covered], parts[covered] = NULL, 0
        return levels, parts

    def _compared(self, index: int, comparison: Comparison, mine: _Side, theirs: _Side) -> Found:
        """One comparison of every pair, before covers."""
        both = [(left, right, mine.present(left) & theirs.present(right)) for left, right in comparison.compares]
        comparable = np.logical_or.reduce([here for _, _, here in both])
        levels, parts = self._by_codes(comparison, mine, theirs)
        if comparison.fuzzy:
            open_ = comparable & (levels > comparison.fuzzy[0][0])
            if comparison.gate:
                open_ &= np.logical_or.reduce(
                    [_shared(mine.column(left), theirs.column(right)) for left, right in comparison.gate]
                )
            for left, right, here in both:
                self._by_strings(index, (left, right), (mine, theirs, np.flatnonzero(open_ & here)), (levels, parts))
        levels[~comparable], parts[~comparable] = NULL, 0
        return levels, parts

    def _by_codes(self, comparison: Comparison, mine: _Side, theirs: _Side) -> Found:
        """The first level that equal codes reach, with the rarest value that reaches it; the last where none does."""
        last = len(comparison.weights) - 1
        levels = np.full(mine.count, last, dtype=np.int8)
        parts = np.zeros(mine.count, dtype=np.int32)
        undecided = np.ones(mine.count, dtype=bool)
        for level in (each for each in comparison.whole if not each.every):
            best = np.full(mine.count, np.iinfo(np.int32).min, dtype=np.int32)
            for left, right, table in level.pairs:
                self._equal((left, table, level.frequency), mine.column(left), theirs.column(right), best)
            hit = undecided & (best > np.iinfo(np.int32).min)
            levels[hit], parts[hit] = level.index, best[hit]
            undecided &= ~hit
        for level in (each for each in comparison.whole if each.every):
            hit, sums = self._every(level, mine, theirs)
            hit &= levels > level.index
            levels[hit], parts[hit] = level.index, sums[hit]
        return levels, parts

    def _equal(
        self,
        source: tuple[int, Frequencies | None, float],
        mine: Codes,
        theirs: Codes,
        best: np.ndarray,
    ) -> None:
        """Raise `best` to the part of each equal value; the left field and its frequencies say how rare it is."""
        for slot in range(mine.shape[1]):
            codes = mine[:, slot]
            hit = np.flatnonzero(_holds(theirs, codes))
            if len(hit):
                best[hit] = np.maximum(best[hit], self._rarity(*source)[codes[hit]])

    def _every(self, level: Whole, mine: _Side, theirs: _Side) -> tuple[Bools, Ints]:
        """Where each pair of a level's fields shares a value, and the sum of the rarest parts."""
        least = np.iinfo(np.int32).min
        hit = np.ones(mine.count, dtype=bool)
        sums = np.zeros(mine.count, dtype=np.int64)
        for left, right, table in level.pairs:
            best = np.full(mine.count, least, dtype=np.int32)
            self._equal((left, table, level.frequency), mine.column(left), theirs.column(right), best)
            hit &= best > least
            sums += best
        return hit, sums

    def _rarity(self, place: int, table: Frequencies | None, share: float) -> Ints:
        """By code: the term-frequency part of an equal value, in millibits."""
        strings = self._vocabulary.strings(place)
        known = self._bits.get((place, id(table), share))
        if known is None or len(known) < len(strings):
            if table is None:
                known = np.zeros(len(strings), dtype=np.int64)
            else:
                known = np.fromiter((millibits(share * table.bits(text)) for text in strings), dtype=np.int64)
            self._bits[place, id(table), share] = known
        return known

    def _strings(self, left: int, right: int) -> tuple[Sequence[str], Sequence[str]]:
        return self._vocabulary.strings(left), self._vocabulary.strings(right)

    def _by_strings(self, index: int, places: tuple[int, int], pairs: tuple[_Side, _Side, Ints], best: Found) -> None:
        """Better `best` by what unequal strings reach; of equal levels the rarer value counts."""
        levels, parts = best
        left, right, rows = pairs
        mine, theirs = left.column(places[0]), right.column(places[1])
        strings = self._strings(*places)
        for one in range(mine.shape[1]):
            for other in range(theirs.shape[1]):
                ours, others = mine[rows, one], theirs[rows, other]
                unequal = (ours >= 0) & (others >= 0) & ((ours != others) | self._comparisons[index].of_words)
                at = rows[unequal]
                found, bits = self._unequal[index].judge(ours[unequal], others[unequal], strings)
                better = (found < levels[at]) | ((found == levels[at]) & (bits > parts[at]))
                levels[at[better]], parts[at[better]] = found[better], bits[better]


def _holds(theirs: Codes, codes: np.ndarray) -> Bools:
    """By pair: whether the one side's code is a value of the other side."""
    hit = theirs[:, 0] == codes
    for slot in range(1, theirs.shape[1]):
        hit |= theirs[:, slot] == codes
    held: Bools = hit & (codes >= 0)
    return held


def _shared(mine: Codes, theirs: Codes) -> Bools:
    """By pair: whether the sides share any value."""
    hit = _holds(theirs, mine[:, 0])
    for slot in range(1, mine.shape[1]):
        hit |= _holds(theirs, mine[:, slot])
    return hit
