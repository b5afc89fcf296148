import pytest
from hypothesis import given
from hypothesis import strategies as st

from childindex import linkage
from childindex.demographics import Demographics, PartialDate
from childindex.linkage import Blocking
from childindex.linkage.blocking import follow, rule
from childindex.linkage.record_shapes import PartShape, RuleShape
from tests.linkage.people import child

MODEL = linkage.shipped()


def block(record: Demographics) -> Blocking:
    return MODEL.blocking(MODEL.normalise(linkage.children.source(record, test_range=True)))


def guards(record: Demographics) -> set[tuple[str, tuple[str, ...]]]:
    return set(MODEL.guards(MODEL.normalise(linkage.children.source(record, test_range=True))))


def shared(one: Demographics, other: Demographics) -> set[str]:
    return {rule for rule, _ in set(block(one).keys) & set(block(other).keys)}


TRUE = child("Catherine", "Smith-Jones", "2014-05-03", carer_family_name="Holt", former_family_names=("Marsh",))


@pytest.mark.parametrize(
    ("why", "other"),
    [
        ("day and month swapped, all else changed", child("Catherine", "Ng", "2014-03-05", postcode="")),
        ("wrong day, names misspelt by sound", child("Kathryn", "Smyth Jones", "2014-05-23", postcode="")),
        ("wrong year", child("Catherine", "Smith-Jones", "2011-05-03", postcode="")),
        ("no date", child("Catherine", "Smith-Jones", "", postcode="")),
        ("no date, one name of two", child("Catherine", "Jones", "", postcode="")),
        ("wrong date, same address and forename", child("Catherine", "Ng", "2001-01-01")),
        ("the address alone", child("Zed", "Ng", "2001-01-01")),
        ("wrong date, same address and surname", child("Zed", "Smith-Jones", "2001-01-01")),
        ("given and family name swapped", child("Smith-Jones", "Catherine", "2014-11-30", postcode="")),
        ("wrong day, former name", child("Cath", "Marsh", "2014-05-30", postcode="")),
        ("newborn placeholder under the carer's name", child("Baby", "Holt", "2014-05-03", postcode="")),
        ("known by the middle name", child("Zed", "Jones", "2011-01-30", postcode="", middle_names="Catherine")),
        ("the carer's name, all else changed", child("Catherine", "Holt", "2001-01-01", postcode="")),
        ("no date, a forename misspelt by sound", child("Kathryn", "Jones", "", postcode="")),
        ("one surname and an initial in the area", child("Cilla", "Jones", "2001-01-01", postcode="ZE2 2BB")),
        ("forename and year in the area", child("Catherine", "Ng", "2014-01-01", postcode="ZE2 2BB")),
        ("forename and day in the area", child("Catherine", "Ng", "2001-05-03", postcode="ZE2 2BB")),
        ("date and initial in the area", child("Cilla", "Ng", "2014-05-03", postcode="ZE2 2BB")),
        ("one surname and the day", child("Zed", "Jones", "2001-05-03", postcode="")),
    ],
)
def test_what_one_spelling_wrote_another_finds(why: str, other: Demographics) -> None:
    assert shared(TRUE, other), why
    assert shared(other, TRUE) == shared(TRUE, other)


def test_unlike_children_share_no_key() -> None:
    assert not shared(TRUE, child("Zed", "Ng", "2014-05-04", postcode="ZE9 9ZZ"))


def test_the_birth_date_is_scanned_only_when_whole() -> None:
    assert block(child(born="2014-05-17")).births == ("2014-05-17",)
    assert block(child(born="2014-05-00")).births == ()
    assert block(child(born="")).births == ()
    partial = child(born="2014-00-00")
    assert "names_year" in shared(child(), partial)
    assert not any("00" in part for _, parts in block(partial).keys for part in parts if part.startswith("2014-00"))


def test_identifiers_are_keys_of_their_own() -> None:
    source = {"nhs_number": ("9434765919",)}
    assert MODEL.blocking(MODEL.normalise(source)).keys == (("nhs_number", ("9434765919",)),)


def test_guards_are_what_is_born_together_beside_the_keys() -> None:
    assert not guards(TRUE).intersection(block(TRUE).keys)
    typed = child("Kathryn", "Smith-Jones", "2014-05-03", postcode="")
    assert guards(typed) & guards(TRUE)
    moved = child("Catherine", "Ng", "2014-05-03", postcode="")
    assert ("birth_forename", ("2014-05-03", "catherine")) in guards(moved) & guards(TRUE)


@given(st.lists(st.text("abcdefgh -", max_size=12), max_size=12), st.dates())
def test_keys_are_few_distinct_and_complete(surnames: list[str], born: object) -> None:
    record = MODEL.normalise({
        "given_name": ("Ann Bea Cy",), "family_name": ("Do Eve",), "former_family_names": tuple(surnames),
        "birth_date": (str(born),), "postcode": ("M14 5AB",),
    })  # fmt: skip
    keys = MODEL.blocking(record).keys
    assert len(keys) == len(set(keys)) <= 12 * len(MODEL.shape.blocking)
    assert all(part for _, parts in keys for part in parts)


def test_blocking_does_not_print_values() -> None:
    assert "smith" not in repr(block(TRUE)).lower()


def test_an_expected_birth_is_not_a_birth() -> None:
    assert block(Demographics(carer_family_name="Holt", expected_birth_date=PartialDate(2026, 12, 1))).births == ()


def test_a_capped_key_is_taken_up_by_its_second_key() -> None:
    (first, second) = (rule(RuleShape(name=name, parts=(PART,), when_capped=of)) for name, of in SECOND.items())
    for count, followed, caps in ((60, (True, False), ()), (61, (False, True), ("postcode_forename",))):
        found = follow((first, second), [("postcode_forename", count), ("postcode_forename_year", 3)], cap=60)
        assert (found.keys, found.caps) == (followed, caps)
    both = follow((first, second), [("postcode_forename", 61), ("postcode_forename_year", 61)], cap=60)
    assert (both.keys, both.caps) == ((False, False), ("postcode_forename", "postcode_forename_year"))


PART = PartShape(fields=("postcode",))
SECOND = {"postcode_forename": "", "postcode_forename_year": "postcode_forename"}
