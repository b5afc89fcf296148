"""Nothing that agrees less makes a link surer: of the weights of every comparison, and of whole decisions."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from childindex import linkage
from childindex.demographics import Demographics, PartialDate, Sex
from childindex.linkage import Decision, Match, Model
from tests.linkage.people import child, match
from tests.linkage.test_matching import NHS, OTHER_NHS, number

ENGLAND, LOCAL, TOWN = linkage.shipped(), linkage.shipped(5000), linkage.shipped(300)

# Comparisons whose levels are kinds of likeness and no distances: one that is tried later may say more than one before.
KINDS = {
    "forename": "names in each other's places say both names; a slip of a name that nobody bears says more than a "
    "variant that twins might bear",
    "middle": "of an initial and a slip neither is the farther",
    "surname": "a former name, a carer's, a part and a slip are ways to differ; a slip that is nobody's name says most",
    "carer": "as the surname",
    "birth_date": "a partial date, exchanged parts and a slip are ways to differ; nine months or more speak for a "
    "sibling, less than that for another child",
}


@pytest.mark.parametrize("model", [ENGLAND, LOCAL, TOWN])
def test_weights_fall_with_distance_against_every_rival(model: Model) -> None:
    """Against the unrelated (place 0 by itself) and against each rival class (the difference to its place)."""
    for comparison in model.comparisons:
        against = [(same, *(same - rival for rival in rivals)) for same, *rivals in comparison.weights]
        for nearer, farther in pairwise(against):
            if comparison.shape.name not in KINDS:
                assert all(a >= b for a, b in zip(nearer, farther, strict=True)), comparison.shape.name
        for level in against:
            rivals = zip(against[0][1:], level[1:], strict=True)
            assert all(first >= later for first, later in rivals), comparison.shape.name
    assert set(KINDS) <= {comparison.shape.name for comparison in model.comparisons}


def test_a_crowd_leaves_an_address_no_less_than_what_lies_farther() -> None:
    """Whoever lives one slip or one street from a hostel is no surer for it than one who lives there."""
    least = min(bits for _, bits in ENGLAND.shape.crowds.classes) * 1000
    for comparison in ENGLAND.comparisons:
        local = [level.local for level in comparison.shape.levels]
        for (same, *_), near in zip(comparison.weights, local, strict=True):
            assert near or not any(local) or same <= least


HOME, ELSEWHERE = "LS11 5QW", "M14 7TT"
# Of each field ever farther values of a child's record; the first is the child's own.
FARTHER: dict[str, Sequence[dict[str, object]]] = {
    "postcode": [{"postcode": each} for each in (HOME, "LS11 5QX", "LS11 5AB", "LS11 9AB", "LS2 9AB", ELSEWHERE)],
    "given_name": [{"given_name": each} for each in ("Oliver", "Olivr", "Ollie", "O", "Kieran")],
    "family_name": [{"family_name": each} for each in ("Iqbal", "Iqbl", "Whitmore")],
    "birth_date": [{"birth_date": PartialDate(*each)} for each in ((2014, 5, 17), (2014, 5, 18), (2014, 9, 3))],
    "sex": [{"sex": Sex.MALE}, {"sex": Sex.FEMALE}],
    "middle_names": [{"middle_names": each} for each in ("Rupert", "R", "Zebedee")],
    "carer_family_name": [{"carer_family_name": each} for each in ("Sadiq", "Sadiqi", "Holt")],
}
DISTANCES = {"postcode", "sex"}  # of the others two values that differ may differ in two ways, neither the farther
NUMBERS = st.sampled_from([(), number(NHS), number(OTHER_NHS)])
SURNAMES = st.sampled_from(["Iqbal", "Smith", "Quillfeather"])


def of(**more: object) -> Demographics:
    return replace(child("Oliver", "Iqbal", postcode=HOME), **more)  # type: ignore[arg-type]  # by field


@st.composite
def households(draw: st.DrawFn) -> tuple[Demographics, list[list[Demographics]], str]:
    """A query about a known child, perhaps with kin at the same home; a field; the query agrees in some of the rest."""
    field = draw(st.sampled_from(sorted(FARTHER)))
    own: dict[str, object] = {"identifiers": draw(NUMBERS), "middle_names": "Rupert", "carer_family_name": "Sadiq"}
    own |= {name: "" for name in ("middle_names", "carer_family_name") if name != field and draw(st.booleans())}
    known = of(**own)
    others = []
    for name, born in draw(st.lists(st.sampled_from(KIN), max_size=2, unique=True)):
        shared = replace(known, given_name=name, birth_date=PartialDate(*born), identifiers=draw(NUMBERS))
        others.append([replace(shared, middle_names=draw(st.sampled_from(["", "Rupert", "Zebedee"])))])
    query = replace(known, identifiers=draw(NUMBERS))
    for other in sorted(FARTHER):
        if other != field and draw(st.booleans()):
            query = replace(query, **draw(st.sampled_from(FARTHER[other])))  # type: ignore[arg-type]  # by field
    return query, [[known], *others], field


KIN = [("Kieran", (2014, 5, 17)), ("Ollie", (2014, 5, 17)), ("Otis", (2014, 5, 17)), ("Bilal", (2011, 8, 21))]


def chance(found: Match) -> float:
    """The probability that the query is entry 1."""
    return next((each.probability for each in found.scored if each.entry == 1), 0.0)


def nearly(found: Match) -> bool:
    """Whether entry 1 fails the threshold by so little as kinship is known roughly, and by nothing else. How far two
    candidates that are kin explain each other is worked out from what agrees, and moves doubts of one in 1,000."""
    return chance(found) > 0.998 and not found.scored[0].vetoes


def linked(found: Match) -> bool:
    return found.decision is Decision.MATCHED and found.scored[0].entry == 1


@given(households(), st.sampled_from([12_000_000, 5000]))
@settings(max_examples=300)
def test_no_farther_value_makes_a_link_surer(
    case: tuple[Demographics, list[list[Demographics]], str], population: int
) -> None:
    query, entries, field = case
    model = linkage.shipped(population)
    found = [match(model, replace(query, **values), *entries) for values in FARTHER[field]]  # type: ignore[arg-type]
    pairs = list(pairwise(found)) if field in DISTANCES else [(found[0], each) for each in found[1:]]
    for nearer, farther in pairs:
        assert linked(nearer) or not linked(farther) or nearly(nearer)
        if len(entries) == 1:
            assert chance(farther) <= chance(nearer) * 1.001 + 1e-6


@pytest.mark.parametrize("values", FARTHER["postcode"], ids=lambda values: str(values["postcode"]))
@pytest.mark.parametrize("twin", ["Otis", "O"])
def test_a_twin_is_known_wherever_the_record_says_that_the_child_lives(values: dict[str, object], twin: str) -> None:
    """Of a common surname and with a slip in the date, the twin by itself is no likely candidate from another town."""
    known = child("Oliver", "Smith", postcode=HOME, identifiers=number(NHS))
    query = replace(known, given_name="O", birth_date=PartialDate(2014, 5, 18), **values)  # type: ignore[arg-type]
    found = match(ENGLAND, query, [known], [replace(known, given_name=twin, identifiers=())])
    assert found.scored[0].entry == 1
    assert found.decision is Decision.POSSIBLE
    assert {"twin_known", "another_child_nearer_by_forename"} & set(found.scored[0].vetoes)
