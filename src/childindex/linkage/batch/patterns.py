"""Patterns: pairs that agree alike are one, with their count. What training and priors look at.

Two pairs are alike when they reach the same levels and their term-frequency parts sum to the same eighth of a bit.
The order of patterns does not depend on the order of pairs, so no sum over them does.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from childindex.linkage.batch.agreement import Agreement, Levels
from childindex.linkage.batch.table import Ints
from childindex.linkage.compiled import MILLI

_STEP = MILLI // 8

Floats = np.ndarray[tuple[int], np.dtype[np.float64]]


@dataclass(frozen=True, slots=True)
class Patterns:
    """Distinct patterns: levels by comparison, the sum of term-frequency bits, how many pairs; `of` is by pair."""

    levels: Levels
    bits: Floats
    counts: Floats
    of: Ints

    def __len__(self) -> int:
        return len(self.counts)


def patterns(agreement: Agreement, comparisons: Sequence[int] | None = None) -> Patterns:
    """The patterns of all pairs, seen by all comparisons or by some of them only."""
    kept = slice(None) if comparisons is None else list(comparisons)
    levels, parts = agreement.levels[:, kept], agreement.parts[:, kept]
    bits = np.rint(parts.sum(axis=1) / _STEP).astype(np.int64)
    ids = bits - bits.min(initial=0)
    for column in levels.T:  # one number a pattern; renumbered before it could overflow
        top = int(column.max(initial=0)) + 2
        if int(ids.max(initial=0)) > (1 << 62) // top:
            ids = np.unique(ids, return_inverse=True)[1]
        ids = ids * top + (column.astype(np.int64) + 1)
    _, first, of, counts = np.unique(ids, return_index=True, return_inverse=True, return_counts=True)
    order = np.lexsort((*levels[first].T, bits[first]))
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    first = first[order]
    return Patterns(levels[first], bits[first] * _STEP / MILLI, counts[order].astype(np.float64), place[of])
