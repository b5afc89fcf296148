"""Scoring one pair of records: the agreement level of every comparison, and the weights that follow.

Weights are whole thousandths of a bit, so that sums are exact and no order of adding matters. A query is prepared
once; then a row costs a few look-ups of its codes. Strings are wanted only where values differ, a fuzzy level could
still be reached, and the pair of codes has not been compared before.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import log2

from childindex.errors import StoreDamaged
from childindex.linkage.comparison import Tables, reached
from childindex.linkage.features import Codes
from childindex.linkage.frequencies import Frequencies
from childindex.linkage.specification import ComparisonShape, LevelShape

MILLI = 1000
NULL = -1
SAME = 0  # position of the class "same" in every tuple of weights; the rivals follow in the model's order

_LEAST = 2.0**-24  # a probability of 0 or 1 in a model is an opinion, not a certainty
_CACHE = 1 << 16  # pairs of codes a comparison remembers before it starts afresh


def millibits(bits: float) -> int:
    """Bits as whole thousandths."""
    return round(bits * MILLI)


def weight(given_class: float, given_unrelated: float) -> int:
    """log2 of the ratio of two probabilities, in thousandths of a bit; finite at the ends of the scale."""
    return millibits(log2(max(given_class, _LEAST) / max(given_unrelated, _LEAST)))


Strings = Mapping[int, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Whole:
    """A level tested by codes alone: its index, whether all pairs must hold, the weight of the term frequency, and
    (left field, right field, frequencies) of each pair."""

    index: int
    every: bool
    frequency: float
    pairs: tuple[tuple[int, int, Frequencies | None], ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A compiled comparison: its shape, weights[level][class], and the levels reached by pairs of codes so far.

    `compares` and `gate` are (left, right) fields by place; `fuzzy` the levels tested by strings, with their index, and
    `fuzzy_weights` (weight, share of the term frequency) of each;
    `covers` the comparisons (by index) that a level already counts.
    """

    shape: ComparisonShape
    weights: tuple[tuple[int, ...], ...]
    compares: tuple[tuple[int, int], ...]
    whole: tuple[Whole, ...]
    fuzzy: tuple[tuple[int, LevelShape], ...]
    gate: tuple[tuple[int, int], ...]
    covers: Mapping[int, tuple[int, ...]]
    tables: Tables
    fuzzy_weights: tuple[tuple[int, float], ...]
    seen: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict, repr=False)

    def level(self, mine: tuple[int, str], theirs: tuple[int, str]) -> tuple[int, int]:
        """Level and term-frequency part of two unequal values (code, string), remembered by their codes."""
        position = reached(mine[1], theirs[1], [level for _, level in self.fuzzy], self.tables)
        result = (len(self.weights) - 1, 0)
        if position >= 0:
            index, level = self.fuzzy[position]
            result = (index, self._frequency_part(level, mine[1], theirs[1]))
        if len(self.seen) >= _CACHE:
            self.seen.clear()
        self.seen[mine[0], theirs[0]] = result
        return result

    def _frequency_part(self, level: LevelShape, mine: str, theirs: str) -> int:
        frequencies = self.tables.frequencies
        if frequencies is None or not level.frequency:
            return 0
        bits = min(frequencies.bits(value) for text in (mine, theirs) for value in (text, *text.split()))
        return millibits(level.frequency * bits)


@dataclass(frozen=True, slots=True)
class Prepared:
    """One comparison made ready for one query; comparisons that the query leaves null are not prepared.

    `rights` are the fields of a row that make it comparable; `probes` (field, code, level, term-frequency part) the
    equalities in order of level, the rarest value first; `every` the levels whose probes must all hold; `texts`
    (field, code, string) the query's side of the fuzzy levels, `gate` (field, code) of which one must hold before they
    are tried, `first` the best fuzzy level and `most` the most that any of them could weigh.
    """

    index: int
    comparison: Comparison
    rights: tuple[int, ...]
    probes: tuple[tuple[int, int, int, int], ...]
    every: tuple[tuple[int, int, tuple[tuple[int, int], ...]], ...]
    texts: tuple[tuple[int, int, str], ...]
    gate: tuple[tuple[int, int], ...]
    first: int
    most: int


Found = tuple[Prepared, int, int, bool]  # comparison, level by codes, its part, whether strings could better it


@dataclass(frozen=True, slots=True)
class Draft:
    """A row as far as codes alone tell, and the most that its whole weight could be."""

    found: tuple[Found, ...]
    bound: int


@dataclass(frozen=True, slots=True)
class RowScore:
    """A scored row: level and term-frequency part of each comparison (`NULL`, 0 where null), total by class."""

    levels: tuple[int, ...]
    parts: tuple[int, ...]
    totals: tuple[int, ...]


