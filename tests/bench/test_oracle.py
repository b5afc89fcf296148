"""The oracle: its parts against the generator's own draws, its posteriors against the truth."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from bench.population import Population, Settings, generate
from bench.population.draws import Draws
from bench.population.oracle import Verdict, judge, likelihood, read, summary
from bench.population.oracle.circumstances import Addresses, births, numbers
from bench.population.oracle.family import FamilyNames, Kin, family_likelihood
from bench.population.oracle.given import GivenNames, Group, given_likelihood
from bench.population.oracle.households import related_likelihood
from bench.population.oracle.reading import Reading
from bench.population.oracle.weighing import World
from bench.population.places import mistyped, mistyped_share
from bench.population.profiles import families

BOYS = Group("british", "boy", 2015)
SCHOOL, SURGERY, CARE = "oakfield-school", "mill-lane-surgery", "borough-social-care"
TODAY = date(2026, 9, 1)


def forename(custodian: str, given: str, middle: str = "", known_as: str = "") -> GivenNames:
    return GivenNames(custodian, given, middle, known_as, hidden=False, young=False)


def gain(one: str, other: str) -> float:
    """How much likelier two forenames are if they are one child's than if they are two children's."""
    first, second = forename(SCHOOL, one), forename(CARE, other)
    together = given_likelihood((first, second), BOYS)
    return together / given_likelihood((first,), BOYS) / given_likelihood((second,), BOYS)


def test_forenames_equal_near_and_far() -> None:
    assert gain("zachary", "zachary") > gain("oliver", "oliver") > 10  # a rare name tells more
    assert gain("oliver", "olver") > 1
    assert gain("william", "billy") > 1
    assert gain("oliver", "jack") < 0.05


def test_a_forename_is_a_distribution() -> None:
    names = {"oliver", "olver", "ollie", "oliverr", "jack", "harry"}
    alone = {name: given_likelihood((forename(CARE, name),), BOYS) for name in names}
    assert alone["oliver"] > alone["ollie"] > 0
    assert alone["oliver"] > 50 * alone["olver"] > 0
    assert sum(alone.values()) < 1


def family(custodian: str, name: str, carer: str = "", former: str = "") -> FamilyNames:
    return FamilyNames(custodian, name, former, carer, newborn=False)


def test_family_names_that_a_family_explains() -> None:
    kin = Kin("british", girl=False, age=9)

    def gained(*records: FamilyNames) -> float:
        apart = 1.0
        for record in records:
            apart *= family_likelihood((record,), kin)
        return family_likelihood(records, kin) / apart

    assert gained(family(SCHOOL, "bryant couldrey"), family(CARE, "couldrey")) > 10
    assert gained(family(SCHOOL, "bryant", "bryant"), family(CARE, "carter", "bryant")) > 1
    assert gained(family(SCHOOL, "taylor", "", "wright"), family(CARE, "wright")) > 1
    assert gained(family(SCHOOL, "taylor", "taylor"), family(CARE, "wright", "wright")) < 0.2


def test_polish_forms_are_one_name() -> None:
    kin = Kin("polish", girl=True, age=5)
    same = family_likelihood((family(SCHOOL, "kowalska", "kowalska"), family(SURGERY, "kowalski")), kin)
    other = family_likelihood((family(SCHOOL, "kowalska", "kowalska"), family(SURGERY, "dudek")), kin)
    assert same > 20 * other


def test_postcode_slips_are_weighed_as_they_are_drawn() -> None:
    code, count = "SW4 0HP", 20_000
    uniform = Draws(3, "postcodes").uniform(3 * count).reshape(-1, 3)
    drawn = [mistyped(code, row) for row in uniform]
    assert code not in drawn
    for written in sorted(set(drawn))[::7]:
        share = mistyped_share(code, written)
        assert abs(drawn.count(written) / count - share) < 5 * (share / count) ** 0.5 + 1e-4
    assert sum(mistyped_share(code, written) for written in set(drawn)) == pytest.approx(1, abs=0.01)


@pytest.fixture(scope="module")
def small() -> Population:
    return generate(Settings(seed=23, children=170))


def reading(population: Population, custodian: str) -> Reading:
    return next(one for one in read(population.extracts[custodian]) if one.postcode and len(one.birth) == 10)


def test_birth_dates(small: Population) -> None:
    one = reading(small, SCHOOL)

    def with_birth(text: str, custodian: str = CARE) -> Reading:
        return replace(one, birth=text, custodian=custodian)

    alone = births([with_birth("2015-03-07")], TODAY)
    assert births([with_birth("2015-03-07"), with_birth("2015-03-07")], TODAY) > 0.9 * alone
    assert 0 < births([with_birth("2015-03-07"), with_birth("2015-07-03")], TODAY) < 0.05 * alone
    assert births([with_birth("2015-03-07"), with_birth("2013-11-25")], TODAY) == 0
    assert births([with_birth(""), with_birth("2015-03-07")], TODAY) > 0


def test_identifiers(small: Population) -> None:
    one = reading(small, SURGERY)
    same = numbers([one, one], frozenset(), 1000)
    assert same == pytest.approx(numbers([one], frozenset(), 1000), rel=0.01)
    other = replace(one, numbers=("9990000018", "", ""))
    assert numbers([one, other], frozenset(), 1000) < 1e-5 * same
    mixed_up = numbers([one, other], frozenset({"9990000018"}), 1000)
    assert mixed_up > 100 * numbers([one, other], frozenset(), 1000)


def test_addresses(small: Population) -> None:
    one, other = reading(small, SCHOOL), reading(small, SURGERY)
    places = Addresses(small.truth.places)
    again = replace(one, custodian=CARE)
    far = replace(one, postcode=other.postcode, uprn="", custodian=CARE)
    alone = places.likelihood([one], 9)
    assert 0.2 < places.likelihood([one, again], 9) / alone < 1
    assert 0 < places.likelihood([one, far], 9) / alone < 0.1


def test_the_oracle_finds_nearly_all_and_is_right(small: Population) -> None:
    verdicts = judge(small)
    told = summary(verdicts)
    assert len(verdicts) == sum(len(extract.rows) for extract in small.extracts.values())
    assert not any(verdict.indexed for verdict in verdicts if verdict.custodian == SCHOOL)
    assert told.precision == 1
    assert told.recall > 0.95
    assert summary(verdicts, 0.5).recall >= told.recall


def test_a_sample_is_judged_as_the_whole_would(small: Population) -> None:
    whole = {(verdict.custodian, verdict.row): verdict for verdict in judge(small)}
    sample = judge(small, sample=0.3)
    assert 0 < len(sample) < len(whole) / 2
    assert all(whole[verdict.custodian, verdict.row] == verdict for verdict in sample)


def world(population: Population, children: int = 5000) -> World:
    return World(children, TODAY, population.truth.places, tuple(families().origins.items()))


def test_a_twin_is_no_misspelt_brother(small: Population) -> None:
    """Somali twins share the father's name too: what is alike tells of the family, not of the child."""
    one = replace(
        reading(small, SURGERY), given="amina", middle="cali", family="abdi", known_as="", former="", carer="abdi",
        birth="2025-02-23", sex=1, numbers=("9990000018", "", ""),
    )  # fmt: skip
    other = replace(one, given="maryan", numbers=("9990000026", "", ""))
    everything = world(small)
    same = likelihood([one, other], everything) / likelihood([one], everything)
    assert related_likelihood([other], [one], everything) > 1000 * same


