"""P of every candidate pair: from weights to probabilities, with what the file itself says of the priors.

Within one file each pair stands for itself: odds = share of matches / rest * 2^bits, rival classes beside it; the
shares of the classes are estimated by EM from the candidates, the level probabilities stay.

Between two files that hold nobody twice a record has one partner at the most, on either side. With odds w_ij of the
pair against two strangers, the probability of a set of links is the product of its odds over the sum of all such sets:
a monomer-dimer system. Its marginals come from belief propagation, exact where the candidates form no loops, convergent
always (Bayati, Gamarnik, Katz, Nair and Tetali 2007; Heilmann and Lieb 1972):

    x_i->j = 1 / (1 + K_i + sum over k other than j of w_ik x_k->i),    P_ij = w x_ij x_ji / (1 + w x_ij x_ji)

where K_i is the odds that i, unknown to the other file, is kin of somebody there. The prior odds of a pair follow from
the expected number of links M: (M + 1) / ((n_left - M + 1) (n_right - M + 1)).
"""

from dataclasses import dataclass

import numpy as np

from childindex.linkage.batch.doubles import Doubles
from childindex.linkage.batch.pairs import Pairs
from childindex.linkage.batch.patterns import Floats
from childindex.linkage.batch.table import Ints
from childindex.linkage.batch.weighing import Totals
from childindex.linkage.compiled import MILLI
from childindex.linkage.model import Model
from childindex.linkage.prepared import SAME

_MOST = 300.0  # bits: no sum overflows
_STEP = MILLI // 8
_ROUNDS = 200  # of messages, or of estimating shares
_REVISED = 40  # times that the number of links is estimated anew
_SETTLED = 1e-6
_LIKELY = 2.0**-15  # odds below which a pair takes nothing from any other


@dataclass(frozen=True, slots=True)
class Chances:
    """By pair the probability that both records are of one entity, and the number of such pairs expected in all."""

    chances: Floats
    expected: float


def chances(model: Model, pairs: Pairs, totals: Totals, doubles: Doubles | None = None) -> Chances:
    """P of every pair, within one file or between two, from its weights by class in millibits.

    Records of one entity in one of two files (`doubles`) are one partner: their pairs share one P.
    """
    if not len(pairs):
        return Chances(np.zeros(0), 0.0)
    if pairs.right_count is None:
        return _within(model, pairs, totals)
    if doubles is None:
        return _between(model, pairs, totals)
    merged, of = _merged(pairs, doubles)
    found = _between(model, merged, _mean(totals, of, len(merged)))
    return Chances(found.chances[of], found.expected)


def _within(model: Model, pairs: Pairs, totals: Totals) -> Chances:
    count, possible = pairs.left_count, max(pairs.possible, 1)
    priors = [model.shape.prior.duplicates, *model.shape.rates()]
    shares = np.minimum(np.array(priors) / max(count - 1, 1), 0.2)
    rounded, counts = np.unique(np.rint(totals / _STEP), axis=0, return_counts=True)
    bits = rounded * (_STEP / MILLI)
    for _ in range(_ROUNDS):
        after = np.maximum(counts @ _classes(bits, shares), 1e-3) / possible
        after *= min(1.0, 0.999 / after.sum())
        settled = np.abs(after - shares).max() <= _SETTLED * after.max()
        shares = after
        if settled:
            break
    found = _classes(totals / MILLI, shares)[:, SAME]
    return Chances(found, float(found.sum()))


def _classes(bits: np.ndarray, shares: Floats) -> np.ndarray:
    odds = np.exp2(np.clip(bits + np.log2(shares / (1.0 - shares.sum())), -_MOST, _MOST))
    given: np.ndarray = odds / (1.0 + odds.sum(axis=1, keepdims=True))
    return given


def _between(model: Model, pairs: Pairs, totals: Totals) -> Chances:
    assert pairs.right_count is not None
    bits = totals / MILLI
    kin = _kin(model, pairs, bits)
    smaller = min(pairs.left_count, pairs.right_count)
    links = model.shape.prior.indexed * smaller
    ratios = np.exp2(np.minimum(bits[:, SAME], _MOST))
    active, matching, reached = np.zeros(0, dtype=np.int64), None, 0.0
    found = np.zeros(len(pairs))
    for _ in range(_REVISED):
        prior = (links + 1.0) / ((pairs.left_count - links + 1.0) * (pairs.right_count - links + 1.0))
        if matching is None or prior > 4.0 * reached:  # so much likelier: pairs that took nothing may now
            active, reached = np.flatnonzero(ratios * prior > _LIKELY), prior
            matching = Matching(pairs.left[active], pairs.right[active], kin)
        odds = ratios * prior
        found = odds / (1.0 + kin[pairs.left] + odds)
        found[active] = matching.marginals(odds[active])
        after = min(float(found.sum()), float(smaller))
        settled = abs(after - links) <= 1e-4 * max(after, 1.0)
        links = after
        if settled:
            break
    return Chances(found, links)


