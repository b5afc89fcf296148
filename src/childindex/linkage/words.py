"""Word bags: what two texts of several words share, whatever the order of the words.

Every shared word speaks with the information of its frequency, -log2 of its share, so that "william" says little and
"strathmore" much. A word that is nearly equal to a word of the other side (a slip of the pen, a known variant, its
initial) speaks with the bits of the more frequent of the two: a slip is rarer than what was meant. Words are matched
greedily in their order; of a few words the best assignment would rarely differ.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import log2
from typing import Literal, get_args

from rapidfuzz.distance import OSA

from childindex.linkage.frequencies import Frequencies, Variants

WordTest = Literal["words_all", "words_within", "words_nearly", "words_some", "words_similar"]
WORD_TESTS: frozenset[str] = frozenset(get_args(WordTest))

_INITIAL = 3.0  # bits of an initial at the most: one letter in eight, as first letters go
_SHORTEST = 3  # letters of a word that a slip may change
_JOINED = 5  # letters of a text that may have lost or won a blank


@dataclass(frozen=True, slots=True)
class Overlap:
    """What two bags share: `bits` of all matched words, how many match exactly and nearly, how many are left over."""

    bits: float
    exact: int
    near: int
    left: int
    right: int

    def holds(self, test: str, bits: float) -> bool:
        """Whether the bags agree as a test says, with at least so many bits.

        `words_all`: the same words; `words_within`: all of the shorter bag are in the longer; `words_nearly`: they
        are, some only nearly; `words_some`: a word is shared; `words_similar`: a word is nearly shared.
        """
        return self.bits >= bits and _AGREES[test](self)


def overlap(one: str, other: str, at_least: float, tables: tuple[Frequencies | None, Variants]) -> Overlap:
    """How the words of two texts overlap.

    Near are words one edit apart, or as alike as `at_least` (1 - edits / length; 0 asks for no more than the edit).

    Texts that are equal but for blanks and one edit share all their words: a blank is easily lost.
    """
    frequencies, variants = tables
    mine, theirs = list(dict.fromkeys(one.split())), list(dict.fromkeys(other.split()))
    shared = [word for word in mine if word in theirs]
    mine = [word for word in mine if word not in shared]
    theirs = [word for word in theirs if word not in shared]
    bits, exact = sum(_bits(word, frequencies) for word in shared), len(shared)
    near = 0
    for word in tuple(mine):
        found = next((each for each in theirs if _near(word, each, at_least, variants)), None)
        if found is not None:
            bits += _near_bits(word, found, frequencies)
            near += 1
            mine.remove(word)
            theirs.remove(found)
    if (mine or theirs) and _joined(one, other):
        whole = min(sum(_bits(word, frequencies) for word in dict.fromkeys(text.split())) for text in (one, other))
        return Overlap(whole, 0, 1, 0, 0)
    return Overlap(bits, exact, near, len(mine), len(theirs))


def _bits(word: str, frequencies: Frequencies | None) -> float:
    return -log2(frequencies.of(word)) if frequencies is not None else 0.0


def _near_bits(one: str, other: str, frequencies: Frequencies | None) -> float:
    bits = min(_bits(one, frequencies), _bits(other, frequencies))
    return min(bits, _INITIAL) if 1 in (len(one), len(other)) else bits


def _near(one: str, other: str, at_least: float, variants: Variants) -> bool:
    """A variant, an initial, or a slip of the pen."""
    if variants.hold(one, other):
        return True
    shorter, longer = sorted((len(one), len(other)))
    if shorter == 1:
        return one[0] == other[0]
    if shorter < _SHORTEST:
        return False
    most = max(1, int((1.0 - at_least) * longer + 1e-9)) if at_least else 1
    return OSA.distance(one, other, score_cutoff=most) <= most


def _joined(one: str, other: str) -> bool:
    """Equal but for blanks and one edit."""
    mine, theirs = one.replace(" ", ""), other.replace(" ", "")
    return min(len(mine), len(theirs)) >= _JOINED and OSA.distance(mine, theirs, score_cutoff=1) <= 1


def _all(found: Overlap) -> bool:
    return found.exact > 0 and not (found.near or found.left or found.right)


def _within(found: Overlap) -> bool:
    return found.exact > 0 and not (found.near or min(found.left, found.right))


def _nearly(found: Overlap) -> bool:
    return found.exact + found.near > 0 and not min(found.left, found.right)


def _some(found: Overlap) -> bool:
    return found.exact > 0


def _similar(found: Overlap) -> bool:
    return found.exact + found.near > 0


_AGREES: Mapping[str, Callable[[Overlap], bool]] = {
    "words_all": _all,
    "words_within": _within,
    "words_nearly": _nearly,
    "words_some": _some,
    "words_similar": _similar,
}
