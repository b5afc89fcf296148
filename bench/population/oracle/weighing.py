"""The likelihood of records of one child, and of a new record given a child's, all factors together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from bench.population import naming
from bench.population.oracle import circumstances, vocabulary
from bench.population.oracle.circumstances import Addresses
from bench.population.oracle.family import FamilyNames, Kin, family_likelihood
from bench.population.oracle.given import GivenNames, Group, given_likelihood
from bench.population.oracle.reading import Reading
from bench.population.places import Places

_YEAR = 365.2425
_GIRL = 1


@dataclass(frozen=True, slots=True)
class World:
    """What the oracle knows of the whole: how many children there are, where they may live, and the date."""

    children: int
    today: date
    places: Places
    origins: tuple[tuple[str, float], ...]
    addresses: Addresses = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "addresses", Addresses(self.places))

    def age(self, readings: Sequence[Reading]) -> float:
        """Years since the first birth date told; 9 where none is."""
        told = next((reading.birth for reading in readings if reading.birth), "")
        if not told:
            return 9.0
        first = date.fromisoformat((told + "-07-01")[:10] if len(told) == 4 else (told + "-15")[:10])
        return (self.today - first).days / _YEAR


def likelihood(readings: Sequence[Reading], world: World, elsewhere: frozenset[str] = frozenset()) -> float:
    """P(these records | they are of one child, drawn from the population)."""
    return (
        names_likelihood(tuple(readings), world)
        * circumstances.births(readings, world.today)
        * world.addresses.likelihood(readings, world.age(readings))
        * circumstances.numbers(readings, elsewhere, world.children)
    )


def names_likelihood(readings: tuple[Reading, ...], world: World) -> float:
    """P(names and sexes), a record's given and family names exchanged where that makes sense."""
    total = _names(readings, world)
    for place, reading in enumerate(readings):
        if reading.exchangeable:
            total += _names((*readings[:place], reading.exchanged, *readings[place + 1 :]), world)
    return total


def _names(readings: tuple[Reading, ...], world: World) -> float:
    swapped = 1.0
    for reading in readings:
        swapped *= reading.profile.swapped_names if reading.swapped else 1.0
    age = world.age(readings)
    return swapped * sum(
        share
        * sex_share
        * given_likelihood(given_names_of(readings, age), group)
        * family_likelihood(family_names_of(readings), kin)
        for group, kin, share, sex_share in groups_of(readings, world, age)
    )


def given_names_of(readings: Sequence[Reading], age: float) -> tuple[GivenNames, ...]:
    """What records say of the forenames of a child of that age in years."""
    return tuple(
        GivenNames(
            reading.custodian, reading.given, reading.middle, reading.known_as, reading.hidden,
            age * _YEAR < reading.profile.newborn["until_days"],
        )
        for reading in readings
    )  # fmt: skip


def family_names_of(readings: Sequence[Reading]) -> tuple[FamilyNames, ...]:
    """What records say of the family's names."""
    return tuple(
        FamilyNames(reading.custodian, reading.family, reading.former, reading.carer, reading.hidden)
        for reading in readings
    )


def groups_of(readings: Sequence[Reading], world: World, age: float) -> Iterator[tuple[Group, Kin, float, float]]:
    """Origins and sexes that the names may belong to, each with the origin's share and P(sexes told)."""
    band = _band(world.today.year - age)
    for origin, share in world.origins:
        if origin == naming.BRITISH or _known(readings, origin, band):
            for sex in _sexes(readings, origin, band):
                group = Group(origin, _part(sex), band)
                kin = Kin(origin, sex == _GIRL, max(0, int(age)))
                yield group, kin, share, 0.5 * circumstances.sexes(readings, sex)


def _sexes(readings: Sequence[Reading], origin: str, band: int) -> tuple[int, ...]:
    """The sex told; both where none is, where they differ, or where a forename is not known for the one told."""
    told = tuple({reading.sex for reading in readings if reading.sex})
    if len(told) != 1:
        return (1, 2)
    shares = vocabulary.given_shares(origin, _part(told[0]), band)
    return told if all(reading.given in shares for reading in readings if reading.given) else (1, 2)


def _part(sex: int) -> str:
    return "girl" if sex == _GIRL else "boy"


def _band(year: float) -> int:
    return max((start for start in naming.BANDS if start <= year), default=naming.BANDS[0])


def _known(readings: Sequence[Reading], origin: str, band: int) -> bool:
    """Whether the family has a name of that origin; forenames of an origin alone do not make it likely."""
    return any(
        _is_known(name, origin) for reading in readings for name in (reading.family, reading.carer) if name
    ) or any(_given_known(reading.given, origin, band) for reading in readings if reading.given)


@lru_cache(maxsize=200_000)
def _is_known(name: str, origin: str) -> bool:
    shares = naming.family_names(origin).shares
    second = naming.second_names(origin)
    words = [naming.masculine(word) for word in (name, *name.split(" "))]
    return any(word in shares for word in words) or (second is not None and name in second.shares)


@lru_cache(maxsize=200_000)
def _given_known(name: str, origin: str, band: int) -> bool:
    return any(name in naming.given_names(origin, part, band).shares for part in ("girl", "boy"))
