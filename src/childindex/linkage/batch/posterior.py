"""P of every candidate pair: from weights to probabilities, with what the file itself says of the priors.

Within one file each pair stands for itself: odds = share of matches / rest * 2^bits, rival classes beside it; the
shares of the classes are estimated by EM from the candidates, the level probabilities stay.

Between two files a record has one partner at the most, on either side (`one_to_one`), but for records that may be one
entity of their own file (`components`). The prior odds of a pair follow from the expected number of links M:
(M + 1) / ((n_left - M + 1) (n_right - M + 1)).
"""

from dataclasses import dataclass, field

import numpy as np

from childindex.linkage.batch.components import resolved
from childindex.linkage.batch.doubles import Doubles
from childindex.linkage.batch.one_to_one import Matching
from childindex.linkage.batch.pairs import Pairs
from childindex.linkage.batch.patterns import Floats
from childindex.linkage.batch.weighing import Totals
from childindex.linkage.compiled import MILLI
from childindex.linkage.model import Model
from childindex.linkage.prepared import SAME

_MOST = 300.0  # bits: no sum overflows
_STEP = MILLI // 8
_ROUNDS = 200  # of estimating shares
_REVISED = 40  # times that the number of links is estimated anew
_SETTLED = 1e-6
_LIKELY = 2.0**-15  # odds below which a pair takes nothing from any other


@dataclass(frozen=True, slots=True)
class Chances:
    """By pair the probability that both records are of one entity, and the number of such pairs expected in all.

    Between two files `left` and `right` tell the same of each tie within them.
    """

    chances: Floats
    expected: float
    left: Floats = field(default_factory=lambda: np.zeros(0))
    right: Floats = field(default_factory=lambda: np.zeros(0))


def chances(model: Model, pairs: Pairs, totals: Totals, doubles: Doubles | None = None) -> Chances:
    """P of every pair, within one file or between two, from its weights by class in millibits.

    Records that may be one entity of one of two files (`doubles`) share a partner as far as they are.
    """
    if not len(pairs):
        return Chances(np.zeros(0), 0.0)
    if pairs.right_count is None:
        return _within(model, pairs, totals)
    return _between(model, pairs, totals, doubles)


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


def _between(model: Model, pairs: Pairs, totals: Totals, doubles: Doubles | None) -> Chances:
    assert pairs.right_count is not None
    bits = totals / MILLI
    kin = _kin(model, pairs, bits)
    smaller = min(pairs.left_count, pairs.right_count)
    links = model.shape.prior.indexed * smaller
    ratios = np.exp2(np.minimum(bits[:, SAME], _MOST))
    active, matching, reached = np.zeros(0, dtype=np.int64), None, 0.0
    found, prior = np.zeros(len(pairs)), 0.0
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
    if not doubles:
        return Chances(found, links)
    told = resolved(pairs, ratios * prior, kin, doubles)
    return Chances(told.chances, float(told.chances.sum()), told.left, told.right)


def _kin(model: Model, pairs: Pairs, bits: np.ndarray) -> Floats:
    """By left record the odds that it is a stranger who is kin of some record on the right."""
    result = np.zeros(pairs.left_count)
    for place, rate in enumerate(model.shape.rates(), start=1):
        prior = rate / max(pairs.right_count or 1, 1)
        odds = np.exp2(np.clip(bits[:, place], -_MOST, _MOST)) * prior
        result += np.bincount(pairs.left, weights=odds, minlength=len(result))
    return result
