"""Figures: how right a linkage is, where somebody knows the truth."""

from dataclasses import dataclass

import numpy as np

from childindex.linkage.batch.agreement import Bools
from childindex.linkage.batch.patterns import Floats


@dataclass(frozen=True, slots=True)
class Quality:
    """Precision and recall of a set of links, and their harmonic mean; 0 where there is nothing to divide by."""

    precision: float
    recall: float
    f1: float


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
