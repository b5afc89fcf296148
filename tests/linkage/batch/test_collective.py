"""What groups say of a pair."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from childindex.linkage.batch.collective import Collected, clusters, collected, log_odds
from childindex.linkage.batch.pairs import Pairs

_COUNT = 6
_BITS = st.dictionaries(st.sampled_from(list(combinations(range(_COUNT), 2))), st.integers(-6, 12))


def made(bits: dict[tuple[int, int], float]) -> tuple[Pairs, Collected]:
    left, right = (np.array([pair[side] for pair in bits], dtype=np.int64) for side in (0, 1))
    pairs = Pairs(left, right, np.ones(len(bits), dtype=np.int64), (), _COUNT, None)
    chances = 1 / (1 + np.exp2(-np.array(list(bits.values()), dtype=np.float64)))
    return pairs, collected(pairs, chances, clusters(pairs, chances))


def told(bits: dict[tuple[int, int], float]) -> dict[tuple[int, int], float]:
    """Log-odds in bits by pair, of those proposed and those added."""
    pairs, found = made(bits)
    left, right = np.concatenate([pairs.left, found.added.left]), np.concatenate([pairs.right, found.added.right])
    odds = log_odds(np.concatenate([found.chances, found.added_chances]))
    return {(a, b): each / 1000 for a, b, each in zip(left.tolist(), right.tolist(), odds.tolist(), strict=True)}


def test_a_pair_that_says_little_is_given_what_its_groups_say() -> None:
    found = told({(0, 1): 9, (0, 2): 8, (1, 2): 1})
    assert found[1, 2] == pytest.approx(4.5, abs=0.01)
    assert found[0, 1] == pytest.approx(9, abs=0.01)


def test_a_pair_of_one_entity_that_no_rule_proposed_is_added() -> None:
    found = told({(0, 1): 9, (1, 2): 9})
    assert found[0, 2] == pytest.approx(4, abs=0.01)  # the mean of nine bits and of a pair unseen


def test_what_the_others_do_not_bear_out_is_believed_half() -> None:
    apart = {(a, b): -6.0 for a in (0, 1, 2) for b in (3, 4, 5)}
    joined = {pair: 10.0 for group in ((0, 1, 2), (3, 4, 5)) for pair in combinations(group, 2)}
    found = told({**apart, **joined, (2, 3): 9.0})
    assert found[2, 3] == pytest.approx((9 + (9 - 48) / 9) / 2, abs=0.01)
    assert found[0, 3] == pytest.approx(-6, abs=0.01)


@given(_BITS)
def test_every_pair_of_a_cluster_is_told_once(bits: dict[tuple[int, int], float]) -> None:
    pairs, found = made(bits)
    every = [*zip(pairs.left.tolist(), pairs.right.tolist(), strict=True)]
    every += zip(found.added.left.tolist(), found.added.right.tolist(), strict=True)
    assert len(set(every)) == len(every)
    first = clusters(pairs, 1 / (1 + np.exp2(-np.array([*bits.values()], dtype=np.float64)))).first
    assert {pair for pair in combinations(range(_COUNT), 2) if first[pair[0]] == first[pair[1]]} <= set(every)


@given(st.integers(-6, 12))
def test_a_pair_alone_is_what_it_was(bits: int) -> None:
    assert told({(0, 1): bits}) == {(0, 1): pytest.approx(bits, abs=0.002)}


def test_pairs_between_two_clusters_that_do_not_repeat_each_other_say_more_together() -> None:
    joined = {pair: 10.0 for group in ((0, 1), (2, 3), (4, 5)) for pair in combinations(group, 2)}
    bits = {
        (0, 2): -1.0,
        (0, 3): -5.0,
        (1, 2): -5.0,
        (1, 3): 2.0,
        (2, 4): -5.0,
        (2, 5): -1.0,
        (3, 4): -1.0,
        (3, 5): -5.0,
    }
    said = -9 / 4 * 4  # the mean of four that are independent, as the equal spread of both sets says
    assert told({**joined, **bits})[1, 3] == pytest.approx(said + (2 - said) / 5, abs=0.01)
