"""Clusters by average linkage."""

from itertools import combinations

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from childindex.linkage.batch.agglomerate import Groups, grouped

_COUNT = 7
_ODDS = st.dictionaries(
    st.sampled_from(list(combinations(range(_COUNT), 2))), st.integers(-7000, 9000).map(lambda odds: odds | 1)
)


def groups(odds: dict[tuple[int, int], int], count: int = _COUNT) -> Groups:
    left = np.array([one for one, _ in odds], dtype=np.int64)
    right = np.array([other for _, other in odds], dtype=np.int64)
    return grouped(left, right, np.array(list(odds.values()), dtype=np.int64), count)


def found(odds: dict[tuple[int, int], int], count: int = _COUNT) -> list[int]:
    first: list[int] = groups(odds, count).first.tolist()
    return first


def slowly(odds: dict[tuple[int, int], int]) -> list[int]:
    """The obvious way: weigh all two clusters anew at every step."""
    groups = [[record] for record in range(_COUNT)]
    while True:
        means = [
            (-sum(odds.get((min(a, b), max(a, b)), -1000) for a in one for b in other) / (len(one) * len(other)), i, j)
            for i, one in enumerate(groups)
            for j, other in enumerate(groups)
            if i < j
        ]
        best = min(means, default=(0.0, 0, 0))
        if best[0] >= 0:
            return [min(next(group for group in groups if record in group)) for record in range(_COUNT)]
        groups[best[1]] += groups.pop(best[2])


@given(_ODDS)
def test_the_same_clusters_as_weighing_all_anew_at_every_step(odds: dict[tuple[int, int], int]) -> None:
    assert found(odds) == slowly(odds)


@given(_ODDS)
def test_the_order_of_pairs_changes_nothing(odds: dict[tuple[int, int], int]) -> None:
    assert found(odds) == found(dict(reversed(list(odds.items()))))


def test_a_doubtful_pair_does_not_join_two_clusters() -> None:
    odds = {(0, 1): 9000, (0, 2): 9000, (1, 2): 9000, (3, 4): 9000, (2, 3): 500}
    assert found(odds, 5) == [0, 0, 0, 3, 3]


def test_a_pair_apart_does_not_part_what_all_others_join() -> None:
    assert found({(0, 1): 9000, (0, 2): 9000, (1, 2): -3000}, 3) == [0, 0, 0]


def test_records_without_pairs_stay_alone() -> None:
    assert found({}, 3) == [0, 1, 2]
    assert found({}, 0) == []


def test_every_two_records_of_a_cluster_have_the_mean_at_which_they_were_joined() -> None:
    made = groups({(0, 1): 9000, (0, 2): 8000, (1, 2): 3000, (3, 4): 500}, 6)
    pairs = zip(made.left.tolist(), made.right.tolist(), made.means.tolist(), strict=True)
    assert list(pairs) == [(0, 1, 9000), (0, 2, 5500), (1, 2, 5500), (3, 4, 500)]


@given(_ODDS)
@example({(0, 1): 1001, (0, 2): 1001})  # the second join is at half a millibit
def test_all_pairs_of_a_cluster_are_told_once(odds: dict[tuple[int, int], int]) -> None:
    made = groups(odds)
    first = made.first.tolist()
    expected = [(a, b) for a, b in combinations(range(_COUNT), 2) if first[a] == first[b]]
    assert list(zip(made.left.tolist(), made.right.tolist(), strict=True)) == expected
    assert (made.means >= 0).all()  # above 0 when they were joined; whole millibits are told
