"""National identifiers against the libraries that know them."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from nhs_number.validate import is_valid
from stdnum.gb import nhs, upn

from childindex.identifiers import Identifier, IdentifierType, Number, parse

NHS, UPN, ULN = IdentifierType.NHS_NUMBER, IdentifierType.UPN, IdentifierType.ULN
nine_digits = st.from_regex(r"[0-9]{9}", fullmatch=True)
gaps = st.sampled_from(["", " ", "-", "\u00a0", "\u2011"])


def read(kind: IdentifierType, value: str) -> str | None:
    found = parse(Identifier(kind, value), test_range=True)
    return found.value if isinstance(found, Number) else None


def weighted(digits: str) -> int:
    return sum(int(digit) * (10 - place) for place, digit in enumerate(digits))


def uln(nine: str) -> str | None:
    """A ULN by the rule as printed: 10 minus the remainder; remainder 0 and a leading 0 are rejected."""
    remainder = weighted(nine) % 11
    return None if remainder == 0 or nine[0] == "0" else f"{nine}{10 - remainder}"


upn_bodies = st.builds(
    "{}{}{}".format,
    st.sampled_from(sorted(upn._la_numbers)),
    st.from_regex(r"[0-9]{8}", fullmatch=True),
    st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUVWXYZ"),
)


@given(nine_digits, gaps)
def test_nhs_numbers_agree_with_both_libraries(nine: str, gap: str) -> None:
    for last in "0123456789":
        value = nine + last
        written = gap.join((value[:3], value[3:6], value[6:]))
        # The dates within Scottish numbers are checked by one library only; neither knows placeholders.
        assume(is_valid(value) == nhs.is_valid(value) and len(set(value)) > 1)
        assert read(NHS, written) == (value if nhs.is_valid(value) else None) or value in {"9876543210", "0123456789"}


@given(upn_bodies, gaps)
def test_upns_agree_with_the_library(body: str, gap: str) -> None:
    assume(len(set(body[:11])) > 1)
    value = upn.calc_check_digit(body) + body
    assert upn.is_valid(value)
    assert read(UPN, gap.join((value[:1], value[1:4], value[4:])).lower()) == value
    for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ":
        assert (read(UPN, letter + body) is None) is (letter != value[0])


def test_upns_of_newer_authorities_pass() -> None:
    body = "940123456789"
    assert int(body[:3]) not in upn._la_numbers
    assert read(UPN, upn.calc_check_digit(body) + body) is not None


@given(nine_digits, gaps)
def test_ulns_follow_the_printed_rule(nine: str, gap: str) -> None:
    expected = uln(nine)
    for last in "0123456789":
        value = nine + last
        assert read(ULN, gap.join((value[:5], value[5:]))) == (value if value == expected else None)


def test_the_published_examples_pass() -> None:
    assert read(ULN, "9276308686") == "9276308686"
    assert read(NHS, "943 476 5919") == "9434765919"
    assert read(UPN, "B801200005001") == "B801200005001"


@given(st.from_regex(r"[0-9]{10}", fullmatch=True))
def test_nothing_is_both_an_nhs_number_and_a_uln(value: str) -> None:
    assert read(NHS, value) is None or read(ULN, value) is None


@pytest.mark.parametrize(
    "value", [*(digit * 10 for digit in "0123456789"), "9876543210", "1234567890", "0123456789", "2333455667"]
)
def test_placeholders_are_refused(value: str) -> None:
    assert read(NHS, value) is None
    assert read(ULN, value) is None


@pytest.mark.parametrize("body", ["000200005001", "111111111111", "012345678901", "123456789012"])
def test_placeholder_upns_are_refused_though_their_letter_fits(body: str) -> None:
    assert read(UPN, upn.calc_check_digit(body) + body) is None


@pytest.mark.parametrize("kind", IdentifierType)
@pytest.mark.parametrize(
    "value", ["", " ", "-", "9" * 5000, "94347659١9", "９４３４７６５９１９", "9434765919\n", "943.476.5919"]
)
def test_what_is_no_identifier_is_none(kind: IdentifierType, value: str) -> None:
    assert read(kind, value) is None


@given(st.sampled_from(IdentifierType), st.text(max_size=40))
def test_any_text_is_answered(kind: IdentifierType, value: str) -> None:
    found = read(kind, value)
    assert found is None or read(kind, found) == found


def test_an_identifier_does_not_print_its_value() -> None:
    assert repr(Identifier(NHS, "9434765919")) == "Identifier(NHS_NUMBER, ...)"
