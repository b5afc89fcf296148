"""The stated rates of the population and of every custodian: `profiles.toml` as frozen values."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

DEMONSTRATION = ("oakfield-school", "mill-lane-surgery", "borough-social-care")
_FILE = Path(__file__).parent / "profiles.toml"


@dataclass(frozen=True, slots=True)
class Families:
    """How families are made; see the comments of `profiles.toml`."""

    sizes: tuple[float, ...]
    twins: float
    twins_same_sex: float
    twins_similar_names: float
    married: float
    new_father: float
    same_origin_parents: float
    child_bears: Mapping[str, float]
    second_name: float
    surname_changed: float
    middle_names: tuple[float, ...]
    known_as: float
    moves: tuple[float, ...]
    nhs_number: float
    unborn_days: int
    origins: Mapping[str, float]
    english_given_name: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Profile:
    """One custodian: whom it covers, and how often it writes what wrongly."""

    id: str
    kind: str
    system: str
    record_type: str
    closed: float
    local_id: str
    capitals: bool
    accents: bool
    coverage: tuple[tuple[float, float, float], ...]
    unborn: float
    duplicates: float
    given: Mapping[str, float]
    newborn: Mapping[str, float]
    family: Mapping[str, float]
    swapped_names: float
    middle: Mapping[str, float]
    known_as: float
    former_listed: float
    carer: Mapping[str, float]
    birth: Mapping[str, float]
    sex: Mapping[str, float]
    place: Mapping[str, float]
    uprn: float
    identifiers: Mapping[str, float]

    def covers(self, years: float) -> float:
        """The share of children of this age, in years, that the custodian has a record of; below 0: not yet born."""
        if years < 0:
            return self.unborn
        return next((share for lowest, highest, share in self.coverage if lowest <= years < highest), 0.0)


@cache
def families() -> Families:
    """The stated rates of families."""
    return Families(**{name: _frozen(value) for name, value in _document()["families"].items()})


@cache
def profiles() -> Mapping[str, Profile]:
    """All custodians by their id, in the order of the file."""
    found = [Profile(**{name: _frozen(value) for name, value in table.items()}) for table in _document()["custodian"]]
    for profile in found:
        assert all(later[0] >= earlier[1] for earlier, later in pairwise(profile.coverage)), profile.id
    return {profile.id: profile for profile in found}


@cache
def _document() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value