class Scorer:
    """Scores rows against queries under one model's comparisons. Holds levels by code pair, no query, no key."""

    def __init__(self, comparisons: Sequence[Comparison]) -> None:
        self.comparisons = tuple(comparisons)
        self._nothing = (0,) * len(self.comparisons[0].weights[0])

    def prepare(self, codes: Codes, strings: Strings) -> tuple[Prepared, ...]:
        """The query's side of every comparison that it does not leave null."""
        return tuple(
            _prepare(index, comparison, codes, strings)
            for index, comparison in enumerate(self.comparisons)
            if any(codes[left] for left, _ in comparison.compares)
        )

    def draft(self, prepared: Sequence[Prepared], row: Codes) -> Draft:
        """What the codes alone say of a row, and the most that its whole weight could be."""
        found: list[Found] = []
        bound = 0
        covering: list[tuple[int, ...]] = []
        for entry in prepared:  # the hot loop: no calls that can be spared
            for right in entry.rights:
                if row[right]:
                    break
            else:
                continue
            level, part = _by_codes(entry, row)
            open_ = level > entry.first and (not entry.gate or any(code in row[right] for right, code in entry.gate))
            value = entry.comparison.weights[level][SAME] + part
            bound += entry.most if open_ and entry.most > value else value
            found.append((entry, level, part, open_))
            if level in entry.comparison.covers:
                covering.append(entry.comparison.covers[level])
        if covering:
            bound += _uncovered(found, {index for covers in covering for index in covers})
        return Draft(tuple(found), bound)

    def wants(self, draft: Draft, row: Codes) -> set[int]:
        """Codes of the row whose strings are needed to finish it."""
        wanted = set()
        for entry, _, _, open_ in draft.found:
            if open_:
                seen = entry.comparison.seen
                for right, mine, _ in entry.texts:
                    for code in row[right]:
                        if code != mine and (mine, code) not in seen:
                            wanted.add(code)
        return wanted

    def finish(self, draft: Draft, row: Codes, strings: Mapping[int, str]) -> RowScore:
        """The row's levels and totals. Raises `StoreDamaged` when a string it `wants` is not in `strings`."""
        levels = [NULL] * len(self.comparisons)
        parts = [0] * len(self.comparisons)
        covered: list[int] = []
        for entry, by_codes, coded_part, open_ in draft.found:
            known = by_codes, coded_part
            level, part = _by_strings(entry, row, strings, known) if open_ else known
            index = entry.index
            levels[index], parts[index] = level, part
            if level in entry.comparison.covers:
                covered += entry.comparison.covers[level]
        for index in covered:
            levels[index], parts[index] = NULL, 0
        weights = [entry.comparison.weights[at] for entry, *_ in draft.found if (at := levels[entry.index]) != NULL]
        common = sum(parts)
        totals = tuple(common + sum(each) for each in zip(*weights, strict=True))
        return RowScore(tuple(levels), tuple(parts), totals or self._nothing)


def _prepare(index: int, comparison: Comparison, codes: Codes, strings: Strings) -> Prepared:
    compares = [(left, right) for left, right in comparison.compares if codes[left]]
    texts: tuple[tuple[int, int, str], ...] = ()
    if comparison.fuzzy:
        texts = tuple((right, code, strings[code][1]) for left, right in compares for code in codes[left])
    probes: list[tuple[int, int, int, int]] = []
    every = []
    for level in comparison.whole:
        found = _probes(level, codes, strings)
        if not level.every:
            probes += [(right, code, level.index, part) for part, right, code in found]
        elif found:
            pairs = tuple((right, code) for _, right, code in found)
            every.append((level.index, sum(part for part, _, _ in found), pairs))
    return Prepared(
        index,
        comparison,
        tuple(right for _, right in compares),
        tuple(probes),
        tuple(every),
        texts,
        tuple((right, code) for left, right in comparison.gate for code in codes[left]),
        comparison.fuzzy[0][0] if texts else len(comparison.weights),
        _most(comparison, texts) if texts else 0,
    )


def _probes(level: Whole, codes: Codes, strings: Strings) -> list[tuple[int, int, int]]:
    """(term-frequency part, field, code) of a level of equality, the rarest first; none if one of all is missing."""
    found = []
    for left, right, table in level.pairs:
        mine = codes[left]
        if level.every:
            if not mine:
                return []
            mine = mine[:1]
        for code in mine:
            part = millibits(level.frequency * table.bits(strings[code][1])) if table and code in strings else 0
            found.append((part, right, code))
    return sorted(found, reverse=True) if len(found) > 1 else found


def _most(comparison: Comparison, texts: tuple[tuple[int, int, str], ...]) -> int:
    """The most that any fuzzy level could weigh, were the value on the other side as rare as it can be."""
    table = comparison.tables.frequencies
    rarest = max([table.bits(text) for _, _, text in texts]) if table else 0.0
    rarest = max(rarest, 0.0) * MILLI
    return max([weight + int(rarest * share) + 1 for weight, share in comparison.fuzzy_weights])


def _by_codes(entry: Prepared, row: Codes) -> tuple[int, int]:
    """The first level that equal codes reach, and its term-frequency part; the last level where none does."""
    level, part = len(entry.comparison.weights) - 1, 0
    for right, code, at, bits in entry.probes:
        if code in row[right]:
            level, part = at, bits
            break
    for at, bits, probes in entry.every:
        if at < level and all(code in row[right] for right, code in probes):
            return at, bits
    return level, part


def _uncovered(found: Sequence[Found], covered: set[int]) -> int:
    """What a bound lacks if comparisons that a level covers were counted against it."""
    values = [entry.comparison.weights[level][SAME] + part for entry, level, part, _ in found if entry.index in covered]
    return sum(-value for value in values if value < 0)


def _by_strings(entry: Prepared, row: Codes, strings: Mapping[int, str], best: tuple[int, int]) -> tuple[int, int]:
    """The best of what codes reached and what the strings of unequal values reach; of equal levels the rarer value."""
    seen = entry.comparison.seen
    level, part = best
    for right, mine, text in entry.texts:
        for code in row[right]:
            if code == mine:
                continue
            found = seen.get((mine, code))
            if found is None:
                if code not in strings:
                    raise StoreDamaged("the lexicon lacks a value that a comparison needs")
                found = entry.comparison.level((mine, text), (code, strings[code]))
            if found[0] < level or (found[0] == level and found[1] > part):
                level, part = found
    return level, part
