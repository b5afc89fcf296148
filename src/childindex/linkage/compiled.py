"""Comparisons made ready once per model: weights in whole thousandths of a bit, and the levels that pairs reach.

Sums of whole numbers are exact, and no order of adding matters.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import log2

from childindex.linkage.comparison import Tables, reached
from childindex.linkage.comparison_shapes import VARIANT_TESTS, ComparisonShape, LevelShape
from childindex.linkage.frequencies import MOST_OF_VARIANT, Frequencies, Variants
from childindex.linkage.given_names import NONE_SHARED, SharedForenames
from childindex.linkage.record_shapes import GIVEN_KINDS
from childindex.linkage.specification import ModelShape, RivalShape
from childindex.linkage.unlike import unlike

MILLI = 1000
NEVER = -300 * MILLI  # the weight of a class that a pair cannot be of

LEAST = 2.0**-24  # a probability of 0 or 1 in a model is an opinion, not a certainty
_CACHE = 1 << 16  # pairs of codes a comparison remembers before it starts afresh
_QUERY = 1 << 13  # more than any one query adds


def millibits(bits: float) -> int:
    """Bits as whole thousandths."""
    return round(bits * MILLI)


def weight(given_class: float, given_unrelated: float) -> int:
    """log2 of the ratio of two probabilities, in thousandths of a bit; finite at the ends of the scale."""
    return millibits(log2(max(given_class, LEAST) / max(given_unrelated, LEAST)))


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
    `covers` the comparisons (by index) that a level already counts; `of_words`: equal values are judged by strings too;
    `kin_shares` the share of the term frequency, by level, that counts for rivals; `unlike` tells texts apart that
    reach no level; `last` is the last level, `of_kin` whether kin share the value.
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
    kin_shares: tuple[float, ...]
    unlike: Callable[[str, str], bool]
    of_words: bool = False
    seen: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict, repr=False)
    last: int = field(init=False)
    of_kin: bool = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "last", len(self.weights) - 1)
        object.__setattr__(self, "of_kin", self.shape.shared_by_kin)

    def kin_part(self, level: int, part: int) -> int:
        """What of a level's term-frequency part counts for rivals."""
        share = self.kin_shares[level]
        return part if share == 1.0 else round(part * share)

    def level(self, mine: tuple[int, str], theirs: tuple[int, str]) -> tuple[int, int]:
        """Level and term-frequency part of two unequal values (code, string), remembered by their codes."""
        result = self.judge(mine[1], theirs[1])
        if len(self.seen) >= _CACHE:
            self.seen.clear()
        self.seen[mine[0], theirs[0]] = result
        return result

    def lasting(self) -> Mapping[tuple[int, int], tuple[int, int]]:
        """What is remembered, and still will be when a query is finished: nothing, shortly before all is forgotten."""
        return self.seen if len(self.seen) < _CACHE - _QUERY else {}

    def judge(self, mine: str, theirs: str) -> tuple[int, int]:
        """Level and term-frequency part of two unequal strings; the last level where no test holds."""
        if self.unlike(mine, theirs):
            return self.last, 0
        position = reached(mine, theirs, [level for _, level in self.fuzzy], self.tables)
        if position < 0:
            return self.last, 0
        index, level = self.fuzzy[position]
        return index, self.frequency_part(level, mine, theirs)

    def frequency_part(self, level: LevelShape, mine: str, theirs: str) -> int:
        """The term-frequency part of two unequal strings that reach a level: that of their most frequent word.

        Where the level is that of known variants, the probability of this variant counts too.
        """
        frequencies = self.tables.frequencies
        bits = 0.0
        if frequencies is not None and level.frequency:
            bits = level.frequency * min(frequencies.bits(v) for text in (mine, theirs) for v in (text, *text.split()))
        if level.test in VARIANT_TESTS:
            bits += self.tables.variants.bits(mine, theirs)
        return millibits(bits)


def _weights(part: ComparisonShape, rivals: Sequence[RivalShape]) -> tuple[tuple[int, ...], ...]:
    """By level the weight of "same" and of each rival class. No level is surer against a rival than the first one: a
    value that agrees less tells a child from its kin at the most as one that agrees in full, whatever was counted."""
    levels = [(weight(lv.m, lv.u), [weight(rival.given(part, lv), lv.u) for rival in rivals]) for lv in part.levels]
    first, against = levels[0]
    return tuple(
        (same, *(max(rival, same - first + nearest) for rival, nearest in zip(kin, against, strict=True)))
        for same, kin in levels
    )


def compiled(
    part: ComparisonShape,
    shape: ModelShape,
    by_field: Mapping[str, Frequencies],
    variants: Mapping[str, Variants],
    shared: SharedForenames = NONE_SHARED,
) -> Comparison:
    """A model's comparison made ready; `by_field` are the frequencies of fields, `variants` those of tables, `shared`
    the forenames that siblings share."""
    place = {name: index for index, name in enumerate(shape.fields)}
    order = {comparison.name: index for index, comparison in enumerate(shape.comparisons)}
    fuzzy = tuple((i, lv) for i, lv in enumerate(part.levels) if not lv.whole and lv.test != "else")
    given = shape.fields[part.compares[0][0]].kind in GIVEN_KINDS
    tables = Tables(
        variants.get(part.table, Variants({})),
        by_field.get(part.compares[0][0]),
        shared if given else NONE_SHARED,
    )
    return Comparison(
        part,
        _weights(part, shape.rivals),
        tuple((place[left], place[right]) for left, right in part.compares),
        tuple(
            Whole(
                i,
                lv.test == "all_equal",
                lv.frequency,
                tuple((place[a], place[b], by_field.get(a) if lv.frequency else None) for a, b in lv.pairs),
            )
            for i, lv in enumerate(part.levels)
            if lv.whole
        ),
        fuzzy,
        tuple(dict.fromkeys((place[left], place[right]) for _, lv in fuzzy for left, right in lv.gate)),
        {i: tuple(order[name] for name in lv.covers) for i, lv in enumerate(part.levels) if lv.covers},
        tables,
        tuple(
            (weight(lv.m, lv.u) + (millibits(MOST_OF_VARIANT) if lv.test in VARIANT_TESTS else 0), lv.frequency)
            for _, lv in fuzzy
        ),
        tuple(lv.kin_frequency for lv in part.levels),
        unlike([level for _, level in fuzzy], tables.variants),
        part.of_words,
    )
