"""Child numbers: what is read, what is caught, what is suggested and what is drawn."""

import pickle
from collections import Counter
from collections.abc import Callable
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nhs_number.validate import is_valid
from stdnum.gb import nhs, upn

from childindex.errors import Error, Reason
from childindex.identifiers import Identifier, IdentifierType, Number, parse
from childindex.number import ALPHABET, ChildNumber, InvalidNumber, NumberType, offensive, suggest
from childindex.reed_solomon import with_checks

types = st.sampled_from(NumberType)


@st.composite
def numbers(draw: st.DrawFn) -> ChildNumber:
    bits = draw(st.integers(0, 2**40 - 1))
    return ChildNumber.draw(draw(types), lambda _: drawn_from(bits))


def drawn_from(bits: int) -> int:
    """Skips ahead deterministically, so that an offensive draw is not drawn for ever."""
    while offensive_bits(bits):
        bits = (bits * 6364136223846793005 + 1442695040888963407) % 2**40
    return bits


def offensive_bits(bits: int) -> bool:
    return any(offensive(spelled(letter, bits)) for letter in "CPT")


def spelled(letter: str, bits: int) -> str:
    data = [ALPHABET.index(letter), *((bits >> shift) & 31 for shift in range(35, -1, -5))]
    return "".join(ALPHABET[value] for value in with_checks(data))


def replaced(value: str, place: int, symbol: str) -> str:
    return value[:place] + symbol + value[place + 1 :]


def valid(text: str) -> bool:
    try:
        ChildNumber.parse(text)
    except InvalidNumber:
        return False
    return True


# ---- form ----------------------------------------------------------------------------------------------------


def test_the_golden_numbers_never_change() -> None:
    # Numbers outlive programs: these words were printed once and must be read for ever.
    assert spelled("C", 0) == "C00000000Z9"
    assert spelled("P", 0x123456789A) == "P28T5CY4TQR"
    assert str(ChildNumber("C00000000Z9")) == "C000-000-00Z9"


@given(numbers())
def test_it_is_shown_in_groups_and_read_back(number: ChildNumber) -> None:
    assert [len(group) for group in str(number).split("-")] == [4, 3, 4]
    assert ChildNumber.parse(str(number)) == number
    assert ChildNumber.parse(number.value) == number
    assert number.value[0] == number.type.value
    assert pickle.loads(pickle.dumps(number)) == number


@given(numbers(), st.data())
def test_people_write_as_they_like(number: ChildNumber, data: st.DataObject) -> None:
    written = ""
    for symbol in number.value:
        looks = {"0": "0Oo", "1": "1IiLl"}.get(symbol, symbol + symbol.lower())
        written += data.draw(st.sampled_from(looks)) + data.draw(st.sampled_from(["", " ", "-", "\u2011", "\u00a0 "]))
    assert ChildNumber.parse(" " + written) == number


@given(numbers())
def test_it_does_not_print_itself(number: ChildNumber) -> None:
    assert repr(number) == f"ChildNumber({number.value[0]}...)"
    with pytest.raises(InvalidNumber) as caught:
        ChildNumber.parse(number.value[:-1] + "U")
    assert number.value[1:5] not in f"{caught.value!r} {caught.value.message} {caught.value.violations}"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "11 symbols"),
        ("C00000000N", "11 symbols"),
        ("C00000000Z99", "11 symbols"),
        ("C" * 5000, "11 symbols"),
        ("C0000000UZ9", "without I, L, O and U"),
        ("C0000000*Z9", "without I, L, O and U"),
        ("C00000000Nſ", "without I, L, O and U"),  # upper() would make it an S
        ("C0000000٠Z9", "without I, L, O and U"),  # an Arabic-Indic zero is a digit to Python
        ("C00000000Z9\n", "11 symbols"),
        ("D00000000Z9", "C, P or T"),
        ("000000000Z9", "C, P or T"),
        ("C00000001Z9", "check symbols"),
        ("P00000000Z9", "check symbols"),
    ],
)
def test_what_is_no_number_is_told_why(text: str, why: str) -> None:
    with pytest.raises(InvalidNumber) as caught:
        ChildNumber.parse(text)
    assert why in caught.value.message
    assert caught.value.reason is Reason.INVALID_FIELDS
    assert [violation.field for violation in caught.value.violations] == ["value"]
    assert suggest("") is None


def test_the_plain_constructor_is_strict() -> None:
    for text in ("c00000000z9", "C000-000-00Z9", "COOOOOOOOZ9"):
        with pytest.raises(InvalidNumber):
            ChildNumber(text)


# ---- errors --------------------------------------------------------------------------------------------------


def test_every_error_in_one_or_two_symbols_is_caught() -> None:
    # The code itself is proved in test_reed_solomon; here all 53,196 errors upon one number, type letter included.
    value = "C4Q7M2ZX9"
    value = next(v for v in (value + a + b for a in ALPHABET for b in ALPHABET) if valid(v))
    errors = [{place: symbol} for place in range(11) for symbol in ALPHABET if symbol != value[place]]
    wrong = [replaced(value, place, symbol) for error in errors for place, symbol in error.items()]
    for first, second in combinations(range(11), 2):
        for one in ALPHABET.replace(value[first], ""):
            half = replaced(value, first, one)
            wrong += [replaced(half, second, other) for other in ALPHABET.replace(value[second], "")]
    assert len(wrong) == 11 * 31 + 55 * 31 * 31
    assert not any(map(valid, wrong))


