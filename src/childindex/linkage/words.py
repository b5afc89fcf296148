"""Word bags: what two texts of several words share, whatever the order of the words.

Every shared word speaks with the information of its frequency, -log2 of its share, so that "william" says little and
"strathmore" much. A word that is nearly equal to a word of the other side (a slip of the pen, a known variant, its
initial) speaks with the bits of the more frequent of the two: a slip is rarer than what was meant. Words are matched
greedily in their order; of a few words the best assignment would rarely differ. Whole millibits: sums are exact.
"""

from dataclasses import dataclass
from typing import Any, Literal, get_args

from childindex.linkage.frequencies import Frequencies, Variants
from childindex.linkage.near_words import INITIAL, are_joined, are_near, word_millibits

WordTest = Literal["words_all", "words_within", "words_nearly", "words_some", "words_similar"]
WORD_TESTS: frozenset[str] = frozenset(get_args(WordTest))


@dataclass(frozen=True, slots=True)
class Overlap:
    """What two bags share: millibits of the matched words, how many match exactly and nearly, how many are left."""

    millibits: int
    exact: int
    near: int
    left: int
    right: int

    def holds(self, test: str, bits: float) -> bool:
        """Whether the bags agree as a test says, with at least so many bits."""
        return bool(self.millibits >= bits * 1000 and agrees(test, self.exact, self.near, self.left, self.right))


def overlap(one: str, other: str, at_least: float, tables: tuple[Frequencies | None, Variants]) -> Overlap:
    """How the words of two texts overlap; `at_least` says when words are near (`near_words.are_near`).

    Texts that are equal but for blanks and one edit share all their words: a blank is easily lost.
    """
    frequencies, variants = tables
    mine, theirs = list(dict.fromkeys(one.split())), list(dict.fromkeys(other.split()))
    shared = [word for word in mine if word in theirs]
    mine = [word for word in mine if word not in shared]
    theirs = [word for word in theirs if word not in shared]
    bits, exact, near = sum(word_millibits(word, frequencies) for word in shared), len(shared), 0
    for word in tuple(mine):
        found = next((each for each in theirs if are_near(word, each, at_least, variants)), None)
        if found is not None:
            least = min(word_millibits(word, frequencies), word_millibits(found, frequencies))
            bits += min(least, INITIAL) if 1 in (len(word), len(found)) else least
            near += 1
            mine.remove(word)
            theirs.remove(found)
    if (mine or theirs) and are_joined(one, other):
        return Overlap(min(_whole(one, frequencies), _whole(other, frequencies)), 0, 1, 0, 0)
    return Overlap(bits, exact, near, len(mine), len(theirs))


def agrees(test: str, exact: Any, near: Any, left: Any, right: Any) -> Any:
    """Whether bags agree as a test says, of one pair (numbers) or many (arrays): words matched exactly and nearly, and
    left over on either side.

    `words_all`: the same words; `words_within`: all of the one bag are in the other; `words_nearly`: they are, some
    only nearly; `words_some`: a word is shared; `words_similar`: a word is nearly shared.
    """
    some = exact > 0
    either = exact + near > 0
    if test == "words_all":
        return some & (near + left + right == 0)
    if test == "words_within":
        return some & (near == 0) & (left * right == 0)
    if test == "words_nearly":
        return either & (left * right == 0)
    return some if test == "words_some" else either


def _whole(text: str, frequencies: Frequencies | None) -> int:
    return sum(word_millibits(word, frequencies) for word in dict.fromkeys(text.split()))
