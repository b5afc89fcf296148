"""A number that was picked by mistake, given twice or copied from a twin: alone it lifts no doubt."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from childindex import linkage
from childindex.demographics import PartialDate, Sex
from childindex.linkage import Candidate, Decision, wording
from tests.linkage.people import candidate, child, features, match, strings
from tests.linkage.test_matching import NHS, OTHER_NHS, TWO, UPN, number

ENGLAND, LOCAL = linkage.shipped(), linkage.shipped(5000)
PICKED = child("Kieran", "Iqbal", postcode="M14 7TT", identifiers=number(NHS))
OWN = child("Hasan", "Iqbal", postcode="LS11 5QW", identifiers=number(NHS))

HOMES = st.sampled_from(["LS11 5QW", "LS11 5QX", "M14 7TT", ""])
DATES = st.sampled_from([(2014, 5, 17), (2014, 5, 18), (2018, 8, 21), (0, 0, 0)])
MORE = st.fixed_dictionaries(
    {
        "family_name": st.sampled_from(["Iqbal", "Quillfeather", "Smith"]),
        "postcode": HOMES,
        "birth_date": DATES.map(lambda date: PartialDate(*date)),
        "sex": st.sampled_from([Sex.MALE, Sex.UNSPECIFIED]),
        "middle_names": st.sampled_from(["", "Rupert"]),
        "carer_family_name": st.sampled_from(["", "Sadiq"]),
    }
)
TWO_NAMES = st.sampled_from([("Hasan", "Kieran"), ("Oliver", "Barnaby"), ("Ada", "Bea"), ("Jun", "Min")])


@given(
    TWO_NAMES, st.tuples(MORE, MORE), st.sampled_from([NHS, UPN]), st.sampled_from([12_000_000, 5000]), st.booleans()
)
@settings(max_examples=200)
def test_one_number_links_no_two_forenames(
    names: tuple[str, str], more: tuple[dict[str, object], ...], equal: str, population: int, twin: bool
) -> None:
    mine, theirs = more
    query = replace(child(names[0], identifiers=number(equal)), **mine)  # type: ignore[arg-type]  # by field
    known = replace(child(names[1], identifiers=number(equal)), **theirs)  # type: ignore[arg-type]  # by field
    entries = [[known], [replace(known, given_name="Otis", identifiers=())]] if twin else [[known]]
    found = match(linkage.shipped(population), query, *entries)
    assert found.decision is not Decision.MATCHED or found.scored[0].entry != 1


@pytest.mark.parametrize("postcode", ["LS11 5QW", "LS11 5QX", "LS11 9AB", "LS2 9AB", "M14 7TT", ""])
def test_a_number_picked_by_surname_and_date_is_for_a_person_wherever_the_child_lives(postcode: str) -> None:
    found = match(ENGLAND, replace(PICKED, postcode=postcode), [OWN])
    assert found.decision is Decision.POSSIBLE
    assert "forename_disagrees" in found.scored[0].vetoes


def test_the_probability_itself_knows_that_a_number_may_be_anothers() -> None:
    """Without the veto, too: another child of the surname and the date, of whom nothing else agrees."""
    (best,) = match(ENGLAND, PICKED, [OWN]).scored
    assert best.rival == "mistaken"
    assert 0.001 < best.rival_probability < best.probability < 0.999
    words = "it may be another child, to whom the number of this one was given by mistake"
    assert ENGLAND.shape.reasons["mistaken"] == words
    agreeing = match(ENGLAND, replace(PICKED, given_name="Hasan"), [OWN])
    assert agreeing.decision is Decision.MATCHED


def test_where_no_number_is_equal_nobody_was_given_one_by_mistake() -> None:
    for query in (replace(PICKED, identifiers=()), replace(PICKED, identifiers=number(OTHER_NHS))):
        (best,) = match(ENGLAND, query, [OWN]).scored
        assert "mistaken" not in {each.name for each in best.classes}
        assert best.rival != "mistaken"


def test_a_kind_of_custodian_that_errs_more_is_believed_less() -> None:
    chances = []
    for kind in ("births", "general_practice", "", "social_care"):
        inquiry = ENGLAND.inquire(features(ENGLAND, PICKED), [candidate(ENGLAND, 1, OWN)], kind=kind)
        chances.append(inquiry.match(strings(ENGLAND, [OWN])).scored[0].probability)
    assert chances == sorted(chances, reverse=True)
    assert len(set(chances)) == 4
    assert ENGLAND.shape.rates("school") == ENGLAND.shape.rates("no such kind") == ENGLAND.shape.rates()


def test_a_second_number_is_evidence_of_its_own() -> None:
    one = match(ENGLAND, PICKED, [OWN]).scored[0]
    two = match(ENGLAND, replace(PICKED, identifiers=TWO), [replace(OWN, identifiers=TWO)]).scored[0]
    assert two.rival_probability < one.rival_probability / 10
    assert two.probability > 0.999


def test_a_twin_whose_number_is_another_is_no_reason_to_doubt() -> None:
    """The record bears the number of the one; the other twin is known to bear another."""
    george, gideon = (child(name, identifiers=number(own)) for name, own in (("George", NHS), ("Gideon", OTHER_NHS)))
    query = child("G", identifiers=number(NHS))
    assert match(ENGLAND, query, [george], [gideon]).decision is Decision.MATCHED
    unknown = match(ENGLAND, query, [george], [replace(gideon, identifiers=())])
    assert "twin_known" in unknown.scored[0].vetoes
    near = child("Georg", identifiers=number(NHS))
    told = match(ENGLAND, near, [george], [child("Georg", born="2014-05-18", identifiers=number(OTHER_NHS))])
    assert "another_child_nearer_by_forename" not in told.scored[0].vetoes
    untold = match(ENGLAND, near, [george], [child("Georg", born="2014-05-18")])
    assert "another_child_nearer_by_forename" in untold.scored[0].vetoes


def test_a_doubt_about_a_number_is_said() -> None:
    entries = [Candidate(1, candidate(ENGLAND, 1, OWN).rows)]
    query = replace(PICKED, given_name="H", postcode="")
    found = ENGLAND.inquire(features(ENGLAND, query), entries, kind="housing", indexed=0.001).match(
        strings(ENGLAND, [OWN])
    )
    assert found.decision is Decision.POSSIBLE
    assert "the number of this one was given by mistake" in wording.sentence(ENGLAND.shape, found)
