"""What values that are missing in both records, or in one, say of a pair."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from childindex.linkage import batch
from childindex.linkage.batch.missing import estimated, lacks, with_missing
from tests.linkage.batch.invented import people, short_model

_M, _U = [0.5, 0.1, 0.4], [0.4, 0.4, 0.2]


def drawn(m: list[float], u: list[float], count: int = 40_000) -> tuple[np.ndarray, np.ndarray]:
    """States of pairs of whom a fifth are of one entity, and P of each by evidence that knows nothing of them."""
    draw = np.random.default_rng(7)
    true = draw.random(count) < 0.2
    states = np.where(true, draw.choice(3, count, p=m), draw.choice(3, count, p=u)).astype(np.int8)
    bits = draw.normal(np.where(true, 4.0, -4.0), 8**0.5)  # natural; mean half the variance: calibrated
    return states[:, None], 1 / (1 + 4 * np.exp(-bits))


def test_the_weights_that_states_were_drawn_with_are_found() -> None:
    assert estimated(*drawn(_M, _U))[0] == pytest.approx(np.log2(np.array(_M) / _U), abs=0.08)


def test_what_is_missing_by_chance_says_nothing() -> None:
    assert estimated(*drawn(_U, _U))[0] == pytest.approx(0, abs=0.08)


def test_it_is_no_proof_and_a_state_that_nobody_is_in_says_nothing() -> None:
    weights = estimated(*drawn([0.0, 0.01, 0.99], [0.0, 0.99, 0.01]))[0]
    assert weights.tolist() == [0.0, -2.0, 2.0]


@given(st.lists(st.tuples(st.integers(0, 2), st.floats(0, 1)), min_size=1, max_size=20))
def test_weights_are_finite_and_hints(pairs: list[tuple[int, float]]) -> None:
    weights = estimated(np.array([[state] for state, _ in pairs], dtype=np.int8), np.array([p for _, p in pairs]))
    assert (np.abs(weights) <= 2).all()


def test_people_whose_name_nobody_knows_are_nearer_by_it(tmp_path: Path) -> None:
    made = people(600, seed=5, slips=True)
    model = batch.train(short_model(tmp_path), [made.together], options=batch.Options(sample=50_000)).model
    unknown = np.array([int(who[1:]) % 2 == 0 for who in made.who])
    names = ["" if no else name for no, name in zip(unknown, made.together["last"], strict=True)]
    gone = {**made.together, "last": names}
    linked = batch.link(model, gone)
    table, pairs = batch.Vocabulary(model).table(gone), linked.pairs
    lacking = lacks(model, table)
    place = next(at for at, each in enumerate(model.comparisons) if each.shape.name == "last")
    assert lacking[:, place].tolist() == [int(not name) for name in names]
    both = lacking[pairs.left] + lacking[pairs.right]
    weights = estimated(both, linked.chances)
    assert weights[place, 1] < -1
    assert weights[place, 2] > 0.3
    told = with_missing(model, pairs, table, (linked.totals, linked.chances))
    hints = sum(np.rint(1000 * weights[at])[both[:, at]] for at in range(both.shape[1]))
    assert (told[:, 0] - linked.totals[:, 0] == hints).all()
    true = np.array(made.who)[pairs.left] == np.array(made.who)[pairs.right]
    assert linked.chances[true & (both[:, place] == 2)].mean() > 0.85
