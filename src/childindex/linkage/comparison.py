"""Comparison of two unequal values: which agreement level two strings reach.

Pure functions of two normalised strings. `reached` walks a comparison's levels in order; the first whose test holds
is the level. Tests of codes alone ("equal") are decided elsewhere, without strings.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from rapidfuzz.distance import OSA, JaroWinkler

from childindex.linkage import dates
from childindex.linkage.comparison_shapes import LevelShape
from childindex.linkage.damage import UNKNOWN
from childindex.linkage.frequencies import Frequencies, Variants
from childindex.linkage.given_names import NONE_SHARED, SharedForenames
from childindex.linkage.names import NAMES, bare
from childindex.linkage.neighbours import Neighbours, alike, spelled
from childindex.linkage.words import WORD_TESTS, overlap

_SHORT = 3  # names up to this length need one edit at most and the same first letter
_VOWELS = frozenset("aeiouy")
_TWINS_ALIKE = 0.8  # how much alike the names of twins are where parents choose them so


@dataclass(frozen=True, slots=True)
class Tables:
    """What the name tests know of names: their variants and frequencies, and the forenames that siblings share."""

    variants: Variants
    frequencies: Frequencies | None
    shared: SharedForenames = NONE_SHARED
    neighbours: Neighbours = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "neighbours", Neighbours(self.variants, self.frequencies))


def reached(one: str, other: str, levels: Sequence[LevelShape], tables: Tables) -> int:
    """Index into `levels` of the first whose test holds for two strings (equal ones for words only); -1 for none."""
    shared = None
    for index, level in enumerate(levels):
        if level.test in WORD_TESTS:
            shared = shared or overlap(one, other, level.at_least, (tables.frequencies, tables.variants))
            if shared.holds(level.test, level.bits):
                return index
        elif _TESTS[level.test](one, other, level, tables):
            return index
    return -1


def test_of(level: LevelShape) -> Callable[[str, str, LevelShape, Tables], bool]:
    """The test of a fuzzy level that is not one of words, for whoever asks it of many pairs."""
    return _TESTS[level.test]


def _variant(one: str, other: str, level: LevelShape, tables: Tables) -> bool:
    """A known variant, as much alike as the level asks, or the same letters divided otherwise ("maryjane")."""
    if tables.variants.hold(one, other):
        return not level.at_least or spelled(one, other, level.at_least)
    return (" " in one or " " in other) and one.replace(" ", "") == other.replace(" ", "")


def _spelling(one: str, other: str, level: LevelShape, tables: Tables) -> bool:
    """Two spellings of one name, so much alike that parents who like their twins' names alike take them for two."""
    return tables.variants.hold(one, other) and alike(one, other, level.at_least)


def _part(one: str, other: str, _: LevelShape, __: Tables) -> bool:
    """They share a token ("smith jones", "jones"), or differ by an article alone ("al hassan", "hassan")."""
    if " " in one or " " in other:
        shared = set(one.split()) & set(other.split())
        if any(len(token) > 1 for token in shared):
            return True
    return bare(one) == bare(other)


def _given_part(one: str, other: str, _: LevelShape, tables: Tables) -> bool:
    """All words of one are words of the other, names of honour apart: "lily mae", "lily"; not "lily mae", "lily rose",
    nor "mohammed hamza", "mohammed talha": brothers and sisters may share a part."""
    mine, theirs = _names(one, tables), _names(other, tables)
    if len(mine) == len(theirs) == 1:
        return mine == theirs or bare(one) == bare(other)
    shared = mine & theirs
    whole = len(shared) == min(len(mine), len(theirs)) > 0 and any(len(word) > 1 for word in shared)
    shorter, longer = sorted((one, other), key=lambda text: len(_names(text, tables)))
    return whole and _honoured_alike(shorter, longer, tables)


def _names(text: str, tables: Tables) -> set[str]:
    """The words of a given name without names of honour."""
    return {word for word in text.split() if not tables.shared.is_honour(word)}


def _honoured_alike(shorter: str, longer: str, tables: Tables) -> bool:
    """Whether the longer name has the names of honour of the shorter: "mohammed ibrahim" and "omar ibrahim" may be
    brothers who bear their father's name."""
    return tables.shared.honours_of(shorter) <= tables.shared.honours_of(longer)


