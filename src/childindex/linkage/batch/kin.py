"""What kin among the records of the other file say of a pair: `kinship.explained` of the live scorer, for many pairs.

A record that resembles the brother of its partner may be an unknown brother, but the partner's own resemblance to that
brother says it as well: a child that moved with its family is still itself. Without this the kinship counts against
every pair of a record whose family is in the other file, and P is too modest there.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from childindex.linkage.batch.agreement import Agreement
from childindex.linkage.batch.pairs import Pairs
from childindex.linkage.batch.patterns import Floats
from childindex.linkage.batch.table import Ints
from childindex.linkage.batch.weighing import Totals
from childindex.linkage.compiled import MILLI
from childindex.linkage.model import Model
from childindex.linkage.prepared import SAME

_NEGLIGIBLE = 1e-6  # odds of a kinship that move no probability
_MOST = 300.0  # bits: no sum overflows
_AT_ONCE = 200_000  # two pairs of one record that are looked at together


@dataclass(frozen=True, slots=True)
class _Told:
    """What likely kin tell, by pair (`places`) and comparison: bits of their likeliest class, none where they disagree;
    their `prior` in bits, and the odds of any kinship."""

    places: Ints
    bits: np.ndarray
    prior: Floats
    whole: Floats


def with_kin(model: Model, pairs: Pairs, agreement: Agreement, totals: Totals) -> Totals:
    """The totals of pairs between two files, those of SAME raised by what kin explain for the pair (millibits)."""
    if not model.shape.kin or not len(pairs):
        return totals
    told = _told(model, pairs, agreement, totals)
    last = np.array([len(comparison.weights) - 1 for comparison in model.comparisons])
    agreed = (agreement.levels >= 0) & (agreement.levels != last)
    own = _bits(model, agreement, np.zeros(len(pairs), dtype=np.int64))
    shared = np.array([comparison.shape.shared_by_kin for comparison in model.comparisons])
    explained, most = np.zeros(len(pairs)), np.zeros(len(pairs))
    for pair, kin in _beside(pairs, np.flatnonzero(totals[:, SAME] > 0), told.places):
        theirs = told.bits[kin]
        together = told.prior[kin] + (theirs * agreed[pair]).sum(axis=1)
        more = (np.maximum(theirs - own[pair], 0.0) * (shared & (theirs != 0))).sum(axis=1)
        share = np.exp2(np.minimum(together, 0.0) + np.minimum(more, _MOST))
        explained += np.bincount(pair, weights=share, minlength=len(pairs))
        most += np.bincount(pair, weights=told.whole[kin], minlength=len(pairs))
    raised = totals.copy()
    raised[:, SAME] += np.rint(np.log2(1.0 + np.minimum(explained, most)) * MILLI).astype(np.int32)
    return raised


def _told(model: Model, pairs: Pairs, agreement: Agreement, totals: Totals) -> _Told:
    per_child = np.array([2.0**-60 if rival.where else max(rival.per_child, 2.0**-60) for rival in model.shape.rivals])
    priors = np.log2(per_child / max(pairs.right_count or 1, 1))
    odds = np.exp2(np.clip(totals[:, 1:] / MILLI + priors, -_MOST, _MOST))
    whole = odds.sum(axis=1)
    places = np.flatnonzero(whole > _NEGLIGIBLE)
    classes = odds[places].argmax(axis=1)
    some = agreement.take(places)
    last = np.array([len(comparison.weights) - 1 for comparison in model.comparisons])
    bits = np.where((some.levels >= 0) & (some.levels != last), _bits(model, some, classes + 1), 0.0)
    return _Told(places, bits, priors[classes], whole[places])


def _bits(model: Model, agreement: Agreement, classes: Ints) -> np.ndarray:
    """By pair and comparison the bits of a class of each pair (0 is SAME); 0 where nothing is said."""
    columns = []
    for index, comparison in enumerate(model.comparisons):
        levels = agreement.levels[:, index]
        weights = np.array([*comparison.weights, (0,) * len(comparison.weights[0])], dtype=np.float64)
        shares = np.append(comparison.kin_shares, 0.0)[levels]
        parts = agreement.parts[:, index] * np.where(classes == SAME, 1.0, shares)
        columns.append((weights[levels, classes] + np.rint(parts)) / MILLI)
    return np.stack(columns, axis=1)


def _beside(pairs: Pairs, wanted: Ints, likely: Ints) -> Iterator[tuple[Ints, Ints]]:
    """Every wanted pair with every other likely one of its left record: the pair, and the place in `likely`."""
    starts = np.searchsorted(pairs.left[likely], pairs.left[wanted], side="left")
    counts = np.searchsorted(pairs.left[likely], pairs.left[wanted], side="right") - starts
    cuts = np.searchsorted(np.cumsum(counts), np.arange(_AT_ONCE, counts.sum() + _AT_ONCE, _AT_ONCE)) + 1
    for some in np.split(np.arange(len(wanted)), cuts):
        here = np.repeat(some, counts[some])
        after = np.arange(len(here)) - np.repeat(np.cumsum(counts[some]) - counts[some], counts[some])
        pair, kin = wanted[here], starts[here] + after
        other = likely[kin] != pair
        yield pair[other], kin[other]
