"""What values that repeat each other are worth."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from childindex.linkage.batch.repeated import correlation, worth


def test_copies_are_worth_one_and_strangers_their_number() -> None:
    assert worth(np.array([1, 4, 9]), 1.0).tolist() == [1, 1, 1]
    assert worth(np.array([1, 4, 9]), 0.0).tolist() == [1, 4, 9]
    assert worth(np.array([1000]), 0.25)[0] == pytest.approx(4, rel=0.01)


def test_values_equal_within_their_sets_are_copies() -> None:
    assert correlation(np.array([1.0, 1.0, 5.0, 5.0, 9.0]), np.array([0, 0, 3, 3, 7])) == 1.0


def test_sets_that_differ_no_more_than_their_values_say_nothing_twice() -> None:
    assert correlation(np.array([1.0, 5.0, 5.0, 1.0]), np.array([0, 0, 1, 1])) == 0.0


@pytest.mark.parametrize("values", [[], [1.0], [1.0, 2.0], [2.0, 2.0, 2.0, 2.0]])
def test_where_nothing_can_be_counted_nothing_is_worth_more_than_one(values: list[float]) -> None:
    assert correlation(np.array(values), np.arange(len(values)) // 2) == 1.0


@pytest.mark.parametrize("true", [0.1, 0.5, 0.8])
def test_the_correlation_that_values_were_drawn_with_is_found(true: float) -> None:
    draw = np.random.default_rng(3)
    sets = np.repeat(np.arange(3000), draw.integers(1, 9, 3000))
    values = true**0.5 * draw.normal(size=3000)[sets] + (1 - true) ** 0.5 * draw.normal(size=len(sets))
    assert correlation(values - 8, sets) == pytest.approx(true, abs=0.03)


@given(st.lists(st.tuples(st.integers(-9000, 9000), st.integers(0, 5)), max_size=30))
def test_it_is_a_share_whatever_is_given(drawn: list[tuple[int, int]]) -> None:
    values, sets = (np.array([each[at] for each in drawn], dtype=np.int64) for at in (0, 1))
    assert 0.0 <= correlation(values.astype(np.float64), sets) <= 1.0
