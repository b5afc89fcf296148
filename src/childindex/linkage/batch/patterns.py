"""Patterns: pairs that agree alike are one, with their count. What training and priors look at.

Two pairs are alike when they reach the same levels and their term-frequency parts sum to the same eighth of a bit.
The order of patterns does not depend on the order of pairs, so no sum over them does.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from childindex.linkage.batch.agreement import Agreement, Levels, Parts
from childindex.linkage.batch.table import Ints
from childindex.linkage.batch.weighing import taken
from childindex.linkage.compiled import MILLI
from childindex.linkage.model import Model

_STEP = MILLI // 8

Floats = np.ndarray[tuple[int], np.dtype[np.float64]]


@dataclass(frozen=True, slots=True)
class Patterns:
    """Distinct patterns: levels by comparison, the sum of term-frequency bits, how many pairs; `of` is by pair.

    `kin` is the sum of the bits that count for rivals: what kin choose alike is no rarer for them.
    """

    levels: Levels
    bits: Floats
    kin: Floats
    counts: Floats
    of: Ints

    def __len__(self) -> int:
        return len(self.counts)


def patterns(model: Model, agreement: Agreement, comparisons: Sequence[int] | None = None) -> Patterns:
    """The patterns of all pairs, seen by all comparisons or by some of them only."""
    kept = list(range(len(model.comparisons)) if comparisons is None else comparisons)
    levels, parts = agreement.levels[:, kept], agreement.parts[:, kept]
    less = _taken(model, agreement, kept)
    bits, kin = _steps(parts.sum(axis=1) - less), _steps(_of_kin(model, kept, levels, parts).sum(axis=1) - less)
    ids = np.zeros(len(levels), dtype=np.int64)
    for column in (*levels.T, bits, kin):  # one number a pattern; renumbered before it could overflow
        least = int(column.min(initial=0))
        top = int(column.max(initial=0)) - least + 1
        if int(ids.max(initial=0)) > (1 << 62) // top:
            ids = np.unique(ids, return_inverse=True)[1]
        ids = ids * top + (column.astype(np.int64) - least)
    _, first, of, counts = np.unique(ids, return_index=True, return_inverse=True, return_counts=True)
    order = np.lexsort((*levels[first].T, kin[first], bits[first]))
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    first = first[order]
    return Patterns(levels[first], _bits(bits[first]), _bits(kin[first]), counts[order].astype(np.float64), place[of])


def _bits(steps: Ints) -> Floats:
    return np.asarray(steps * (_STEP / MILLI), dtype=np.float64)


def _steps(parts: np.ndarray) -> Ints:
    steps: Ints = np.rint(parts / _STEP).astype(np.int64)
    return steps


def _taken(model: Model, agreement: Agreement, kept: Sequence[int]) -> np.ndarray:
    """What two names say less for being borne together, where both are looked at."""
    together = model.together
    if together is None or not {together.first, together.second} <= set(kept):
        return np.zeros(len(agreement.levels), dtype=np.int32)
    return taken(model, agreement)


def _of_kin(model: Model, kept: Sequence[int], levels: Levels, parts: Parts) -> np.ndarray:
    """The parts that count for rivals."""
    if not model.shape.rivals:
        return parts
    shares = [np.append(model.comparisons[at].kin_shares, 0.0)[levels[:, place]] for place, at in enumerate(kept)]
    shared: np.ndarray = parts * np.stack(shares, axis=1)
    return shared
