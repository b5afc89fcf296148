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


@dataclass(frozen=True, slots=True)
class Comparison:
    """A compiled comparison: its shape, weights[level][class], and the levels reached by pairs of codes so far."""

    shape: ComparisonShape
    weights: tuple[tuple[int, ...], ...]
    fuzzy: tuple[tuple[int, LevelShape], ...]
    tables: Tables
    covers: Mapping[int, tuple[int, ...]]
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
class Step:
    """A level tested by codes alone: (field of the row, code, term-frequency part), any of them or all."""

    level: int
    every: bool
    probes: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, slots=True)
class Prepared:
    """One comparison made ready for one query; comparisons that the query leaves null are not prepared."""

    index: int
    comparison: Comparison
    rights: tuple[int, ...]
    steps: tuple[Step, ...]
    texts: tuple[tuple[int, int, str], ...]
    gate: tuple[tuple[int, int], ...]
    most: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RowScore:
    """A scored row: level and term-frequency part of each comparison (`NULL`, 0 where null), total by class."""

    levels: tuple[int, ...]
    parts: tuple[int, ...]
    totals: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """A row as far as codes alone tell: (prepared, level by codes, part, whether strings could better it)."""

    found: tuple[tuple[Prepared, int, int, bool], ...]
    bound: int


class Scorer:
    """Scores rows against queries under one model's comparisons. Holds levels by code pair, no query, no key."""

    def __init__(
        self, comparisons: Sequence[Comparison], fields: Sequence[str], term: Mapping[str, Frequencies]
    ) -> None:
        self.comparisons = tuple(comparisons)
        self._place = {name: index for index, name in enumerate(fields)}
        self._term = term
        self._classes = len(self.comparisons[0].weights[0])

    def prepare(self, codes: Codes, strings: Mapping[int, tuple[str, str]]) -> tuple[Prepared, ...]:
        """The query's side of every comparison that it does not leave null."""
        prepared = (self._prepare(i, c, codes, strings) for i, c in enumerate(self.comparisons))
        return tuple(entry for entry in prepared if entry.rights)

    def _prepare(
        self, index: int, comparison: Comparison, codes: Codes, strings: Mapping[int, tuple[str, str]]
    ) -> Prepared:
        place, shape = self._place, comparison.shape
        compares = [(place[left], place[right]) for left, right in shape.compares]
        steps = [self._step(i, level, codes, strings) for i, level in enumerate(shape.levels) if level.whole]
        texts = tuple((r, code, strings[code][1]) for left, r in compares for code in codes[left] if code in strings)
        gates = {(place[r], code) for _, lv in comparison.fuzzy for left, r in lv.gate for code in codes[place[left]]}
        return Prepared(
            index,
            comparison,
            tuple(right for left, right in compares if codes[left]),
            tuple(step for step in steps if step.probes),
            texts if comparison.fuzzy else (),
            tuple(sorted(gates)),
            self._most(comparison, texts),
        )

    def _step(self, index: int, level: LevelShape, codes: Codes, strings: Mapping[int, tuple[str, str]]) -> Step:
        every = level.test == "all_equal"
        probes = []
        for left, right in level.pairs:
            mine = codes[self._place[left]]
            if every and not mine:
                return Step(index, every, ())
            table = self._term.get(left) if level.frequency else None
            for code in mine[:1] if every else mine:
                bits = table.bits(strings[code][1]) if table and code in strings else 0.0
                probes.append((self._place[right], code, millibits(level.frequency * bits)))
        return Step(index, every, tuple(probes))

    def _most(self, comparison: Comparison, texts: tuple[tuple[int, int, str], ...]) -> tuple[int, ...]:
        """The most that any fuzzy level could weigh, by level index: cumulative, so that [i] bounds all before i."""
        table = comparison.tables.frequencies
        rarest = max((table.bits(text) for _, _, text in texts), default=0.0) if table else 0.0
        best, result, fuzzy = -(10**9), [], dict(comparison.fuzzy)
        for index, weights in enumerate(comparison.weights):
            result.append(best)
            if index in fuzzy:
                best = max(best, weights[SAME] + millibits(max(0.0, fuzzy[index].frequency * rarest)))
        return tuple(result)

    def draft(self, prepared: Sequence[Prepared], row: Codes) -> Draft:
        """What the codes alone say of a row, and the most that its whole weight could be."""
        found: list[tuple[Prepared, int, int, bool]] = []
        bound = 0
        covered: set[int] = set()
        for entry in prepared:
            for right in entry.rights:
                if row[right]:
                    break
            else:
                continue
            level, part = _by_codes(entry, row)
            weights = entry.comparison.weights
            most = entry.most[level]
            open_ = most > -(10**9) and (not entry.gate or any(code in row[right] for right, code in entry.gate))
            value = weights[level][SAME] + part
            covers = entry.comparison.covers.get(level)
            if covers:
                covered.update(covers)
            found.append((entry, level, part, open_))
            bound += max(value, most) if open_ else value
        for entry, level, part, _ in found:
            if entry.index in covered:
                bound += max(0, -(entry.comparison.weights[level][SAME] + part))
        return Draft(tuple(found), bound)

    def wants(self, draft: Draft, row: Codes) -> set[int]:
        """Codes of the row whose strings are needed to finish it."""
        return {
            code
            for entry, _, _, open_ in draft.found
            if open_
            for right, mine, _ in entry.texts
            for code in row[right]
            if code != mine and (mine, code) not in entry.comparison.seen
        }

    def finish(self, draft: Draft, row: Codes, strings: Mapping[int, str]) -> RowScore:
        """The row's levels and totals. Raises `StoreDamaged` when a string it `wants` is not in `strings`."""
        levels = [NULL] * len(self.comparisons)
        parts = [0] * len(self.comparisons)
        covered: list[int] = []
        for entry, by_codes, coded_part, open_ in draft.found:
            known = by_codes, coded_part
            level, part = _by_strings(entry, row, strings, known) if open_ else known
            levels[entry.index], parts[entry.index] = level, part
            covered += entry.comparison.covers.get(level, ())
        for index in covered:
            levels[index], parts[index] = NULL, 0
        totals = [sum(parts)] * self._classes
        for comparison, level in zip(self.comparisons, levels, strict=True):
            if level != NULL:
                for place, value in enumerate(comparison.weights[level]):
                    totals[place] += value
        return RowScore(tuple(levels), tuple(parts), tuple(totals))


def _by_codes(entry: Prepared, row: Codes) -> tuple[int, int]:
    """The first level that equal codes reach, and its term-frequency part; the last level where none does."""
    for step in entry.steps:
        if step.every:
            if all(code in row[right] for right, code, _ in step.probes):
                return step.level, sum(part for _, _, part in step.probes)
        else:
            parts = [part for right, code, part in step.probes if code in row[right]]
            if parts:
                return step.level, max(parts)
    return len(entry.comparison.weights) - 1, 0


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
