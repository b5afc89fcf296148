"""The words of a comparison's values by number, and which words are near each other."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from childindex.linkage.batch.table import Ints
from childindex.linkage.frequencies import Variants
from childindex.linkage.near_words import SHORTEST, most_edits

Numbers = np.ndarray[tuple[int, int], np.dtype[np.int32]]

_SIEVE = 1 << 22  # slots of a first test that most words which are not near fail
_ROWS = 2000  # words compared with all others at a time


class WordList:
    """Numbers words in order of appearance; the same words are near whatever their frequencies."""

    def __init__(self, at_least: float, variants: Variants) -> None:
        self._at_least, self._variants = at_least, variants
        self._number: dict[str, int] = {}
        self.words: list[str] = []
        self._near: Ints = np.zeros(0, dtype=np.int64)
        self._sieve = np.zeros(_SIEVE, dtype=np.bool_)
        self._compared = 0
        self._letters: Ints = np.zeros(0, dtype=np.int64)

    def bags(self, texts: Sequence[str]) -> Numbers:
        """By text the numbers of its words, each once and in order; -1 where it has no more."""
        found = [[self._of(word) for word in dict.fromkeys(text.split())] for text in texts]
        bags = np.full((len(found), max(map(len, found), default=0) or 1), -1, dtype=np.int32)
        for row, words in enumerate(found):
            bags[row, : len(words)] = words
        return bags

    @property
    def letters(self) -> Ints:
        """By word how many letters it has."""
        if len(self._letters) != len(self.words):
            self._letters = np.array([len(word) for word in self.words], dtype=np.int64)
        return self._letters

    def are_near(self, one: Ints, other: Ints) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """By pair of two different words, whether they are near."""
        self._compare()
        held = self._sieve[_slot(one, other)]
        at = np.flatnonzero(held)
        keys = (one[at] << 32) | other[at]
        place = np.searchsorted(self._near, keys)
        held[at] = self._near[np.minimum(place, len(self._near) - 1)] == keys if len(self._near) else False
        return held

    def _of(self, word: str) -> int:
        number = self._number.setdefault(word, len(self.words))
        if number == len(self.words):
            self.words.append(word)
        return number

    def _compare(self) -> None:
        """Find which words are near: as many comparisons as there are words of like length, squared."""
        if self._compared == len(self.words):
            return
        found = [*self._by_edits(), self._by_initial(), self._by_table()]
        one, other = (np.concatenate([pairs[side] for pairs in found]) for side in (0, 1))
        one, other = np.concatenate([one, other]), np.concatenate([other, one])
        self._near = np.unique((one << 32) | other)
        self._sieve[_slot(one, other)] = True
        self._compared = len(self.words)

    def _by_edits(self) -> list[tuple[Ints, Ints]]:
        lengths = self.letters
        order = np.argsort(lengths, kind="stable")
        bounds = np.searchsorted(lengths[order], np.arange(SHORTEST, int(lengths.max(initial=0)) + 2))
        groups = {int(lengths[order[low]]): order[low:high] for low, high in pairwise(bounds.tolist()) if high > low}
        found = []
        for longer, long in groups.items():
            most = most_edits(longer, self._at_least)
            for shorter in range(max(SHORTEST, longer - most), longer + 1):
                if shorter in groups:
                    found += self._edited(groups[shorter], long, most)
        return found

    def _edited(self, one: Ints, other: Ints, most: int) -> list[tuple[Ints, Ints]]:
        texts = [self.words[at] for at in other.tolist()]
        found = []
        for start in range(0, len(one), _ROWS):
            rows = one[start : start + _ROWS]
            queries = [self.words[at] for at in rows.tolist()]
            far = cdist(queries, texts, scorer=OSA.distance, score_cutoff=most, dtype=np.uint8, workers=1)
            near = np.nonzero(far <= most)
            found.append((rows[near[0]].astype(np.int64), other[near[1]].astype(np.int64)))
        return found

    def _by_initial(self) -> tuple[Ints, Ints]:
        pairs = [(self._number[w[0]], at) for at, w in enumerate(self.words) if len(w) > 1 and w[0] in self._number]
        return _columns(pairs)

    def _by_table(self) -> tuple[Ints, Ints]:
        number = self._number
        return _columns(
            [(at, number[v]) for w, at in number.items() for v in self._variants.shares.get(w, ()) if v in number]
        )


def _columns(pairs: list[tuple[int, int]]) -> tuple[Ints, Ints]:
    both = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def _slot(one: Ints, other: Ints) -> Ints:
    return (one * 2_654_435_761 + other * 40_503) & (_SIEVE - 1)
