"""Postcodes: what is one, what says that there is none, and what is neither."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from childindex.filler import Means, Unread
from childindex.postcode import area, inward, outward, parse, sector
from tests.nouns.test_text import STEERS

AREAS = st.sampled_from("LS M N EC SW W GY JE IM BF BT ZE".split())
UNITS = st.text("ABDEFGHJLNPQRSTUWXYZ", min_size=2, max_size=2)
POSTCODES = st.builds("{}{} {}{}".format, AREAS, st.integers(1, 98), st.integers(0, 9), UNITS).filter(
    lambda code: isinstance(parse(code), str)  # a few are those of documents
)


@given(POSTCODES, st.lists(st.tuples(st.integers(0, 9), st.sampled_from(STEERS + " -\u00a0")), max_size=4))
def test_a_postcode_is_one_in_whatever_way_it_is_written(code: str, marks: list[tuple[int, str]]) -> None:
    written = code
    for place, mark in marks:
        written = written[:place] + mark + written[place:]
    wide = "".join(chr(ord(symbol) + 0xFEE0) if symbol != " " else symbol for symbol in code)
    assert {parse(each) for each in (written, written.lower(), wide)} == {code.replace(" ", "")}


@given(st.text(max_size=12))
def test_what_passes_stays_as_it_is(text: str) -> None:
    found = parse(text)
    if isinstance(found, str):
        assert parse(found) == found
        assert found.isascii()
        assert found.isalnum()


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("ls11 5qw", "LS115QW"), ("LSII 5QW", "LS115QW"), ("LS01 5QW", "LS15QW"), ("CR0 4DT", "CR04DT"),
        ("0X1 2JD", "OX12JD"), ("SO14 O AA", "SO140AA"), ("SWIA 1AB", "SW1A1AB"), ("CA2I 6HB", "CA216HB"),
        ("EC1A1BD", "EC1A1BD"), ("GY1 1AA", "GY11AA"), ("je2 3ab", "JE23AB"), ("IM1 1AA", "IM11AA"),
        ("BFPO 105", "BFPO105"), ("B.F.P.O. 5", "BFPO5"), ("BFPO c/o 12", "BFPO12"), ("BF1 4AA", "BF14AA"),
        ("W1A 4WW", "W1A4WW"), ("LS11.5QW", "LS115QW"),
    ],
)  # fmt: skip
def test_these_are_postcodes(written: str, code: str) -> None:
    assert parse(written) == code


NONE = ["NFA", "No fixed abode", "n.f.a.", "NF1 1NF", "ZZ99 3VZ", "zz993vz", "ZZ99 6CZ", "homeless", "None", "N/A"]
UNKNOWN = ["unknown", "Not Known", "ZZ99 3WZ", "ZZ99 3CZ", "?", "-", "...", "tbc", "Not\u200bknown"]
DEFAULT = ["AA1 1AA", "XX1 1XX", "ZZ1 1ZZ", "SW1A 1AA", "XXXX", "0000000", "AB1 2CD", "GIR 0AA"]
NO_VALUE = [
    "ZZ1 1AB", "LS11 5QC", "LS11 5Q", "12345", "nonsense", "D02 X285", "QQ1 1AB", "BFPO", "BFPO 0", "12 High Street",
    "LS11 5QW x", "BX1 1LT", "NF1 2AB", "", "L511 5QW", "\u0661\u0662\u0663",
]  # fmt: skip


@pytest.mark.parametrize(
    ("written", "means"),
    [
        *((text, Means.NONE) for text in NONE),
        *((text, Means.UNKNOWN) for text in UNKNOWN),
        *((text, Means.DEFAULT) for text in DEFAULT),
        *((text, Means.NO_VALUE) for text in NO_VALUE),
    ],
)
def test_these_are_none(written: str, means: Means) -> None:
    found = parse(written)
    assert isinstance(found, Unread)
    assert found.means is means


def test_parts() -> None:
    assert [part("LS115QW") for part in (outward, sector, area, inward)] == ["LS11", "LS115", "LS", "5QW"]
    assert [part("BFPO105") for part in (outward, sector, area, inward)] == ["", "", "", ""]
