"""Equal sets of live records settle to equal clusters, whatever the order in which they came, changed and went."""

import asyncio
import random
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.population import Settings, generate
from childindex.demographics import Demographics, PartialDate, Sex
from childindex.pointer import Change, WithdrawalReason
from childindex.vault import Vault
from tests.operations.orders import Outcome, Step, carried_out, histories, interleaved

CUSTODIANS = ("oakfield-school", "mill-lane-surgery", "borough-social-care")


async def outcomes(folder: Path, made: Sequence[Sequence[Step]], draw: random.Random, orders: int) -> list[Outcome]:
    """What so many orders of the same histories come to, under one keyset."""
    vault = Vault.create(folder / "keys")
    return [await carried_out(folder / f"{n}", interleaved(made, draw), vault) for n in range(orders)]


def assert_settled_alike(found: Sequence[Outcome]) -> None:
    first = found[0]
    for other in found[1:]:
        assert other.asserted == first.asserted  # equal sets of live records ...
        assert other.clusters == first.clusters  # ... settle to equal clusters
    for outcome in found:
        assert_explained(outcome)


def assert_explained(outcome: Outcome) -> None:
    """Entries are the clusters, but where a person has yet to decide, or who is in stays."""
    for cluster in outcome.clusters:
        among = [entry for entry, records in outcome.entries.items() if records & cluster]
        for entry in among[1:]:
            assert {entry, among[0]} & outcome.reviewed, "a cluster lies in two entries and nobody is asked"


@pytest.mark.parametrize("seed", [3, 8])
def test_a_population_in_any_order(tmp_path: Path, seed: int) -> None:
    draw = random.Random(seed)
    population = generate(Settings(seed=seed, children=16, identifiers=seed % 2 == 0))
    made = histories(population, draw, most=14)
    assert_settled_alike(asyncio.run(outcomes(tmp_path, made, draw, orders=2)))


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(20, 32))
def test_many_populations_in_many_orders(tmp_path: Path, seed: int) -> None:
    draw = random.Random(seed)
    population = generate(Settings(seed=seed, children=60, identifiers=seed % 2 == 0))
    made = histories(population, draw, most=60)
    assert_settled_alike(asyncio.run(outcomes(tmp_path, made, draw, orders=3)))


# --- households where everybody resembles everybody ---

details = st.builds(
    Demographics,
    given_name=st.sampled_from(["Amelia", "Amelie", "Barnaby", "Baby"]),
    family_name=st.sampled_from(["Quillfeather", "Quilfeather", "Ostrander"]),
    birth_date=st.sampled_from([PartialDate(2015, 3, 14), PartialDate(2015, 3, 15)]),
    sex=st.sampled_from([Sex.FEMALE, Sex.MALE, Sex.UNSPECIFIED]),
    postcode=st.sampled_from(["ZE9 4QQ", "AB12 9XY", ""]),
)
fates = st.sampled_from([None, None, WithdrawalReason.ENDED, WithdrawalReason.ENTERED_IN_ERROR])


@st.composite
def households(draw: st.DrawFn) -> list[list[Step]]:
    made = []
    for number in range(draw(st.integers(2, 5))):
        custodian = draw(st.sampled_from(CUSTODIANS))
        versions = draw(st.lists(st.tuples(details, st.sampled_from(Change)), min_size=1, max_size=2))
        steps = [Step(custodian, f"{number}", n, given, change) for n, (given, change) in enumerate(versions, 1)]
        fate = draw(fates)
        if fate:
            steps.append(Step(custodian, f"{number}", 0, None, reason=fate))
        if fate and draw(st.booleans()):  # it comes again
            steps.append(Step(custodian, f"{number}", 9, versions[-1][0]))
        made.append(steps)
    return made


def in_many_orders(made: list[list[Step]], draw: random.Random) -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(outcomes(Path(folder), made, draw, orders=2))
        if found[0].asserted == found[1].asserted:
            assert_settled_alike(found)
        for outcome in found:
            assert_explained(outcome)


@settings(max_examples=12, suppress_health_check=list(HealthCheck))
@given(households(), st.randoms(use_true_random=False))
def test_a_household_in_any_order(made: list[list[Step]], draw: Any) -> None:
    in_many_orders(made, draw)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@settings(max_examples=400, suppress_health_check=list(HealthCheck))
@given(households(), st.randoms(use_true_random=False))
def test_many_households_in_any_order(made: list[list[Step]], draw: Any) -> None:
    in_many_orders(made, draw)
