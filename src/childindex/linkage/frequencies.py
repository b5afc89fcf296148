"""Term frequencies and name variants, frozen with a model: small tables beside its file.

A frequency is the share of a child population that has a value; `bits` compares it with the chance that two
members of the population agree at all, so that it can replace that chance in an exact level's u.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import log2
from pathlib import Path

from childindex.linkage.record_shapes import FrequencyShape, VariantShape


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
    """Names that stand for each other; symmetric, not transitive (Sam is Samuel and Samantha, who are not one)."""

    of: Mapping[str, frozenset[str]]

    def hold(self, one: str, other: str) -> bool:
        """Whether two folded names are known to stand for each other."""
        return other in self.of.get(one, ())


def load_frequencies(shape: FrequencyShape, directory: Path) -> Frequencies:
    """The tables of a model (value,frequency under a heading), then the values that the model itself gives."""
    listed: dict[str, float] = {}
    for table in shape.tables:
        for line in (directory / table).read_text(encoding="utf-8").splitlines()[1:]:
            value, frequency = line.rsplit(",", 1)
            listed[value] = float(frequency)
    listed.update(shape.values)
    positive = {value: share for value, share in listed.items() if share > 0.0}
    names = {name for table in shape.names for name in (directory / table).read_text(encoding="utf-8").split()[1:]}
    return Frequencies(positive, shape.endings, shape.unlisted, shape.mean, frozenset(names))


def load_variants(shape: VariantShape, directory: Path) -> Variants:
    """All pairs of the tables, both ways round."""
    pairs: set[tuple[str, str]] = set()
    for table in shape.pairs:
        lines = (directory / table).read_text(encoding="utf-8").splitlines()[1:]
        pairs.update((line.partition(",")[0], line.partition(",")[2]) for line in lines)
    for table in shape.groups:
        for line in (directory / table).read_text(encoding="utf-8").splitlines():
            group = line.split(",")
            pairs.update((one, other) for one in group for other in group)
    of: dict[str, set[str]] = {}
    for one, other in pairs:
        if one != other:
            of.setdefault(one, set()).add(other)
            of.setdefault(other, set()).add(one)
    return Variants({name: frozenset(names) for name, names in of.items()})
