import pytest
from hypothesis import given
from hypothesis import strategies as st

from childindex import linkage
from childindex.errors import StoreDamaged
from childindex.linkage import Features
from tests.linkage.people import child, code, features

CODES = st.lists(st.lists(st.integers(0, 2**64 - 1), max_size=8).map(tuple), max_size=30).map(tuple)


@given(CODES)
def test_features_survive_their_compact_form(codes: tuple[tuple[int, ...], ...]) -> None:
    encoded = Features(codes).encode()
    assert Features.decode(encoded) == Features(codes)
    assert len(encoded) == 1 + len(codes) + 8 * sum(map(len, codes))


@given(CODES, st.integers(0, 400), st.binary(min_size=1, max_size=3))
def test_a_form_of_wrong_length_is_refused(codes: tuple[tuple[int, ...], ...], cut: int, more: bytes) -> None:
    encoded = Features(codes).encode()
    with pytest.raises(StoreDamaged):
        Features.decode(encoded + more)
    with pytest.raises(StoreDamaged):
        Features.decode(encoded[: min(cut, len(encoded) - 1)])


def test_names_of_all_fields_are_coded_alike_and_identifiers_apart() -> None:
    model = linkage.shipped()
    shapes = list(model.shape.fields)
    swapped = features(model, child("Braithwaite", "Oliver"))
    straight = features(model, child("Oliver", "Braithwaite"))
    forename, surname = shapes.index("forename"), shapes.index("surname")
    assert swapped.codes[forename] == straight.codes[surname] == (code("name", "braithwaite"),)
    record = model.normalise({"nhs_number": ("9434765919",), "uln": ("9434765919",)})
    codes = model.features(record, code).codes
    assert codes[shapes.index("nhs_number")] != codes[shapes.index("uln")]


def test_the_lexicon_gets_names_dates_and_postcodes_but_no_identifier() -> None:
    model = linkage.shipped()
    record = model.normalise({
        "given_name": ("Oliver",), "family_name": ("Smith",), "birth_date": ("2014-05-17",), "sex": ("male",),
        "postcode": ("M14 5AB",), "nhs_number": ("9434765919",), "uprn": ("100023336956",),
    })  # fmt: skip
    found = model.features(record, code)
    assert sorted(found.strings.values()) == [
        ("date", "2014-05-17"), ("name", "oliver"), ("name", "smith"), ("postcode", "M145AB"),
    ]  # fmt: skip
    assert all(code(kind, value) == at for at, (kind, value) in found.strings.items())
    assert "oliver" not in repr(found)
