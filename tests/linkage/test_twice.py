"""Two entries of one child, held against twins and strangers; and that folding them keeps the posterior whole."""

from itertools import combinations
from math import fsum

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from childindex import linkage
from childindex.demographics import Demographics
from childindex.identifiers import Identifier, IdentifierType
from childindex.linkage import Decision
from tests.linkage.people import child, match

LOCAL = linkage.shipped(5000)
NHS, OTHER = ((Identifier(IdentifierType.NHS_NUMBER, value),) for value in ("943 476 5919", "943 476 5870"))


def folded(query: Demographics, one: Demographics, other: Demographics) -> float:
    """How much of the second entry's chance the first takes over, in bits."""
    lines = [line for scored in match(LOCAL, query, [one], [other]).scored for line in scored.comparisons]
    return max((line.bits for line in lines if line.comparison == "entries"), default=0.0)


def test_equal_records_in_two_entries_are_one_child() -> None:
    assert folded(child(), child(), child()) > 0.99
    assert match(LOCAL, child(), [child()], [child()]).decision is Decision.MATCHED


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (child(), child("Jack")),
        (child("Ella"), child("Ellie")),
        (child("Olive"), child("Oliver")),
        (child(), child(born="2011-09-30")),
        (child(), child(born="2011-09-30", postcode="M2 3BD")),
        (child(identifiers=NHS), child(identifiers=OTHER)),
    ],
)
def test_twins_siblings_and_namesakes_in_two_entries_stay_two(one: Demographics, other: Demographics) -> None:
    for query in (one, other, child("")):
        assert folded(query, one, other) < 0.9


def test_what_the_query_does_not_say_is_compared_between_the_entries() -> None:
    query = child(postcode="")
    assert folded(query, child(identifiers=NHS), child(identifiers=NHS)) > 0.99


POOL = [
    child(given, born=born, postcode=postcode, identifiers=number)
    for given in ("Oliver", "Olivr", "Jack", "Twin 1")
    for born in ("2014-05-17", "2012-01-01")
    for postcode in ("ZE1 1AA", "ZE9 9ZZ")
    for number in ((), NHS)
]


@given(st.sampled_from(POOL), st.lists(st.lists(st.sampled_from(POOL), min_size=1, max_size=2), max_size=4))
@settings(max_examples=80)
def test_folding_moves_chances_and_makes_none(query: Demographics, entries: list[list[Demographics]]) -> None:
    found = match(LOCAL, query, *entries)
    whole = fsum([found.absent_probability, *(scored.probability for scored in found.scored)])
    assert whole == pytest.approx(1.0, abs=1e-9)
    for scored in found.scored:
        lines = [scored.prior_bits, *(line.bits for line in scored.comparisons)]
        assert sum(round(bits * 1000) for bits in lines) == round(scored.total_bits * 1000)


@given(st.sampled_from(POOL), st.lists(st.sampled_from(POOL), min_size=2, max_size=4))
@settings(max_examples=40)
def test_only_the_best_gains_and_only_others_lose(query: Demographics, records: list[Demographics]) -> None:
    found = match(LOCAL, query, *[[record] for record in records]).scored
    gains = [sum(line.bits for line in scored.comparisons if line.comparison == "entries") for scored in found]
    assert all(bits <= 0 for bits in gains[1:])
    assert not gains or gains[0] >= 0
    assert all(one.probability >= other.probability for one, other in combinations(found, 2))
