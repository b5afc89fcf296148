"""Candidate pairs of one file or of two: whoever shares a blocking key that is not too common.

A hash join a rule, then the union of all rules, each pair once with the rules that proposed it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from childindex.linkage.batch.keys import KeyRule, Postings, key_rules, postings
from childindex.linkage.batch.table import Ints, Table, Vocabulary
from childindex.linkage.model import Model

WHOLE = "all_pairs"
_MOST_RULES = 61  # bits of a mask


@dataclass(frozen=True, slots=True)
class RuleCount:
    """What a blocking rule did: its keys held by two records or more, pairs proposed and those that no other rule did.

    `capped` keys had more postings than the cap and proposed nobody; `lost` are the pairs that they would have been.
    """

    name: str
    keys: int
    pairs: int
    alone: int
    capped: int
    lost: int


@dataclass(frozen=True, slots=True)
class Pairs:
    """Distinct pairs in order of (left, right); bit r of `rules` says that rule r of `counts` proposed it.

    Within one file left < right, and `right_count` is None.
    """

    left: Ints
    right: Ints
    rules: Ints
    counts: tuple[RuleCount, ...]
    left_count: int
    right_count: int | None

    def __len__(self) -> int:
        return len(self.left)

    def __repr__(self) -> str:
        return f"Pairs({len(self.left)})"

    @property
    def possible(self) -> int:
        """All pairs there are, proposed or not."""
        return possible(self.left_count, self.right_count)

    def take(self, kept: np.ndarray) -> "Pairs":
        """Some of the pairs; the counts of the rules stay those of all."""
        return Pairs(
            self.left[kept], self.right[kept], self.rules[kept], self.counts, self.left_count, self.right_count
        )


def possible(left: int, right: int | None) -> int:
    """How many pairs there are within a file of `left` records, or between it and one of `right`."""
    return left * (left - 1) // 2 if right is None else left * right


def every_pair(left: int, right: int | None) -> Pairs:
    """All pairs there are, proposed by nobody."""
    ids, width = _whole(left, right), max(1, left if right is None else right)
    return Pairs(ids // width, ids % width, np.zeros(len(ids), dtype=np.int64), (), left, right)


def candidate_pairs(model: Model, vocabulary: Vocabulary, left: Table, right: Table | None = None) -> Pairs:
    """The pairs that the model's rules propose within one table or between two.

    A key is capped by its postings in the table searched: the right one, or the only one.
    Small files (`whole` of the model) are compared without blocking, as one more rule.
    Raises `ValueError` when the model has more rules than a mask holds.
    """
    rules = key_rules(model)
    names = [name for name, _ in rules]
    if len(rules) > _MOST_RULES:
        raise ValueError(f"a model for whole files may have {_MOST_RULES} blocking rules, not {len(rules)}")
    width = (right or left).count
    found: list[Ints] = []
    tallies: list[tuple[int, int, int]] = []
    for number, (_, parts) in enumerate(rules):
        pairs, tally = _of_rule(vocabulary, (left, right), (parts, number), model.cap)
        found.append(pairs)
        tallies.append(tally)
    size = left.count, None if right is None else right.count
    if possible(*size) <= model.shape.whole:
        names.append(WHOLE)
        found.append(_whole(*size))
        tallies.append((0, 0, 0))
    pairs, masks = _united(found)
    counts = tuple(
        RuleCount(name, tally[0], len(own), int((masks == 1 << number).sum()), tally[1], tally[2])
        for number, (name, own, tally) in enumerate(zip(names, found, tallies, strict=True))
    )
    return Pairs(
        pairs // max(width, 1), pairs % max(width, 1), masks, counts, left.count, None if right is None else right.count
    )


def _whole(left: int, right: int | None) -> Ints:
    """All pairs as left * width + right, in order."""
    if right is not None:
        return np.arange(left * right, dtype=np.int64)
    one, other = np.triu_indices(left, 1)
    return one.astype(np.int64) * left + other


def _of_rule(
    vocabulary: Vocabulary, tables: tuple[Table, Table | None], rule: tuple[Sequence[KeyRule], int], cap: int
) -> tuple[Ints, tuple[int, int, int]]:
    """Pairs (left * width + right) of one rule, in order; keys, capped keys and pairs lost."""
    left, right = tables
    parts, number = rule
    found, keys, capped, lost = [], 0, 0, 0
    for step, part in enumerate(parts):
        mine = postings(vocabulary, left, part, number * 64 + step, asked=True)
        most = cap if part.capped else np.iinfo(np.int64).max
        if right is None and not part.asked:
            pairs, tally = _within(mine, most, left.count)
        else:
            searched = right or left
            pairs, tally = _between(
                mine, postings(vocabulary, searched, part, number * 64 + step), most, searched.count
            )
            pairs = pairs if right is not None else _ordered(pairs, left.count)
        found.append(pairs)
        keys, capped, lost = keys + tally[0], capped + tally[1], lost + tally[2]
    return np.unique(np.concatenate(found)), (keys, capped, lost)


def _within(mine: Postings, cap: int, width: int) -> tuple[Ints, tuple[int, int, int]]:
    """Every two records that share a key."""
    bounds = np.flatnonzero(np.concatenate([[True], mine.hashes[1:] != mine.hashes[:-1], [True]]))
    sizes = np.diff(bounds) if len(mine.hashes) else np.zeros(0, dtype=np.int64)
    starts = bounds[:-1] if len(mine.hashes) else np.zeros(0, dtype=np.int64)
    shared, over = sizes > 1, sizes > cap
    ends = np.repeat((starts + sizes)[shared & ~over], sizes[shared & ~over])
    first = _ranges(starts[shared & ~over], sizes[shared & ~over])
    one, other = _expanded(first, first + 1, ends)
    pairs = mine.records[one] * width + mine.records[other]  # records of a key are in order
    lost = int((sizes[over] * (sizes[over] - 1) // 2).sum())
    return pairs, (int(shared.sum()), int(over.sum()), lost)


def _between(mine: Postings, theirs: Postings, cap: int, width: int) -> tuple[Ints, tuple[int, int, int]]:
    """Every record of the one with every record of the other that shares a key."""
    low = np.searchsorted(theirs.hashes, mine.hashes, side="left")
    high = np.searchsorted(theirs.hashes, mine.hashes, side="right")
    size = high - low
    over = size > cap
    keys = len(np.unique(mine.hashes[size > 0]))
    capped, lost = len(np.unique(mine.hashes[over])), int(size[over].sum())
    one, other = _expanded(np.flatnonzero(~over), low[~over], high[~over])
    return mine.records[one] * width + theirs.records[other], (keys, capped, lost)


def _ordered(pairs: Ints, width: int) -> Ints:
    """Pairs of one file, asked either way, with the smaller record first; nobody is its own pair."""
    one, other = pairs // width, pairs % width
    ordered: Ints = (np.minimum(one, other) * width + np.maximum(one, other))[one != other]
    return ordered


def _ranges(starts: Ints, sizes: Ints) -> Ints:
    """The numbers from each start on, as many as its size."""
    numbers: Ints = np.arange(int(sizes.sum())) + np.repeat(starts - (np.cumsum(sizes) - sizes), sizes)
    return numbers


def _expanded(items: Ints, low: Ints, high: Ints) -> tuple[Ints, Ints]:
    """Each item once for each number from its low to below its high, and those numbers."""
    sizes = high - low
    return np.repeat(items, sizes), _ranges(low, sizes)


def _united(found: Sequence[Ints]) -> tuple[Ints, Ints]:
    """All pairs once, in order, with the mask of the rules that hold them."""
    pairs = np.concatenate([np.zeros(0, dtype=np.int64), *found])
    bits = np.repeat(np.int64(1) << np.arange(len(found), dtype=np.int64), [len(each) for each in found])
    order = np.argsort(pairs, kind="stable")
    pairs, bits = pairs[order], bits[order]
    first = np.flatnonzero(np.concatenate([[True], pairs[1:] != pairs[:-1]])) if len(pairs) else order
    return pairs[first], np.bitwise_or.reduceat(bits, first) if len(first) else bits
