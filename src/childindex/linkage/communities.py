"""Name communities: how much more often a forename and a surname are borne together than their frequencies say.

Forename and surname are not independent: who is called Kaur is more often called Simran than others are. Both follow a
mixture over communities c of those who draw their names from the same stock,

    P(f, s) = sum over c of P(c) P(f | c) P(s | c) = P(f) P(s) sum over c of P(c | f) P(c | s) / P(c)

A community has a number and nothing else. It is learned from frequencies of names and from which names are borne
together, belongs to the model, and is stored with nobody.

A community is a mixture of finer ones, of regions, faiths and families, in which names are not independent either: what
two of its names say of each other is raised by so many bits as the model says (`finer`).

The bearers of a name are described by their parts: for each community the part that belongs to it by its lists. The
rest is everybody's: of it each community has as many as it has children without a name of their own.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from math import fsum, log2
from pathlib import Path

from rapidfuzz.distance import OSA

from childindex.errors import InvalidFields, Violation
from childindex.linkage.frequencies import Frequencies
from childindex.linkage.names import bare, skeleton
from childindex.linkage.pair_shapes import CommunityShape, PairShape

EVERYBODY = 0  # the number of those who are of no other community
_COMPOUND = 0.1  # of the bearers of a name's rarest word, at the most, those who bear it together with the others
_UNLISTED = 0.5  # of the bearers of a name that no table lists are of some community: tables know the names of the many
_LETTERS = 4  # by which names begin or end alike
_SHORT = 2  # letters of which nothing follows
_FAR = 3  # edits by which a spelling differs from the nearest listed name: it is none of its spellings
_MOST_KEPT = 1 << 16  # pairs that are remembered

Parts = Mapping[int, float]  # community -> part of the bearers of a name


@dataclass(frozen=True, slots=True)
class Bearers:
    """Those who bear a name: their share of all children, and the part of them in each community (at most 1 in all)."""

    share: float
    parts: Parts

    @property
    def rest(self) -> float:
        """The part that bears the name as everybody may."""
        return max(0.0, 1.0 - fsum(self.parts.values()))


class Names:
    """The bearers of the names of one kind, by what a model's tables list of them."""

    def __init__(
        self, frequencies: Frequencies, listed: Mapping[str, Bearers], sizes: Mapping[int, CommunityShape]
    ) -> None:
        self.frequencies = frequencies
        self.listed = listed
        whole = fsum(each.share for each in sizes.values())
        self._unlisted = {at: _UNLISTED * each.share / whole for at, each in sizes.items()}

    def __repr__(self) -> str:
        return f"Names({len(self.listed)} listed)"

    def of(self, name: str) -> Bearers | None:
        """The bearers of a name; None where nothing is known of it. A name of several words is known by its words, one
        that no table lists by the nearest that sounds alike: it is another spelling of it, and rarer than any; else by
        those that begin or end alike; where none does, a community has as many of its bearers as it is large."""
        share = self.frequencies.listed.get(name)
        found = self.listed.get(name)
        if found:
            return found if share is None else Bearers(share, found.parts)
        if share is not None:
            return Bearers(share, {})
        if " " in name:
            words = [each for word in name.split() if (each := self._written(word))]
            return _compound(words) if words else None
        return self._written(name)

    def _written(self, word: str) -> Bearers | None:
        """The bearers of a single word: itself, what is left without an article, or names that sound alike."""
        if word in self.listed or word in self.frequencies.listed:
            return self.of(word)
        if bare(word) != word:
            return self._written(bare(word))
        if len(word) <= _SHORT:
            return None
        near = {name: OSA.distance(word, name) for name in self._sounding.get(skeleton(word), ())}
        least = min(near.values(), default=_FAR)
        if least < _FAR:
            return Bearers(self._seldom, self._on_average([name for name, far in near.items() if far == least]))
        begin, end = (self._ends.get(each, ()) for each in (word[:_LETTERS] + "-", "-" + word[-_LETTERS:]))
        several = [self._on_average(names) for names in (begin, end) if names]
        return Bearers(self._seldom, _mean(several) if several else self._unlisted)

    def _on_average(self, names: Sequence[str]) -> Parts:
        return _mean([self._parts(name) for name in names])

    def _parts(self, name: str) -> Parts:
        found = self.listed.get(name)
        return found.parts if found else {}

    @cached_property
    def _sounding(self) -> Mapping[str, tuple[str, ...]]:
        """The listed names by skeleton."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for name in sorted({*self.listed, *self.frequencies.listed}):
            found[skeleton(name)].append(name)
        return {sound: tuple(names) for sound, names in found.items()}

    @cached_property
    def _ends(self) -> Mapping[str, tuple[str, ...]]:
        """The listed names by their first letters and by their last."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for name in sorted({*self.listed, *self.frequencies.listed}):
            if len(name) > _LETTERS:
                found[name[:_LETTERS] + "-"].append(name)
                found["-" + name[-_LETTERS:]].append(name)
        return {letters: tuple(names) for letters, names in found.items()}

    @cached_property
    def _seldom(self) -> float:
        """The share of a name that no table lists, at the most."""
        return min(self.frequencies.listed.values(), default=0.0)

    def weighed_as(self, name: str) -> float:
        """The frequency that stands for the name where it is compared alone."""
        return self.frequencies.of(name)