def _merged(pairs: Pairs, doubles: Doubles) -> tuple[Pairs, Ints]:
    """The pairs of entities that pairs of records are, and by pair of records which."""
    width = max(pairs.right_count or 1, 1)
    ids, of = np.unique(doubles.left[pairs.left] * width + doubles.right[pairs.right], return_inverse=True)
    nobody = np.zeros(len(ids), dtype=np.int64)
    return Pairs(ids // width, ids % width, nobody, (), pairs.left_count, pairs.right_count), of


def _mean(totals: Totals, of: Ints, count: int) -> Totals:
    """Weights of entities: the mean of the likelihood ratios of their records' pairs, a likelihood ratio again."""
    if count == len(of):
        return totals
    result = np.empty((count, totals.shape[1]), dtype=np.int32)
    sizes = np.bincount(of, minlength=count)
    for place, column in enumerate(totals.T):
        most = np.full(count, np.iinfo(np.int32).min)
        np.maximum.at(most, of, column)
        share = np.bincount(of, weights=np.exp2((column - most[of]) / MILLI), minlength=count) / sizes
        result[:, place] = most + np.rint(np.log2(share) * MILLI).astype(np.int32)
    return result


def _kin(model: Model, pairs: Pairs, bits: np.ndarray) -> Floats:
    """By left record the odds that it is a stranger who is kin of some record on the right."""
    result = np.zeros(pairs.left_count)
    for place, rate in enumerate(model.shape.rates(), start=1):
        prior = rate / max(pairs.right_count or 1, 1)
        odds = np.exp2(np.clip(bits[:, place], -_MOST, _MOST)) * prior
        result += np.bincount(pairs.left, weights=odds, minlength=len(result))
    return result


class Matching:
    """Links between records with one partner at the most, by belief propagation; see the module.

    `left` is in order; `kin` are by left record the odds to be nobody's and yet kin of somebody. Messages are kept, so
    that slightly other odds settle in a few rounds.
    """

    def __init__(self, left: Ints, right: Ints, kin: Floats) -> None:
        self._by_left, self._by_right = _Groups(left), _Groups(right)
        self._alone = 1.0 + kin[left]
        self._forth = 1.0 / self._alone  # left to right
        self._back = np.ones(len(left))

    def marginals(self, odds: Floats) -> Floats:
        """By pair the probability of the link, from the odds of each pair against two strangers."""
        if not len(odds):
            return odds
        for _ in range(_ROUNDS):
            back = 1.0 / (1.0 + self._by_right.others(odds * self._forth))
            forth = 1.0 / (self._alone + self._by_left.others(odds * back))
            change = float(np.abs(np.log(forth / self._forth)).max())
            self._forth, self._back = forth, back
            if change <= _SETTLED:
                break
        whole = odds * self._forth * self._back
        marginal: Floats = whole / (1.0 + whole)
        return marginal


class _Groups:
    """Pairs by the record they have in common."""

    def __init__(self, records: Ints) -> None:
        self._order = np.argsort(records, kind="stable")
        ordered = records[self._order]
        self._starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
        self._sizes = np.diff(np.append(self._starts, len(ordered)))

    def others(self, values: Floats) -> Floats:
        """By pair: the sum of the values of the record's other pairs.

        The largest is left out of its record's sum before it is added, not taken away from it afterwards: beside one
        pair of 2^90 the others would drown.
        """
        ordered = values[self._order]
        largest = np.repeat(np.maximum.reduceat(ordered, self._starts), self._sizes)
        place = np.arange(len(ordered))
        first = np.minimum.reduceat(np.where(ordered == largest, place, len(ordered)), self._starts)
        rest = ordered.copy()
        rest[first] = 0.0
        sums = np.repeat(np.add.reduceat(rest, self._starts), self._sizes)
        without: Floats = np.maximum(sums - ordered, 0.0) + largest
        without[first] = sums[first]
        result = np.empty_like(without)
        result[self._order] = without
        return result
