"""P where a file may hold an entity twice is what counting every partition of all records into entities says."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, product
from math import prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from childindex.linkage.batch import components
from childindex.linkage.batch.components import Resolved, resolved
from childindex.linkage.batch.doubles import Doubles, Ties
from childindex.linkage.batch.pairs import Pairs

Bits = Mapping[tuple[int, int], float]
SIDE = 3


def partitions(records: Sequence[int]) -> Iterator[list[list[int]]]:
    """Every partition of records into entities."""
    if not records:
        yield []
        return
    for rest in partitions(records[1:]):
        yield [[records[0]], *rest]
        for at, entity in enumerate(rest):
            yield [*rest[:at], [records[0], *entity], *rest[at + 1 :]]


def weight(entity: Sequence[int], ties: Bits, links: Bits, kin: Sequence[float]) -> float:
    """Of one entity: its ties within either file, and its link or that it is nobody's in the other file."""
    left, right = [each for each in entity if each < SIDE], [each for each in entity if each >= SIDE]
    told = 1.0
    for side in (left, right):
        if len(side) > 1:
            every = [float(2.0 ** ties.get(pair, -np.inf)) for pair in combinations(sorted(side), 2)]
            told *= prod(every) ** (2 / len(side)) * alone(side, kin) ** (len(side) - 1)
    if left and right:
        odds = [float(2.0 ** links.get(pair, -np.inf)) for pair in product(left, right)]
        return told * sum(odds) / len(odds)
    return told * alone(left, kin) if left else told


def alone(records: Sequence[int], kin: Sequence[float]) -> float:
    """The weight that an entity is nobody's in the other file; only left ones are anybody's kin."""
    return 1.0 + sum(kin[each] for each in records if each < SIDE) / len(records)


def counted(ties: Bits, links: Bits, kin: Sequence[float]) -> dict[tuple[int, int], float]:
    """By two records the share of the partitions, by weight, in which they are one entity."""
    shares = dict.fromkeys(combinations(range(2 * SIDE), 2), 0.0)
    whole = 0.0
    for entities in partitions(range(2 * SIDE)):
        told = prod(weight(entity, ties, links, kin) for entity in entities)
        whole += told
        for entity in entities:
            for pair in combinations(sorted(entity), 2):
                shares[pair] += told
    return {pair: share / whole for pair, share in shares.items()}


def found(ties: Bits, links: Bits, kin: Sequence[float]) -> Resolved:
    edges = sorted(links.items())
    left, right = (np.array([pair[side] for pair, _ in edges], dtype=np.int64) for side in (0, 1))
    pairs = Pairs(left, right - SIDE, np.zeros(len(edges), dtype=np.int64), (), SIDE, SIDE)
    odds = np.exp2([bits for _, bits in edges])
    return resolved(pairs, odds, np.array(kin), Doubles(bound(ties, 0), bound(ties, SIDE)))


def bound(ties: Bits, first: int) -> Ties:
    here = sorted((pair, bits) for pair, bits in ties.items() if first <= pair[0] < first + SIDE)
    one, other = (np.array([pair[side] - first for pair, _ in here], dtype=np.int64) for side in (0, 1))
    return Ties(one, other, np.array([bits for _, bits in here], dtype=np.float64))


ODDS = st.floats(-6.5, 40)
TIES = st.fixed_dictionaries(
    {pair: st.floats(-30, 30) for pair in (*combinations(range(3), 2), *combinations(range(3, 6), 2))}
)
LINKS = st.dictionaries(st.sampled_from(list(product(range(3), range(3, 6)))), ODDS, min_size=1)
KIN = st.lists(st.floats(0, 50), min_size=SIDE, max_size=SIDE)


@given(TIES, LINKS, KIN)
@settings(max_examples=150)
def test_p_is_the_share_of_all_partitions(ties: Bits, links: Bits, kin: list[float]) -> None:
    expected, told = counted(ties, links, kin), found(ties, links, kin)
    assert told.chances == pytest.approx([expected[pair] for pair in sorted(links)], rel=1e-6, abs=1e-9)
    for side, first in ((told.left, 0), (told.right, SIDE)):
        here = [expected[pair] for pair in sorted(ties) if first <= pair[0] < first + SIDE]
        assert side == pytest.approx(here, rel=1e-6, abs=1e-9)