class Communities:
    """The communities of one model: sizes, and the bearers of forenames and surnames (`first`, `second`)."""

    def __init__(self, sizes: Mapping[int, CommunityShape], names: tuple[Names, Names], shape: PairShape) -> None:
        """`names` are forenames and surnames; of `shape` the bits `finer` and `most` are wanted."""
        self.sizes, (self.first, self.second), self._most = sizes, names, shape.most
        self._finer = float(2.0**shape.finer)
        self.everybody = max(1.0 - fsum(each.share for each in sizes.values()), 0.01)
        self.of_first = _without_own(
            {at: each.share * (1.0 - each.own[0]) for at, each in sizes.items()}, self.everybody
        )
        self.of_second = _without_own(
            {at: each.share * (1.0 - each.own[1]) for at, each in sizes.items()}, self.everybody
        )
        self._common = fsum(
            part * self.of_second[at] / self._size(at) for at, part in self.of_first.items()
        )  # how much more often two names that everybody bears are borne together
        self._kept: dict[tuple[str, str], float] = {}

    def __repr__(self) -> str:
        return f"Communities({len(self.sizes)})"

    def bits(self, one: str, other: str) -> float:
        """log2 of how much oftener a forename and a surname are borne together than they are weighed; within [0, most].

        0 where either is unknown, or where they are borne together more rarely: that makes nothing surer.
        """
        found = self._kept.get((one, other))
        if found is None:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            found = self._kept[one, other] = self._bits(one, other)
        return found

    def together(self, one: str, other: str) -> float:
        """P(f, s): the share of all children who bear both names; 0 where either is unknown."""
        mine, theirs = self.first.of(one), self.second.of(other)
        return mine.share * theirs.share * self._lift(mine, theirs) if mine and theirs else 0.0

    def _bits(self, one: str, other: str) -> float:
        mine, theirs = self.first.of(one), self.second.of(other)
        if mine is None or theirs is None or not (mine.parts or theirs.parts):
            return 0.0
        expected = self.first.weighed_as(one) * self.second.weighed_as(other)
        found = mine.share * theirs.share * self._lift(mine, theirs) / expected
        return min(self._most, log2(found)) if found > 1.0 else 0.0

    def _lift(self, mine: Bearers, theirs: Bearers) -> float:
        """P(f, s) / (P(f) P(s)), that part of it which is a community's raised."""
        one, other = mine.rest, theirs.rest
        both = [part * theirs.parts[at] / self._size(at) for at, part in mine.parts.items() if at in theirs.parts]
        own = [other * part * self.of_second[at] / self._size(at) for at, part in mine.parts.items()]
        family = [one * part * self.of_first[at] / self._size(at) for at, part in theirs.parts.items()]
        return self._finer * fsum([*both, *own, *family]) + one * other * self._common

    def _size(self, community: int) -> float:
        return self.everybody if community == EVERYBODY else self.sizes[community].share


def load_communities(shape: PairShape, directory: Path, frequencies: tuple[Frequencies, Frequencies]) -> Communities:
    """The tables of a model, then what the model itself gives in their place.

    Raises `InvalidFields` naming a table and a line that is not so, OSError where a table is missing.
    """
    sizes = dict(_sizes(directory / shape.sizes)) | shape.values.sizes
    columns = []
    for table, given, known in zip(shape.tables, (shape.values.first, shape.values.second), frequencies, strict=True):
        listed = _bearers(directory / table, sizes)
        listed |= {name: Bearers(listed[name].share if name in listed else 0.0, parts) for name, parts in given.items()}
        columns.append(Names(known, listed, sizes))
    return Communities(sizes, (columns[0], columns[1]), shape)


def _sizes(table: Path) -> list[tuple[int, CommunityShape]]:
    found = []
    for number, line in enumerate(table.read_text(encoding="utf-8").splitlines()[1:], 2):
        try:
            at, share, first, second = line.split(",")
            found.append((int(at), CommunityShape(share=float(share), own=(float(first), float(second)))))
        except ValueError:
            raise _wrong(table, number, "a number, and three shares") from None
    return found


def _bearers(table: Path, sizes: Mapping[int, CommunityShape]) -> dict[str, Bearers]:
    found = {}
    for number, line in enumerate(table.read_text(encoding="utf-8").splitlines()[1:], 2):
        try:
            name, share, told = line.split(",")
            parts = {int(at): float(part) for at, part in (each.split(":") for each in told.split())}
            bearers = Bearers(float(share) if share else 0.0, parts)
        except ValueError:
            raise _wrong(table, number, "a name, its share or nothing, and parts by community") from None
        if not (parts.keys() <= sizes.keys() and 0.0 <= fsum(parts.values()) <= 1.05):
            raise _wrong(table, number, "parts of known communities, together at most 1")
        found[name] = bearers
    return found


def _wrong(table: Path, number: int, wanted: str) -> InvalidFields:
    return InvalidFields([Violation(f"tables/{table.name}", f"line {number} must be {wanted}")])


def _without_own(left: Parts, everybody: float) -> Parts:
    """Of those whose name is everybody's, the part of each community, and of those who are of none (`EVERYBODY`)."""
    whole = everybody + fsum(left.values())
    return {EVERYBODY: everybody / whole, **{at: each / whole for at, each in left.items()}}


def _mean(several: Sequence[Parts]) -> Parts:
    return {at: fsum(each.get(at, 0.0) for each in several) / len(several) for at in dict.fromkeys(chain(*several))}


def _compound(words: list[Bearers]) -> Bearers:
    """The bearers of a name of several words: of what its words have in common, else of what they are on the whole."""
    if len(words) == 1:
        return words[0]
    common = set.intersection(*(set(each.parts) for each in words))
    parts: Parts = {at: min(each.parts[at] for each in words) for at in common} or _mean([each.parts for each in words])
    whole = fsum(parts.values())
    most = max(1.0 - each.rest for each in words)
    parts = {at: part * most / whole for at, part in parts.items()} if whole else {}
    return Bearers(_COMPOUND * min(each.share for each in words), parts)
