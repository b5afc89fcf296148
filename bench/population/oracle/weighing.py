"""The likelihood of records of one child, and of a new record given a child's, all factors together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from bench.population import naming
from bench.population.families import SHORTEST_GAP
from bench.population.naming import plain
from bench.population.oracle import circumstances
from bench.population.oracle.circumstances import Addresses
from bench.population.oracle.family import FamilyNames, Kin, family_likelihood
from bench.population.oracle.given import GivenNames, Group, given_likelihood
from bench.population.oracle.reading import Reading
from bench.population.people import similar_names
from bench.population.places import Places
from bench.population.profiles import families

_YEAR = 365.2425
_GIRL = 1
_SIBLING_SPREAD = 2600.0  # days over which a brother's or sister's birth is spread


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
        share * sex_share * given_likelihood(_given(readings, age), group) * family_likelihood(_family(readings), kin)
        for group, kin, share, sex_share in _groups(readings, world, age)
    )


def sibling_likelihood(new: Reading, known: Sequence[Reading], world: World, twin: bool) -> float:
    """P(the new record | it is of a twin, brother or sister of the child of the known ones).

    Family names, address and, for a twin, the birth date are shared; the forename is another; the sex is its own.
    """
    if new.given and any(new.given == reading.given for reading in known):
        return 0.0
    readings = (*known, new)
    age = world.age(readings)
    with_new = without = 0.0
    for group, kin, share, sex_share in _groups((new,), world, world.age((new,))):
        forename = given_likelihood(_given((new,), age), group)
        if twin and new.sex == known[0].sex:
            forename += families().twins_similar_names * _similar(new, known, group)
        with_new += sex_share * share * family_likelihood(_family(readings), kin) * forename
        without += share * family_likelihood(_family(known), kin)
    names = with_new / without if without else 0.0
    address, alone = world.addresses.likelihood(readings, age), world.addresses.likelihood(known, age)
    numbers = circumstances.numbers((new,), frozenset(), world.children)
    return names * (address / alone) * numbers * _birth_of_sibling(new, known, world, twin)


def _similar(new: Reading, known: Sequence[Reading], group: Group) -> float:
    """P(the new forename | it was chosen to sound like the twin's)."""
    alike = {plain(name) for reading in known for name in similar_names(group.origin, group.part, reading.given)}
    return (new.given in alike) / len(alike) if alike else 0.0


def _birth_of_sibling(new: Reading, known: Sequence[Reading], world: World, twin: bool) -> float:
    if twin:
        together = circumstances.births((*known, new), world.today)
        alone = circumstances.births(known, world.today)
        return together / alone if alone else 0.0
    days = [date.fromisoformat(reading.birth).toordinal() for reading in (*known, new) if len(reading.birth) == 10]
    apart = abs(days[-1] - days[0]) >= SHORTEST_GAP if len(days) > 1 else True
    return apart / (2 * _SIBLING_SPREAD)


def _given(readings: Sequence[Reading], age: float) -> tuple[GivenNames, ...]:
    return tuple(
        GivenNames(
            reading.custodian, reading.given, reading.middle, reading.known_as, reading.hidden,
            age * _YEAR < reading.profile.newborn["until_days"],
        )
        for reading in readings
    )  # fmt: skip


def _family(readings: Sequence[Reading]) -> tuple[FamilyNames, ...]:
    return tuple(
        FamilyNames(reading.custodian, reading.family, reading.former, reading.carer, reading.hidden)
        for reading in readings
    )


def _groups(readings: Sequence[Reading], world: World, age: float) -> Iterator[tuple[Group, Kin, float, float]]:
    """Origins and sexes that the names may belong to, each with the origin's share and P(sexes told)."""
    band = _band(world.today.year - age)
    told = {reading.sex for reading in readings if reading.sex}
    for origin, share in world.origins:
        if origin == naming.BRITISH or _known(readings, origin, band):
            for sex in sorted(told) if len(told) == 1 else (1, 2):
                group = Group(origin, "girl" if sex == _GIRL else "boy", band)
                kin = Kin(origin, sex == _GIRL, max(0, int(age)))
                yield group, kin, share, 0.5 * circumstances.sexes(readings, sex)


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
    words = name.split(" ")
    return name in shares or any(word in shares for word in words) or (second is not None and name in second.shares)


@lru_cache(maxsize=200_000)
def _given_known(name: str, origin: str, band: int) -> bool:
    return any(name in naming.given_names(origin, part, band).shares for part in ("girl", "boy"))
