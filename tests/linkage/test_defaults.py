"""Default dates: where a custodian does not know the day, what it writes is a year, or a month, and no date."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from childindex import linkage
from childindex.demographics import Demographics
from childindex.linkage import Decision, Match, Model
from childindex.linkage.dates import as_known
from childindex.linkage.record_shapes import FieldShape
from childindex.linkage.specification import ModelShape
from tests.linkage.people import candidate, child, code, levels

ENGLAND = linkage.shipped()
JULY = Model.build(
    ENGLAND.shape.model_copy(update={"defaults": {"": ("-01-01",), "hostel": ("-07-01", "-15")}}), ENGLAND.tables
)
BORN = next(part for part in JULY.shape.comparisons if part.name == "birth_date")
DAYS = st.dates(date(2008, 1, 1), date(2020, 12, 31))
LEFT_OUT = {"year": ("-01-01", "-07-01"), "month": ("-15",)}


def matched(held: Demographics, asked: Demographics, custodian: str = "hostel", model: Model = JULY) -> Match:
    """Asked by one custodian, held of another that writes its dates alike."""
    found = [model.features(model.normalise(linkage.children.source(each), custodian), code) for each in (held, asked)]
    entry = candidate(model, 1, held)
    row = entry.rows[0]
    entry = type(entry)(entry.entry, (type(row)(row.slot, row.active, row.source, found[0]),), entry.rules)
    lexicon = {at: value for each in found for at, (_, value) in each.strings.items()}
    return model.inquire(found[1], [entry]).match(lexicon)


def born(one: str, other: str, custodian: str = "hostel") -> str:
    return levels(matched(child(born=one), child(born=other), custodian))["birth_date"]


def bits(level: str) -> list[float]:
    """log2 of m against u and each rival class."""
    at = next(at for at, each in enumerate(BORN.levels) if each.name == level)
    comparison = next(part for part in JULY.comparisons if part.shape.name == "birth_date")
    same, *rivals = comparison.weights[at]
    return [same / 1000, *((same - rival) / 1000 for rival in rivals)]


@pytest.mark.parametrize(
    ("written", "known"),
    [("2014-01-01", "2014-00-00"), ("2014-07-01", "2014-00-00"), ("2014-05-15", "2014-05-00"),
     ("2014-01-02", "2014-01-02"), ("2014-05-00", "2014-05-00"), ("", "")],
)  # fmt: skip
def test_what_a_custodian_knows_of_a_date(written: str, known: str) -> None:
    assert as_known(written, ("-01-01", "-07-01", "-15")) == known
    assert as_known(written, ()) == written


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("2014-07-01", "2014-07-01", "same_year"),
        ("2014-07-01", "2014-01-01", "same_year"),
        ("2014-07-01", "2014-07-02", "year"),
        ("2014-07-01", "2014-03-09", "year"),
        ("2014-07-01", "2014-03-15", "year"),
        ("2014-07-01", "2015-07-01", "other_year"),
        ("2014-07-01", "2013-07-02", "other_year"),
        ("2014-07-01", "2018-07-01", "apart"),
        ("2014-03-15", "2014-03-15", "same_month"),
        ("2014-03-15", "2014-03-09", "month"),
        ("2014-03-15", "2014-05-09", "near"),
        ("2014-03-15", "2015-03-09", "other_year"),
        ("2014-03-09", "2014-03-09", "exact"),
    ],
)
def test_a_default_date_is_compared_as_far_as_it_is_known(one: str, other: str, level: str) -> None:
    assert born(one, other) == born(other, one) == level


def test_dates_of_who_has_no_such_custom_are_whole() -> None:
    """But the first of January is nobody's birth date for sure."""
    assert born("2014-07-01", "2014-07-01", "school") == "exact"
    assert born("2014-03-15", "2014-03-15", "school") == "exact"
    assert born("2014-01-01", "2014-01-01", "school") == "same_year"


def test_equal_defaults_say_little_more_than_the_year() -> None:
    """One year of 18 is 4.2 bits, one month of 216 is 7.8."""
    assert 3.0 <= bits("same_year")[0] <= 4.2
    assert bits("year")[0] <= 3.4
    assert 6.0 <= bits("month")[0] <= bits("same_month")[0] <= 7.8
    assert bits("other_year")[0] < -3.0


def test_no_farther_date_is_surer_than_a_nearer_one() -> None:
    """Against a stranger, a twin and a sibling, down the levels in their order."""
    told = [bits(level.name) for level in BORN.levels]
    for nearer, farther in pairwise(told):
        assert all(less <= more + 1e-9 for less, more in zip(farther, nearer, strict=True))


