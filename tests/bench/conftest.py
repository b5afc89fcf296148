"""Populations that several tests look at; made once."""

import pytest

from bench.population import Population, Settings, generate
from bench.population.profiles import profiles


@pytest.fixture(scope="session")
def population() -> Population:
    return generate(Settings(seed=11, children=9_000, custodians=tuple(profiles())))
