"""Clusters of records by average linkage on log-odds: the two clusters that belong together most are joined first.

Two clusters belong together as much as the mean of the log-odds of all pairs between them (unweighted average linkage,
Sokal and Michener 1958), so one doubtful pair neither holds two clusters together that all others say are apart, as it
would in connected components, nor keeps apart what all others join. Joining ends when no mean is above zero: then, to
the greedy eye, no join makes the disagreement with the pairs less (correlation clustering, Bansal, Blum and Chawla
2004). Whole millibits, so no order of adding matters; ties fall to the clusters whose first records come first.
"""

from dataclasses import dataclass
from heapq import heapify, heappop, heappush

import numpy as np

from childindex.linkage.batch.table import Ints

UNSEEN = -1000  # millibits of a pair that nobody proposed: a little against, or long chains of doubtful pairs join
LEAST = -8000  # a pair that says more against than this is as good as unseen: it could only hold apart
_MOST = 40_000  # no pair speaks for so many others that it decides alone

_Links = list[dict[int, tuple[int, int]]]  # by cluster: neighbour -> (sum of millibits, pairs)
_Join = tuple[float, int, int, int, int]  # minus the mean, the two clusters, their sizes when it was weighed


@dataclass(frozen=True, slots=True)
class Groups:
    """`first` is by record the first record of its cluster. `left` and `right` are every two records of one cluster, in
    order, and `means` the mean log-odds, in millibits, at which the groups that held them were joined."""

    first: Ints
    left: Ints
    right: Ints
    means: Ints


def grouped(left: Ints, right: Ints, odds: Ints, count: int) -> Groups:
    """The clusters of `count` records.

    `odds` are the log-odds of the pairs (`left`, `right`), each pair once, in millibits; records no pair names stay
    alone.
    """
    links = _links(left, right, odds, count)
    sizes = [1] * count
    joins = [
        (-mean, one, other, 1, 1)
        for one in range(count)
        for other in links[one]
        if one < other and (mean := _mean(links, sizes, one, other)) > 0
    ]
    heapify(joins)
    members = [[record] for record in range(count)]
    within: list[tuple[int, int, int]] = []
    while joins:
        mean, one, other, *then = heappop(joins)
        if [sizes[one], sizes[other]] == then:  # else one of them has been joined since, and they were weighed again
            within += [(min(a, b), max(a, b), round(-mean)) for a in members[one] for b in members[other]]
            members[one] += members[other]
            members[other] = []
            _join(links, sizes, one, other)
            _weigh(links, sizes, one, joins)
    pairs = np.array(sorted(within), dtype=np.int64).reshape(-1, 3)
    return Groups(_labels(members), pairs[:, 0], pairs[:, 1], pairs[:, 2])


def counted(odds: Ints) -> Ints:
    """Log-odds as they count in a mean: no pair decides alone, and one far below is as good as unseen."""
    found: Ints = np.where(odds > LEAST, np.minimum(odds, _MOST), UNSEEN)
    return found


def _links(left: Ints, right: Ints, odds: Ints, count: int) -> _Links:
    links: _Links = [{} for _ in range(count)]
    kept = odds > LEAST
    for one, other, value in zip(left[kept].tolist(), right[kept].tolist(), counted(odds[kept]).tolist(), strict=True):
        links[one][other] = links[other][one] = (value, 1)
    return links


def _mean(links: _Links, sizes: list[int], one: int, other: int) -> float:
    total, seen = links[one][other]
    every = sizes[one] * sizes[other]
    return (total + UNSEEN * (every - seen)) / every


def _join(links: _Links, sizes: list[int], one: int, other: int) -> None:
    """Give all that `other` has to `one`; what has no size any more is no cluster."""
    del links[one][other]
    for third, (total, seen) in links[other].items():
        if third == one:
            continue
        del links[third][other]
        before = links[one].get(third, (0, 0))
        links[one][third] = links[third][one] = (before[0] + total, before[1] + seen)
    links[other] = {}
    sizes[one] += sizes[other]
    sizes[other] = 0


def _weigh(links: _Links, sizes: list[int], one: int, joins: list[_Join]) -> None:
    """Put the joins that the grown cluster may make on the heap."""
    for other in links[one]:
        mean = _mean(links, sizes, one, other)
        if mean > 0:
            low, high = min(one, other), max(one, other)
            heappush(joins, (-mean, low, high, sizes[low], sizes[high]))


def _labels(members: list[list[int]]) -> Ints:
    """By record the first of its cluster: the group of later records was always joined to that of the first."""
    first = np.zeros(len(members), dtype=np.int64)
    for record, group in enumerate(members):
        first[group] = record
    return first
