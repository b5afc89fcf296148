from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from childindex import linkage
from childindex.demographics import Demographics
from childindex.linkage.comparison import Tables, reached
from childindex.linkage.comparison_shapes import DateTest, LevelShape
from childindex.linkage.frequencies import Variants
from childindex.linkage.given_names import SharedForenames
from tests.linkage.people import child, levels, match

MODEL = linkage.shipped()


def level(test: str, **more: object) -> LevelShape:
    return LevelShape.model_validate({"name": test, "test": test, "m": 0.5, "u": 0.5, **more})


def holds(test: str, one: str, other: str, **more: object) -> bool:
    shared = SharedForenames({name: name for name in ("mohammed", "syed", "md")}, frozenset({"mohammed", "syed", "md"}))
    tables = Tables(Variants({"kate": {"catherine": 1.0}, "catherine": {"kate": 1.0}}), None, shared)
    found = {reached(a, b, [level(test, **more)], tables) for a, b in ((one, other), (other, one))}
    assert len(found) == 1, "a comparison has no sides"
    return found == {0}


@pytest.mark.parametrize(
    ("test", "one", "other", "expected"),
    [
        ("variant", "kate", "catherine", True),
        ("variant", "mary jane", "maryjane", True),
        ("variant", "kate", "jane", False),
        ("part", "smith jones", "jones", True),
        ("part", "alhassan", "hassan", True),
        ("part", "j smith", "j jones", False),
        ("part", "smith", "smithson", False),
        ("given_part", "lily mae", "lily", True),
        ("given_part", "lily mae", "lily rose", False),
        ("given_part", "mohammed hamza", "hamza", True),
        ("given_part", "syed hamza", "md hamza", True),
        ("given_part", "mohammed hamza", "mohammed talha", False),
        ("given_part", "mohammed hamza", "mohammed", False),
        ("given_part", "mohammed hamza", "omar hamza", False),
        ("given_part", "mohammed hamza", "mohammed hamza ali", True),
        ("part_near", "mohammed hamza", "omar hamza", False),
        ("second_initial", "maria louise", "maria l", True),
        ("second_initial", "maria louise", "maria k", False),
        ("second_initial", "louise", "l", False),
        ("unknown_letter", "fran?ois", "francois", True),
        ("unknown_letter", "ko?", "kofi", True),
        ("unknown_letter", "ko?", "ko", True),
        ("unknown_letter", "ko?", "ama", False),
        ("unknown_letter", "m?ra", "ma?ra", True),
        ("given_part", "hodan omar", "ifrah omar", False),
        ("given_part", "abdulrahim", "rahim", True),
        ("given_part", "j smith", "j", False),
        ("initial", "j", "james", True),
        ("initial", "jo", "james", False),
        ("date_swap", "2014-05-03", "2014-03-05", True),
        ("date_swap", "2014-05-03", "2013-03-05", False),
        ("date_edit", "2014-05-03", "2014-05-13", True),
        ("date_edit", "2014-05-17", "2014-05-71", True),
        ("date_edit", "2014-05-03", "2014-05-00", False),
        ("date_parts", "2014-05-03", "2014-05-28", True),
        ("date_parts", "2014-05-03", "2014-06-03", True),
        ("date_parts", "2014-05-03", "2009-05-03", False),
        ("date_parts", "2014-00-00", "2013-00-00", False),
        ("date_month", "2014-05-00", "2014-05-28", True),
        ("date_month", "2014-00-00", "2014-05-28", False),
        ("date_month", "2014-04-00", "2014-05-28", False),
        ("date_month", "2014-05-27", "2014-05-28", False),
        ("date_year", "2014-00-00", "2014-05-28", True),
        ("date_year", "2014-00-00", "2014-05-00", True),
        ("date_year", "2013-00-00", "2014-05-28", False),
        ("date_year", "2014-04-00", "2014-05-28", False),
        ("date_year_wrong", "2014-05-03", "2008-05-03", True),
        ("date_year_wrong", "2014-05-00", "2008-05-00", False),
        ("date_near", "2014-05-28", "2015-02-22", False),
        ("date_near", "2014-05-28", "2015-02-21", True),
        ("date_near", "2014-00-00", "2015-02-28", True),
        ("date_near", "2014-00-00", "2016-02-28", False),
        ("alike", "olive", "oliver", True),
        ("alike", "oliver", "grover", False),
        ("one_edit", "M145AB", "M145AD", True),
        ("one_edit", "M145AB", "M154AB", True),
        ("one_edit", "M145AB", "M145CD", False),
    ],
)
def test_what_each_test_holds_true(test: str, one: str, other: str, expected: bool) -> None:
    assert holds(test, one, other) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("catherine", "cathrine", True),
        ("catherine", "elizabeth", False),
        ("amy", "ami", True),
        ("amy", "kmy", False),
        ("amy", "aly", True),
        ("amy", "al", False),
        ("jo", "joe", False),
    ],
)
def test_short_names_need_more(one: str, other: str, expected: bool) -> None:
    assert holds("close", one, other, at_least=0.92) == expected


@pytest.mark.parametrize(
    ("years", "at_most", "expected"), [((2014, 2015), 2, True), ((2014, 2017), 2, False), ((2014, 2014), 2, False)]
)
def test_an_estimated_year_may_be_wrong_by_few(years: tuple[int, int], at_most: int, expected: bool) -> None:
    assert holds("date_other_year", f"{years[0]}-00-00", f"{years[1]}-05-28", at_most=at_most) == expected
    assert holds("date_other_year", f"{years[0]}-05-00", f"{years[1]}-00-00", at_most=at_most) == expected
    assert not holds("date_other_year", f"{years[0]}-05-03", f"{years[1]}-05-28", at_most=at_most)


