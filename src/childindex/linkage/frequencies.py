"""Term frequencies and name variants, frozen with a model: small tables beside its file.

A frequency is the share of a child population that has a value; `bits` compares it with the chance that two
members of the population agree at all, so that it can replace that chance in an exact level's u.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from math import fsum, log2
from pathlib import Path

from childindex.errors import InvalidFields, Violation
from childindex.linkage.record_shapes import FrequencyShape, VariantShape

MOST_OF_VARIANT = 2.0  # bits that the probability of a variant may add or take


@dataclass(frozen=True, slots=True)
class Frequencies:
    """Shares by value; `endings` are for dates ("-01-01"), `unlisted` for whatever no table names: the least share.

    `names` are further values known to be in use, of unknown share.
    """

    listed: Mapping[str, float]
    endings: Mapping[str, float]
    unlisted: float
    mean: float
    names: frozenset[str] = frozenset()

    def known(self, value: str) -> bool:
        """Whether the value is known to be in use, and not only a slip of some other."""
        return value in self.listed or value in self.names

    def of(self, value: str) -> float:
        """The share of the population that has this value."""
        found = self.listed.get(value)
        if found is not None:
            return max(found, self.unlisted)
        for ending, share in self.endings.items():
            if value.endswith(ending):
                return share
        return self.unlisted

    def bits(self, value: str) -> float:
        """How much more a shared value of this frequency says than an average shared one: log2(mean / frequency)."""
        return log2(self.mean / self.of(value))


@dataclass(frozen=True, slots=True)
class Variants:
    """Names that stand for each other; symmetric, not transitive (Sam is Samuel and Samantha, who are not one).

    `shares` are probabilities: of a child with the first name that is written with another of its variants, how likely
    it is this one; `typical` is the share that a level's own m reckons with.
    """

    shares: Mapping[str, Mapping[str, float]]
    typical: float = 1.0

    def hold(self, one: str, other: str) -> bool:
        """Whether two folded names are known to stand for each other; names of several words word for word."""
        if other in self.shares.get(one, ()):
            return True
        if " " not in one or " " not in other:
            return False
        mine, theirs = one.split(), other.split()
        return len(mine) == len(theirs) and all(
            a == b or b in self.shares.get(a, ()) for a, b in zip(mine, theirs, strict=True)
        )

    def share(self, one: str, other: str) -> float:
        """The probability of this variant, the mean of both directions, in (0, 1]; `typical` where it is not told."""
        there, back = self.shares.get(one, {}).get(other), self.shares.get(other, {}).get(one)
        return (there + back) / 2 if there and back else self.typical

    def bits(self, one: str, other: str) -> float:
        """How much more than a typical variant this one says: log2(share / typical), within `MOST_OF_VARIANT`."""
        return min(MOST_OF_VARIANT, max(-MOST_OF_VARIANT, log2(self.share(one, other) / self.typical)))


def load_frequencies(shape: FrequencyShape, directory: Path) -> Frequencies:
    """The tables of a model (value,frequency under a heading), then the values that the model itself gives.

    Raises `InvalidFields` naming a table and a line that is not so, OSError where a table is missing.
    """
    listed = {value: share for table in shape.tables for value, share in _listed(directory / table)}
    listed.update(shape.values)
    positive = {value: share for value, share in listed.items() if share > 0.0}
    names = {name for table in shape.names for name in (directory / table).read_text(encoding="utf-8").split()[1:]}
    return Frequencies(positive, shape.endings, shape.unlisted, shape.mean, frozenset(names))


def _listed(table: Path) -> Iterator[tuple[str, float]]:
    for number, line in enumerate(table.read_text(encoding="utf-8").splitlines()[1:], 2):
        value, comma, frequency = line.rpartition(",")
        try:
            share = float(frequency)
        except ValueError:
            share = -1.0
        if not (comma and 0.0 <= share <= 1.0):
            raise InvalidFields([Violation(f"tables/{table.name}", f"line {number} must be a value, and its share")])
        yield value, share


def load_variants(shape: VariantShape, directory: Path, frequencies: Frequencies | None = None) -> Variants:
    """All pairs of the tables, both ways round, with their probabilities.

    Half of a name's probability is shared evenly among its variants, half by how frequent they are as names: a child
    is called by names that are in use, but short forms are used more than registered.
    """
    of: defaultdict[str, set[str]] = defaultdict(set)
    for one, other in _pairs(shape.pairs, directory):
        of[one].add(other)
        of[other].add(one)
    for table in shape.groups:
        for line in (directory / table).read_text(encoding="utf-8").splitlines():
            group = line.split(",")
            for name in group:
                of[name].update(group)
    for one, other in _pairs(shape.apart, directory):
        of[one].discard(other)
        of[other].discard(one)
    known = {name: frequencies.of(name) if frequencies else 1.0 for name in of}
    return Variants(
        {name: _shares(rest, known) for name, others in of.items() if (rest := others - {name})}, shape.typical
    )


def _pairs(tables: Sequence[str], directory: Path) -> Iterator[tuple[str, str]]:
    for table in tables:
        for line in (directory / table).read_text(encoding="utf-8").splitlines()[1:]:
            one, _, other = line.partition(",")
            yield one, other


def _shares(names: Set[str], known: Mapping[str, float]) -> Mapping[str, float]:
    """The probability of each of a name's variants."""
    weights = [(name, known[name]) for name in names]
    whole, even = fsum([weight for _, weight in weights]), 1 / len(weights)
    return {name: (even + weight / whole) / 2 for name, weight in weights}
