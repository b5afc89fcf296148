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
    """Level probabilities of the unrelated (`u`) and of each class, and what share of all pairs each class is.

    `same` is the place of the class "same", -1 where only rivals are told apart. Classes of `by_chance` share no value
    for a reason, so the frequency of one says nothing for them.
    """

    u: Levelled
    classes: tuple[Levelled, ...]
    shares: Floats
    same: int = 0
    by_chance: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Expected:
    """By pattern and class the chance of the class, and the log-likelihood (natural) against all being unrelated."""

    chances: Matrix
    log_likelihood: float


def expected(mixture: Mixture, patterns: Patterns, unseen: float = 0.0) -> Expected:
    """The E step; `unseen` pairs, that nobody proposed, are counted as unrelated."""
    unrelated = max(1.0 - float(mixture.shares.sum()), 1e-12)
    odds = np.empty((len(patterns), len(mixture.classes)))
    places, u = _places(patterns.levels, mixture.u), np.log2(np.maximum(np.concatenate(mixture.u), LEAST))
    for place, probabilities in enumerate(mixture.classes):
        own = patterns.bits if place == mixture.same else patterns.kin
        own = np.zeros(len(patterns)) if place in mixture.by_chance else own
        given = np.log2(np.maximum(np.concatenate(probabilities), LEAST))
        bits = own + np.append(given - u, 0.0)[places].sum(axis=1)
        bits += np.log2(max(float(mixture.shares[place]), 1e-300) / unrelated)
        odds[:, place] = np.exp2(np.clip(bits, -_MOST, _MOST))
    whole = 1.0 + odds.sum(axis=1)
    likelihood = patterns.counts @ np.log(whole) + (patterns.counts.sum() + unseen) * np.log(unrelated)
    return Expected(odds / whole[:, None], float(likelihood))


def maximised(levels: np.ndarray, weights: Floats, prior: Levelled, strength: float) -> Levelled:
    """The M step of one class: level probabilities by weighted counts, with `strength` pairs distributed as `prior`.

    So a level that is never seen keeps a share of what was believed before, and an empty class keeps all of it.
    """
    places = _places(levels, prior)
    each = np.repeat(weights, levels.shape[1])
    counts = np.bincount(places.ravel(), weights=each, minlength=sum(map(len, prior)) + 1)[:-1]
    parts = np.split(counts, np.cumsum([len(before) for before in prior])[:-1])
    return tuple(
        (part + strength * before) / (part.sum() + strength) for part, before in zip(parts, prior, strict=True)
    )


def _places(levels: np.ndarray, among: Levelled) -> np.ndarray:
    """Where each level stands when all levels of all comparisons stand one after another; null is the last place."""
    sizes = np.array([len(each) for each in among])
    found: np.ndarray = np.where(levels >= 0, levels + (np.cumsum(sizes) - sizes), sizes.sum())
    return found


def normal(probabilities: Sequence[float] | Floats) -> Floats:
    """Probabilities that sum to one, none below the least that a weight knows."""
    found = np.maximum(np.asarray(probabilities, dtype=np.float64), LEAST)
    whole: Floats = found / found.sum()
    return whole


def largest_change(before: Mixture, after: Mixture) -> float:
    """The largest change of any probability, or of any share relative to all of them."""
    pairs = [(before.u, after.u), *zip(before.classes, after.classes, strict=True)]
    levels = max(float(np.abs(np.concatenate(one) - np.concatenate(other)).max()) for one, other in pairs)
    shares = np.abs(before.shares - after.shares) / max(float(after.shares.sum()), 1e-12)
    return max(levels, float(shares.max(initial=0.0)))
