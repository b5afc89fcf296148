"""Figures: how right a linkage is, where somebody knows the truth."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from childindex.linkage.batch.agreement import Bools
from childindex.linkage.batch.patterns import Floats

BANDS = (0.0, 0.01, 0.05, 0.2, 0.4, 0.6, 0.8, 0.95, 0.99, 0.999, 1.0)
_Z = 1.959963984540054  # of a 95 % interval


@dataclass(frozen=True, slots=True)
class Quality:
    """Precision and recall of a set of links, and their harmonic mean; 0 where there is nothing to divide by."""

    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class Band:
    """Pairs whose P is from `low` up to `high`: how many, their mean P, the share that is true, its 95 % interval."""

    low: float
    high: float
    count: int
    predicted: float
    true: float
    least: float
    most: float


def quality(found: float, right: float, true: float) -> Quality:
    """Of `found` links, `right` ones and the `true` ones there are."""
    precision, recall = right / found if found else 0.0, right / true if true else 0.0
    return Quality(precision, recall, 2 * right / (found + true) if found + true else 0.0)


def at_threshold(chances: Floats, true: Bools, true_pairs: int, least: float) -> Quality:
    """Of the pairs with P of at least `least`."""
    linked = chances >= least
    return quality(int(linked.sum()), int((linked & true).sum()), true_pairs)


def expected(chances: Floats, least: float) -> Quality:
    """What the posterior itself expects of the pairs with P of at least `least`, without any truth: of the links their
    mean P is right, and of all the true ones that P expects among the pairs compared they are so many."""
    linked = chances >= least
    return quality(int(linked.sum()), float(chances[linked].sum()), float(chances.sum()))


def best_threshold(chances: Floats, true: Bools, true_pairs: int) -> tuple[float, Quality]:
    """The P from which on linking gives the best F1; 1 where there are no pairs."""
    order = np.argsort(-chances, kind="stable")
    ranked = chances[order]
    ends = np.flatnonzero(np.append(ranked[1:] != ranked[:-1], len(ranked) > 0))  # equal P, one decision
    if not len(ends):
        return 1.0, quality(0, 0, true_pairs)
    right = np.cumsum(true[order])[ends]
    best = int(np.argmax(2.0 * right / (ends + 1 + true_pairs)))
    return float(ranked[ends[best]]), quality(int(ends[best]) + 1, int(right[best]), true_pairs)


def calibration(chances: Floats, true: Bools, bands: Sequence[float] = BANDS) -> tuple[Band, ...]:
    """By band of P, what was said and what is true; bands without pairs are left out."""
    places = np.clip(np.searchsorted(bands, chances, side="right") - 1, 0, len(bands) - 2)
    result = []
    for place in range(len(bands) - 1):
        here = places == place
        count = int(here.sum())
        if count:
            right = int(true[here].sum())
            low, high = wilson(right, count)
            said = float(chances[here].mean())
            result.append(Band(bands[place], bands[place + 1], count, said, right / count, low, high))
    return tuple(result)


def wilson(right: int, count: int) -> tuple[float, float]:
    """The 95 % score interval of a share (Wilson 1927)."""
    share, spread = right / count, _Z * _Z / count
    middle = (share + spread / 2) / (1 + spread)
    half = _Z * sqrt(share * (1 - share) / count + spread / count / 4) / (1 + spread)
    # exactly 0 and 1 where they are: a P of 1 is not outside by the dust of adding
    return max(0.0, middle - half) if right else 0.0, min(1.0, middle + half) if right < count else 1.0
