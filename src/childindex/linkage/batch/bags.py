"""Word bags of many pairs at once: the same levels as `words.overlap` gives one pair, a column at a time."""

from collections.abc import Sequence

import numpy as np
from rapidfuzz.distance import OSA

from childindex.linkage.batch.table import Ints
from childindex.linkage.batch.wordlist import Numbers, WordList
from childindex.linkage.compiled import Comparison
from childindex.linkage.near_words import INITIAL, JOINED, word_millibits
from childindex.linkage.words import WORD_TESTS, agrees

_CHUNK = 1 << 16
_LETTERS = 40  # letters and digits by their remainder: equal texts have equal counts

_Row = np.ndarray[tuple[int], np.dtype[np.int32]]
_Bools = np.ndarray[tuple[int], np.dtype[np.bool_]]
Strings = tuple[Sequence[str], Sequence[str]]


class Bags:
    """Levels by pair of codes of a comparison whose tests are of words alone; equal codes are judged as others are."""

    def __init__(self, comparison: Comparison) -> None:
        self._comparison = comparison
        self._tests = [(index, level.test, level.bits) for index, level in comparison.fuzzy]
        self._list = WordList(comparison.fuzzy[0][1].at_least, comparison.tables.variants)
        self._texts: dict[int, _Texts] = {}
        self._bits: Ints = np.zeros(0, dtype=np.int64)

    @staticmethod
    def serve(comparison: Comparison) -> bool:
        """Whether a comparison is one of words alone."""
        return bool(comparison.fuzzy) and all(level.test in WORD_TESTS for _, level in comparison.fuzzy)

    def inherit(self, earlier: "Bags") -> None:
        """Take over the words that the same comparison knew under other term frequencies."""
        self._list, self._texts = earlier._list, earlier._texts

    def judge(self, mine: _Row, theirs: _Row, strings: Strings) -> tuple[_Row, _Row]:
        """The level of each pair of codes (the last where no test holds), and no term-frequency part.

        `strings` are the values of the codes on either side.
        """
        keys = (mine.astype(np.int64) << 32) | theirs.astype(np.int64)
        distinct, place = np.unique(keys, return_inverse=True)
        sides = self._read(strings[0]), self._read(strings[1])
        levels = np.empty(len(distinct), dtype=np.int32)
        for start in range(0, len(distinct), _CHUNK):
            chunk = distinct[start : start + _CHUNK]
            levels[start : start + _CHUNK] = self._levels(sides, chunk >> 32, chunk & 0xFFFFFFFF)
        return levels[place], np.zeros(len(keys), dtype=np.int32)

    def _read(self, strings: Sequence[str]) -> "_Texts":
        known = self._texts.get(id(strings))
        if known is None or len(known.strings) != len(strings):
            known = self._texts[id(strings)] = _Texts(list(strings), self._list.bags(strings))
        if len(self._bits) != len(self._list.words):
            frequencies = self._comparison.tables.frequencies
            self._bits = np.array([word_millibits(word, frequencies) for word in self._list.words], dtype=np.int64)
        return known

    def _levels(self, sides: tuple["_Texts", "_Texts"], one: Ints, other: Ints) -> _Row:
        """The first level whose test holds."""
        bits, exact, near, left, right = self._overlaps(sides, one, other)
        levels = np.full(len(one), len(self._comparison.weights) - 1, dtype=np.int32)
        undecided = np.ones(len(one), dtype=bool)
        for index, test, least in self._tests:
            holds = undecided & (bits >= least * 1000) & agrees(test, exact, near, left, right)
            levels[holds] = index
            undecided &= ~holds
        return levels

    def _overlaps(
        self, sides: tuple["_Texts", "_Texts"], one: Ints, other: Ints
    ) -> tuple[Ints, Ints, Ints, Ints, Ints]:
        """Millibits, words matched exactly and nearly, words left over on either side."""
        mine, theirs = sides[0].bags[one].astype(np.int64), sides[1].bags[other].astype(np.int64)
        free, open_ = mine >= 0, theirs >= 0
        for at in range(mine.shape[1]):
            for to in range(theirs.shape[1]):
                same = (mine[:, at] == theirs[:, to]) & open_[:, to]
                free[same, at] = open_[same, to] = False
        shared = (mine >= 0) & ~free
        bits = np.where(shared, self._bits[mine], 0).sum(axis=1)
        near = np.zeros(len(one), dtype=np.int64)
        for at in range(mine.shape[1]):
            for to in range(theirs.shape[1]):
                self._match((mine[:, at], theirs[:, to]), (free[:, at], open_[:, to]), (bits, near))
        found = [bits, shared.sum(axis=1), near, free.sum(axis=1), open_.sum(axis=1)]
        self._join(sides, (one, other), found)
        return found[0], found[1], found[2], found[3], found[4]

    def _match(self, words: tuple[Ints, Ints], free: tuple[_Bools, _Bools], found: tuple[Ints, Ints]) -> None:
        """Match one word of each bag where both are free and near."""
        rows = np.flatnonzero(free[0] & free[1])
        rows = rows[self._list.are_near(words[0][rows], words[1][rows])]
        one, other = words[0][rows], words[1][rows]
        least = np.minimum(self._bits[one], self._bits[other])
        letters = self._list.letters
        initial = (letters[one] == 1) | (letters[other] == 1)
        found[0][rows] += np.where(initial, np.minimum(least, INITIAL), least)
        found[1][rows] += 1
        free[0][rows] = free[1][rows] = False

    def _join(self, sides: tuple["_Texts", "_Texts"], pairs: tuple[Ints, Ints], found: list[Ints]) -> None:
        """Where words are left over, but the texts are equal but for blanks and one edit, all is shared."""
        rows = np.flatnonzero(found[3] + found[4] > 0)
        one, other = pairs[0][rows], pairs[1][rows]
        mine, theirs = sides
        length = mine.letters[one], theirs.letters[other]
        alike = (np.abs(length[0] - length[1]) <= 1) & (np.minimum(*length) >= JOINED)
        rows, one, other = rows[alike], one[alike], other[alike]
        few = np.abs(mine.counts[one] - theirs.counts[other]).sum(axis=1) <= 2  # an edit changes two counts at most
        rows, one, other = rows[few], one[few], other[few]
        joined = np.fromiter(
            (
                OSA.distance(mine.joined[a], theirs.joined[b], score_cutoff=1) <= 1
                for a, b in zip(one.tolist(), other.tolist(), strict=True)
            ),
            dtype=bool,
            count=len(rows),
        )
        rows = rows[joined]
        whole = [
            np.where(bags >= 0, self._bits[bags], 0).sum(axis=1)
            for bags in (mine.bags[one[joined]], theirs.bags[other[joined]])
        ]
        for column, value in zip(found, (np.minimum(*whole), 0, 1, 0, 0), strict=True):
            column[rows] = value


class _Texts:
    """Values by code: their bags, and how they look without blanks."""

    def __init__(self, strings: list[str], bags: Numbers) -> None:
        self.strings, self.bags = strings, bags
        self.joined = [text.replace(" ", "") for text in strings]
        self.letters = np.array([len(text) for text in self.joined], dtype=np.int64)
        self.counts = np.zeros((len(strings), _LETTERS), dtype=np.int16)
        for row, text in enumerate(self.joined):
            places = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32) % _LETTERS
            self.counts[row] = np.bincount(places, minlength=_LETTERS)
