"""Clusters of records by average linkage on log-odds: the two clusters that belong together most are joined first.

Two clusters belong together as much as the mean of the log-odds of all pairs between them (unweighted average linkage,
Sokal and Michener 1958), so one doubtful pair neither holds two clusters together that all others say are apart, as it
would in connected components, nor keeps apart what all others join. Joining ends when no mean is above zero: then, to
the greedy eye, no join makes the disagreement with the pairs less (correlation clustering, Bansal, Blum and Chawla
2004). Whole millibits, so no order of adding matters; ties fall to the clusters whose first records come first: the
caller orders records by what they say, so that no order of rows decides.

Records that say the same have equal odds to all others, so no tie between them can be broken by what they say. They are
one cluster from the start where the odds between them are above zero, and are joined to nothing where they are not:
nothing could tell which of them another record belongs to.
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


def grouped(left: Ints, right: Ints, odds: Ints, count: int, said: Ints | None = None) -> Groups:
    """The clusters of `count` records.

    `odds` are the log-odds of the pairs (`left`, `right`), each pair once, in millibits; records no pair names stay
    alone. `said` is by record a number of what it says: records that say the same have the same one (None: no two do).
    """
    growing = _Growing(_links(left, right, odds, count), count)
    if said is not None:
        _join_equal(growing, said)
    links, sizes = growing.links, growing.sizes
    joins = [
        (-mean, one, other, sizes[one], sizes[other])
        for one in range(count)
        for other in links[one]
        if one < other and (mean := _mean(links, sizes, one, other)) > 0
    ]
    heapify(joins)
    while joins:
        mean, one, other, *then = heappop(joins)
        if [sizes[one], sizes[other]] == then:  # else one of them has been joined since, and they were weighed again
            growing.join(one, other, -mean)
            _weigh(links, sizes, one, joins)
    pairs = np.array(sorted(growing.within), dtype=np.int64).reshape(-1, 3)
    return Groups(_labels(growing.members), pairs[:, 0], pairs[:, 1], pairs[:, 2])


class _Growing:
    """Clusters as they grow: their links, sizes and members, and the pairs of records that are together."""

    def __init__(self, links: _Links, count: int) -> None:
        self.links = links
        self.sizes = [1] * count
        self.members = [[record] for record in range(count)]
        self.within: list[tuple[int, int, int]] = []

    def join(self, one: int, other: int, mean: float) -> None:
        """Join two clusters at a mean of so many millibits; the second is no cluster any more."""
        members = self.members
        self.within += [(min(a, b), max(a, b), round(mean)) for a in members[one] for b in members[other]]
        members[one] += members[other]
        members[other] = []
        _join(self.links, self.sizes, one, other)


def _join_equal(growing: _Growing, said: Ints) -> None:
    """Join records that say the same where their own odds say so, and leave the others out of all joins."""
    links = growing.links
    order = np.argsort(said, kind="stable")
    cuts = np.flatnonzero(said[order][1:] != said[order][:-1]) + 1
    for one, *others in (alike.tolist() for alike in np.split(order, cuts) if len(alike) > 1):
        if all(links[one].get(other, (0, 0))[0] > 0 for other in others):
            for other in others:
                growing.join(one, other, _mean(links, growing.sizes, one, other))
        else:
            for record in (one, *others):
                for third in links[record]:
                    del links[third][record]
                links[record] = {}


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
