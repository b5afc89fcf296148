"""An address that many share: the more children, the less it says, and nothing that lies farther says more."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from childindex import linkage
from childindex.demographics import Demographics, Sex
from childindex.linkage import Decision, Match, Model, wording
from childindex.linkage.specification import CrowdShape
from tests.linkage.people import candidate, child, code, features, match, strings

ENGLAND, LOCAL = linkage.shipped(), linkage.shipped(5000)
HOSTEL, UPRN = "LS1 4AB", "10033544614"
CROWD = ENGLAND.shape.crowds


def asked(model: Model, query: Demographics, entries: list[list[Demographics]], crowd: dict[str, int]) -> Match:
    """As `match`, where so many children share the postcode or the property of the query."""
    mine = features(model, query)
    codes = {found for field in ("postcode", "uprn") for found in _codes(model, query, field)}
    counts = {
        found: crowd[field]
        for field in crowd
        for found in _codes(model, query, field)
        if crowd[field] and found in codes
    }
    candidates = [candidate(model, number, *records) for number, records in enumerate(entries, start=1)]
    lexicon = strings(model, [record for records in entries for record in records])
    return model.inquire(replace(mine, crowds=counts), candidates).match(lexicon)


def _codes(model: Model, record: Demographics, field: str) -> tuple[int, ...]:
    return features(model, record).codes[list(model.shape.fields).index(field)]


def bits(found: Match, comparison: str = "postcode") -> float:
    return next(line.bits for line in found.scored[0].comparisons if line.comparison == comparison)


@pytest.mark.parametrize(("count", "most"), [(1, 99.0), (19, 99.0), *CROWD.classes, (5000, CROWD.classes[-1][1])])
def test_an_equal_address_is_left_what_its_crowd_leaves_it(count: int, most: float) -> None:
    whole = bits(match(ENGLAND, child(postcode=HOSTEL), [child(postcode=HOSTEL)]))
    found = bits(asked(ENGLAND, child(postcode=HOSTEL), [[child(postcode=HOSTEL)]], {"postcode": count}))
    assert found == pytest.approx(min(whole, most))


def test_a_flat_of_its_own_in_a_crowded_postcode_keeps_its_weight() -> None:
    home = child(postcode=HOSTEL, uprn=UPRN)
    alone = bits(match(ENGLAND, home, [home]))
    assert bits(asked(ENGLAND, home, [[home]], {"postcode": 500})) == alone
    assert bits(asked(ENGLAND, home, [[home]], {"postcode": 500, "uprn": 500})) < 6


def test_where_the_property_is_crowded_its_postcode_says_no_more() -> None:
    query, known = child(postcode=HOSTEL, uprn=UPRN), child(postcode=HOSTEL)
    assert bits(asked(ENGLAND, query, [[known]], {"uprn": 500})) <= CROWD.least


def test_an_address_that_many_share_stands_in_for_no_birth_date() -> None:
    query, known = child(born="", postcode=HOSTEL), child(postcode=HOSTEL)
    assert match(ENGLAND, query, [known]).scored[0].vetoes == ()
    assert asked(ENGLAND, query, [[known]], {"postcode": 70}).scored[0].vetoes == ("birth_date_missing",)


def test_an_explanation_tells_of_the_crowd() -> None:
    child_ = child(postcode=HOSTEL)
    (line,) = (
        each
        for each in asked(ENGLAND, child_, [[child_]], {"postcode": 30}).scored[0].comparisons
        if each.comparison == "postcode"
    )
    assert wording._said(ENGLAND.shape, line).endswith("in the same postcode, an address that many share")
    assert "many" not in wording.sentence(ENGLAND.shape, match(ENGLAND, child_, [child_]))


VALUES: dict[str, list[object]] = {
    "given_name": ["Jawad", "Jawed", "Omar", ""],
    "family_name": ["Karimi", "Khan", ""],
    "postcode": [HOSTEL, "LS1 4AD", "LS1 9AB", "M2 3BD", ""],
    "uprn": [UPRN, "10033544699", ""],
    "sex": [Sex.MALE, Sex.FEMALE],
}
CHILDREN = st.builds(
    lambda born, values: replace(child(born=born), **values),
    st.sampled_from(["2010-01-01", "2010-01-02", "2012-05-06", ""]),
    st.fixed_dictionaries({name: st.sampled_from(values) for name, values in VALUES.items()}),
)
COUNTS = st.integers(0, 90)


@given(CHILDREN, CHILDREN, st.tuples(COUNTS, COUNTS), st.tuples(COUNTS, COUNTS), st.sampled_from([12_000_000, 5000]))
@settings(max_examples=200)
def test_more_sharers_never_make_a_link_surer(
    query: Demographics, known: Demographics, few: tuple[int, int], more: tuple[int, int], population: int
) -> None:
    model = linkage.shipped(population)
    fewer = {"postcode": few[0], "uprn": few[1]}
    crowd = {"postcode": few[0] + more[0], "uprn": few[1] + more[1]}
    before, after = (asked(model, query, [[known]], each) for each in (fewer, crowd))
    chances = [found.scored[0].probability if found.scored else 0.0 for found in (before, after)]
    assert chances[1] <= chances[0] + 1e-9
    assert before.decision is Decision.MATCHED or after.decision is not Decision.MATCHED


def test_no_class_is_less_crowded_and_weighs_less() -> None:
    with pytest.raises(ValueError, match="more children"):
        CrowdShape(classes=((20, 5.0), (30, 9.0)))
    assert code("postcode", HOSTEL) != code("uprn", UPRN)
