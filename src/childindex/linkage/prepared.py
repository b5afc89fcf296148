"""The query's side of a comparison, worked out once: then a row costs a few look-ups of its codes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf

from childindex.linkage.compiled import MILLI, Comparison, Whole, millibits
from childindex.linkage.features import Codes
from childindex.linkage.frequencies import Frequencies

Strings = Mapping[int, tuple[str, str]]
Crowds = Mapping[int, float]  # code of an address that many share -> the most bits that it may weigh
Parts = Sequence[tuple[int, int]]  # (term-frequency part, code) of a field's values, the rarest first
Pair = tuple[int, Parts]  # field of a row, and what it may share
NULL = -1  # the level of a comparison of which one side has nothing
SAME = 0  # position of the class "same" in every tuple of weights; the rivals follow in the model's order


@dataclass(frozen=True, slots=True)
class Names:
    """A query's forenames and surnames by code, their texts, and the bits that they tell together (see `together`)."""

    first: tuple[int, ...]
    second: tuple[int, ...]
    texts: Mapping[int, str]
    bits: int


@dataclass(frozen=True, slots=True)
class Prepared:
    """One comparison made ready for one query; comparisons that the query leaves null are not prepared.

    `rights` are the fields of a row that make it comparable; `probes` (field, code, level, term-frequency part) the
    equalities in order of level, the rarest value first; `every` the levels of which each pair of fields must hold one
    of its equalities; `texts` (field, code, string) the query's
    side of the fuzzy levels, `gate` (field, code) of which one must hold before they are tried, `first` the best fuzzy
    level and `most` the most that any of them could weigh. `names` are those that are weighed together with another's.
    """

    index: int
    comparison: Comparison
    rights: tuple[int, ...]
    probes: tuple[tuple[int, int, int, int], ...]
    every: tuple[tuple[int, tuple[Pair, ...]], ...]
    texts: tuple[tuple[int, int, str], ...]
    gate: tuple[tuple[int, int], ...]
    first: int
    most: int
    names: Names | None = None


class Told:
    """What the values of one query tell where they are shared: worked out once for all levels and comparisons."""

    def __init__(self, codes: Codes, strings: Strings, crowds: Crowds) -> None:
        self.codes = codes
        self.strings = strings
        self.crowds = crowds
        self._parts: dict[tuple[int, float], Parts] = {}  # by field and weight of the term frequency

    def __repr__(self) -> str:
        return f"Told({len(self._parts)} fields)"

    def parts(self, left: int, frequency: float, table: Frequencies | None) -> Parts:
        """What the values of a field tell, under the weight that a level gives to their frequency."""
        known = self._parts.get((left, frequency))
        if known is None:
            strings = self.strings
            parts = [
                (millibits(frequency * table.bits(strings[code][1])) if table and code in strings else 0, code)
                for code in self.codes[left]
            ]
            if len(parts) > 1:
                parts.sort(key=_rarest)
            known = self._parts[left, frequency] = parts
        return known


def prepare(index: int, comparison: Comparison, told: Told) -> Prepared | None:
    """One comparison made ready for a query; None where the query leaves it null."""
    codes, strings = told.codes, told.strings
    compares = [(left, right) for left, right in comparison.compares if codes[left]]
    if not compares:
        return None
    texts: tuple[tuple[int, int, str], ...] = ()
    if comparison.fuzzy:
        texts = tuple(
            [(right, code, strings[code][1]) for left, right in compares for code in codes[left] if code in strings]
        )
    probes: list[tuple[int, int, int, int]] = []
    every = []
    ceiling = inf
    for level in comparison.whole:
        if not level.every:
            probes += _probes(level, told, (comparison.weights[level.index][SAME], ceiling))
            ceiling = min(ceiling, _lowest(level, told))
        elif all(codes[left] for left, _, _ in level.pairs):
            pairs = [(right, told.parts(left, level.frequency, table)) for left, right, table in level.pairs]
            every.append((level.index, tuple(pairs)))
    return Prepared(
        index,
        comparison,
        tuple([right for _, right in compares]),
        tuple(probes),
        tuple(every),
        texts,
        tuple([(right, code) for left, right in comparison.gate for code in codes[left]]),
        comparison.fuzzy[0][0] if texts else len(comparison.weights),
        _most(comparison, texts) if texts else 0,
    )


def _probes(level: Whole, told: Told, allowed: tuple[int, float]) -> list[tuple[int, int, int, int]]:
    """(field, code, level, term-frequency part) of all pairs of fields of a level of equality, the rarest first.

    `allowed` are the weight of the level and what it may weigh at the most, in bits, because a nearer level is crowded.
    """
    found = [
        (part, right, code)
        for left, right, table in level.pairs
        if told.codes[left]
        for part, code in told.parts(left, level.frequency, table)
    ]
    if told.crowds:
        found = [(_crowded(part, allowed, told.crowds.get(code, inf)), right, code) for part, right, code in found]
    if len(found) > 1:
        found.sort(reverse=True)
    return [(right, code, level.index, part) for part, right, code in found]


def _crowded(part: int, allowed: tuple[int, float], ceiling: float) -> int:
    """The part of a value, less what a crowd takes from the weight of its level."""
    weight, most = allowed[0], min(allowed[1], ceiling)
    return part if most == inf else part + min(0, millibits(most) - weight - part)


def _lowest(level: Whole, told: Told) -> float:
    """The least that a crowd leaves to any value of the query at this level: no farther level may weigh more."""
    if not told.crowds:
        return inf
    return min((told.crowds.get(code, inf) for left, _, _ in level.pairs for code in told.codes[left]), default=inf)


def _rarest(part: tuple[int, int]) -> int:
    return -part[0]


def _most(comparison: Comparison, texts: tuple[tuple[int, int, str], ...]) -> int:
    """The most that any fuzzy level could weigh, were the value on the other side as rare as it can be."""
    table = comparison.tables.frequencies
    rarest = max([table.bits(text) for _, _, text in texts]) if table else 0.0
    rarest = max(rarest, 0.0) * MILLI
    return max([best + int(rarest * share) + 1 for best, share in comparison.fuzzy_weights])
