"""Expectation and maximisation to the end: rounds conditioned on a blocking rule, and all pairs together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from childindex.linkage.batch.mixture import Levelled, Mixture, expected, largest_change, maximised
from childindex.linkage.batch.patterns import Patterns

STRENGTH = 2.0  # pairs that the model's own figures count as, in every class
_MOST = 300  # iterations
_SETTLED = 1e-5


@dataclass(frozen=True, slots=True)
class Convergence:
    """How one run of EM went: pairs looked at, iterations, log-likelihood, expected share of pairs of the first class,
    and the largest change of the last iteration."""

    name: str
    pairs: int
    iterations: int
    log_likelihood: float
    share: float
    largest_change: float
    estimated: tuple[str, ...] = ()

    @property
    def settled(self) -> bool:
        """Whether it ended because nothing moved any more."""
        return self.largest_change <= _SETTLED


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run may move: `free` classes by place, and `u` from random pairs (`sample`) where given; of a free class
    the comparisons `held` stay.

    `priors` are the beliefs that smooth each class, `u_prior` those of the unrelated; `unseen` pairs nobody proposed;
    `exact` is u of the first level of the comparisons (by place) whose term frequencies replace it.
    """

    free: tuple[int, ...]
    priors: tuple[Levelled, ...]
    u_prior: Levelled
    sample: Patterns | None = None
    unseen: float = 0.0
    exact: Mapping[int, float] = field(default_factory=dict)
    most: int = _MOST
    held: Mapping[int, frozenset[int]] = field(default_factory=dict)


def settle(name: str, mixture: Mixture, patterns: Patterns, plan: Plan) -> tuple[Mixture, Convergence]:
    """EM from `mixture` on until no probability moves, or for the most iterations a plan allows."""
    change, likelihood, count = np.inf, -np.inf, 0
    while count < plan.most and change > _SETTLED:
        count += 1
        after, likelihood = _step(mixture, patterns, plan)
        change = largest_change(mixture, after)
        mixture = after
    share = float(mixture.shares[0]) if len(mixture.shares) else 0.0
    return mixture, Convergence(name, int(patterns.counts.sum()), count, likelihood, share, float(change))


def _step(mixture: Mixture, patterns: Patterns, plan: Plan) -> tuple[Mixture, float]:
    found = expected(mixture, patterns, plan.unseen)
    weights = found.chances * patterns.counts[:, None]
    classes = list(mixture.classes)
    for place in plan.free:
        after = maximised(patterns.levels, weights[:, place], plan.priors[place], STRENGTH)
        held = plan.held.get(place, frozenset())
        classes[place] = tuple(classes[place][at] if at in held else each for at, each in enumerate(after))
    whole = patterns.counts.sum() + plan.unseen
    shares = np.maximum(weights.sum(axis=0), 1e-6) / max(whole, 1.0)
    u = mixture.u if plan.sample is None else unrelated(mixture, plan.sample, plan.u_prior, plan.exact)
    shares *= min(1.0, 0.999 / max(float(shares.sum()), 1e-12))
    return replace(mixture, u=u, classes=tuple(classes), shares=shares), found.log_likelihood


def unrelated(mixture: Mixture, sample: Patterns, prior: Levelled, exact: Mapping[int, float]) -> Levelled:
    """u from random pairs, each counted by its chance of being unrelated: in a small file some are not.

    Where a term frequency stands for u, u is the mean of the frequencies, counted in all records.
    """
    related = [place for place in range(len(mixture.classes)) if place not in mixture.by_chance]
    chances = expected(mixture, sample).chances[:, related].sum(axis=1)
    found = list(maximised(sample.levels, (1.0 - chances) * sample.counts, prior, STRENGTH))
    for place, u in exact.items():
        rest = found[place][1:]
        found[place] = np.append(u, rest * (1.0 - u) / rest.sum())
    return tuple(found)


def combined(prior: Levelled, rounds: Sequence[tuple[float, dict[int, np.ndarray]]]) -> Levelled:
    """m of several rounds (expected matches, m by comparison estimated), each weighed by its matches.

    A comparison that no round could estimate keeps its prior.
    """
    result = []
    for place, before in enumerate(prior):
        found = [(weight, m[place]) for weight, m in rounds if place in m]
        whole = sum(weight for weight, _ in found) + STRENGTH
        result.append((sum((weight * m for weight, m in found), STRENGTH * before)) / whole)
    return tuple(result)


def of_comparisons(mixture: Mixture, kept: Sequence[int]) -> Mixture:
    """The mixture as some comparisons see it."""
    return replace(
        mixture,
        u=tuple(mixture.u[at] for at in kept),
        classes=tuple(tuple(each[at] for at in kept) for each in mixture.classes),
    )
