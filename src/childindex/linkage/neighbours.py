"""Names in use that lie one letter apart: what a misspelt name may have been meant to be.

A name that nobody bears is a slip of the pen. Whose, is certain only where no other name lies as near: "isabele" is a
slip of Isabelle, but "ela" may be Ella, Elia or Eva, and two of these may be twins.
"""

from collections.abc import Iterable
from functools import cached_property

from rapidfuzz.distance import OSA, Indel

from childindex.linkage.frequencies import Frequencies, Variants

_LESS = 0.15


class Neighbours:
    """The names that the tables of a comparison know, and those of them within one edit of any text."""

    def __init__(self, variants: Variants, frequencies: Frequencies | None) -> None:
        self._variants = variants
        self._frequencies = frequencies

    def in_use(self, name: str) -> bool:
        """Whether every token of it is somebody's name; not known, hence not, without frequencies."""
        known = self._frequencies
        return known is not None and all(known.known(token) or token in self._variants.shares for token in name.split())

    def within_one(self, text: str) -> frozenset[str]:
        """Names in use at most one edit from a text, itself included where it is one."""
        near = {name for rest in (text, *_without_one(text)) for name in self._by_rest.get(rest, ())}
        return frozenset(name for name in near if OSA.distance(name, text, score_cutoff=1) <= 1)

    @cached_property
    def _by_rest(self) -> dict[str, tuple[str, ...]]:
        """Every name by itself and by what is left when one letter is dropped: names one edit apart meet there."""
        known = self._frequencies
        found: dict[str, list[str]] = {}
        for name in sorted({*(known.listed if known else ()), *(known.names if known else ()), *self._variants.shares}):
            for rest in (name, *_without_one(name)):
                found.setdefault(rest, []).append(name)
        return {rest: tuple(names) for rest, names in found.items()}


def alike(one: str, other: str, at_least: float) -> bool:
    """Whether two names begin alike and are spelled alike, as parents of twins like it (twice the letters in common
    order over all letters is at least so much)."""
    return one[:1] == other[:1] and Indel.normalized_similarity(one, other) >= at_least


def spelled(one: str, other: str, at_least: float) -> bool:
    """Whether two forms of one name may be two children's: alike, or somewhat less so and about as long (Ella, Ellie);
    nobody calls twins Will and William."""
    return alike(one, other, at_least) or (abs(len(one) - len(other)) <= 1 and alike(one, other, at_least - _LESS))


def _without_one(text: str) -> Iterable[str]:
    return {text[:place] + text[place + 1 :] for place in range(len(text))}
