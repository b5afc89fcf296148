import struct

from hypothesis import given
from hypothesis import strategies as st

from childindex import linkage
from childindex.linkage import narrow_filter
from childindex.linkage.narrow import Scanned, narrow_code
from tests.linkage.people import child, code, features

SMALL = st.lists(st.integers(0, 4), min_size=8, max_size=8)
KINDS = {
    "forename": ((0, 0), (2, 2), (0, 1), (0, 6), (6, 0), (6, 6)),
    "surname": ((1, 1), (3, 3), (1, 0), (7, 1), (1, 7), (7, 7)),
    "postcode": ((4, 4),),
    "outcode": ((5, 5),),
}
PAIRS = [pair for pairs in KINDS.values() for pair in pairs]
PLACES = {"postcode", "outcode"}


def pack(rows: list[list[int]]) -> bytes:
    return b"".join(struct.pack("<QH8H", number, number, *row) for number, row in enumerate(rows))


@given(SMALL, st.lists(SMALL, max_size=40))
def test_the_filter_keeps_what_shares_a_value_and_a_missing_value_equals_nothing(
    query: list[int], rows: list[list[int]]
) -> None:
    expected = [
        number
        for number, row in enumerate(rows)
        if any(query[mine] and query[mine] == row[theirs] for mine, theirs in PAIRS)
    ]
    assert narrow_filter(query, pack(rows), cap=1000) == Scanned(expected, False)


@given(SMALL, st.lists(SMALL, min_size=1, max_size=40), st.integers(0, 8))
def test_a_likeness_that_very_many_share_asks_for_one_of_another_kind(
    query: list[int], rows: list[list[int]], cap: int
) -> None:
    alike = [
        {kind for kind, pairs in KINDS.items() if any(query[m] and query[m] == row[t] for m, t in pairs)}
        for row in rows
    ]
    dense = {kind for kind in KINDS if sum(kind in each for each in alike) > cap}

    def stands(kind: str, each: set[str]) -> bool:
        others = each - {kind} - (PLACES if kind in PLACES else set())
        return kind in each and (kind not in dense or bool(others))

    expected = [place for place, each in enumerate(alike) if any(stands(kind, each) for kind in KINDS)]
    assert narrow_filter(query, pack(rows), cap=cap) == Scanned(expected, bool(dense))


@given(SMALL, st.lists(SMALL, max_size=40), st.lists(st.integers(1, 4), max_size=3))
def test_a_row_whose_forename_is_akin_counts_as_one_of_the_same_forename(
    query: list[int], rows: list[list[int]], akin: list[int]
) -> None:
    plain = narrow_filter(query, pack(rows), cap=1000).rows
    expected = sorted({*plain, *(number for number, row in enumerate(rows) if row[0] in akin)})
    assert narrow_filter([*query, *akin], pack(rows), cap=1000).rows == expected


def test_other_row_sizes_and_a_torn_tail() -> None:
    rows = b"".join(struct.pack("<H8H", number, number + 1, *[0] * 7) for number in range(3))
    assert narrow_filter([2, 0, 0, 0, 0, 0, 0, 0], rows, cap=60, row_size=18, offset=2).rows == [1]
    assert narrow_filter([3, 0, 0, 0, 0, 0, 0, 0], rows[:-1], cap=60, row_size=18, offset=2).rows == []


@given(st.lists(st.integers(0, 2**64 - 1), max_size=3).map(tuple))
def test_a_narrow_code_is_zero_only_where_nothing_is(codes: tuple[int, ...]) -> None:
    assert (narrow_code(codes) == 0) == (not codes)
    assert 0 <= narrow_code(codes) < 2**16


def test_a_child_is_found_on_its_birth_date_by_any_one_likeness() -> None:
    model = linkage.shipped()
    indexed = child("Muhammad", "Braithwaite", carer_family_name="Holt", middle_names="Eesa Ali")
    row = pack([list(model.narrow(features(model, indexed)))])
    found = {
        "forename": child("Muhammad", "Other", postcode=""),
        "spelling": child("Mohamed", "Other", postcode=""),
        "surname": child("Jack", "Braithwaite", postcode=""),
        "surname typed wrong": child("Jack", "Brathwaite", postcode=""),
        "postcode": child("Jack", "Other"),
        "district": child("Jack", "Other", postcode="ZE1 9ZZ"),
        "swapped": child("Braithwaite", "Muhammad", postcode=""),
        "the middle name for the first": child("Eesa", "Other", postcode=""),
        "the first name in the middle": child("Jack", "Other", postcode="", middle_names="Muhammad"),
        "middle name": child("Jack", "Other", postcode="", middle_names="Eesa"),
        "placeholder under the carer's name": child("Baby", "Holt", postcode=""),
    }
    for why, query in found.items():
        assert narrow_filter(model.narrow(features(model, query)), row, cap=60).rows == [0], why
    other = child("Jack", "Other", postcode="ZE2 2BB")
    assert narrow_filter(model.narrow(features(model, other)), row, cap=60).rows == []


def test_a_short_name_and_a_slip_are_looked_for_by_the_names_that_they_may_stand_for() -> None:
    model = linkage.shipped()
    for indexed, asked in (("William", "Billy"), ("Bob", "Robert"), ("Martha", "Kartha"), ("Jordan", "Joedan")):
        row = pack([list(model.narrow(features(model, child(indexed, "Braithwaite", postcode=""))))])
        query = child(asked, "Other", postcode="")
        record = model.normalise(linkage.children.source(query, test_range=True))
        akin, narrow = model.akin(record, code), model.narrow(features(model, query))
        assert narrow_filter(narrow, row, cap=60).rows == [], asked
        assert narrow_filter((*narrow, *akin), row, cap=60).rows == [0], asked


def test_a_name_in_use_is_no_slip_and_a_very_short_one_stands_for_no_other() -> None:
    model = linkage.shipped()
    variants = next(each for each in model.comparisons if each.shape.name == "forename").tables.variants
    for name in ("martha", "jordan"):  # one letter from marsha and jordana
        assert set(model.kin_of(name)) == {name, *variants.shares[name]}
    assert model.kin_of("zz") == ("zz",)
    assert model.kin_of("kartha") == ("kartha", "martha")
