"""Figures against the truth, held against the slow way of counting them."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from childindex.linkage.batch.figures import at_threshold, best_threshold, expected, quality
from childindex.linkage.batch.partitions import b_cubed, clustered

GROUPS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(0, 1)), min_size=1, max_size=14)


@given(GROUPS, st.booleans())
def test_clustered_pairs_are_those_that_counting_finds(records: list[tuple[int, int, int]], between: bool) -> None:
    clusters, labels, files = (np.array([record[at] for record in records]) for at in range(3))
    pairs = [
        (records[a][0] == records[b][0], records[a][1] == records[b][1])
        for a, b in combinations(range(len(records)), 2)
        if not between or records[a][2] != records[b][2]
    ]
    found, right, true = sum(c for c, _ in pairs), sum(c and t for c, t in pairs), sum(t for _, t in pairs)
    assert clustered(clusters, labels, files if between else None) == quality(found, right, true)


@given(GROUPS)
def test_b_cubed_is_the_mean_over_the_records(records: list[tuple[int, int, int]]) -> None:
    precision, recall = [], []
    for cluster, label, _ in records:
        both = sum(other[:2] == (cluster, label) for other in records)
        precision.append(both / sum(other[0] == cluster for other in records))
        recall.append(both / sum(other[1] == label for other in records))
    p, r = sum(precision) / len(records), sum(recall) / len(records)
    found = b_cubed(np.array([each[0] for each in records]), np.array([each[1] for each in records]))
    assert (found.precision, found.recall, found.f1) == pytest.approx((p, r, 2 * p * r / (p + r)))


def test_b_cubed_of_the_example_of_its_authors() -> None:
    labels = np.array([1] * 5 + [2] * 2 + [3] * 5)
    joined = np.array([1] * 5 + [2] * 7)  # Bagga and Baldwin 1998, second response: precision 76 %
    assert b_cubed(joined, labels).precision == pytest.approx(0.7619, abs=1e-4)
    assert b_cubed(joined, labels).recall == 1.0


@given(st.lists(st.tuples(st.sampled_from([0.1, 0.3, 0.5, 0.9, 1.0]), st.booleans()), max_size=12), st.integers(0, 3))
def test_the_best_threshold_is_the_best_of_all(pairs: list[tuple[float, bool]], unseen: int) -> None:
    chances, true = np.array([p for p, _ in pairs]), np.array([t for _, t in pairs], dtype=bool)
    every = int(true.sum()) + unseen
    threshold, best = best_threshold(chances, true, every)
    assert best == at_threshold(chances, true, every, threshold)
    assert best.f1 == max([at_threshold(chances, true, every, p).f1 for p, _ in pairs], default=0.0)


def test_what_p_foretells_needs_no_truth() -> None:
    found = expected(np.array([0.1, 0.9, 1.0]), 0.5)
    assert (found.precision, found.recall) == pytest.approx((0.95, 0.95))
    assert expected(np.array([0.1]), 0.5) == quality(0, 0, 0.1)
