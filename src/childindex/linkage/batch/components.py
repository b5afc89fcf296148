"""P of pairs where a file may hold an entity twice: every way to make entities of a few records, counted.

A component is a set of records of both files that ties (`doubles`), the likely pairs of tied records and those of their
partners connect. A state of it says which records of each file are one entity, and which entities of the two files are
one. Its weight is

    product over entities of k records    (mean of the odds of their ties * (1 + odds of kin)) to the power of k - 1
    product over links of two entities    the mean of the odds of their pairs of records
    product over the other entities       the weight that they have no link: 1 + odds of kin + odds of outer partners

and P of a pair is the share of the states, by weight, in which its records are one entity. So two records with strong
partners of their own are two, whatever their own pair says, and two without are one as far as it does. The mean is
geometric for ties, where each says again what the others do, and arithmetic for links: a mean of likelihood ratios is a
likelihood ratio. Whose kin a record is, its double is too: that a record resembles kin in the other file says nothing
against a double, as it says nothing against a link (`kin`).

Components are solved one by one, given what the rest says, and the rest given them, by the messages of `one_to_one`.
Where a component is too large, the likeliest pairs and ties of its tied records alone are alternatives.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from math import log2

import numpy as np

from childindex.linkage.batch.doubles import Doubles, Ties, groups
from childindex.linkage.batch.one_to_one import Matching
from childindex.linkage.batch.pairs import Pairs
from childindex.linkage.batch.patterns import Floats
from childindex.linkage.batch.table import Ints

_LEAST = 2.0**-7  # odds below which a pair is no alternative worth counting
_MOST_PAIRS = 10  # that are counted in a component
_MOST_PARTITIONS = 64
_LEAST_ALONE = 2.0**-50  # chance to have no link within a component that is told to the rest
_ROUNDS = 8
_SETTLED = 1e-4

Edge = tuple[int, int, float]  # two records (those of the right file count on from the left ones) and odds in bits
Block = tuple[int, ...]  # records of one file that are one entity
Links = tuple[tuple[Block, Block], ...]


@dataclass(frozen=True, slots=True)
class Resolved:
    """P by pair between the files, and by tie within each, that both records are one entity."""

    chances: Floats
    left: Floats
    right: Floats


@dataclass(frozen=True, slots=True)
class _Component:
    """Ties, each pair of the records that hang together by them, and pairs between the files."""

    ties: tuple[Edge, ...]
    pairs: tuple[Edge, ...]


@dataclass(frozen=True, slots=True)
class _Solved:
    """By pair of records, of two files or of one, P that they are one entity; and by record the odds that it is linked
    within the component, against no link within it nor anywhere else."""

    together: Mapping[tuple[int, int], float]
    taken: Mapping[int, float]


def resolved(pairs: Pairs, odds: Floats, kin: Floats, doubles: Doubles) -> Resolved:
    """P under the ties of both files. `odds` are those of each pair against two strangers, `kin` by left record those
    that it is nobody's and yet kin of somebody."""
    count, others = pairs.left_count, pairs.right_count or 0
    ties = [*_edges(doubles.left, 0), *_edges(doubles.right, count)]
    components, inner = _components(pairs, odds, ties)
    outer = np.delete(np.arange(len(pairs)), inner)
    matching = Matching(pairs.left[outer], pairs.right[outer], kin)
    alone = np.concatenate([1.0 + kin, np.ones(others)])
    taken = np.zeros(len(alone))
    found, solved = np.zeros(len(pairs)), [_Solved({}, {})]
    for _ in range(_ROUNDS):
        found[outer] = matching.marginals(odds[outer], (taken[:count], taken[count:]))
        free = alone + np.concatenate(matching.incoming(odds[outer], (count, others)))
        solved = [_solved(each, alone, free) for each in components]
        before = taken
        taken = np.zeros(len(alone))
        for each in solved:
            taken[list(each.taken)] = list(each.taken.values())
        if np.abs(np.log((alone + taken) / (alone + before))).max() <= _SETTLED:
            break
    together = {pair: share for each in solved for pair, share in each.together.items()}
    found = np.minimum(found + _of_pairs(pairs, together), 1.0)
    told = np.array([together.get((one, other), 0.0) for one, other, _ in ties])
    return Resolved(found, told[: len(doubles.left)], told[len(doubles.left) :])


