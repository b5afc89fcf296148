"""What kin among the candidates explain, held against the candidate alone."""

from dataclasses import replace
from math import log2

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from childindex import linkage
from childindex.demographics import Sex
from childindex.linkage import Candidate, Decision, Model, ProfileRow
from tests.linkage.people import child, features, match, strings
from tests.linkage.test_matching import NHS, OTHER_NHS, number

ENGLAND, LOCAL = linkage.shipped(), linkage.shipped(5000)


@pytest.mark.parametrize("model", [ENGLAND, LOCAL])
def test_a_brother_at_the_new_address_explains_it_as_much_as_he_competes(model: Model) -> None:
    known, brother = child(postcode="M2 3BD", sex=Sex.UNSPECIFIED), child("Jack", born="2011-09-30")
    alone, both = (match(model, child(), *others).scored[0] for others in ([[known]], [[known], [brother]]))
    assert "kinship" not in {line.comparison for line in alone.comparisons}
    (line,) = (line for line in both.comparisons if line.comparison == "kinship")
    assert line.bits > 3  # the new postcode, and that one candidate is the other's brother
    assert both.total_bits == pytest.approx(alone.total_bits + line.bits, abs=1e-6)
    assert both.probability == pytest.approx(alone.probability, abs=0.001)


def test_an_identifier_of_an_ended_record_is_no_conflict() -> None:
    query = child(identifiers=number(OTHER_NHS))
    rows = [child(), child(identifiers=number(NHS))]
    decisions = []
    for active in (True, False):
        profile = [ProfileRow(0, True, 0, features(LOCAL, rows[0])), ProfileRow(1, active, 0, features(LOCAL, rows[1]))]
        found = LOCAL.inquire(features(LOCAL, query), [Candidate(1, tuple(profile))]).match(strings(LOCAL, rows))
        decisions.append((found.decision, "identifiers_conflict" in found.scored[0].vetoes))
    assert decisions == [(Decision.POSSIBLE, True), (Decision.MATCHED, False)]


def test_a_namesake_of_another_age_is_not_nearer_by_forename() -> None:
    query, known = child("Olivr", identifiers=number(NHS)), child(identifiers=number(NHS))
    vetoes = [
        match(LOCAL, query, [known], [child("Olivr", born=born)]).scored[0].vetoes
        for born in ("2014-05-17", "2014-05-18", "2008-05-17")
    ]
    assert "another_child_nearer_by_forename" in vetoes[0]
    assert vetoes[1:] == [("another_child_nearer_by_forename",), ()]


NAMES = st.sampled_from(["Oliver", "Jack", "Noah"])


@given(NAMES, NAMES, NAMES, NAMES)
@settings(max_examples=30)
def test_what_kin_choose_anew_counts_for_them_by_its_share(one: str, two: str, three: str, four: str) -> None:
    """A child that goes by its middle name: the lines of the strongest rival class sum to its odds as well."""
    found = match(LOCAL, child(one, middle_names=two), [child(three, middle_names=four)])
    for scored in found.scored:
        (kin,) = (chance for chance in scored.classes if chance.name == scored.rival)
        (shape,) = (each for each in LOCAL.shape.rivals if each.name == scored.rival)
        prior = round(log2(shape.per_child / 5000) * 1000) / 1000
        assert kin.bits == pytest.approx(prior + sum(line.rival_bits for line in scored.comparisons), abs=1e-6)


@pytest.mark.parametrize("names", [("Ella", "Ellie"), ("Aisha", "Aysha"), ("Jon", "John"), ("Amina", "Amira")])
@pytest.mark.parametrize("rows", [1, 3])
def test_a_name_that_is_the_twins_own_is_the_twins(names: tuple[str, str], rows: int) -> None:
    """Of twins whose names are forms of each other each record is of the one whose very name it bears."""
    one, other = (child(name, "Chowdhury") for name in names)
    for query, entry in ((one, 1), (other, 2)):
        found = match(ENGLAND, query, [one] * rows, [other] * rows)
        assert (found.decision, found.scored[0].entry) == (Decision.MATCHED, entry)


def test_a_name_that_only_resembles_both_twins_is_for_a_person() -> None:
    one, other = child("Ella", "Chowdhury"), child("Ellie", "Chowdhury")
    assert match(ENGLAND, child("Elli", "Chowdhury"), [one], [other]).decision is Decision.POSSIBLE


def test_a_namesake_elsewhere_makes_no_variant_another_name() -> None:
    known, namesake = child("Ellie", "Chowdhury"), child("Ella", "Chowdhury", postcode="M2 3BD")
    of_home = {"family": "Chowdhury", "carer_family_name": ""}
    found = match(ENGLAND, child("Ella", **of_home), [known], [replace(namesake, family_name="Ng")])
    (line,) = (each for each in found.scored[0].comparisons if each.comparison == "forename")
    assert found.scored[0].entry == 1
    assert line.level != "other"