@given(numbers(), st.integers(0, 10), st.integers(0, 10))
def test_every_swap_is_caught(number: ChildNumber, one: int, other: int) -> None:
    swapped = list(number.value)
    swapped[one], swapped[other] = swapped[other], swapped[one]
    assert valid("".join(swapped)) is ("".join(swapped) == number.value)


@given(numbers(), types)
def test_no_number_is_another_types_number(number: ChildNumber, other: NumberType) -> None:
    assert valid(replaced(number.value, 0, other.value)) is (other is number.type)


# ---- suggestions ---------------------------------------------------------------------------------------------


@given(numbers(), st.integers(0, 10), st.sampled_from(ALPHABET + "U*"))
def test_one_wrong_symbol_is_suggested_right(number: ChildNumber, place: int, symbol: str) -> None:
    wrong = replaced(number.value, place, symbol)
    silent = wrong == number.value or number.type is NumberType.TEST
    assert suggest(wrong.lower()) == (None if silent else number)


@pytest.mark.parametrize("text", ["C00U000000Z9", "C00U00070Z9", "CU0U00000Z9", "C00U0000Z9", "V00U00000Z9"])
def test_a_strange_symbol_and_one_more_error_are_too_much(text: str) -> None:
    assert suggest("C00U00000Z9") == ChildNumber("C00000000Z9")
    assert suggest(text) is None


@given(numbers(), st.integers(0, 9))
def test_a_swap_of_neighbours_never_misleads(number: ChildNumber, place: int) -> None:
    value = number.value
    swapped = value[:place] + value[place + 1] + value[place] + value[place + 2 :]
    assert suggest(swapped) is None


@given(st.text(ALPHABET + "U- ", max_size=14))
def test_a_suggestion_is_a_number_for_people_one_symbol_away(text: str) -> None:
    suggestion = suggest(text)
    if suggestion is not None:
        given_symbols = text.replace("-", "").replace(" ", "")
        assert suggestion.type is not NumberType.TEST
        assert sum(a != b for a, b in zip(given_symbols, suggestion.value, strict=True)) == 1


# ---- drawing -------------------------------------------------------------------------------------------------


def scripted(*values: int) -> Callable[[int], int]:
    waiting = list(values)

    def randbits(bits: int) -> int:
        assert bits == 40
        return waiting.pop(0)

    return randbits


def bits_of(symbols: str) -> int:
    return sum(ALPHABET.index(symbol) << 5 * place for place, symbol in enumerate(reversed(symbols)))


@pytest.mark.parametrize("bad", ["2SH1T222", "2FVCK222", "22P15522", "W4NK2222", "22226662", "2N4Z1222"])
def test_what_offends_is_drawn_again(bad: str) -> None:
    drawn = ChildNumber.draw(NumberType.PERMANENT, scripted(bits_of(bad), bits_of("23456789"[::-1])))
    assert drawn.value[1:9] == "98765432"


def test_offence_is_sought_across_type_letter_and_checks() -> None:
    assert offensive("CVNT2222222")
    assert offensive("T1T22222222")
    assert offensive("C2222222A55")
    assert not offensive("C2222222255")


def test_a_source_that_only_offends_is_given_up() -> None:
    with pytest.raises(Error) as caught:
        ChildNumber.draw(NumberType.TEST, lambda _: bits_of("2SH1T222"))
    assert caught.value.reason is Reason.INTERNAL


def test_draws_are_random_and_inoffensive() -> None:
    drawn = [ChildNumber.draw(NumberType.PROVISIONAL).value for _ in range(5000)]
    assert len(set(drawn)) == len(drawn)
    assert not any(map(offensive, drawn))
    for place in range(1, 9):
        seen = Counter(value[place] for value in drawn)
        assert len(seen) == 32
        assert max(seen.values()) < 3 * 5000 / 32


# ---- other numbers -------------------------------------------------------------------------------------------


@given(numbers())
def test_no_child_number_is_another_identifier(number: ChildNumber) -> None:
    for text in (number.value, str(number), str(number).replace("-", " ")):
        assert not is_valid(text)
        assert not nhs.is_valid(text)
        assert not upn.is_valid(text)
        assert not any(isinstance(parse(Identifier(kind, text)), Number) for kind in IdentifierType)


ten_digits = st.from_regex(r"[0-9]{10}", fullmatch=True)


@given(ten_digits, st.sampled_from(["", " ", "-"]))
def test_ten_digits_are_never_a_child_number(digits: str, gap: str) -> None:
    assert not valid(digits)
    assert not valid(gap.join((digits[:3], digits[3:6], digits[6:])))
    assert suggest(digits) is None


@given(st.from_regex(r"[A-HJ-NP-RT-Z][0-9]{11}[0-9A-Z]", fullmatch=True))
def test_a_upn_is_never_a_child_number(text: str) -> None:
    assert not valid(text)
    assert suggest(text) is None