def _edges(ties: Ties, after: int) -> list[Edge]:
    return list(zip((ties.one + after).tolist(), (ties.other + after).tolist(), ties.bits.tolist(), strict=True))


def _of_pairs(pairs: Pairs, together: Mapping[tuple[int, int], float]) -> Floats:
    """By candidate pair what the states say of it."""
    found, count, width = np.zeros(len(pairs)), pairs.left_count, pairs.right_count or 1
    between = sorted((a * width + b - count, share) for (a, b), share in together.items() if a < count <= b)
    keys, shares = np.array([key for key, _ in between], dtype=np.int64), np.array([share for _, share in between])
    ids = pairs.left * width + pairs.right
    places = np.minimum(np.searchsorted(ids, keys), len(ids) - 1)
    known = ids[places] == keys
    found[places[known]] = shares[known]
    return found


def _components(pairs: Pairs, odds: Floats, ties: Sequence[Edge]) -> tuple[list[_Component], Ints]:
    """The components, and the places of the pairs that are counted within them, in order."""
    count = pairs.left_count
    ends = pairs.left, pairs.right + count
    tied = np.zeros(count + (pairs.right_count or 0), dtype=bool)
    tied[[record for one, other, _ in ties for record in (one, other)]] = True
    likely, reached = odds > _LEAST, tied.copy()
    own = likely & (tied[ends[0]] | tied[ends[1]])
    reached[ends[0][own]] = reached[ends[1][own]] = True
    near = np.flatnonzero(likely & (reached[ends[0]] | reached[ends[1]]))
    columns = ends[0][near], ends[1][near], np.log2(odds[near])
    edges: list[Edge] = list(zip(*(column.tolist() for column in columns), strict=True))
    found, places = [], []
    for inside, bound in _connected(edges, ties, range(len(edges))):
        if len(inside) <= _MOST_PAIRS:
            parts = [(inside, bound)]
        else:  # without the other partners of those who are not tied
            parts = _connected(edges, bound, [at for at in inside if own[near[at]]])
        for some, tying in parts:
            kept = _likeliest(some, edges)
            found.append(_Component(tuple(tying), tuple(edges[at] for at in kept)))
            places += kept
    return found, near[np.array(sorted(places), dtype=np.int64)]


def _connected(
    edges: Sequence[Edge], ties: Sequence[Edge], places: Iterable[int]
) -> list[tuple[list[int], list[Edge]]]:
    """What pairs (by their places) and ties connect: the pairs and the ties of each part that has any tie."""
    places = list(places)
    hanging = groups((one, other) for one, other, _ in (*ties, *(edges[at] for at in places)))
    of = {record: at for at, group in enumerate(hanging) for record in group}
    parts: list[tuple[list[int], list[Edge]]] = [([], []) for _ in hanging]
    for at in places:
        parts[of[edges[at][0]]][0].append(at)
    for tie in ties:
        parts[of[tie[0]]][1].append(tie)
    return [part for part in parts if part[1]]


def _likeliest(places: list[int], edges: Sequence[Edge]) -> list[int]:
    """As many pairs as are counted; of equal ones all or none, so that no order decides."""
    if len(places) <= _MOST_PAIRS:
        return places
    bound = sorted((edges[at][2] for at in places), reverse=True)[_MOST_PAIRS]
    return [at for at in places if edges[at][2] > bound]


def _solved(component: _Component, alone: Floats, free: Floats) -> _Solved:
    """All states of a component weighed; by record `alone` is 1 and its odds of kin, `free` the weight that it has no
    link within the component."""
    states = [
        (tied + bits, blocks, links)
        for tied, blocks in _partitions(component.ties, alone)
        for bits, links in _linkings(component.pairs, blocks, free)
    ]
    most = max(bits for bits, _, _ in states)
    weights = [2.0 ** (bits - most) for bits, _, _ in states]
    together: defaultdict[tuple[int, int], float] = defaultdict(float)
    linked: defaultdict[int, float] = defaultdict(float)
    for weight, (_, blocks, links) in zip(weights, states, strict=True):
        for block in blocks:
            for pair in combinations(block, 2):
                together[pair] += weight
        for one, other in links:
            for pair in product(one, other):
                together[pair] += weight
            for record in (*one, *other):
                linked[record] += weight
    whole = sum(weights)
    least = whole * _LEAST_ALONE
    taken = {at: float(free[at]) * share / max(whole - share, least) for at, share in linked.items()}
    return _Solved({pair: share / whole for pair, share in together.items()}, taken)


