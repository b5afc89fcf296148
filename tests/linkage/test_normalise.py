import pytest
from hypothesis import given
from hypothesis import strategies as st

from childindex.linkage.normalise import columns, normalise
from childindex.linkage.record_shapes import FieldShape


def one(kind: str, *values: str, **more: object) -> tuple[str, ...]:
    shape = FieldShape.model_validate({"kind": kind, "columns": ("column",), **more})
    return normalise(columns({"field": shape}), {"column": values}).of("field")


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("m14 5ab", "M145AB"),
        ("MI4 5AB", "M145AB"),
        ("M14 SAB", ""),
        ("SW1A OAB", "SW1A0AB"),
        ("5W1A 0AB", ""),
        ("EC1A 1BD", "EC1A1BD"),
        ("N1 9G0", ""),
        ("0L1 1AA", "OL11AA"),
        ("M1 1AA", "M11AA"),
        ("B33 8TH", "B338TH"),
        ("zz99 3vz", ""),
        ("D02 X285", ""),
        ("?", ""),
    ],
)
def test_postcodes_are_set_right_by_place(written: str, normal: str) -> None:
    assert one("postcode", written) == ((normal,) if normal else ())


def test_parts_of_a_postcode_derive_from_it() -> None:
    shapes = {
        "postcode": FieldShape(kind="postcode", columns=("postcode",)),
        **{kind: FieldShape.model_validate({"kind": kind, "of": "postcode"}) for kind in
           ("outcode", "sector", "area", "inward")},
    }  # fmt: skip
    found = normalise(columns(shapes), {"postcode": ("SW1A 0AB",)})
    assert found.values == (("SW1A0AB",), ("SW1A",), ("SW1A0",), ("SW",), ("0AB",))
    forces = normalise(columns(shapes), {"postcode": ("BFPO 105",)})
    assert forces.values == (("BFPO105",), (), (), (), ())
    odd = normalise(columns(shapes), {"postcode": ("NFA",)})
    assert odd.values == ((), (), (), (), ())


def test_postcodes_that_were_never_checked_keep_their_slips() -> None:
    written = ("M14 SAB", "MI4 5AB", "D02 X285", "SW1A 1AA", "zz99 3vz", "ca2i 6hb", "")
    assert one("likely_postcode", *written) == ("M14SAB", "M145AB", "D02X285", "SW1A1AA", "CA2I6HB")


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("2014-05-17", "2014-05-17"),
        ("2014-5-7", "2014-05-07"),
        ("2014-05-00", "2014-05-00"),
        ("2014-00-17", "2014-00-00"),
        ("2014-02-30", "2014-02-00"),
        ("2014-13-01", "2014-00-00"),
        ("0000-05-17", ""),
        ("17/05/2014", "2014-05-17"),
    ],
)
def test_dates_keep_what_is_known(written: str, normal: str) -> None:
    assert one("date", written) == ((normal,) if normal else ())


@given(st.integers(1900, 2100), st.integers(0, 40), st.integers(0, 40))
def test_no_date_is_impossible(year: int, month: int, day: int) -> None:
    (value,) = one("date", f"{year}-{month}-{day}")
    assert value[:4] == str(year)
    assert value[5:7] <= "12"
    assert not (value[5:7] == "00" and value[8:] != "00")


def test_placeholders_are_null_and_flagged() -> None:
    assert one("name", "Baby") == one("name", "Twin one") == ()
    assert one("placeholder", "Baby", "Oliver") == ("placeholder",)
    assert one("placeholder", "Oliver") == ()


def test_columns_are_taken_all_or_first() -> None:
    shape = {"kind": "name", "columns": ("given", "known_as")}
    source = {"given": ("Baby",), "known_as": ("Oliver",)}
    first = columns({"name": FieldShape.model_validate({**shape, "take": "first"})})
    both = columns({"name": FieldShape.model_validate(shape)})
    assert normalise(first, source).of("name") == ("oliver",)
    assert normalise(first, {**source, "given": ("Jack",)}).of("name") == ("jack",)
    assert normalise(both, {**source, "given": ("Jack",)}).of("name") == ("jack", "oliver")


def test_values_are_distinct_bounded_and_without_what_another_field_says() -> None:
    assert one("name", "Smith", "SMITH", "Jones") == ("smith", "jones")
    assert len(one("name", *("abcdefghijklmnop"))) == 8
    assert one("category", "Female", nulls=("female",)) == ()
    shapes = {
        "surname": FieldShape(kind="name", columns=("surname",)),
        "carer": FieldShape(kind="name", columns=("carer",), unless=("surname",)),
    }
    assert normalise(columns(shapes), {"surname": ("Smith",), "carer": ("SMITH", "Jones")}).of("carer") == ("jones",)


def test_other_kinds() -> None:
    assert one("identifier", "a 12-3") == ("A123",)
    assert one("digits", "0012 345") == ("12345",)
    assert one("text", "12, High-Street") == ("12 high street",)


def test_a_record_does_not_print_itself() -> None:
    shapes = {"name": FieldShape(kind="name", columns=("name",))}
    assert "oliver" not in repr(normalise(columns(shapes), {"name": ("Oliver",)})).lower()


def test_columns_may_be_joined_into_one_text() -> None:
    shapes = {"name": FieldShape(kind="text", columns=("given", "family"), take="joined")}
    fields = columns(shapes)
    assert normalise(fields, {"given": ("Anne-Marie",), "family": ("O'Neil",)}).of("name") == ("anne marie o neil",)
    assert normalise(fields, {"family": ("Ash",)}).of("name") == ("ash",)
    assert normalise(fields, {"given": (), "family": ("",)}).of("name") == ()
