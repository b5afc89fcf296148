"""Customs of writing names: what they make of a name, how often, and that a population without them is as it was."""

from collections import Counter

import pytest

from bench.population import Settings, generate
from bench.population.customs import Written, outcomes, rates


def made(kind: str, given: str, middle: str, family: str, *, girl: bool = False) -> set[tuple[str, str, str]]:
    names = Written(given, middle, family, "Marsh", "Lane", "Kelvin", girl)
    return {(one.given, one.middle, one.family) for one in outcomes(kind, names)}


@pytest.mark.parametrize(
    ("kind", "name", "expected"),
    [
        ("swapped", ("Wei", "", "Li"), ("Li", "", "Wei")),
        ("whole_given", ("Ayan", "Omar", "Yassin"), ("Ayan Omar Yassin", "", "")),
        ("whole_given", ("Ayan", "Omar", "Yassin"), ("Yassin Ayan Omar", "", "")),
        ("no_family", ("Omid", "", "Noori"), ("Omid", "", "")),
        ("repeated", ("Omid", "", "Noori"), ("Omid", "", "Omid")),
        ("stand_in", ("Omid", "", "Noori"), ("Omid", "", ".")),
        ("father_as_family", ("Hodan", "Omar", "Warsame"), ("Hodan", "", "Omar")),
        ("with_middle", ("Hodan", "Omar", "Warsame"), ("Hodan Omar", "", "Warsame")),
        ("middle_first", ("Kofi", "Daniel", "Mensah"), ("Daniel", "Kofi", "Mensah")),
        ("two_in_family", ("Hodan", "Omar", "Warsame"), ("Hodan", "", "Omar Warsame")),
        ("prefixed", ("Hamza", "", "Khan"), ("Syed Hamza", "", "Khan")),
        ("religious_family", ("Arjan", "", "Gill"), ("Arjan", "", "Singh")),
        ("initial_family", ("Arun", "", "Rasiah"), ("Arun", "", "R")),
        ("particle", ("Sean", "", "O'Brien"), ("Sean", "", "Brien")),
        ("particle", ("Rami", "", "Al-Masri"), ("Rami", "", "Almasri")),
        ("particle", ("Sean", "", "McCarthy"), ("Sean", "", "Mc Carthy")),
        ("compound", ("Xiao-Ming", "", "Wu"), ("Xiao", "Ming", "Wu")),
        ("both_parents", ("Rui", "", "Lane"), ("Rui", "", "Marsh Lane")),
        ("ending", ("Ola", "", "Kowalska"), ("Ola", "", "Kowalski")),
        ("called", ("Ka Ho", "", "Wong"), ("Kelvin", "Ka Ho", "Wong")),
    ],
)
def test_what_a_custom_makes(kind: str, name: tuple[str, str, str], expected: tuple[str, str, str]) -> None:
    assert expected in made(kind, *name)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("father_as_family", ("Hodan", "", "Warsame")),
        ("particle", ("Ann", "", "Maclean"[:3])),
        ("particle", ("Ann", "", "Olding")),
        ("compound", ("Ann", "", "Lee")),
        ("ending", ("Ann", "", "Lee")),
        ("prefixed", ("Mohammed", "", "Khan")),
        ("initial_family", ("Arun", "", "R")),
    ],
)
def test_a_custom_that_a_name_has_nothing_for(kind: str, name: tuple[str, str, str]) -> None:
    assert not made(kind, *name)


def test_customs_are_as_frequent_as_stated_and_change_names_only() -> None:
    kept = {"seed": 4, "children": 4_000, "custodians": ("mill-lane-surgery",), "origins": {"chinese": 1.0}}
    plain, customary = (
        generate(Settings(**kept, customs=customs)).extracts["mill-lane-surgery"].recording  # type: ignore[arg-type]
        for customs in (False, True)
    )
    counted = Counter(customary.errors["customs"])
    assert counted["swapped"] == pytest.approx(rates()["chinese"]["swapped"] * len(customary.child), rel=0.35)
    assert "customs" not in plain.errors
    same = [mine == theirs for mine, theirs in zip(plain.columns.given_name, customary.columns.given_name, strict=True)]
    assert sum(not one for one in same) == pytest.approx(len(same) - counted[""], rel=0.2)
    assert plain.columns.birth_date == customary.columns.birth_date
    assert plain.columns.postcode == customary.columns.postcode
