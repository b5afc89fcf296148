"""The figures of pairs: against counts by hand, and a slow oracle."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.peers.boundary import Scored, bits
from bench.peers.figures import figures, true_pairs
from bench.peers.million.ranking import Pairs, ranking


def scored(*pairs: tuple[int, int, float]) -> Scored:
    left, right, weights = zip(*pairs, strict=True)
    return Scored(np.array(left), np.array(right), np.array(weights))


def test_one_file_is_held_against_its_entities() -> None:
    entities = np.array([0, 0, 0, 1, 1, 2])
    found = figures(scored((0, 1, 20.0), (3, 4, 12.0), (1, 2, 5.0), (4, 5, 4.0)), [entities])
    assert (found["records"], found["true_pairs"], found["pairs_scored"]) == (6, 4, 4)
    assert found["pair_completeness"] == 0.75
    assert found["best"]["precision"] == 1.0  # type: ignore[index]
    assert found["best"]["recall"] == 0.75  # type: ignore[index]
    assert found["at"][-1] == {"probability": 0.999, "precision": 1.0, "recall": 0.5, "f1": pytest.approx(2 / 3)}  # type: ignore[index]
    # 0-1-2 and 3-4 as connected components: the pair (0, 2), which nobody scored, is found too
    assert found["clustered"]["f1"] == 1.0  # type: ignore[index]


def test_two_files_count_pairs_between_them_only() -> None:
    left, right = np.array([0, 1, 1]), np.array([1, 0, 2])
    assert true_pairs([left, right]) == 3
    found = figures(scored((0, 1, 9.0), (1, 0, 9.0), (2, 2, -4.0)), [left, right])
    assert found["pair_completeness"] == pytest.approx(2 / 3)
    assert found["best"]["recall"] == pytest.approx(2 / 3)  # type: ignore[index]


@given(st.floats(0, 1))
def test_bits_are_finite_and_give_the_probability_back(chance: float) -> None:
    told = Scored(np.array([0]), np.array([1]), bits(np.array([chance])))
    assert np.isfinite(told.bits).all()
    assert told.probability[0] == pytest.approx(chance, abs=1e-12)


def asked(*pairs: tuple[int, int, float]) -> Pairs:
    query, place, score = zip(*pairs, strict=True)
    return Pairs(np.array(query), np.array(place), np.array(score))


def test_a_ranking_by_hand() -> None:
    # query 0: right and first; 1: right, but tied; 2: its child is not in the index; 3: never proposed
    pairs = asked((0, 7, 9.0), (0, 8, 3.0), (1, 5, 2.0), (1, 6, 2.0), (2, 4, 5.0))
    found = ranking(pairs, np.array([7, 5, -1, 1]), precision=1.0)
    assert (found.queries, found.linkable, found.pairs) == (4, 3, 5)
    assert found.completeness == pytest.approx(2 / 3)
    assert found.rank_1 == pytest.approx(1 / 3)
    assert found.recall_pairs == found.recall_best == pytest.approx(1 / 3)


def test_linking_only_the_best_pair_helps_a_tool_that_scores_pairs_alone() -> None:
    twins = [(query, 2 * query + twin, 9.0 + query - 2 * twin) for query in range(4) for twin in (0, 1)]
    found = ranking(asked(*twins), np.arange(0, 8, 2), precision=0.999)
    assert found.recall_best == found.recall == 1.0
    assert found.recall_pairs < 1.0


pair = st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(-3, 3).map(float))


@given(st.lists(pair, min_size=1, unique_by=lambda p: p[:2]), st.lists(st.integers(-1, 5), min_size=6, max_size=6))
def test_recall_at_a_precision_is_what_trying_every_threshold_finds(
    pairs: list[tuple[int, int, float]], answers: list[int]
) -> None:
    if not any(answer >= 0 for answer in answers):
        answers[0] = 0
    found = ranking(asked(*pairs), np.array(answers), precision=0.75)
    linkable = sum(answer >= 0 for answer in answers)
    best = 0
    for threshold in {score for _, _, score in pairs}:
        linked = [answers[query] == place for query, place, score in pairs if score >= threshold]
        if sum(linked) >= 0.75 * len(linked):
            best = max(best, sum(linked))
    assert found.recall_pairs == best / linkable