def _near(one: str, other: str, at_least: float) -> bool:
    """Jaro-Winkler at least so much; short names: one edit and the same first letter, nothing at two letters."""
    shorter = min(len(one), len(other))
    if shorter <= 2:
        return False
    if shorter <= _SHORT:
        return one[0] == other[0] and OSA.distance(one, other, score_cutoff=1) <= 1
    return JaroWinkler.similarity(one, other) >= at_least


def _slip(one: str, other: str, level: LevelShape, tables: Tables) -> bool:
    """One edit apart (or close by Jaro-Winkler), and one of the two is nobody's name: a slip of the pen.

    Two names that both are in use are more often two children, twins above all.
    """
    if tables.frequencies is None:
        return False
    if " " in one and " " in other:  # twins may share a word of two: the other word is what tells them apart
        one, other = _apart(one, other)
        if not one or not other:
            return False
    far = min(len(one), len(other)) <= _SHORT or OSA.distance(one, other, score_cutoff=1) > 1
    if far and not _near(one, other, level.at_least):
        return False
    return not _both_in_use(one, other, tables)


def _apart(one: str, other: str) -> tuple[str, str]:
    """What is left of two names when the words that they share are taken out."""
    mine, theirs = one.split(), other.split()
    return " ".join(w for w in mine if w not in theirs), " ".join(w for w in theirs if w not in mine)


def _differing(one: str, other: str, tables: Tables) -> tuple[str, str]:
    """What differs of two names of several words that have in common a forename that siblings share; else the names, as
    where nothing is left of one."""
    if " " not in one or " " not in other:
        return one, other
    mine, theirs = _apart(one, other)
    shared = any(tables.shared.of(word) for word in set(one.split()) & set(other.split()))
    return (mine, theirs) if shared and mine and theirs else (one, other)


def _unknown_letter(one: str, other: str, level: LevelShape, _: Tables) -> bool:
    """One of them has unknown letters, and is the other with any letter there: one or two for each, perhaps none at the
    end; the share of letters that are known is at least so much."""
    return any(
        len(damaged.replace(UNKNOWN, "")) >= level.at_least * len(damaged) and bool(_pattern(damaged).fullmatch(whole))
        for damaged, whole in ((one, other), (other, one))
        if UNKNOWN in damaged
    )


@lru_cache(maxsize=NAMES)
def _pattern(damaged: str) -> re.Pattern[str]:
    """What a name with unknown letters may have been: each may stand for two, where an alphabet writes one."""
    stem = damaged.rstrip(UNKNOWN)
    ending = len(damaged) - len(stem)
    letter = "[a-z?]"
    return re.compile(stem.replace(UNKNOWN, f"{letter}{{1,2}}") + f"{letter}{{0,{2 * ending}}}")


def _both_in_use(one: str, other: str, tables: Tables) -> bool:
    return tables.neighbours.in_use(one) and tables.neighbours.in_use(other)


def _clear_slip(one: str, other: str, level: LevelShape, tables: Tables) -> bool:
    """A slip that is nobody else's: no third name in use, spelled like one of the two, is one edit from the other."""
    if not _slip(one, other, level, tables):
        return False
    return not any(
        third not in (one, other) and alike(third, name, _TWINS_ALIKE)
        for name, written in ((one, other), (other, one))
        if not tables.neighbours.in_use(written)
        for third in tables.neighbours.within_one(written)
    )


def _short_slip(one: str, other: str, _: LevelShape, tables: Tables) -> bool:
    """One edit in a short name of two letters or more, any letter of it, and one of the two is nobody's name.

    Of a name of several words a short one may be a name that no table knows: a slip is what has no vowel.
    """
    if tables.frequencies is None:
        return False
    if " " in one and " " in other:
        one, other = _apart(one, other)
        if not one or not other or not (_VOWELS.isdisjoint(one) or _VOWELS.isdisjoint(other)):
            return False
    elif " " in one or " " in other or min(len(one), len(other)) < _SHORT - 1:
        return False
    return OSA.distance(one, other, score_cutoff=1) <= 1 and not _both_in_use(one, other, tables)


