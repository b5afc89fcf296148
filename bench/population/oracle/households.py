"""What the records of a household's other children tell: of a twin, brother or sister, and of names and addresses."""

from collections.abc import Sequence
from datetime import date

from bench.population.families import SHORTEST_GAP
from bench.population.naming import plain
from bench.population.oracle import circumstances
from bench.population.oracle.family import family_likelihood
from bench.population.oracle.given import Group, given_likelihood, middle_shares
from bench.population.oracle.reading import Reading
from bench.population.oracle.vocabulary import given_shares
from bench.population.oracle.weighing import World, family_names_of, given_names_of, groups_of
from bench.population.people import PATRONYMIC, similar_names
from bench.population.profiles import families

SIBLINGS = 0.95  # brothers and sisters that a child has, on average
_SIBLING_SPREAD = 2600.0  # days over which their births are spread, before and after its own
_TOLD = 2  # records of a relative that are looked at


def related_likelihood(new: Sequence[Reading], known: Sequence[Reading], world: World) -> float:
    """The expected number of twins, brothers and sisters of the known child of whom the new records are."""
    twins = 2 * families().twins / (1 + families().twins)
    twin = sibling_likelihood(new, known, world, twin=True)
    return twins * twin + SIBLINGS * sibling_likelihood(new, known, world, twin=False)


def sibling_likelihood(new: Sequence[Reading], known: Sequence[Reading], world: World, *, twin: bool) -> float:
    """P(the new records | they are of a twin, or of a brother or sister, of the child of the known ones).

    Family names, address and, for a twin, the birth date are shared; the forename is another; the sex is its own.
    """
    known = known[:_TOLD]
    born = _birth(new, known, world, twin=twin)
    if not born or {reading.given for reading in new} & {reading.given for reading in known} - {""}:
        return 0.0
    readings = (*known, *new)
    age = world.age(new)
    with_new = without = 0.0
    for group, kin, share, sex_share in groups_of(new, world, age):
        forename = given_likelihood(given_names_of(new, age), group)
        if twin and new[0].sex == known[0].sex:
            forename *= 1 + families().twins_similar_names * _similar(new[0], known, group)
        forename *= _father_told(new[0], known, group)
        with_new += sex_share * share * family_likelihood(family_names_of(readings), kin) * forename
        without += share * family_likelihood(family_names_of(known), kin)
    names = with_new / without if without else 0.0
    return names * born * _address(new, known, world) * circumstances.numbers(new, frozenset(), world.children)


def household_likelihood(new: Reading, known: Sequence[Reading], relative: Sequence[Reading], world: World) -> float:
    """P(the new record | it is of the known child, and that child is the relative's twin, brother or sister)."""
    relative = relative[:_TOLD]
    age = world.age(known)
    with_new = without = 0.0
    for group, kin, share, sex_share in groups_of((*known, new), world, age):
        both = given_likelihood(given_names_of((*known, new), age), group)
        with_new += sex_share * share * both * family_likelihood(family_names_of((*known, *relative, new)), kin)
        alone = given_likelihood(given_names_of(known, age), group)
        without += (
            0.5
            * circumstances.sexes(known, _sex(group))
            * share
            * alone
            * family_likelihood(family_names_of((*known, *relative)), kin)
        )
    names = with_new / without if without else 0.0
    before, after = circumstances.births(known, world.today), circumstances.births((*known, new), world.today)
    own, all_numbers = (circumstances.numbers(some, frozenset(), world.children) for some in (known, (*known, new)))
    return names * after / before * _address((new,), (*known, *relative), world) * all_numbers / own


def _sex(group: Group) -> int:
    return 1 if group.part == "girl" else 2


def _address(new: Sequence[Reading], known: Sequence[Reading], world: World) -> float:
    age = world.age(known)
    alone = world.addresses.likelihood(known, age)
    return world.addresses.likelihood((*known, *new), age) / alone if alone else 0.0


def _similar(new: Reading, known: Sequence[Reading], group: Group) -> float:
    """How much likelier the forename is if it was chosen to sound like the twin's."""
    alike = {plain(name) for reading in known for name in similar_names(group.origin, group.part, reading.given)}
    share = given_shares(*group).get(new.given, 0.0)
    return 1 / len(alike) / share if new.given in alike and share else 0.0


def _father_told(new: Reading, known: Sequence[Reading], group: Group) -> float:
    """How much likelier the middle name is where it is the father's, whose name the other child's record tells."""
    told = group.origin in PATRONYMIC and new.middle in {reading.middle for reading in known}
    share = middle_shares(group).get(new.middle, 0.0) if told else 0.0
    return 1 / share if share else 1.0


def _birth(new: Sequence[Reading], known: Sequence[Reading], world: World, *, twin: bool) -> float:
    if twin:
        alone = circumstances.births(known, world.today)
        return circumstances.births((*known, *new), world.today) / alone if alone else 0.0
    own, theirs = ([_day(reading) for reading in some if len(reading.birth) == 10] for some in (new, known))
    if own and theirs and abs(own[0] - theirs[0]) < SHORTEST_GAP:
        return 0.0
    spread = 2 * _SIBLING_SPREAD / (18 * 365.25)
    return circumstances.births(new, world.today) / spread


def _day(reading: Reading) -> int:
    return date.fromisoformat(reading.birth).toordinal()