@given(DAYS, st.sampled_from(["-01-01", "-07-01", "-15"]), st.integers(1, 9), st.integers(0, 3))
def test_another_year_of_a_default_links_nobody_by_itself(day: date, ending: str, digit: int, place: int) -> None:
    """One digit of the year is no slip where day and month are made up: whatever else agrees, but for an identifier."""
    written = f"{day.year}{ending}" if len(ending) > 3 else f"{day.year}-{day.month:02}{ending}"
    changed = str((int(written[place]) + digit) % 10)
    other = written[:place] + changed + written[place + 1 :]
    assume(other[0] != "0")
    details = {
        "postcode": "LS11 5QW",
        "uprn": "100023336956",
        "middle_names": "Peregrine",
        "carer_family_name": "Quill",
    }
    for one, two in ((written, other), (other, written)):
        found = matched(child(born=one, **details), child(born=two, **details))
        assert levels(found)["birth_date"] in {"other_year", "near", "apart"}
        assert found.decision is not Decision.MATCHED
        assert "birth_date_disagrees" in found.scored[0].vetoes


@given(DAYS, DAYS | st.just(date(2012, 7, 1)), st.integers(-3, 3))
def test_to_know_that_a_date_is_a_default_makes_no_agreement_surer(one: date, other: date, years: int) -> None:
    """Where both dates are told as defaults and agree, they say less than as dates; where they agree but for a digit of
    the year, they bar what a slip would not."""
    first, second = f"{one.year}-07-01", f"{other.year + years}-07-01"
    known, taken = (matched(child(born=first), child(born=second), custodian) for custodian in ("hostel", "school"))
    if first == second:
        assert known.scored[0].probability <= taken.scored[0].probability
    elif levels(taken)["birth_date"] == "one_edit":
        assert known.scored[0].probability <= taken.scored[0].probability
        assert "birth_date_disagrees" in known.scored[0].vetoes


@given(DAYS, st.integers(0, 400))
def test_the_nearer_a_date_the_surer_the_child(day: date, apart: int) -> None:
    """A default's own date, a date of its year and one of another year, in this order."""
    default = f"{day.year}-07-01"
    same, near = default, (day if day.isoformat()[5:] not in {"07-01", "01-01"} else day + timedelta(1)).isoformat()
    far = (date(day.year + 1, 1, 2) + timedelta(apart)).isoformat()
    told = [matched(child(born=default), child(born=each)).scored[0].probability for each in (same, near, far)]
    assert told[0] >= told[1] >= told[2]


@pytest.mark.parametrize("name", ["Jawad", "Bashir", "Zebulon"])
@pytest.mark.parametrize(
    ("one", "other"),
    [("2010-01-01", "2010-01-01"), ("2010-07-01", "2010-07-01"), ("2010-07-01", "2010-01-01"),
     ("2010-01-01", "2010-03-09"), ("2010-03-15", "2010-03-15"), ("2010-03-15", "2010-03-09")],
)  # fmt: skip
def test_two_boys_of_one_forename_at_one_address_need_more_than_a_default(name: str, one: str, other: str) -> None:
    """Of other surnames: all that agrees is what the children of one hostel share."""
    boys = child(name, "Karimi", one), child(name, "Khan", other)
    assert matched(*boys).decision is not Decision.MATCHED
    assert "birth_date_in_part" in matched(*boys).scored[0].vetoes
    assert matched(child(name, "Karimi", one), child(name, "Karimi", other)).decision is Decision.MATCHED


def test_a_default_date_tells_less_of_who_is_asked_for() -> None:
    def told(day: str, custodian: str) -> float:
        return JULY.input_weight(JULY.normalise(linkage.children.source(child(born=day)), custodian))

    assert told("2014-07-01", "school") == told("2014-07-02", "hostel") > told("2014-07-01", "hostel") + 5


def test_the_whole_date_is_still_looked_for() -> None:
    record = JULY.normalise(linkage.children.source(child(born="2014-07-01")), "hostel")
    assert JULY.blocking(record).births == ("2014-07-01",)


@pytest.mark.parametrize("ending", ["-1", "-13-01", "-02-30", "01-01", "-00", "-01-01-01", "-1-1", "x"])
def test_an_ending_that_is_none_is_refused(ending: str) -> None:
    with pytest.raises(ValueError, match="an ending of dates"):
        ModelShape.model_validate({**ENGLAND.shape.model_dump(), "defaults": {"hostel": [ending]}})


def test_defaults_that_no_field_heeds_are_refused() -> None:
    fields = {"name": FieldShape(kind="name", columns=("name",))}
    levels_ = [{"test": "equal"}, {"test": "else"}]
    with pytest.raises(ValueError, match="known_date"):
        ModelShape.model_validate(
            {
                "name": "m",
                "fields": fields,
                "defaults": {"": ["-01-01"]},
                "comparisons": [{"name": "name", "compares": [["name", "name"]], "levels": levels_}],
            }
        )


def test_other_defaults_are_another_model() -> None:
    assert JULY.digest != ENGLAND.digest