def test_a_wrong_sex_does_not_make_two_children_one(small: Population) -> None:
    """A boy's name under a girl's sex is explained by the sex, not by whoever else the record might be of."""
    one = replace(
        reading(small, SCHOOL), given="santino", middle="", family="wyness", known_as="", former="", carer="wyness",
        birth="2018-04-13", sex=1, numbers=("", "", ""),
    )  # fmt: skip
    other = replace(one, custodian=SURGERY, given="benjamin", sex=2)
    everything = world(small)
    same = likelihood([one, other], everything) / likelihood([one], everything)
    assert same < 0.001
    again = replace(other, given="santino")
    assert likelihood([one, again], everything) / likelihood([one], everything) > 50 * same


def test_a_daughters_name_is_known_to_be_polish(small: Population) -> None:
    """No record can be likelier beside another than it is by itself."""
    one = replace(
        reading(small, SCHOOL), given="consgance", middle="", family="wojciechowska", known_as="", former="",
        carer="wojciechowska", birth="2021-06-25", sex=1, numbers=("", "", ""),
    )  # fmt: skip
    other = replace(one, custodian=SURGERY, given="alice", middle="roza", carer="")
    everything = world(small)
    assert likelihood([one, other], everything) < 0.01 * likelihood([one], everything)


def beyond(verdicts: Sequence[Verdict]) -> float:
    """By how many standard deviations the right ones differ from the sum of stated probabilities."""
    expected = sum(verdict.probability for verdict in verdicts)
    spread = sum(verdict.probability * (1 - verdict.probability) for verdict in verdicts) ** 0.5
    return float(abs(sum(verdict.right for verdict in verdicts) - expected) / max(spread, 1.0))


@pytest.mark.slow
@pytest.mark.parametrize("identifiers", [True, False])
def test_stated_posteriors_are_true(identifiers: bool) -> None:
    population = generate(Settings(seed=31, children=6000, identifiers=identifiers))
    verdicts = [one for one in judge(population) if one.best is not None and not one.again]
    for lowest, highest in ((0.05, 0.5), (0.5, 0.9), (0.9, 0.99), (0.99, 0.999), (0.999, 1.01)):
        band = [verdict for verdict in verdicts if lowest <= verdict.probability < highest]
        assert beyond(band) < 4, (lowest, len(band))
    assert summary(verdicts).precision >= 0.999
