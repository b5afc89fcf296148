"""Cleaning: what only steers the display of a text makes no other text of it, and refuses none."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from childindex.linkage.names import fold_name
from childindex.placeholder import is_placeholder
from childindex.text import LOST, clean, symbols

STEERS = (
    "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u061c"  # directions
    "\u00ad\u200b\u200c\u200d\u2060\ufeff\u034f\u180e\ufe0e\ufe0f\U000e0100\u3164\u0640\x00\x07\x7f\x9f"
)
NAMES = st.sampled_from(
    ["Siobhán", "O’Neill", "سارة", "שרה", "प्रिया", "李", "Nguyễn", "D´Souza", "Mary Ann", "Baby", "Łukasz", "علی رضا"]
)


@given(st.text())
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert symbols(symbols(text)) == symbols(text)


@given(st.text())
def test_nothing_is_left_that_shows_nothing(text: str) -> None:
    found = clean(text)
    assert found == " ".join(found.split())
    assert not {unicodedata.category(letter) for letter in found} & {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}
    found.encode()


@given(NAMES, st.lists(st.tuples(st.integers(0, 40), st.sampled_from(STEERS)), max_size=6))
def test_what_steers_the_display_makes_no_other_name(name: str, marks: list[tuple[int, str]]) -> None:
    written = name
    for place, mark in marks:
        written = written[:place] + mark + written[place:]
    assert clean(written) == clean(name)
    assert fold_name(written) == fold_name(name)
    assert is_placeholder(written) == is_placeholder(name)


@pytest.mark.parametrize("blank", ["\u00a0", "\u2009", "\u3000", "\t", "\r\n", "\u2028", "\u0085", "  ", "\u2800"])
def test_every_blank_is_one(blank: str) -> None:
    assert clean(f"{blank}Mary{blank}Ann{blank}") == "Mary Ann"
    assert symbols(f"LS11{blank}5QW") == "LS115QW"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Ｍａｒｙ", "Mary"),
        ("ﬁona", "fiona"),
        ("O´Neill", "O'Neill"),
        ("J\ue000rg", f"J{LOST}rg"),
        ("A\ud800", f"A{LOST}"),
        ("", ""),
    ],
)
def test_compatible_forms_are_one(written: str, meant: str) -> None:
    assert clean(written) == meant


def test_digits_of_every_script_are_digits_of_a_code() -> None:
    assert symbols("\u0664\u0660\u0660\u0665 \u096c\u096d\u096e-\uff19\uff10\u06f4") == "4005678904"
