"""What a population is made from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from bench.population.profiles import DEMONSTRATION, Profile, families, profiles


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Equal settings make equal populations, to the byte.

    `custodians` are ids of `profiles.toml`; `origins` replaces the shares of name origins; without `identifiers` no
    extract bears any; with `customs` clerks write names by the customs of `customs.toml` too (the oracle does not know
    them); `rejected` is the share of rows that are spoilt so that the index must refuse them.
    With `twins_only` the first birth of every family is of twins: no population, but twins by the hundred thousand.
    With `births_least` no mother has fewer births: brothers and sisters by the million.
    """

    seed: int = 1
    children: int = 5000
    reference_date: date = date(2026, 9, 1)
    custodians: tuple[str, ...] = DEMONSTRATION
    origins: Mapping[str, float] | None = None
    identifiers: bool = True
    customs: bool = False
    rejected: float = 0.0
    twins_only: bool = False
    births_least: int = 1

    def __post_init__(self) -> None:
        unknown = [name for name in self.custodians if name not in profiles()]
        if unknown:
            raise ValueError(f"no such custodian in profiles.toml: {', '.join(unknown)}")
        if self.children < 1:
            raise ValueError("children: at least one")
        if not 1 <= self.births_least <= len(families().sizes):
            raise ValueError("births_least: no mother has so many births")

    def profiles(self) -> tuple[Profile, ...]:
        """The profiles of the custodians, in their order in the file."""
        return tuple(profile for name, profile in profiles().items() if name in self.custodians)
