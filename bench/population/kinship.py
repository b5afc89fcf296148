"""How children are related: the pairs that a linker is most likely to confuse."""

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from bench.population.naming import plain
from bench.population.truth import Kinship, Relationship, Truth


def relationships(truth: Truth) -> tuple[Relationship, ...]:
    """All pairs within families, then children of two families with one name in one postcode sector."""
    return (*_within_families(truth), *_neighbours(truth))


def _within_families(truth: Truth) -> Iterator[Relationship]:
    order = np.argsort(truth.family, kind="stable")
    starts = np.flatnonzero(np.diff(truth.family[order])) + 1
    father, twin = truth.father.tolist(), truth.twin.tolist()
    for children in np.split(order, starts):
        for one, other in combinations(sorted(children.tolist()), 2):
            full = Kinship.SIBLING if father[one] == father[other] else Kinship.HALF_SIBLING
            yield Relationship(Kinship.TWIN if twin[one] == other else full, one, other)


def _neighbours(truth: Truth) -> Iterator[Relationship]:
    namesakes: dict[tuple[str, str, str], list[int]] = {}
    places = truth.place[:, 0].tolist()
    for child, (given, name, place) in enumerate(zip(truth.given, truth.name, places, strict=True)):
        namesakes.setdefault((plain(given), plain(name), truth.codes[place][:-2]), []).append(child)
    for children in namesakes.values():
        for one, other in combinations(children, 2):
            if truth.family[one] != truth.family[other]:
                yield Relationship(Kinship.SAME_NAME_NEIGHBOUR, one, other)
