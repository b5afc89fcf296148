"""How likely a child is in the index, by what is loaded and its age."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from childindex import linkage
from childindex.demographics import Demographics, PartialDate
from childindex.linkage.children import age
from childindex.linkage.feeds import FeedsShape
from tests.linkage.people import candidate, child, features, match, strings

MODEL = linkage.shipped()
FEEDS = FeedsShape(covered={"list": ((1.0, 18.0, 0.9),), "roll": ((5.0, 16.0, 0.8),)}, again=0.01, untold=9.0)
KINDS = tuple(MODEL.shape.prior.feeds.covered)
TODAY = date(2026, 9, 1)


def test_a_child_is_unknown_only_if_every_feed_misses_it_and_none_has_sent_it_before() -> None:
    assert FEEDS.indexed(["list", "roll"], 7.0) == pytest.approx(1 - 0.1 * 0.2 * 0.99)
    assert FEEDS.indexed(["list", "roll"], 4.0) == pytest.approx(1 - 0.1 * 0.99)
    assert FEEDS.indexed(["list", "roll"], 5.0) > FEEDS.indexed(["list", "roll"], 4.999)
    assert FEEDS.indexed(["roll", "list", "list"], 7.0) == FEEDS.indexed(["list", "roll"], 7.0)
    assert FEEDS.indexed(["list"], 0.5) == FEEDS.indexed([], 7.0) == FEEDS.indexed(["club"], 7.0) == pytest.approx(0.01)


def test_an_age_untold_or_beyond_the_oldest_has_its_place() -> None:
    assert FEEDS.indexed(["roll"], None) == FEEDS.indexed(["roll"], 9.0)
    assert FEEDS.indexed(["roll"], 40.0) == pytest.approx(0.01)
    assert FEEDS.model_copy(update={"oldest": 15.9}).indexed(["roll"], 40.0) == FEEDS.indexed(["roll"], 15.9)


def test_a_birth_date_may_be_wrong_and_no_more_is_claimed_than_the_most() -> None:
    unsure = FEEDS.model_copy(update={"wrong": 0.1, "again": 0.0})
    assert unsure.indexed(["list"], 0.5) == pytest.approx(0.1 * 0.9)
    assert FEEDS.model_copy(update={"most": 0.95}).indexed(["list", "roll"], 7.0) == 0.95


@pytest.mark.parametrize("bands", [((5.0, 1.0, 0.5),), ((0.0, 5.0, 0.5), (4.0, 9.0, 0.5)), ((1.0, 2.0, 1.5),)])
def test_bands_out_of_order_or_of_no_share_are_refused(bands: tuple[tuple[float, float, float], ...]) -> None:
    with pytest.raises(ValidationError, match="covered"):
        FeedsShape(covered={"list": bands})


@given(st.sets(st.sampled_from(KINDS)), st.sampled_from(KINDS), st.none() | st.floats(-1, 30))
def test_more_feeds_never_make_a_child_less_likely_known(kinds: set[str], more: str, years: float | None) -> None:
    assert 0.0 < MODEL.indexed(kinds, years) <= MODEL.indexed(kinds | {more}, years) < 1.0


def test_a_birth_is_new_and_a_pupil_who_changes_school_is_known() -> None:
    everybody = frozenset(KINDS)
    assert MODEL.indexed(everybody - {"births"}, 0.005) < 0.4
    assert MODEL.indexed({"births", "general_practice"}, 0.005) < 0.1
    assert MODEL.indexed(everybody, 9.0) > 0.99
    assert MODEL.indexed({"general_practice"}, 9.0) == pytest.approx(0.975, abs=0.001)


def test_a_model_that_knows_no_feeds_keeps_its_own_prior() -> None:
    prior = MODEL.shape.prior.model_copy(update={"feeds": FeedsShape()})
    bare = linkage.Model.build(MODEL.shape.model_copy(update={"prior": prior}), MODEL.tables)
    assert bare.indexed({"school"}, 9.0) == MODEL.shape.prior.indexed == 0.9


@pytest.mark.parametrize(("forename", "family"), [("Oli", "Braithwaite"), ("", "Smith")])
def test_what_must_not_be_overlooked_is_not_made_unlikely_by_a_feed(forename: str, family: str) -> None:
    query, known = child(forename, family, postcode=""), child(family=family, postcode="")
    asked, entries = features(MODEL, query), [candidate(MODEL, 1, known)]
    chances, told = [], []
    for indexed in (1e-6, None, 0.998):
        inquiry = MODEL.inquire(asked, entries, indexed=indexed)
        chances.append(inquiry.chance(strings(MODEL, [known]), frozenset({1})))
        found = match(MODEL, query, [known], **({} if indexed is None else {"indexed": indexed}))
        told.append(found.scored[0].probability)
    assert chances[1] > MODEL.thresholds.possible
    assert chances[0] == chances[1] < chances[2]
    assert told[0] < told[1] < told[2]


@pytest.mark.parametrize(
    ("born", "expected", "years"),
    [
        (PartialDate(2016, 9, 1), PartialDate(), 10.0),
        (PartialDate(2016, 9), PartialDate(), 9.96),
        (PartialDate(2016), PartialDate(), 10.17),
        (PartialDate(), PartialDate(2026, 12, 1), -0.25),
        (PartialDate(), PartialDate(), None),
        (PartialDate(0, 9, 1), PartialDate(), None),
        (PartialDate(2016, 2, 31), PartialDate(), None),
    ],
)
def test_an_age_is_that_of_the_middle_of_a_partial_date(
    born: PartialDate, expected: PartialDate, years: float | None
) -> None:
    found = age(Demographics(birth_date=born, expected_birth_date=expected), TODAY)
    assert found == (None if years is None else pytest.approx(years, abs=0.01))
