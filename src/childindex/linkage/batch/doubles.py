"""Records of one file that may be one entity, where two files are linked: they share a partner, and do not compete.

A file that should hold nobody twice does so here and there. Looked at are records that are likely partners of one
record of the other file. What their own pair says, kin and strangers considered, are odds and no verdict: `components`
holds them against what the partners say.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from childindex.linkage.batch.agreement import Judge
from childindex.linkage.batch.pairs import Pairs
from childindex.linkage.batch.patterns import Floats
from childindex.linkage.batch.table import Ints, Table
from childindex.linkage.batch.weighing import Totals, totals
from childindex.linkage.compiled import MILLI
from childindex.linkage.model import Model
from childindex.linkage.prepared import SAME

LEAST = -7.0  # bits: odds below which two records are two; what partners say makes one entity of nobody
_MOST = 6  # likely partners of a record beyond which none is looked at: a value that fills the file, not doubles
_MOST_BITS = 300.0


@dataclass(frozen=True, slots=True)
class Ties:
    """Pairs of records of one file that may be one entity, and the odds that they are, in bits.

    Of records that hang together every pair is told, however small its odds.
    """

    one: Ints
    other: Ints
    bits: Floats

    def __len__(self) -> int:
        return len(self.one)


@dataclass(frozen=True, slots=True)
class Doubles:
    """The ties within the left file and within the right one."""

    left: Ties
    right: Ties

    def __len__(self) -> int:
        return len(self.left) + len(self.right)


def doubles(model: Model, judge: Judge, linked: tuple[Pairs, Totals], tables: tuple[Table, Table]) -> Doubles:
    """The possible doubles of both sides, from the candidate pairs between them and their weights."""
    pairs, weights = linked
    left, right = tables
    likely = np.flatnonzero(weights[:, SAME] / MILLI > np.log2(max(left.count, right.count, 2)))
    one, other = pairs.left[likely], pairs.right[likely]
    return Doubles(_ties(model, judge, (other, one), left), _ties(model, judge, (one, other), right))


def groups(pairs: Iterable[tuple[int, int]]) -> list[list[int]]:
    """The sets of numbers that pairs of them connect, each in order."""
    first: dict[int, int] = {}

    def root(number: int) -> int:
        while first.setdefault(number, number) != number:
            number = first[number]
        return number

    for one, other in pairs:
        low, high = sorted((root(one), root(other)))
        first[high] = low
    found: defaultdict[int, list[int]] = defaultdict(list)
    for number in sorted(first):
        found[root(number)].append(number)
    return list(found.values())


def _ties(model: Model, judge: Judge, partners: tuple[Ints, Ints], table: Table) -> Ties:
    """The ties of a table; `partners` are records of the other side, and theirs of this."""
    one, other = _together(*partners)
    likely = _bits(model, judge, (one, other), table) > LEAST
    hanging = groups(zip(one[likely].tolist(), other[likely].tolist(), strict=True))
    inside = [(a, b) for group in hanging for a in group for b in group if a < b]
    both = np.array(sorted(inside), dtype=np.int64).reshape(-1, 2)
    return Ties(both[:, 0], both[:, 1], _bits(model, judge, (both[:, 0], both[:, 1]), table))


def _together(shared: Ints, records: Ints) -> tuple[Ints, Ints]:
    """Every two records that have a partner in common, each pair once and in order."""
    order = np.lexsort((records, shared))
    shared, records = shared[order], records[order]
    found = []
    for step in range(1, _MOST):
        here = np.flatnonzero(shared[step:] == shared[:-step])
        found.append(np.stack([records[here], records[here + step]]))
    crowded = np.flatnonzero(shared[_MOST:] == shared[:-_MOST])
    barred = np.isin(records, records[np.isin(shared, shared[crowded])])
    both = np.unique(np.concatenate(found, axis=1), axis=1)
    kept = ~np.isin(both[0], records[barred])
    return both[0][kept], both[1][kept]


def _bits(model: Model, judge: Judge, records: tuple[Ints, Ints], table: Table) -> Floats:
    """The odds that two records of a file are one entity, against kin and strangers, under the model's priors: how many
    others of its entity a record has in a custodian's list, where the model says it, or in any file.
    """
    one, other = records
    pairs = Pairs(one, other, np.zeros(len(one), dtype=np.int64), (), table.count, None)
    weights = totals(model, judge.judge(pairs, table)) / MILLI
    shape = model.shape
    twice = shape.same_system.m if shape.same_system.m < 1.0 else shape.prior.duplicates
    priors = np.log2([twice, *shape.rates()])
    odds = np.minimum(weights + priors - np.log2(max(table.count - 1, 1)), _MOST_BITS)
    found: Floats = odds[:, SAME] - np.log2(1.0 + np.exp2(np.delete(odds, SAME, axis=1)).sum(axis=1))
    return found
