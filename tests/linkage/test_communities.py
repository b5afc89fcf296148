"""Names that are borne together: how often, and what an agreement in both says less."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from childindex import linkage
from childindex.demographics import Demographics, Sex
from childindex.errors import InvalidFields
from childindex.linkage import Decision, Model
from childindex.linkage.communities import Communities, load_communities
from childindex.linkage.specification import ModelShape
from childindex.linkage.wording import sentence
from tests.linkage.people import child, levels, match

MODEL = linkage.shipped()
assert MODEL.together is not None
COMMUNITIES: Communities = MODEL.together.communities
MOST = 10.0
TOGETHER = """Simran Kaur,Krishna Patel,Amina Mohamed,Mohamed Ali,Muhammad Khan,Fatima Begum,Harpreet Singh,
Zuzanna Nowak,Abdirahman Mohamed,Chaya Cohen,Arjun Singh,Aarav Sharma,Zainab Bibi,Tahmina Khatun,Jakub Nowak,
Priya Patel,Ayesha Khan""".replace("\n", "")
APART = "Oliver Smith,Emily Jones,Oliver Nowak,Emily Kaur,Muhammad Smith,Simran Smith,Zuzanna Khan,Chaya Khan".split(
    ","
)
NAMES = "simran simrann oliver emily amina mohamed chaya zuzanna krishna maria xqzzt muhammad-ali".split()
FAMILIES = "kaur smith mohamed patel nowak cohen silva khan dasilva xqzzt".split()


def girl(name: str, postcode: str) -> Demographics:
    given_name, family = name.split()
    return child(given_name, family, "2013-04-14", postcode=postcode, sex=Sex.FEMALE)


@pytest.mark.parametrize("name", TOGETHER.split(","))
def test_names_of_one_community_stand_together_more_often_than_by_chance(name: str) -> None:
    one, other = name.lower().split()
    assert COMMUNITIES.bits(one, other) > 3.0


@pytest.mark.parametrize("name", APART)
def test_names_of_several_communities_do_not(name: str) -> None:
    one, other = name.lower().split()
    assert COMMUNITIES.bits(one, other) < 3.0


@pytest.mark.parametrize("name", TOGETHER.split(","))
def test_two_children_of_such_a_name_in_two_towns_are_for_a_person(name: str) -> None:
    found = match(MODEL, girl(name, "UB2 4AB"), [girl(name, "B66 4AA")])
    assert found.decision is Decision.POSSIBLE
    assert found.scored[0].probability < 0.999


@pytest.mark.parametrize("name", TOGETHER.split(","))
def test_the_same_child_at_the_same_address_needs_no_person(name: str) -> None:
    assert match(MODEL, girl(name, "UB2 4AB"), [girl(name, "UB2 4AB")]).decision is Decision.MATCHED


def test_a_spelling_that_no_table_lists_is_of_the_community_of_the_nearest() -> None:
    assert "simrann" not in COMMUNITIES.first.listed
    assert COMMUNITIES.bits("simrann", "kaur") > 1.0
    assert COMMUNITIES.bits("simrann", "smith") == 0.0


@given(st.sampled_from(NAMES), st.sampled_from(FAMILIES))
def test_bits_are_within_their_bounds(one: str, other: str) -> None:
    assert 0.0 <= COMMUNITIES.bits(one.replace("-", " "), other) <= MOST


def test_names_unknown_to_the_tables_say_nothing_of_each_other() -> None:
    assert COMMUNITIES.bits("x", "y") == COMMUNITIES.bits("", "") == 0.0


def test_all_who_bear_a_name_are_as_many_as_bear_it_with_any_surname() -> None:
    """P(f) is the sum of P(f, s) over all s, as far as tables list s, but for what is raised for finer communities."""
    assert MODEL.shape.pairs is not None
    shape = MODEL.shape.pairs.model_copy(update={"finer": 0.0})
    frequencies = COMMUNITIES.first.frequencies, COMMUNITIES.second.frequencies
    plain = load_communities(shape, MODEL.tables, frequencies)
    surnames = {*plain.second.listed, *frequencies[1].listed}
    for name in ("simran", "oliver", "muhammad", "zuzanna"):
        whole = sum(plain.together(name, surname) for surname in surnames)
        bearers = plain.first.of(name)
        assert bearers is not None
        assert whole == pytest.approx(bearers.share, rel=0.5)


def test_the_line_is_told_and_the_lines_still_sum_to_the_total() -> None:
    found = match(MODEL, girl("Simran Kaur", "UB2 4AB"), [girl("Simran Kaur", "B66 4AA")])
    best = found.scored[0]
    line = next(each for each in best.comparisons if each.comparison == "names_together")
    assert line.bits == line.rival_bits < -5.0
    assert levels(found)["names_together"] == "expected"
    assert best.prior_bits + sum(each.bits for each in best.comparisons) == pytest.approx(best.total_bits, abs=1e-9)
    said = sentence(MODEL.shape, found)
    assert "the pair of names is one that is borne together more often than by chance" in said


SPELLED = ["Simran", "Simrann", "Simren", "Simraan", "Simmi", "S", "Harleen"]


@pytest.mark.parametrize("asked", SPELLED)
def test_a_farther_name_has_no_less_taken(asked: str) -> None:
    query = girl(f"{asked} Kaur", "UB2 4AB")
    equal = _taken(query, query)
    assert all(_taken(query, girl(f"{other} Kaur", "UB2 4AB")) >= equal for other in SPELLED)


def _taken(query: Demographics, row: Demographics) -> float:
    lines = match(MODEL, query, [row]).scored[0].comparisons
    return -sum(line.bits for line in lines if line.comparison == "names_together")


TWINS = [
    ("Muhammad", "Ibrahim", "Khan"),
    ("Simran", "Harleen", "Kaur"),
    ("Amina", "Hodan", "Mohamed"),
    ("Aisha", "Zainab", "Ali"),
]


@pytest.mark.parametrize("names", TWINS)
def test_a_twin_is_told_from_the_other_by_its_forename_as_anywhere(names: tuple[str, str, str]) -> None:
    """What makes a stranger likelier makes no twin likelier than the other."""
    one, other = (girl(f"{name} {names[2]}", "UB2 4AB") for name in names[:2])
    for query, entry in ((one, 1), (other, 2)):
        found = match(MODEL, query, [one], [other])
        assert (found.decision, found.scored[0].entry) == (Decision.MATCHED, entry)


@pytest.mark.parametrize("other", SPELLED)
def test_what_is_taken_does_not_depend_on_who_asks(other: str) -> None:
    one, two = girl("Simran Kaur", "UB2 4AB"), girl(f"{other} Kaur", "UB2 4AB")
    there, back = match(MODEL, one, [two]).scored[0], match(MODEL, two, [one]).scored[0]
    assert [line.bits for line in there.comparisons if line.comparison == "names_together"] == [
        line.bits for line in back.comparisons if line.comparison == "names_together"
    ]


def test_names_in_each_others_places_are_weighed_as_well() -> None:
    swapped = replace(girl("Simran Kaur", "B66 4AA"), given_name="Kaur", family_name="Simran")
    found = match(MODEL, swapped, [girl("Simran Kaur", "UB2 4AB")])
    assert levels(found)["forename"] == "swapped"
    assert levels(found)["names_together"] == "expected"


def test_two_entries_of_one_common_name_are_not_taken_for_one_child() -> None:
    """Both fit a third record; that each does is no sign that they are one child, held twice."""
    towns = "UB2 4AB", "B66 4AA", "LE4 6AA"
    query, one, other = (girl("Simran Kaur", town) for town in towns)
    assert match(MODEL, query, [one], [other]).decision is Decision.POSSIBLE


def test_the_tables_are_in_the_digest(tmp_path: Path) -> None:
    tables = tmp_path / "tables"
    tables.mkdir()
    for table in MODEL.tables.glob("*.csv"):
        (tables / table.name).write_bytes(table.read_bytes())
    assert Model.build(MODEL.shape, tables).digest == MODEL.digest
    assert MODEL.shape.pairs is not None
    path = tables / MODEL.shape.pairs.tables[0]
    path.write_text(path.read_text().replace("simran,", "simrana,"))
    assert Model.build(MODEL.shape, tables).digest != MODEL.digest


@pytest.mark.parametrize(
    ("table", "line"), [(0, "simran,,99:0.5"), (0, "simran"), (0, "simran,,1:0.9 3:0.9"), (1, "kaur,x,1:0.5")]
)
def test_a_line_that_is_none_is_named(tmp_path: Path, table: int, line: str) -> None:
    tables = tmp_path / "tables"
    tables.mkdir()
    for each in MODEL.tables.glob("*.csv"):
        (tables / each.name).write_bytes(each.read_bytes())
    assert MODEL.shape.pairs is not None
    path = tables / MODEL.shape.pairs.tables[table]
    path.write_text("name,share,communities\n" + line + "\n")
    with pytest.raises(InvalidFields) as refused:
        Model.build(MODEL.shape, tables)
    assert [each.field for each in refused.value.violations] == [f"tables/{path.name}"]
    assert refused.value.violations[0].description.startswith("line 2 must be")


def test_a_model_names_two_comparisons_that_it_has() -> None:
    said = MODEL.shape.model_dump()
    said["pairs"]["comparisons"] = ("forename", "nobody")
    with pytest.raises(ValidationError, match="nobody"):
        ModelShape.model_validate(said)
    said["pairs"]["comparisons"] = ("forename", "sex")
    with pytest.raises(ValidationError, match="no frequency table of sex"):
        ModelShape.model_validate(said)
