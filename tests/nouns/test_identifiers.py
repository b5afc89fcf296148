"""National identifiers against the libraries that know them."""

from itertools import product

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from nhs_number.validate import is_valid
from stdnum.gb import nhs, upn

from childindex.filler import filler
from childindex.identifiers import Identifier, IdentifierType, Number, Scheme, parse, replaced

NHS, UPN, ULN = IdentifierType.NHS_NUMBER, IdentifierType.UPN, IdentifierType.ULN
nine_digits = st.from_regex(r"[0-9]{9}", fullmatch=True)
gaps = st.sampled_from(["", " ", "-", "\u00a0", "\u2011"])


def read(kind: IdentifierType, value: str) -> str | None:
    found = parse(Identifier(kind, value), test_range=True)
    return found.value if isinstance(found, Number) else None


def scheme_of(value: str) -> Scheme | None:
    """The scheme in whose published range a health number lies, the range for tests being England's here."""
    if "0100000000" <= value <= "3112999999":
        return Scheme.CHI_NUMBER
    if "3200000000" <= value <= "3999999999":
        return Scheme.HSC_NUMBER
    return Scheme.NHS_NUMBER if value[0] in "4679" else None


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
        assume(
            is_valid(value) == nhs.is_valid(value)
            and scheme_of(value) is not None
            and not filler("health_number", value)
        )
        assert read(NHS, written) == (value if nhs.is_valid(value) else None) or value == "9876543210"


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
    assume(not expected or not filler("uln", expected))
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
    "value", ["", " ", "-", "9" * 5000, "94347659\u066b9", "943.476.5919", "9434765919\ue000", "943476591"]
)
def test_what_is_no_identifier_is_none(kind: IdentifierType, value: str) -> None:
    assert read(kind, value) is None


@given(st.sampled_from(IdentifierType), st.text(max_size=40))
def test_any_text_is_answered(kind: IdentifierType, value: str) -> None:
    found = read(kind, value)
    assert found is None or read(kind, found) == found


def test_an_identifier_does_not_print_its_value() -> None:
    assert repr(Identifier(NHS, "9434765919")) == "Identifier(NHS_NUMBER, ...)"
    assert repr(parse(Identifier(NHS, "4005678904"))) == "Number(NHS_NUMBER, ...)"


@pytest.mark.parametrize(
    "value",
    [
        "\uff19\uff1434765919", "94347659\u06619", "9434765919\n", "\u200f943 476 5919\u200e", "943\u00ad476\u200b5919",
        "943\u2212476\u20135919", "943\t476\u30005919", "9\u202e434765919\x00", "\ufeff9434765919",
    ],
)  # fmt: skip
def test_what_only_steers_its_display_refuses_no_number(value: str) -> None:
    assert read(NHS, value) == "9434765919"


@given(nine_digits, st.sampled_from([NHS, IdentifierType.CHI_NUMBER, IdentifierType.HSC_NUMBER]), st.booleans())
def test_a_health_number_is_of_the_scheme_in_whose_range_it_lies(nine: str, kind: IdentifierType, tests: bool) -> None:
    for last in "0123456789":
        found = parse(Identifier(kind, nine + last), test_range=tests)
        if isinstance(found, Number):
            assert (found.scheme, found.value) == (scheme_of(nine + last), nine + last)
            assert is_valid(found.value)
            assert tests or found.value[0] != "9"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("9990548609", "for tests"),
        ("9434765919", "for tests"),
        ("5000000021", "never issued"),
        ("8000000024", "Republic of Ireland"),
        ("8600000025", "never issued"),
        ("0000000000", "there is none"),
        ("2333455667", "fills a field"),
        ("unknown", "not known"),
        ("n/a", "there is none"),
        ("4005678905", "is no NHS NUMBER"),
        ("3102150008", "is no NHS NUMBER"),
    ],
)
def test_a_number_that_is_nobodys_says_why(value: str, said: str) -> None:
    found = parse(Identifier(NHS, value))
    assert not isinstance(found, Number)
    assert said in found.description
    assert value not in found.description


@given(upn_bodies)
def test_a_upn_that_ends_in_a_letter_is_temporary(body: str) -> None:
    found = parse(Identifier(UPN, upn.calc_check_digit(body) + body))
    if isinstance(found, Number):
        assert (found.scheme is Scheme.TEMPORARY_UPN) is body[-1].isalpha()


def test_what_a_number_replaces_is_read_as_it_is_itself() -> None:
    identifier = Identifier(NHS, "4005678904", ("400 567 8912", "3200000015", "none", "9434765919"))
    found = replaced(identifier)
    assert [each.value if isinstance(each, Number) else "" for each in found] == ["4005678912", "3200000015", "", ""]
    assert isinstance(replaced(identifier, test_range=True)[3], Number)


def test_nothing_is_of_two_schemes() -> None:
    values = ("4005678904", "1706150008", "3200000015", "9276308686", "H801200123001", "U80120012300A")
    numbers = [parse(Identifier(kind, value)) for kind, value in product(IdentifierType, values)]
    found = {(number.value, number.scheme) for number in numbers if isinstance(number, Number)}
    assert sorted(scheme for _, scheme in found) == sorted(Scheme)
