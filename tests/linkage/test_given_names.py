"""Given names divided, and children who share a forename with a brother or a twin."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.matching.memory import Memory
from childindex import linkage
from childindex.demographics import Demographics
from childindex.errors import InvalidFields
from childindex.linkage import Decision
from childindex.linkage.given_names import SharedForenames, divide, load_shared
from childindex.linkage.names import fold_name
from tests.linkage.people import child

TABLES = Path(linkage.__file__).with_name("tables")
SHARED = load_shared(("forenames_shared.csv",), TABLES)
MODEL, SMALL = linkage.shipped(), linkage.shipped(1_000)
SECOND = tuple(
    "Hasan Husain Talha Bilal Zainab Fatima Luc Paul Elena Carmen Rahim Karim Pedro Miguel Priya Kamala Lars Bo".split()
)
BY_PLACE = {
    before: sorted(name for name in SHARED.stands_for if (name in SHARED.honours) is before) for before in (True, False)
}

Written = tuple[str, str]


def layouts(first: str, second: str) -> tuple[Written, ...]:
    """The ways in which two given names of one child are written: forename and middle names."""
    return (
        (first, second),
        (f"{first} {second}", ""),
        (f"{first}-{second}", ""),
        (first.upper(), second.upper()),
        (f"{first.upper()}  {second.upper()}", ""),
    )


def record(names: Written) -> Demographics:
    return child(names[0], "Amari", middle_names=names[1])


def decided(model: linkage.Model, indexed: float | None, query: Written, *known: Written) -> Decision:
    memory = Memory(model)
    for entry, names in enumerate(known, 1):
        memory.write(memory.query(record(names)), entry, 1)
    return memory.resolve(record(query), 2, indexed)[1].match.decision


names_that_siblings_share = st.sampled_from([name.capitalize() for name in sorted(SHARED.stands_for)])
two_others = st.lists(st.sampled_from(SECOND), min_size=2, max_size=2, unique=True)
ways = st.integers(0, len(layouts("a", "b")) - 1)
priors = st.sampled_from([None, 0.975, 0.999])


@given(names_that_siblings_share, two_others, st.tuples(ways, ways), st.sampled_from([MODEL, SMALL]), priors)
@settings(max_examples=400, deadline=None)
def test_twins_of_one_forename_are_not_linked(
    first: str, others: list[str], written: tuple[int, int], model: linkage.Model, indexed: float | None
) -> None:
    mine, theirs = (layouts(first, other)[way] for other, way in zip(others, written, strict=True))
    assert decided(model, indexed, theirs, mine) is not Decision.MATCHED


@given(names_that_siblings_share, st.sampled_from(SECOND), ways, ways)
@settings(max_examples=200, deadline=None)
def test_one_child_is_linked_however_its_forename_is_divided(first: str, second: str, one: int, other: int) -> None:
    assert decided(MODEL, None, layouts(first, second)[other], layouts(first, second)[one]) is Decision.MATCHED


@given(st.sampled_from(BY_PLACE[True]), st.sampled_from(SECOND), ways)
@settings(max_examples=100, deadline=None)
def test_a_name_of_honour_may_be_left_out(honour: str, second: str, way: int) -> None:
    assert decided(MODEL, None, (second, ""), layouts(honour.capitalize(), second)[way]) is Decision.MATCHED


@given(names_that_siblings_share, two_others, ways, ways)
@settings(max_examples=100, deadline=None)
def test_the_shared_forename_alone_is_for_a_person_where_a_twin_is_known(
    first: str, others: list[str], one: int, other: int
) -> None:
    known = layouts(first, others[0])[one], layouts(first, others[1])[other]
    assert decided(MODEL, 0.975, (first, ""), *known) is Decision.POSSIBLE
    assert decided(MODEL, 0.975, known[0], (first, ""), known[1]) is not Decision.MATCHED


@pytest.mark.parametrize("first", ["Muhammad", "Syed", "Maria", "Jean", "Abdul"])
def test_the_shared_forename_alone_is_the_childs_where_none_other_is_known(first: str) -> None:
    assert decided(MODEL, None, (first, ""), (first, "Hasan")) is Decision.MATCHED
    assert decided(MODEL, None, (first, ""), (first, "")) is Decision.MATCHED


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Muhammad", "Ibrahim"), ("Omar", "Ibrahim")),
        (("Muhammad Ibrahim", ""), ("Omar Ibrahim", "")),
        (("Muhammad", "Ibrahim"), ("Omar Ibrahim", "")),
        (("Muhammad Ibrahim", ""), ("Ahmad", "Ibrahim")),
        (("Jia", "Hao"), ("Zi", "Hao")),
        (("Ana", "Sofia"), ("Maria", "Sofia")),
        (("Muhammad", "Hasan"), ("Muhammad", "K")),
        (("Muhammad", "H"), ("Muhammad", "H")),
        (("Mohammed", "Hasan"), ("Md", "Husain")),
        (("Syed Muhammad", "Hasan"), ("Syed", "Muhammad Husain")),
    ],
)
def test_twins_who_bear_a_fathers_name_or_share_a_part_are_not_linked(one: Written, other: Written) -> None:
    for indexed in (None, 0.975):
        assert decided(MODEL, indexed, one, other) is not Decision.MATCHED
        assert decided(MODEL, indexed, other, one) is not Decision.MATCHED


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Thomas Edward James", ""), ("Thomas", "Edward James")),
        (("Thomas Edward", "James"), ("Thomas", "Edward James")),
        (("Thomas Edward James", ""), ("Thomas", "Edward")),
        (("Thomas Edward James", ""), ("Thomas", "")),
        (("Bob J", ""), ("Bob", "James")),
        (("Bob J.", ""), ("Bob", "")),
        (("Bob J", "James"), ("Bob", "James")),
        (("J Bob", ""), ("Bob", "")),
        (("Mary-Jane K", ""), ("Mary Jane", "Kate")),
        (("Mohamad", "Hasan"), ("Mohammed", "Hasan")),
        (("Muhamamd", "Hasan"), ("Muhammad", "Hasan")),
        (("Md", "Talha"), ("Mohammed Talha", "")),
        (("Abdul", "Rahman"), ("Abdulrahman", "")),
        (("Jean-Luc", ""), ("Jean", "Luc")),
        (("Jia", "Hao"), ("Jiahao", "")),
    ],
)
def test_one_child_in_two_layouts_is_linked(one: Written, other: Written) -> None:
    assert decided(MODEL, None, one, other) is Decision.MATCHED
    assert decided(MODEL, None, other, one) is Decision.MATCHED


@pytest.mark.parametrize(
    ("written", "divided"),
    [
        (("Muhammad", "Hasan"), ("muhammad hasan", "hasan", "", ("muhammad",), "")),
        (("Mohammed Hasan", "Ali"), ("mohammed hasan", "hasan", "ali", ("muhammad",), "")),
        (("Syed", "Muhammad Hasan Ali"), ("syed muhammad hasan", "hasan", "ali", ("syed", "muhammad"), "")),
        (("Mohamed", ""), ("mohamed", "mohamed", "", ("muhammad",), "muhammad")),
        (("Syed", "Muhammad"), ("syed muhammad", "muhammad", "", ("syed", "muhammad"), "muhammad")),
        (("Maria", "Louise Anne"), ("maria louise", "maria louise", "anne", ("maria",), "")),
        (("Hamza", "Muhammad"), ("hamza", "hamza", "muhammad", (), "")),
        (("Bob J", ""), ("bob", "bob", "j", (), "")),
        (("Bob J K", "James Keith"), ("bob", "bob", "james keith", (), "")),
        (("Bob J", "Keith"), ("bob", "bob", "j keith", (), "")),
        (("J R", ""), ("j r", "j r", "", (), "")),
        (("", "Hasan"), ("", "", "hasan", (), "")),
    ],
)
def test_given_names_are_divided(written: Written, divided: tuple[object, ...]) -> None:
    found = divide(fold_name(written[0]), fold_name(written[1]), SHARED)
    assert (found.name, found.called, found.further, found.shared, found.alone) == divided


@given(st.text("abm ", max_size=12), st.text("abm ", max_size=12))
def test_nothing_is_divided_without_a_table(given_name: str, middle: str) -> None:
    found = divide(" ".join(given_name.split()), " ".join(middle.split()), SharedForenames())
    assert sorted((found.name + " " + found.further).split()) == sorted(f"{given_name} {middle}".split()) or any(
        len(word) == 1 for word in given_name.split()
    )
    assert not found.shared


def test_the_table_holds_folded_names_and_says_why() -> None:
    lines = (TABLES / "forenames_shared.csv").read_text(encoding="utf-8").splitlines()[1:]
    names = [line.split(",")[0] for line in lines]
    assert len(names) == len(set(names)) > 200
    assert all(name == fold_name(name) and " " not in name for name in names)
    assert all(SHARED.stands_for[standing] == standing for standing in SHARED.stands_for.values())


@pytest.mark.parametrize("line", ["ali,ali,beside,custom", "ali,ali,before", "ali,,before,custom"])
def test_a_line_that_is_not_so_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / "shared.csv").write_text(f"name,stands_for,place,custom\n{line}\n", encoding="utf-8")
    with pytest.raises(InvalidFields, match="invalid"):
        load_shared(("shared.csv",), tmp_path)
