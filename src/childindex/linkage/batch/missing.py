"""What is missing speaks too: of who has no known birth date, every record lacks it.

A comparison of a missing value weighs nothing. Yet the records of one entity may lack the same values more often than
chance has it (nobody knows them), or less often (each source tells what others do not). By comparison, a pair lacks the
values in no record, in one, or in both; the weights of these three are estimated from the file itself, by expectation
and maximisation from what all other comparisons say. They are hints: none is beyond two bits.
"""

import numpy as np

from childindex.linkage.batch.expectation import STRENGTH
from childindex.linkage.batch.pairs import Pairs
from childindex.linkage.batch.patterns import Floats
from childindex.linkage.batch.table import Table
from childindex.linkage.batch.weighing import Totals
from childindex.linkage.compiled import MILLI
from childindex.linkage.model import Model
from childindex.linkage.prepared import SAME

_ROUNDS = 50
_SETTLED = 1e-3  # bits
_MOST = 2.0  # bits
_CERTAIN = 2.0**-50

Lacks = np.ndarray[tuple[int], np.dtype[np.int8]]  # of records 0 or 1, of pairs how many of both
Lacking = np.ndarray[tuple[int, int], np.dtype[np.int8]]  # the same by comparison


def with_missing(model: Model, pairs: Pairs, table: Table, given: tuple[Totals, Floats]) -> Totals:
    """The totals of pairs within one file, those of SAME with what is missing (millibits); `given` with P of them."""
    totals, chances = given
    if not len(pairs):
        return totals
    lacking = lacks(model, table)
    both = lacking[pairs.left] + lacking[pairs.right]
    hints = estimated(both, chances)
    told = totals.copy()
    for place, weights in enumerate(hints):
        told[:, SAME] += np.rint(weights * MILLI).astype(np.int32)[both[:, place]]
    return told


def lacks(model: Model, table: Table) -> Lacking:
    """By record and comparison, 1 where it has no value of any field that is compared."""
    columns = []
    for comparison in model.comparisons:
        fields = sorted({place for pair in comparison.compares for place in pair})
        columns.append(np.all([(table.columns[place] < 0).all(axis=1) for place in fields], axis=0))
    return np.stack(columns, axis=1).astype(np.int8)


def estimated(both: Lacking, chances: Floats) -> np.ndarray:
    """By comparison the bits of lacking it in no record of a pair, in one and in both; P without that is `chances`."""
    certain = np.clip(chances, _CERTAIN, 1.0 - _CERTAIN)
    odds = np.log2(certain / (1.0 - certain))
    weights = np.zeros((both.shape[1], 3))
    for _ in range(_ROUNDS):
        bits = odds + sum(each[both[:, place]] for place, each in enumerate(weights))
        same = 1.0 / (1.0 + np.exp2(-bits))
        after = np.stack([_weights(column, same) for column in both.T])
        moved = np.abs(after - weights).max()
        weights = after
        if moved <= _SETTLED:
            break
    return weights


def _weights(states: Lacks, same: Floats) -> Floats:
    """Bits of each state, 0 of one that no pair is in; both classes begin with a little of what all pairs are."""
    every = np.bincount(states, minlength=3)
    seen, belief = every > 0, STRENGTH * every / every.sum()
    matches = np.bincount(states, weights=same, minlength=3)
    m, u = matches + belief, every - matches + belief
    bits = np.log2(np.where(seen, m, 1.0) / m.sum()) - np.log2(np.where(seen, u, 1.0) / u.sum())
    found: Floats = np.where(seen, np.clip(bits, -_MOST, _MOST), 0.0)
    return found
