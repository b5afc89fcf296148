"""What the linkage reaches: committed for the model that is shipped, and measured again on children of a fresh seed."""

import json
import secrets
from collections.abc import Callable
from math import sqrt
from pathlib import Path
from typing import Any

import pytest

from bench.matching import feeds, gap, measure, twins
from bench.population import Settings, generate
from bench.population.oracle import judge
from bench.population.profiles import profiles
from childindex import linkage

RESULTS = Path(__file__).parents[2] / "bench" / "results"
PRECISION = 0.9999
RECALL, REVIEWS = 0.01, 0.01  # how far the core may stay behind the oracle; .005 of recall is wanted
KEPT = 0.012  # what is reached of the recall, not to be lost again: see bench/README.md


def results() -> list[dict[str, Any]]:
    """The committed results of the model as it is shipped."""
    found = [json.loads(path.read_text()) for path in sorted(RESULTS.glob("linkage-*.json"))]
    return [result for result in found if result["digest"] == linkage.shipped(result["children"]).digest]


def beside_the_oracle() -> list[dict[str, float]]:
    """Both judged the same records of these populations."""
    return [result["oracle"] for result in results() if "oracle" in result]


def test_the_shipped_model_has_results_that_reach_what_is_asked() -> None:
    shipped = results()
    assert shipped, "the model has changed since it was measured: python -m bench.matching --oracle --json ..."
    for result in shipped:
        assert result["precision"] >= PRECISION
    held = beside_the_oracle()
    assert held
    for oracle in held:
        assert oracle["core_review_rate"] <= oracle["review_rate"] + REVIEWS


@pytest.mark.xfail(strict=True, reason="1.25 points behind the oracle, 1.15 before: one number lifts no veto any more")
def test_what_was_reached_of_the_recall_is_kept() -> None:
    assert all(oracle["core_recall"] >= oracle["recall"] - KEPT for oracle in beside_the_oracle())


@pytest.mark.xfail(strict=True, reason="1.2 points behind the oracle: bench/README.md says why")
def test_the_recall_of_the_shipped_model_is_near_the_oracles() -> None:
    assert all(oracle["core_recall"] >= oracle["recall"] - RECALL for oracle in beside_the_oracle())


def among_kin(name: str) -> dict[str, Any]:
    """A committed result of the bench of twins."""
    found: dict[str, Any] = json.loads((RESULTS / f"{name}.json").read_text())
    return found


def test_version_7_has_met_twins_and_siblings_in_great_number() -> None:
    found, large = among_kin("twins-v7"), among_kin("siblings-v7")
    assert found["twin_pairs"] > 100_000
    assert found["twins_merged"] <= 0.0006 * found["twin_pairs"]
    assert large["sibling_pairs"] > 1_000_000


def test_the_shipped_model_merges_no_more_twins_than_the_one_before() -> None:
    """The same pairs, by both: fewer than were met by version 7."""
    found, before = among_kin("twins-v8"), among_kin("twins-v8-before")
    assert found["digest"] == linkage.shipped(twins.CHUNK).digest
    assert found["twin_pairs"] == before["twin_pairs"] > 10_000
    assert found["twins_merged"] <= before["twins_merged"]
    assert found["siblings_merged"] == 0


@pytest.mark.xfail(strict=True, reason="46 of 100,000 pairs of twins are merged: bench/README.md says why")
def test_no_twins_are_merged() -> None:
    assert among_kin("twins-v7")["twins_merged"] == 0


def test_hardly_any_siblings_are_merged() -> None:
    """At most one pair in a million: of large families alone, and with families that all have twins."""
    large, with_twins = among_kin("siblings-v7"), among_kin("twins-v7")
    for results in ([large], [large, with_twins]):
        pairs = sum(result["sibling_pairs"] for result in results)
        assert sum(result["siblings_merged"] for result in results) <= pairs / 1_000_000


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_children_of_a_fresh_seed(record_property: Callable[[str, object], None]) -> None:
    """Two standard errors are granted to chance: the figures themselves are in the committed results."""
    seed = secrets.randbelow(1_000_000)
    population = generate(Settings(seed=seed, children=2_500, custodians=tuple(profiles())))
    run = measure.run(linkage.shipped(2_500), population, feeds.indexed, measure.Reviews.SETTLED)
    reached = run.summary(population)
    beside = gap.beside(gap.pair(run.verdicts, judge(population)))
    linkable, linked, wrong = (int(str(reached[name])) for name in ("linkable", "linked", "wrong"))
    told = f"seed {seed}: {linked} of {linkable} linked, {wrong} wrong; beside the oracle: {beside}"
    record_property("linkage", told)
    assert linkable > 1_500, told
    assert wrong <= (1 - PRECISION) * linked + 2 * sqrt((1 - PRECISION) * linked), told
    chance = 2 * sqrt(RECALL * (1 - RECALL) / linkable)
    behind = float(str(beside["recall"])) - float(str(beside["core_recall"]))
    assert behind <= 2 * RECALL, told
    if behind > RECALL + chance:
        pytest.xfail(f"known not to be reached by every seed: {told}")