def _part_near(one: str, other: str, level: LevelShape, tables: Tables) -> bool:
    """As `given_part`, but the words may be variants or slips of each other: "lydia tesfaye", "lyddy"."""
    shorter, longer = sorted((one, other), key=lambda text: (text.count(" "), text))
    is_honour = tables.shared.is_honour
    mine, theirs = ([word for word in text.split() if not is_honour(word)] for text in (shorter, longer))
    if not mine or len(theirs) < 2 or not _honoured_alike(shorter, longer, tables):
        return False
    left = list(theirs)
    for word in mine:
        near = next((each for each in left if _one_word(word, each, level, tables)), None)
        if near is None:
            return False
        left.remove(near)
    return any(len(word) > 1 for word in mine)


def _one_word(one: str, other: str, level: LevelShape, tables: Tables) -> bool:
    if one == other or _slip(one, other, level, tables):
        return True
    return min(len(one), len(other)) > _SHORT and tables.variants.hold(one, other)  # "yee", "yi chen" are two


def _garbled(one: str, other: str, level: LevelShape, tables: Tables) -> bool:
    """More than one edit apart, but not many for the length, and one of the two is nobody's name."""
    if " " in one and " " in other:
        one, other = _apart(one, other)
    if tables.frequencies is None or min(len(one), len(other)) <= _SHORT + 1:
        return False
    return OSA.distance(one, other, score_cutoff=level.at_most) <= level.at_most and not _both_in_use(
        one, other, tables
    )


def _alike(one: str, other: str, level: LevelShape, tables: Tables) -> bool:
    """Two names in use that look alike: one child's, misheard, or two twins'; of several words those that differ."""
    one, other = _differing(one, other, tables)
    return alike(one, other, level.at_least) and (tables.frequencies is None or _both_in_use(one, other, tables))


def _close(one: str, other: str, level: LevelShape, tables: Tables) -> bool:
    """Close by Jaro-Winkler; of several words those that differ."""
    return _near(*_differing(one, other, tables), level.at_least)


def _initial(one: str, other: str, _: LevelShape, __: Tables) -> bool:
    """One of them is only the initial of the other."""
    return one[0] == other[0] and 1 in (len(one), len(other))


def _second_initial(one: str, other: str, level: LevelShape, tables: Tables) -> bool:
    """Names of two words or more that share one, and of the rest one is the initial of the other: "maria louise",
    "maria l"."""
    if " " not in one or " " not in other:
        return False
    mine, theirs = _apart(one, other)
    return bool(mine and theirs) and _initial(mine, theirs, level, tables)


def _similar(one: str, other: str, level: LevelShape, _: Tables) -> bool:
    return JaroWinkler.similarity(one, other) >= level.at_least


def _edits(one: str, other: str, level: LevelShape, _: Tables) -> bool:
    return OSA.distance(one, other, score_cutoff=level.at_most) <= level.at_most


def _one_edit(one: str, other: str, _: LevelShape, __: Tables) -> bool:
    return OSA.distance(one, other, score_cutoff=1) <= 1


def _without_honours(
    test: Callable[[str, str, LevelShape, Tables], bool],
) -> Callable[[str, str, LevelShape, Tables], bool]:
    """A test of the names that children are called by, without the names of honour before them."""

    def holds(one: str, other: str, level: LevelShape, tables: Tables) -> bool:
        shared = tables.shared
        return test(shared.without_honours(one), shared.without_honours(other), level, tables)

    return holds


_TESTS: Mapping[str, Callable[[str, str, LevelShape, Tables], bool]] = {
    "variant": _without_honours(_variant),
    "spelling": _without_honours(_spelling),
    "part": _part,
    "given_part": _given_part,
    "slip": _without_honours(_slip),
    "clear_slip": _without_honours(_clear_slip),
    "short_slip": _without_honours(_short_slip),
    "part_near": _part_near,
    "garbled": _without_honours(_garbled),
    "alike": _without_honours(_alike),
    "close": _without_honours(_close),
    "initial": _without_honours(_initial),
    "second_initial": _second_initial,
    "unknown_letter": _without_honours(_unknown_letter),
    "similar": _similar,
    "edits": _edits,
    "one_edit": _one_edit,
    **dates.TESTS,
}