def test_parameters_of_the_fuzzy_tests() -> None:
    assert holds("edits", "abcdef", "abcfed", at_most=2)
    assert not holds("edits", "abcdef", "abcfed", at_most=1)
    assert holds("similar", "martha", "marhta", at_least=0.96)
    assert not holds("similar", "martha", "marhta", at_least=0.97)


NAMES = st.text("abcdefgh", min_size=1, max_size=9)


@given(NAMES, NAMES, st.sampled_from(["variant", "part", "slip", "close", "initial"]))
def test_name_tests_are_symmetric(one: str, other: str, test: str) -> None:
    holds(test, one, other, at_least=0.92)


DATES = st.tuples(st.integers(2010, 2016), st.integers(0, 12), st.integers(0, 28)).map(
    lambda d: f"{d[0]}-{d[1]:02}-{d[2] if d[1] else 0:02}"
)


@given(DATES, DATES)
def test_date_tests_are_symmetric(one: str, other: str) -> None:
    for test in get_args(DateTest):
        holds(test, one, other, at_most=2, years=1.0)


def test_forename_and_middle_name_in_each_others_place_are_one_level_both_ways() -> None:
    one, other = child("Oliver", middle_names="Peregrine Hugo"), child("Peregrine", middle_names="Oliver")
    assert {levels(match(MODEL, one, [other]))["forename"], levels(match(MODEL, other, [one]))["forename"]} == {
        "exchanged",
        "exchanged_back",
    }


@pytest.mark.parametrize(
    ("comparison", "expected", "query"),
    [
        ("forename", "exact", child()),
        ("forename", "swapped", child("Braithwaite", "Oliver")),
        ("forename", "known_as", child("Zed", known_as="Oliver")),
        ("forename", "middle", child("Zed", middle_names="Oliver Jon")),
        ("forename", "part", child("Oliver James")),
        ("forename", "variant", child("Noll")),
        ("forename", "spelling", child("Olivier")),
        ("forename", "slip", child("Olivr")),
        ("forename", "clear_slip", child("Qliver")),
        ("forename", "alike", child("Olive")),
        ("forename", "garbled", child("Olviverr")),
        ("forename", "initial", child("O")),
        ("forename", "other", child("Zed")),
        ("surname", "exact", child(family="BRAITHWAITE")),
        ("surname", "former", child(family="Holt", former_family_names=("Braithwaite",))),
        ("surname", "carer", child(family="Holt", carer_family_name="Braithwaite")),
        ("surname", "part", child(family="Braithwaite-Holt")),
        ("surname", "slip", child(family="Braithwate")),
        ("surname", "other", child(family="Holt")),
        ("birth_date", "exact", child()),
        ("birth_date", "one_edit", child(born="2014-05-18")),
        ("birth_date", "month", child(born="2014-05-00")),
        ("birth_date", "year", child(born="2014-01-01")),
        ("birth_date", "other_year", child(born="2013-01-01")),
        ("birth_date", "two_parts", child(born="2014-05-04")),
        ("birth_date", "year_wrong", child(born="2008-05-17")),
        ("birth_date", "apart", child(born="2011-11-03")),
        ("birth_date", "near", child(born="2014-11-03")),
        ("postcode", "property", child(uprn="100023336956", postcode="ZE2 2BB")),
        ("postcode", "exact", child()),
        ("postcode", "one_edit", child(postcode="ZE1 1AB")),
        ("postcode", "sector", child(postcode="ZE1 1BD")),
        ("postcode", "outcode", child(postcode="ZE1 2BD")),
        ("postcode", "area", child(postcode="ZE2 3BD")),
        ("postcode", "other", child(postcode="M2 3BD")),
        ("sex", "equal", child()),
    ],
)
def test_the_level_that_a_pair_reaches(comparison: str, expected: str, query: Demographics) -> None:
    known = child(uprn="100023336956")
    found = match(MODEL, query, [known])
    assert levels(found)[comparison] == expected


def test_a_level_that_covers_another_leaves_it_null() -> None:
    assert "surname" not in levels(match(MODEL, child("Braithwaite", "Oliver"), [child()]))


@pytest.mark.parametrize(
    ("one", "other", "years", "at_most", "expected"),
    [
        ("2014-05-28", "2014-06-02", 0.0, 5, True),
        ("2014-05-28", "2014-06-03", 0.0, 5, False),
        ("2014-05-28", "2004-05-31", 10.0, 5, True),
        ("2014-05-28", "2014-05-28", 10.0, 5, False),
        ("2014-05-00", "2014-05-28", 0.0, 31, False),
    ],
)
def test_dates_some_days_off_a_number_of_years(
    one: str, other: str, years: float, at_most: int, expected: bool
) -> None:
    assert holds("date_days", one, other, years=years, at_most=at_most) == expected


def test_spellings_alike_and_apart_are_two_levels() -> None:
    """Twins may be called Sara and Sarah; hardly Joey and Jo, or Will and William."""
    found = {
        pair: levels(match(MODEL, child(pair[0]), [child(pair[1])]))["forename"]
        for pair in (("Sara", "Sarah"), ("Jessica", "Jessie"), ("Will", "William"))
    }
    assert list(found.values()) == ["spelling", "spelling_apart", "variant"]
