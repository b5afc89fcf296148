"""Slips: drawn and weighed by one definition."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.population.draws import Draws
from bench.population.slips import one_edit, outcomes, slip, sources, two_edits

NAMES = ["oliver", "sian", "ng", "o", "mary ann", "macdonald", "aaron", "phillips", "zz", "de souza"]
plain_names = st.text("abcdehilmnoprsty", min_size=1, max_size=9)


@pytest.mark.parametrize("name", NAMES)
def test_outcomes_are_a_distribution_without_the_name_itself(name: str) -> None:
    shares = outcomes(name)
    assert sum(shares.values()) == pytest.approx(1)
    assert name not in shares
    assert "" not in shares


@pytest.mark.parametrize("name", NAMES)
def test_the_weight_of_one_outcome_is_that_of_the_list(name: str) -> None:
    for written, share in outcomes(name).items():
        assert one_edit(name, written) == pytest.approx(share, abs=1e-12)


@settings(max_examples=40)
@given(plain_names, st.floats(0, 0.999), st.floats(0, 0.999))
def test_what_is_drawn_is_listed(name: str, kind: float, outcome: float) -> None:
    assert one_edit(name, slip(name, kind, outcome)) > 0


def test_frequencies_of_draws_are_the_weights() -> None:
    count = 40_000
    uniform = Draws(5, "slips").uniform(2 * count).reshape(-1, 2)
    drawn = Counter(slip("hannah", kind, outcome) for kind, outcome in uniform.tolist())
    for written, share in outcomes("hannah").items():
        spread = (share * (1 - share) / count) ** 0.5
        assert abs(drawn[written] / count - share) < 5 * spread + 1e-4


@pytest.mark.parametrize(("name", "middle"), [("oliver", "olver"), ("sian", "sean"), ("khan", "kahn")])
def test_two_edits_sum_over_all_ways_between(name: str, middle: str) -> None:
    for written in list(outcomes(middle))[::97]:
        if written != name:
            whole = sum(share * one_edit(between, written) for between, share in outcomes(name).items())
            assert two_edits(name, written) == pytest.approx(whole, rel=1e-9)


def test_far_names_are_no_slips() -> None:
    assert one_edit("oliver", "amelia") == 0
    assert two_edits("oliver", "amelia") == 0
    assert one_edit("oliver", "oliver") == 0


def test_sources_lead_back() -> None:
    assert "phillips" in sources("fillips")
    assert one_edit("phillips", "fillips") > 0
