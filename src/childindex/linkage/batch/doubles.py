"""Records of one file that are one entity, where two files are linked: they share a partner and do not compete for it.

Only records that are likely partners of one record of the other file are looked at. They are one where their own pair
says so with near certainty, kin and strangers considered.
"""

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

_CERTAIN = 0.99
_MOST = 6  # likely partners of a record beyond which none is looked at: a value that fills the file, not doubles


@dataclass(frozen=True, slots=True)
class Doubles:
    """By record the first record of its entity in its own file, for either side."""

    left: Ints
    right: Ints


def doubles(model: Model, judge: Judge, linked: tuple[Pairs, Totals], tables: tuple[Table, Table]) -> Doubles:
    """The doubles of both sides, from the candidate pairs between them and their weights."""
    pairs, weights = linked
    left, right = tables
    likely = np.flatnonzero(weights[:, SAME] / MILLI > np.log2(max(left.count, right.count, 2)))
    one, other = pairs.left[likely], pairs.right[likely]
    return Doubles(_first(model, judge, (other, one), left), _first(model, judge, (one, other), right))


def _first(model: Model, judge: Judge, partners: tuple[Ints, Ints], table: Table) -> Ints:
    """By record of a table the first of its entity; `partners` are records of the other side, and theirs of this."""
    one, other = _together(*partners)
    first = np.arange(table.count)
    if not len(one):
        return first
    pairs = Pairs(one, other, np.zeros(len(one), dtype=np.int64), (), table.count, None)
    same = _same(model, totals(model, judge.judge(pairs, table)), table.count) >= _CERTAIN
    for early, late in zip(one[same].tolist(), other[same].tolist(), strict=True):  # in order: chains end at the first
        first[late] = min(first[late], first[early])
    return first


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


def _same(model: Model, weights: Totals, count: int) -> Floats:
    """P that two records of a file are one entity, against kin and strangers, under the model's priors."""
    priors = [model.shape.prior.duplicates, *model.shape.rates()]
    odds = np.exp2(np.minimum(weights / MILLI, 300.0)) * np.array(priors) / max(count - 1, 1)
    chances: Floats = odds[:, SAME] / (1.0 + odds.sum(axis=1))
    return chances