def _partitions(ties: Sequence[Edge], alone: Floats) -> Sequence[tuple[float, tuple[Block, ...]]]:
    """Every way to make entities of the tied records, and its bits; where there are too many, those that take all ties
    above some odds for sure."""
    bits = {(one, other): value for one, other, value in ties}
    hanging = groups(bits)
    if np.prod([_ways(len(group)) for group in hanging]) <= _MOST_PARTITIONS:
        ways: Sequence[Sequence[Block]] = [sum(way, ()) for way in product(*(list(_split(tuple(g))) for g in hanging))]
    else:
        apart = [(record,) for group in hanging for record in group]
        ways = [apart, *(_joined(apart, ties, bound) for bound in sorted(set(bits.values())))]
    return [(sum(_tied(block, bits, alone) for block in way), tuple(way)) for way in ways]


def _ways(count: int) -> int:
    """How many partitions a set has (Bell numbers); for more than six more than are ever looked at."""
    return (1, 1, 2, 5, 15, 52, 203)[count] if count <= 6 else 1_000


def _split(records: Block) -> Iterator[tuple[Block, ...]]:
    """Every partition of records."""
    if not records:
        yield ()
        return
    first, rest = records[0], records[1:]
    for size in range(len(rest) + 1):
        for chosen in combinations(rest, size):
            left = tuple(record for record in rest if record not in chosen)
            for others in _split(left):
                yield ((first, *chosen), *others)


def _joined(apart: Sequence[Block], ties: Sequence[Edge], bound: float) -> list[Block]:
    """The entities where every tie of so many bits holds."""
    held = groups((one, other) for one, other, bits in ties if bits >= bound)
    inside = {record for group in held for record in group}
    return [*map(tuple, held), *(block for block in apart if block[0] not in inside)]


def _tied(block: Block, bits: Mapping[tuple[int, int], float], alone: Floats) -> float:
    """The bits of an entity of several records."""
    if len(block) == 1:
        return 0.0
    ties = sum(bits[pair] for pair in combinations(block, 2)) * 2 / len(block)
    return ties + (len(block) - 1) * log2(_mean(alone, block))


def _mean(weights: Floats, block: Block) -> float:
    return sum(float(weights[record]) for record in block) / len(block)


def _linkings(pairs: Sequence[Edge], blocks: Sequence[Block], free: Floats) -> Iterator[tuple[float, Links]]:
    """Every way to link entities of the two files, and its bits."""
    of = {record: block for block in blocks for record in block}
    odds: defaultdict[tuple[Block, Block], float] = defaultdict(float)
    for one, other, bits in pairs:
        mine, theirs = of.setdefault(one, (one,)), of.setdefault(other, (other,))
        odds[mine, theirs] += 2.0**bits / (len(mine) * len(theirs))
    nobody = {block: log2(_mean(free, block)) for block in of.values()}
    whole = sum(nobody.values())
    edges = [(pair, log2(value) - nobody[pair[0]] - nobody[pair[1]]) for pair, value in odds.items()]
    for bits, links in _matchings(edges, frozenset()):
        yield whole + bits, links


def _matchings(
    edges: Sequence[tuple[tuple[Block, Block], float]], taken: frozenset[Block]
) -> Iterator[tuple[float, Links]]:
    """Every set of links in which no entity has two, and its bits."""
    if not edges:
        yield 0.0, ()
        return
    (pair, bits), rest = edges[0], edges[1:]
    yield from _matchings(rest, taken)
    if taken.isdisjoint(pair):
        for more, links in _matchings(rest, taken.union(pair)):
            yield bits + more, (pair, *links)
