"""Unrelated pairs that agree all the same: neighbours share a place, namesakes the names of one origin.

There the comparisons of unrelated pairs are not independent, and a class that EM may move would learn them: in a list
of children more pairs share a postcode than have a mother in common, and who bears one rare name of a language bears
another of it more often than their frequencies say. So each kind is a class of its own beside those that are sought.
It agrees by chance, as the unrelated do, in all comparisons but its own, and is forgotten when EM has settled.
"""

from dataclasses import replace

import numpy as np

from childindex.linkage.batch.expectation import Plan
from childindex.linkage.batch.mixture import Levelled, Mixture, normal
from childindex.linkage.batch.trained import exact_u
from childindex.linkage.model import Model

_FIRST = 1e-3  # share of the pairs seen that a class is taken to be, to begin with


def beside(model: Model, mixture: Mixture, plan: Plan, about: tuple[Levelled, int]) -> tuple[Mixture, Plan]:
    """The mixture with its bystanders as its last classes, free in what is their own.

    `about`: the levels of "same", which the names of namesakes begin half-way to, and how many pairs share a key.
    """
    same, seen = about
    classes, held = list(mixture.classes), dict(plan.held)
    for own, levels in (*_neighbours(model, mixture.u), *_namesakes(model, mixture.u, same)):
        held[len(classes)] = frozenset(range(len(mixture.u))) - own
        classes.append(levels)
    new = range(len(mixture.classes), len(classes))
    first = _FIRST * seen / max(seen + plan.unseen, 1.0)
    shares = np.append(mixture.shares, [first] * len(new))
    started = replace(mixture, classes=tuple(classes), shares=shares, by_chance=frozenset(new))
    priors = (*plan.priors, *classes[len(mixture.classes) :])
    return started, replace(plan, free=(*plan.free, *new), priors=priors, held=held)


def without(mixture: Mixture) -> Mixture:
    """The mixture without its bystanders."""
    count = len(mixture.classes) - len(mixture.by_chance)
    return replace(mixture, classes=mixture.classes[:count], shares=mixture.shares[:count], by_chance=frozenset())


def places(model: Model) -> list[int]:
    """The comparisons of a small place, which neighbours share."""
    return [at for at, part in enumerate(model.comparisons) if any(level.local for level in part.shape.levels)]


def _neighbours(model: Model, u: Levelled) -> list[tuple[frozenset[int], Levelled]]:
    found = []
    for at in places(model):
        local = np.array([level.local for level in model.comparisons[at].shape.levels])
        one_place = normal(np.where(local, u[at], 0.0))
        found.append((frozenset({at}), tuple(one_place if place == at else each for place, each in enumerate(u))))
    return found


def _namesakes(model: Model, u: Levelled, same: Levelled) -> list[tuple[frozenset[int], Levelled]]:
    """Names are what term frequencies weigh, but for those that twins share: dates."""
    parts = model.comparisons
    names = frozenset(at for at in exact_u(model.shape) if not parts[at].shape.shared_by_twins)
    if len(names) < 2:
        return []
    alike = tuple(normal((each + same[at]) / 2) if at in names else each for at, each in enumerate(u))
    return [(names, alike)]
