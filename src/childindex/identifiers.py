"""National identifiers a child may already have: health numbers, unique pupil numbers, unique learner numbers.

`parse` is the one door: what passes is well formed, written in one way, and says of which scheme it is; all else says
why it is none. That a number is well formed does not say that it is this child's; linkage weighs that.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum, unique
from functools import lru_cache
from typing import Final

from nhs_number import constants as ranges
from nhs_number.validate import is_valid as health_number_fits

from childindex.filler import Means, Unread, counted_up, filler
from childindex.text import symbols


@unique
class IdentifierType(IntEnum):
    """National identifiers as sources name them. Values are those of the wire."""

    NHS_NUMBER = 1  # England, Wales, Isle of Man
    UPN = 2
    ULN = 3
    CHI_NUMBER = 4  # Scotland: Community Health Index
    HSC_NUMBER = 5  # Northern Ireland: Health and Social Care


@unique
class Scheme(StrEnum):
    """What an identifier is by itself. Of a scheme a child has one number, but for temporary pupil numbers, of which
    each school may give it another until the permanent one is known."""

    NHS_NUMBER = "nhs_number"
    CHI_NUMBER = "chi_number"
    HSC_NUMBER = "hsc_number"
    UPN = "upn"
    TEMPORARY_UPN = "temporary_upn"
    ULN = "uln"


@dataclass(frozen=True, slots=True)
class Identifier:
    """A national identifier of the child, as written, and the numbers that it `replaces`: those that the child bore
    before, and that somebody else may still know it by."""

    type: IdentifierType
    value: str
    replaces: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Identifier({self.type.name}, ...)"


@dataclass(frozen=True, slots=True)
class Number:
    """A well-formed identifier: its scheme, and ten digits or thirteen capitals and digits."""

    scheme: Scheme
    value: str

    def __repr__(self) -> str:
        return f"Number({self.scheme.name}, ...)"


_MAX_TEXT: Final = 64
_TEN_DIGITS: Final = re.compile(r"[0-9]{10}")
_UPN: Final = re.compile(r"[A-HJ-NP-RT-Z][0-9]{11}[0-9A-HJ-NP-RT-Z]")
_UPN_LETTERS: Final = "ABCDEFGHJKLMNPQRTUVWXYZ"  # 23 check letters: no I, O, S
_UPN_VALUES: Final = {symbol: value for value, symbol in enumerate(_UPN_LETTERS + "0123456789")}

_ISSUED: Final = (
    (Scheme.NHS_NUMBER, ranges.REGION_ENGLAND_WALES_IOM),
    (Scheme.CHI_NUMBER, ranges.REGION_SCOTLAND),
    (Scheme.HSC_NUMBER, ranges.REGION_NORTHERN_IRELAND),
)
_DEFAULT: Final = Unread(Means.DEFAULT, "is one digit repeated, or digits in sequence: left out")
_TEST: Final = Unread(Means.NO_VALUE, "is of the range for tests, and nobody's number: left out")
_IRISH: Final = Unread(
    Means.NO_VALUE, "is of the Republic of Ireland's range, which this index does not know: left out"
)
_NEVER_ISSUED: Final = Unread(Means.NO_VALUE, "is of a range that was never issued: left out")


def parse(identifier: Identifier, *, test_range: bool = False) -> Number | Unread:
    """The identifier and its scheme, or why its value is none.

    Blanks, dashes, letter case, width and marks of direction do not matter. A health number is of the scheme in whose
    range it lies, whatever a source calls it. Numbers of the health service's range for tests are nobody's, unless
    `test_range` says that the index holds invented children.
    """
    return _parsed(identifier.type, identifier.value, test_range)


def replaced(identifier: Identifier, *, test_range: bool = False) -> list[Number | Unread]:
    """The same of the numbers that it replaces, in their order."""
    return [_parsed(identifier.type, value, test_range) for value in identifier.replaces]


@lru_cache(maxsize=1 << 14)
def _parsed(kind: IdentifierType, text: str, test_range: bool) -> Number | Unread:
    malformed = Unread(Means.NO_VALUE, f"is no {kind.name.replace('_', ' ')}: wrong length, symbol or check: left out")
    if len(text) > _MAX_TEXT:
        return malformed
    health = kind not in _READ
    if unread := filler("health_number" if health else Scheme[kind.name].value, text):
        return unread
    value = symbols(text)
    return (_health(value, test_range) if health else _READ[kind](value)) or malformed


def _ten_digits(value: str) -> bool:
    return bool(_TEN_DIGITS.fullmatch(value))


def _health(value: str, test_range: bool) -> Number | Unread | None:
    """Ranges: the nhs-number library, `constants`. Of a CHI number the first six digits must be a date."""
    if not _ten_digits(value):
        return None
    if counted_up(value):
        return _DEFAULT
    if not health_number_fits(value):
        return None
    for scheme, region in _ISSUED:
        if health_number_fits(value, region):
            return Number(scheme, value)
    if health_number_fits(value, ranges.REGION_SYNTHETIC):
        return Number(Scheme.NHS_NUMBER, value) if test_range else _TEST
    return _IRISH if health_number_fits(value, ranges.REGION_EIRE) else _NEVER_ISSUED


def _uln(value: str) -> Number | Unread | None:
    """The Learning Records Service's rule: weights 10 to 1, remainder 10 by 11, first digit not 0.

    Equal to "check digit = 10 - (sum of the first nine by weights 10 to 2, mod 11), and remainder 0 is rejected": 10
    would be no digit. An NHS number leaves remainder 0, so nothing is both (HESA, student record, field ULN).
    """
    if not _ten_digits(value):
        return None
    if counted_up(value):
        return _DEFAULT
    total = sum(weight * int(digit) for weight, digit in zip(range(10, 0, -1), value, strict=True))
    return Number(Scheme.ULN, value) if total % 11 == 10 and value[0] != "0" else None


def _upn(value: str) -> Number | Unread | None:
    """The check letter is the sum of the other twelve by weights 2 to 13, mod 23.

    Layout: check letter, local authority (3 digits), school (4), year of allocation (2), serial (3); a temporary UPN
    ends in a letter. Authorities are created and dissolved, so their list is not checked (Department for Education,
    "Unique pupil numbers: a guide for schools and local authorities").
    """
    if not _UPN.fullmatch(value):
        return None
    if counted_up(value[1:12]):
        return _DEFAULT
    total = sum(weight * _UPN_VALUES[symbol] for weight, symbol in enumerate(value[1:], 2))
    if value[1:4] == "000" or _UPN_LETTERS[total % 23] != value[0]:
        return None
    return Number(Scheme.TEMPORARY_UPN if value[-1].isalpha() else Scheme.UPN, value)


_READ: Final[Mapping[IdentifierType, Callable[[str], Number | Unread | None]]] = {
    IdentifierType.UPN: _upn,
    IdentifierType.ULN: _uln,
}
