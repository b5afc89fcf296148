"""Words that are nothing like each other: most pairs that are compared, told apart before any level is tried."""

from collections.abc import Callable, Sequence

from rapidfuzz.distance import OSA, Indel, JaroWinkler

from childindex.linkage.comparison_shapes import LevelShape
from childindex.linkage.damage import UNKNOWN
from childindex.linkage.frequencies import Variants
from childindex.linkage.names import bare

# What a test may ask of two single words, beside a known variant and an article: edits, likeness, letters in common.
_EDITS = frozenset({"slip", "clear_slip", "short_slip", "garbled", "edits", "one_edit"})
_LIKE = frozenset({"slip", "clear_slip", "close", "similar"})
_LETTERS = frozenset({"alike"})
_OTHERS = frozenset(
    {"variant", "spelling", "part", "given_part", "part_near", "initial", "second_initial", "unknown_letter"}
)


def unlike(levels: Sequence[LevelShape], variants: Variants) -> Callable[[str, str], bool]:
    """Whether two unequal texts are single words so unlike that no test of these levels holds; never told of others.

    It holds to the least that any of the tests asks, and so never takes a level away.
    """
    tests = {level.test for level in levels}
    if not tests <= _EDITS | _LIKE | _LETTERS | _OTHERS:
        return lambda one, other: False
    most = max([1, *(level.at_most for level in levels if level.test in _EDITS)])
    like = min([1.0, *(level.at_least for level in levels if level.test in _LIKE)])
    letters = min([1.0, *(level.at_least for level in levels if level.test in _LETTERS)])
    known = variants.shares

    def holds(one: str, other: str) -> bool:
        if len(one) < 2 or len(other) < 2 or " " in one or " " in other or UNKNOWN in one + other:
            return False
        if OSA.distance(one, other, score_cutoff=most) <= most or JaroWinkler.similarity(one, other) >= like:
            return False
        if one[0] == other[0] and Indel.normalized_similarity(one, other) >= letters:
            return False
        if other in known.get(one, ()) or one in known.get(other, ()):
            return False
        return one[-1] != other[-1] or bare(one) != bare(other)  # an article stands before, and leaves the end

    return holds
