"""The mixture of classes that pairs come from, and one step of expectation and maximisation on it.

A pair is of class "same", of a rival class, or unrelated; within a class comparisons are independent (Fellegi and
Sunter 1969; EM: Dempster, Laird and Rubin 1977; Winkler 1988). Term frequencies enter as in scoring: the bits of a
pair's values count for every class against "unrelated".
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from childindex.linkage.batch.patterns import Floats, Patterns
from childindex.linkage.compiled import LEAST

Levelled = tuple[Floats, ...]  # by comparison: a probability for each level
Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]

_MOST = 900.0  # bits: no power of two overflows


@dataclass(frozen=True, slots=True)
class Mixture:
    """Level probabilities of the unrelated (`u`) and of each class, and what share of all pairs each class is."""

    u: Levelled
    classes: tuple[Levelled, ...]
    shares: Floats


@dataclass(frozen=True, slots=True)
class Expected:
    """By pattern and class the chance of the class, and the log-likelihood (natural) against all being unrelated."""

    chances: Matrix
    log_likelihood: float


def expected(mixture: Mixture, patterns: Patterns, unseen: float = 0.0) -> Expected:
    """The E step; `unseen` pairs, that nobody proposed, are counted as unrelated."""
    unrelated = max(1.0 - float(mixture.shares.sum()), 1e-12)
    odds = np.empty((len(patterns), len(mixture.classes)))
    for place, probabilities in enumerate(mixture.classes):
        bits = patterns.bits + np.log2(max(float(mixture.shares[place]), 1e-300) / unrelated)
        for column, (given, u) in zip(patterns.levels.T, zip(probabilities, mixture.u, strict=True), strict=True):
            bits = bits + np.append(np.log2(np.maximum(given, LEAST) / np.maximum(u, LEAST)), 0.0)[column]
        odds[:, place] = np.exp2(np.clip(bits, -_MOST, _MOST))
    whole = 1.0 + odds.sum(axis=1)
    likelihood = patterns.counts @ np.log(whole) + (patterns.counts.sum() + unseen) * np.log(unrelated)
    return Expected(odds / whole[:, None], float(likelihood))


def maximised(levels: np.ndarray, weights: Floats, prior: Levelled, strength: float) -> Levelled:
    """The M step of one class: level probabilities by weighted counts, with `strength` pairs distributed as `prior`.

    So a level that is never seen keeps a share of what was believed before, and an empty class keeps all of it.
    """
    result = []
    for column, before in zip(levels.T, prior, strict=True):
        seen = column >= 0
        counts = np.bincount(column[seen], weights=weights[seen], minlength=len(before))
        result.append((counts + strength * before) / (counts.sum() + strength))
    return tuple(result)


def normal(probabilities: Sequence[float] | Floats) -> Floats:
    """Probabilities that sum to one, none below the least that a weight knows."""
    found = np.maximum(np.asarray(probabilities, dtype=np.float64), LEAST)
    whole: Floats = found / found.sum()
    return whole


def largest_change(before: Mixture, after: Mixture) -> float:
    """The largest change of any probability or (relative to it) of any share."""
    pairs = [(before.u, after.u), *zip(before.classes, after.classes, strict=True)]
    levels = max(float(np.abs(a - b).max()) for one, other in pairs for a, b in zip(one, other, strict=True))
    shares = np.abs(before.shares - after.shares) / np.maximum(after.shares, 1e-12)
    return max(levels, float(shares.max(initial=0.0)))
