"""The bench of twins, small: its pairs are pairs, and what it counts is what happened."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bench.matching import feeds, gap, measure, twins
from bench.population import Population, Settings, generate
from bench.population.oracle import judge
from bench.population.profiles import profiles
from childindex import linkage
from childindex.demographics import Demographics, PartialDate
from childindex.linkage.matching import Matcher


@pytest.fixture(scope="module")
def population() -> Population:
    return generate(Settings(seed=77, children=400, custodians=tuple(profiles()), twins_only=True))


def test_every_family_has_twins_and_no_other_seed_changes(population: Population) -> None:
    truth = population.truth
    families = set(truth.family.tolist())
    with_twins = {int(truth.family[one]) for one, _ in twins.Pairs.of(population).twins}
    assert len(families - with_twins) <= 1  # the last family may be cut in two
    usual = generate(Settings(seed=77, children=400))
    assert len(twins.Pairs.of(usual).twins) < 20


def test_pairs_within_families_are_twins_or_siblings(population: Population) -> None:
    pairs = twins.Pairs.of(population)
    family = population.truth.family.tolist()
    every = sum(family[one] == family[other] for one in range(len(family)) for other in range(one))
    assert len(pairs.twins) + pairs.siblings == every
    assert 0 < pairs.similar < len(pairs.twins) / 5


def test_no_twin_of_a_small_population_is_merged_and_a_careless_model_merges_some(population: Population) -> None:
    model = linkage.shipped(400)
    found = twins.figures(population, model)
    assert found["twins_merged"] == found["strangers_merged"] == 0
    assert found["linked"] > 0.4 * found["records"]
    careless = replace(model, _matcher=_careless(model))
    assert twins.figures(population, careless)["twins_merged"] > 0


def test_the_oracle_is_held_to_the_same_count() -> None:
    few = generate(Settings(seed=78, children=80, custodians=tuple(profiles()), twins_only=True))
    pairs, verdicts = twins.Pairs.of(few), judge(few)
    sure, careless = (twins.ideal(few, pairs, verdicts, threshold) for threshold in (0.999, 1e-4))
    assert 0.4 * len(verdicts) < sure["oracle_linked"] < careless["oracle_linked"]
    assert sure["oracle_twins_merged"] < careless["oracle_twins_merged"] <= len(pairs.twins)


def _careless(model: linkage.Model) -> Matcher:
    """The same matcher with a threshold that many a twin reaches, and no vetoes."""

    thresholds = model.shape.thresholds.model_copy(update={"match": 0.6})
    comparisons = tuple(
        part.model_copy(
            update={"levels": tuple(level.model_copy(update={"veto": ""}) for level in part.levels), "nearer_veto": ""}
        )
        for part in model.shape.comparisons
    )
    shape = model.shape.model_copy(update={"thresholds": thresholds, "comparisons": comparisons})
    return linkage.Model.build(shape, Path(linkage.__file__).with_name("tables"))._matcher


def test_the_prior_of_a_feed_follows_its_coverage_by_age() -> None:
    school, surgery = profiles()["oakfield-school"], profiles()["mill-lane-surgery"]
    today = Settings().reference_date
    baby, pupil = (Demographics(birth_date=PartialDate(today.year - years, 5, 1)) for years in (0, 8))
    assert feeds.indexed((), pupil, today) < 0.01
    assert feeds.indexed((school,), baby, today) < 0.02
    assert feeds.indexed((school,), pupil, today) == pytest.approx(0.97, abs=0.002)
    assert feeds.indexed((school, surgery), pupil, today) == 0.999


def test_the_table_of_feeds_is_what_the_population_states_but_for_the_newborn() -> None:
    told = linkage.shipped().shape.prior.feeds.model_copy(update={"wrong": 0.0, "again": 0.0, "most": 1.0})
    for profile in profiles().values():
        for years in (-0.1, 0.1, 0.9, 3.9, 4.1, 7.0, 11.5, 15.0, 17.0):
            assert told.indexed([profile.kind], years) == pytest.approx(profile.covers(years)), (profile.kind, years)


def test_the_gap_counts_every_record_once() -> None:
    population = generate(Settings(seed=5, children=150, custodians=tuple(profiles())))
    run = measure.run(linkage.shipped(150), population, feeds.indexed, measure.Reviews.SETTLED)
    judged = gap.pair(run.verdicts, judge(population))
    report = gap.report(judged)
    assert report["judged"] == len(run.verdicts) == sum(report["decisions"].values())  # type: ignore[attr-defined]  # a mapping
    for both in judged:
        assert both.oracle.child == both.core.row.child


def test_the_command_leaves_a_whole_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = f"--oracle --seed 3 --pairs 5 --children 60 --processes 1 --json {tmp_path / 'twins.json'}"
    monkeypatch.setattr(sys, "argv", ["twins", *asked.split()])
    twins.main()
    written = json.loads((tmp_path / "twins.json").read_text())
    assert written["twin_pairs"] >= 5
    assert written["digest"] == linkage.shipped(60).digest
    assert written["oracle_linked"] >= 0.9 * written["linked"]
    assert written["oracle_twins_merged"] <= written["twin_pairs"]


def test_large_families_have_many_brothers_and_sisters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = f"--siblings --seed 3 --pairs 250 --children 120 --processes 2 --json {tmp_path / 'siblings.json'}"
    monkeypatch.setattr(sys, "argv", ["twins", *asked.split()])
    twins.main()
    written = json.loads((tmp_path / "siblings.json").read_text())
    assert written["sibling_pairs"] >= 250
    assert written["twin_pairs"] < 20
    settings = Settings(seed=3, children=120, custodians=tuple(profiles()), births_least=twins.LARGE)
    model = linkage.shipped(120)
    one_by_one = [twins.figures(twins.chunk(settings, number), model) for number in range(2)]
    assert written["records"] == sum(found["records"] for found in one_by_one)  # both processes counted, each once
    with pytest.raises(ValueError, match="births_least"):
        Settings(births_least=9)


def test_help() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "bench.matching.twins", "--help"], capture_output=True, text=True, check=True
    )
    assert "--pairs" in told.stdout