@given(st.floats(-6, 20), LINKS, KIN, st.booleans())
@settings(max_examples=150)
def test_records_without_ties_have_partners_of_their_own(bits: float, links: Bits, kin: list[float], few: bool) -> None:
    """Two of the right are tied; partners of theirs have other partners, which where there are many messages tell of:
    exactly, where no loop leads through these."""
    ties = {(3, 4): bits}
    with pytest.MonkeyPatch.context() as patched:
        if few:
            patched.setattr(components, "_MOST_PAIRS", sum(pair[1] != 5 for pair in links))
        told = found(ties, links, kin)
    expected = counted(ties, links, kin)
    outer = {pair[0] for pair in links if pair[1] == 5}
    if not few or len(outer & {pair[0] for pair in links if pair[1] != 5}) <= 1:
        assert told.chances == pytest.approx([expected[pair] for pair in sorted(links)], rel=2e-3, abs=1e-6)
        assert told.right == pytest.approx([expected[3, 4]], rel=2e-3, abs=1e-6)
    assert (told.chances >= 0).all()
    assert (told.chances <= 1).all()


def test_records_with_strong_partners_of_their_own_are_two() -> None:
    """A false pair of some bits does not take the place of a true one because its record is like another."""
    told = found({(3, 4): 7.0}, {(0, 3): 30.0, (0, 4): 0.0, (1, 4): 20.0}, [0.0] * SIDE)
    assert told.chances[[0, 2]] == pytest.approx([1.0, 1.0], abs=1e-4)
    assert told.chances[1] < 1e-3
    assert told.right[0] < 1e-3


@given(st.floats(-6, 30), st.floats(-6, 30), st.floats(0, 10))
def test_the_stronger_the_partner_of_its_own_the_less_is_a_record_a_double(tie: float, own: float, more: float) -> None:
    shares = [
        found({(3, 4): tie}, {(0, 3): 25.0, (0, 4): 12.0, (1, 4): bits}, [0.0] * SIDE) for bits in (own, own + more)
    ]
    assert shares[1].right[0] <= shares[0].right[0] + 1e-9
    assert shares[1].chances[1] <= shares[0].chances[1] + 1e-9
    assert shares[1].chances[2] >= shares[0].chances[2] - 1e-9


def test_doubles_share_a_partner_as_far_as_they_are_doubles() -> None:
    for tie in (-4.0, 0.0, 4.0, 20.0):
        told = found({(3, 4): tie}, {(0, 3): 30.0, (0, 4): 30.0}, [0.0] * SIDE)
        double = 2.0**tie / (2.0**tie + 2.0)  # either of the two may be the partner, if they are two
        assert told.right[0] == pytest.approx(double, rel=1e-3)
        assert told.chances == pytest.approx([double + (1 - double) / 2] * 2, rel=1e-3)


def test_two_of_each_file_are_all_one() -> None:
    links = dict.fromkeys(product((0, 1), (3, 4)), 20.0)
    told = found({(0, 1): 14.0, (3, 4): 14.0}, links, [0.0] * SIDE)
    assert min(told.chances) > 0.99
    assert min(*told.left, *told.right) > 0.99


def test_a_crowd_of_doubles_is_still_counted() -> None:
    """Seven equal records on the right: more partitions than are looked at, and one answer for all of them."""
    one, other = np.triu_indices(7, 1)
    pairs = Pairs(np.zeros(7, dtype=np.int64), np.arange(7), np.zeros(7, dtype=np.int64), (), 1, 7)
    ties = Ties(one.astype(np.int64), other.astype(np.int64), np.full(len(one), 12.0))
    nothing = np.zeros(0, dtype=np.int64)
    told = resolved(pairs, np.full(7, 2.0**20), np.zeros(1), Doubles(Ties(nothing, nothing, np.zeros(0)), ties))
    assert told.chances == pytest.approx([1.0] * 7, abs=1e-3)
    assert told.right == pytest.approx([1.0] * len(one), abs=1e-3)
