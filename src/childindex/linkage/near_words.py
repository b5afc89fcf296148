"""When two words are nearly one, and what a shared word says."""

from math import log2

from rapidfuzz.distance import OSA

from childindex.linkage.frequencies import Frequencies, Variants

INITIAL = 3000  # millibits of an initial at the most: one letter in eight, as first letters go
JOINED = 5  # letters of a text that may have lost or won a blank
SHORTEST = 3  # letters of a word that a slip may change


def word_millibits(word: str, frequencies: Frequencies | None) -> int:
    """What a shared word says: -log2 of its share, in whole millibits; nothing where no frequencies are known."""
    return round(-1000 * log2(frequencies.of(word))) if frequencies is not None else 0


def most_edits(longer: int, at_least: float) -> int:
    """Edits by which two words may differ and be near, the longer of which has so many letters."""
    return max(1, int((1.0 - at_least) * longer + 1e-9)) if at_least else 1


def are_near(one: str, other: str, at_least: float, variants: Variants) -> bool:
    """A variant, an initial, or a slip of the pen: words one edit apart, or as alike as `at_least`.

    Likeness is 1 - edits / length of the longer; 0 asks for no more than the one edit.
    """
    if variants.hold(one, other):
        return True
    shorter, longer = sorted((len(one), len(other)))
    if shorter == 1:
        return one[0] == other[0]
    if shorter < SHORTEST:
        return False
    most = most_edits(longer, at_least)
    return OSA.distance(one, other, score_cutoff=most) <= most


def are_joined(one: str, other: str) -> bool:
    """Whether two texts are equal but for blanks and one edit."""
    mine, theirs = one.replace(" ", ""), other.replace(" ", "")
    return min(len(mine), len(theirs)) >= JOINED and OSA.distance(mine, theirs, score_cutoff=1) <= 1
