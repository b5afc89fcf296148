"""Families: stated rates, and relationships that can be."""

from collections import defaultdict
from itertools import pairwise

import numpy as np

from bench.population import Kinship, Population
from bench.population.families import SHORTEST_GAP
from bench.population.naming import plain
from bench.population.profiles import families


def close(observed: int, trials: int, rate: float) -> bool:
    """Within four standard deviations of the stated rate."""
    return bool(abs(observed - trials * rate) <= 4 * (trials * rate * (1 - rate)) ** 0.5 + 1)


def test_there_are_as_many_children_as_asked_for_and_all_are_young(population: Population) -> None:
    today = population.settings.reference_date
    assert len(population.children) == 9_000
    age = (today.toordinal() - population.truth.birth) / 365.2425
    assert age.max() < 18.01
    assert age.min() > -families().unborn_days / 365 - 0.01


def test_twin_maternities(population: Population) -> None:
    twins = [one for one in population.relationships() if one.kinship is Kinship.TWIN]
    maternities = len(population.children) - len(twins)
    assert close(len(twins), maternities, families().twins)
    sexes = population.truth.sex
    same = sum(sexes[one.one] == sexes[one.other] for one in twins)
    assert close(same, len(twins), families().twins_same_sex)


def test_relatives_are_possible(population: Population) -> None:
    truth = population.truth
    for one in population.relationships():
        apart = abs(int(truth.birth[one.one]) - int(truth.birth[one.other]))
        kin = truth.family[one.one] == truth.family[one.other]
        fathers = truth.father[one.one] == truth.father[one.other]
        assert one.one < one.other
        match one.kinship:
            case Kinship.TWIN:
                assert kin
                assert fathers
                assert apart <= 1
            case Kinship.SIBLING:
                assert kin
                assert fathers
                assert apart >= SHORTEST_GAP - 1
            case Kinship.HALF_SIBLING:
                assert kin
                assert not fathers
                assert apart >= SHORTEST_GAP - 1
            case Kinship.SAME_NAME_NEIGHBOUR:
                assert not kin
                assert plain(truth.name[one.one]) == plain(truth.name[one.other])


def test_no_two_children_of_a_mother_bear_one_forename(population: Population) -> None:
    names = defaultdict(list)
    for family, given in zip(population.truth.family.tolist(), population.truth.given, strict=True):
        names[family].append(plain(given))
    assert all(len(set(given)) == len(given) for given in names.values())


def test_a_family_lives_together_and_its_moves_come_after_birth(population: Population) -> None:
    truth = population.truth
    homes: dict[int, tuple[int, int]] = {}
    for child, family in enumerate(truth.family.tolist()):
        home = int(truth.place[child, 0]), int(truth.house[child, 0])
        assert homes.setdefault(family, home) == home
    newborn = truth.birth > population.settings.reference_date.toordinal() - 7
    assert truth.earlier[newborn].max(initial=0) <= 1
    assert truth.earlier.max() == 3


def test_origins_have_their_shares(population: Population) -> None:
    truth = population.truth
    mothers = len(set(truth.family.tolist()))
    first = np.unique(truth.family, return_index=True)[1]
    for number, origin in enumerate(truth.origins):
        observed = int((truth.origin[first] == number).sum())
        assert close(observed, mothers, families().origins.get(origin, 0.0))


def test_surnames_change_pro_rata_of_age(population: Population) -> None:
    truth = population.truth
    changed = [bool(name) for name in truth.former]
    age = np.maximum(0, population.settings.reference_date.toordinal() - truth.birth) / 365.2425
    expected = (families().surname_changed * age / 18).sum()
    assert abs(sum(changed) - expected) < 4 * expected**0.5
    for child in np.flatnonzero(changed).tolist():
        assert plain(truth.former[child]) != plain(truth.name[child])
        assert truth.birth[child] <= truth.former_until[child] <= population.settings.reference_date.toordinal()


def test_somali_children_of_one_father_bear_his_name_second(population: Population) -> None:
    truth = population.truth
    somali = np.flatnonzero(truth.origin == truth.origins.index("somali")).tolist()
    fathers = defaultdict(set)
    for child in somali:
        fathers[int(truth.father[child])].add(truth.middle[child])
    assert all(len(names) == 1 and "" not in names for names in fathers.values())


def test_siblings_follow_each_other_in_the_population(population: Population) -> None:
    families_in_order = population.truth.family.tolist()
    assert all(0 <= later - earlier <= 1 for earlier, later in pairwise(families_in_order))
