"""P of a pair is what counting every possible set of links says, and true as often as it says."""

from itertools import combinations
from math import prod
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from childindex.linkage import batch
from childindex.linkage.batch.one_to_one import Matching
from childindex.linkage.batch.posterior import chances
from childindex.linkage.model import Model
from tests.linkage.batch.invented import SHORT, people, short_model

EDGE = st.tuples(st.integers(0, 3), st.integers(0, 3), st.floats(-8, 40))
EDGES = st.lists(EDGE, min_size=1, max_size=6, unique_by=lambda edge: edge[:2])
Edges = list[tuple[int, int, float]]


def counted(edges: Edges, kin: list[float]) -> list[float]:
    """The marginals of every set of links in which nobody has two partners, one set after the other."""
    weights: list[tuple[float, set[int]]] = []
    for size in range(len(edges) + 1):
        for chosen in combinations(range(len(edges)), size):
            left, right = [edges[at][0] for at in chosen], [edges[at][1] for at in chosen]
            if len(set(left)) == len(left) and len(set(right)) == len(right):
                alone = prod(1.0 + kin[at] for at in range(4) if at not in left)
                weights.append((prod(2.0 ** edges[at][2] for at in chosen) * alone, set(chosen)))
    whole = sum(weight for weight, _ in weights)
    return [sum(weight for weight, chosen in weights if at in chosen) / whole for at in range(len(edges))]


def forest(edges: Edges) -> bool:
    """Whether the links form no loop."""
    joined = list(range(8))
    for left, right, _ in edges:
        one, other = joined[left], joined[4 + right]
        if one == other:
            return False
        joined = [one if each == other else each for each in joined]
    return True


@given(EDGES, st.lists(st.floats(0, 50), min_size=4, max_size=4))
@settings(max_examples=150)
def test_marginals_are_those_of_counting_every_set_of_links(edges: Edges, kin: list[float]) -> None:
    edges = sorted(edges)
    left, right = (np.array([edge[at] for edge in edges]) for at in (0, 1))
    found = Matching(left, right, np.array(kin)).marginals(np.exp2([edge[2] for edge in edges]))
    expected = counted(edges, kin)
    if forest(edges):
        assert found == pytest.approx(expected, rel=1e-4, abs=1e-9)
    assert ((found >= 0) & (found <= 1)).all()
    for side, records in ((left, 4), (right, 4)):
        assert (np.bincount(side, weights=found, minlength=records) <= 1 + 1e-6).all()


def test_two_equal_partners_share_and_a_taken_one_is_left() -> None:
    left, right = np.array([0, 0]), np.array([0, 1])
    assert Matching(left, right, np.zeros(1)).marginals(np.exp2([30.0, 30.0])) == pytest.approx([0.5, 0.5])
    left, right = np.array([0, 1, 1]), np.array([0, 0, 1])
    found = Matching(left, right, np.zeros(2)).marginals(np.exp2([30.0, 20.0, 10.0]))
    assert found[0] > 0.999
    assert found[1] < 1e-4
    assert found[2] == pytest.approx(1024 / 1025, rel=1e-3)


def test_no_pairs_and_hopeless_ones_are_nobody(tmp_path: Path) -> None:
    model = short_model(tmp_path)
    nobody = batch.link(model, {"first": ["ann"]}, {"first": ["bob"]})
    assert len(nobody.pairs) == 0
    assert nobody.clusters.tolist() == [0, 1]
    alone = batch.link(model, {"first": []})
    assert len(alone.chances) == 0
    hopeless = short_model(tmp_path, SHORT.replace("cap = 500", "cap = 500\nwhole = 100"))
    assert batch.link(hopeless, {"first": ["ann"]}, {"first": ["bob"]}).chances[0] < 0.05


@pytest.mark.parametrize("one_file", [True, False])
def test_of_pairs_given_p_that_share_is_true(tmp_path: Path, one_file: bool) -> None:
    """On invented people whose truth is known: within three times the binomial error in every band."""
    model: Model = short_model(tmp_path)
    predicted, right = [], []
    for seed in (21, 22, 23):
        made = people(900, seed=seed, slips=False)
        files = [made.together] if one_file else [made.left, made.right]
        truth = [made.who] if one_file else [made.who_left, made.who_right]
        trained = batch.train(model, files, options=batch.Options(sample=100_000)).model
        linked = batch.link(trained, *files)
        predicted.append(linked.chances)
        labels = [np.array(each) for each in truth]
        right.append(labels[0][linked.pairs.left] == labels[-1][linked.pairs.right])
    bands = batch.calibration(np.concatenate(predicted), np.concatenate(right), (0, 0.1, 0.3, 0.7, 0.98, 0.999, 1))
    for band in bands[1:]:  # who is all but left out is no link
        error = max((band.predicted * (1 - band.predicted) / band.count) ** 0.5, 1 / band.count)
        assert abs(band.true - band.predicted) <= 3 * error, band


def test_the_share_of_matches_is_found_whatever_the_model_believed(tmp_path: Path) -> None:
    made = people(600, seed=5)
    trained = batch.train(short_model(tmp_path), [made.together], options=batch.Options(sample=100_000)).model
    expected = []
    for duplicates in (0.001, 0.1, 5.0):
        prior = trained.shape.prior.model_copy(update={"duplicates": duplicates})
        model = Model.build(trained.shape.model_copy(update={"prior": prior}), trained.tables)
        linked = batch.link(model, made.together)
        expected.append(chances(model, linked.pairs, linked.totals).expected)
    true = len(made.who) - len(set(made.who))
    assert expected == pytest.approx([true] * 3, rel=0.05)
