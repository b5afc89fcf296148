"""Communities learned from which names stand together in the files, without labels: EM from the model's own tables on.

    E: P(c | f, s)  in proportion to  P(c | f) P(c | s) / P(c)
    M: P(c | f) from all records of the forename, likewise P(c | s), and P(c) from all records; each smoothed by what
       the model says, which counts as so many records

Records of one entity count as one. What is learned of a name that few bear would tell of them: such names stay as they
are. Names and pairs are in order, so equal records in any order give the same figures to the last bit.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from childindex.linkage.batch.patterns import Floats
from childindex.linkage.batch.table import Ints, Table, Vocabulary
from childindex.linkage.communities import EVERYBODY, Communities, Names, Parts
from childindex.linkage.model import Model
from childindex.linkage.pair_shapes import CommunityShape, PairValuesShape

_NAME = 20.0  # records that the model's own word on a name counts as
_SIZE = 1000.0  # and on the size of a community
_FEW = 10.0  # bearers of a name of which nothing is told
_ROUNDS = 30
_OWN = 0.95  # of a community's children bear names of its own, at the most
_DIGITS = 3

Shares = np.ndarray[tuple[int, int], np.dtype[np.float64]]  # by name and community (the first: everybody's)


@dataclass(frozen=True, slots=True)
class _Borne:
    """Distinct pairs of names by place, how many bear each, and the names of either kind in order."""

    first: Ints
    second: Ints
    counts: Floats
    names: tuple[Sequence[str], Sequence[str]]


def learned(
    model: Model, vocabulary: Vocabulary, tables: Sequence[Table], weights: Sequence[Floats], least: float = 0.0
) -> PairValuesShape | None:
    """What the files say of the communities; None where the model has none, or no record bears two names it knows.

    Nothing is told of a name that fewer than `least` bear.
    """
    if model.together is None:
        return None
    communities, fields = model.together.communities, model.together.fields
    borne = _borne(communities, vocabulary, fields, (tables, weights))
    if not len(borne.counts):
        return None
    order = [EVERYBODY, *sorted(communities.sizes)]
    sizes = np.array([communities.everybody, *(communities.sizes[at].share for at in order[1:])])
    left = [np.array([of.get(at, 0.0) for at in order]) for of in (communities.of_first, communities.of_second)]
    columns = (communities.first, communities.second)
    starts = [
        _parts(column, names, order, rest) for column, names, rest in zip(columns, borne.names, left, strict=True)
    ]
    first, second, sizes = _settled(borne, (starts[0], starts[1]), sizes)
    found = [_own(shares, rest) for shares, rest in zip((first, second), left, strict=True)]
    bearers = [
        np.bincount(at, weights=borne.counts, minlength=len(names)).astype(np.float64)
        for at, names in zip((borne.first, borne.second), borne.names, strict=True)
    ]
    return PairValuesShape(
        sizes=_sizes(communities, (order, sizes), found, bearers),
        first=_told(borne.names[0], found[0], bearers[0] >= max(_FEW, least), (order, sizes)),
        second=_told(borne.names[1], found[1], bearers[1] >= max(_FEW, least), (order, sizes)),
    )


def _borne(
    communities: Communities,
    vocabulary: Vocabulary,
    fields: tuple[int, int],
    records: tuple[Sequence[Table], Sequence[Floats]],
) -> _Borne:
    strings = [vocabulary.strings(place) for place in fields]
    names = [
        sorted({text for text in each if _known(column, text)})
        for each, column in zip(strings, (communities.first, communities.second), strict=True)
    ]
    places = []
    for each, known in zip(strings, names, strict=True):
        order = {name: at for at, name in enumerate(known)}
        places.append(np.array([order.get(text, -1) for text in each], dtype=np.int64))
    first, second, counts = [], [], []
    for table, weight in zip(*records, strict=True):
        one, other = (table.columns[field][:, 0] for field in fields)
        rows = np.flatnonzero((one >= 0) & (other >= 0))
        mine, theirs = places[0][one[rows]], places[1][other[rows]]
        kept = (mine >= 0) & (theirs >= 0)
        first.append(mine[kept])
        second.append(theirs[kept])
        counts.append(weight[rows][kept])
    pairs = np.concatenate(first) * max(len(names[1]), 1) + np.concatenate(second)
    order_ = np.lexsort((np.concatenate(counts), pairs))  # sums of shares of records differ by their order
    distinct, of = np.unique(pairs[order_], return_inverse=True)
    whole = np.bincount(of, weights=np.concatenate(counts)[order_], minlength=len(distinct)).astype(np.float64)
    width = max(len(names[1]), 1)
    return _Borne(distinct // width, distinct % width, whole, (names[0], names[1]))


def _known(column: Names, text: str) -> bool:
    return text in column.listed or text in column.frequencies.listed


def _parts(column: Names, names: Sequence[str], order: Sequence[int], rest: Floats) -> Shares:
    """By name the part of its bearers in each community, those who bear it as everybody may among them."""
    found = np.zeros((len(names), len(order)))
    place = {community: at for at, community in enumerate(order)}
    for row, name in enumerate(names):
        bearers = column.of(name)
        assert bearers is not None
        for community, part in bearers.parts.items():
            found[row, place[community]] = part
        found[row] += bearers.rest * rest
    shares: Shares = found / found.sum(axis=1, keepdims=True)
    return shares


def _settled(borne: _Borne, starts: tuple[Shares, Shares], sizes: Floats) -> tuple[Shares, Shares, Floats]:
    """EM."""
    first, second, start = starts[0], starts[1], sizes
    for _ in range(_ROUNDS):
        given = first[borne.first] * second[borne.second] / sizes
        given *= (borne.counts / np.maximum(given.sum(axis=1), 1e-300))[:, None]
        first = _smoothed(starts[0], borne.first, given)
        second = _smoothed(starts[1], borne.second, given)
        counted = given.sum(axis=0)
        sizes = (_SIZE * start + counted) / (_SIZE + counted.sum())
    return first, second, sizes


def _smoothed(start: Shares, rows: Ints, given: Shares) -> Shares:
    found = _NAME * start
    for column in range(start.shape[1]):
        found[:, column] += np.bincount(rows, weights=given[:, column], minlength=len(start))
    shares: Shares = found / found.sum(axis=1, keepdims=True)
    return shares


def _own(shares: Shares, rest: Floats) -> Shares:
    """The parts without those who bear the name as everybody may: all of whom that are of no community are so."""
    everybody = np.minimum(shares[:, :1] / rest[0], 1.0)
    found: Shares = np.maximum(shares - everybody * rest, 0.0)
    found[:, 0] = 0.0
    return found


def _sizes(
    communities: Communities,
    learned: tuple[Sequence[int], Floats],
    found: Sequence[Shares],
    bearers: Sequence[Floats],
) -> dict[int, CommunityShape]:
    order, sizes = learned
    whole = float(bearers[0].sum())
    counted = [(parts * many[:, None]).sum(axis=0) / whole for parts, many in zip(found, bearers, strict=True)]
    result = {}
    for at, community in enumerate(order[1:], 1):
        size, before = float(sizes[at]), communities.sizes[community].own
        own = [
            min(_OWN, (_SIZE * mine + whole * float(each[at]) / size) / (_SIZE + whole))
            for mine, each in zip(before, counted, strict=True)
        ]
        result[community] = CommunityShape(share=_rounded(size), own=(_rounded(own[0]), _rounded(own[1])))
    return result


def _told(
    names: Sequence[str], parts: Shares, many: np.ndarray, learned: tuple[Sequence[int], Floats]
) -> dict[str, dict[int, float]]:
    """By name what is worth telling: where it is commoner in a community than among all."""
    order, sizes = learned
    told: dict[str, Parts] = {}
    for row in np.flatnonzero(many).tolist():
        kept = np.flatnonzero(parts[row] > sizes).tolist()
        told[names[row]] = {order[at]: _rounded(float(parts[row, at])) for at in kept if at}
    return {name: dict(each) for name, each in told.items()}


def _rounded(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")
