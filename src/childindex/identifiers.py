"""National identifiers a child may already have: NHS number, unique pupil number, unique learner number.

`canonical` is the one door: what passes is well formed and is written in one way; everything else is None.
That a number is well formed does not say that it is this child's; linkage weighs that.
"""

import re
from dataclasses import dataclass
from enum import IntEnum, unique

from nhs_number.validate import is_valid as nhs_number_fits

from childindex.number import SEPARATORS


@unique
class IdentifierType(IntEnum):
    """National identifiers the index understands. Values are those of the wire."""

    NHS_NUMBER = 1
    UPN = 2
    ULN = 3


@dataclass(frozen=True, slots=True)
class Identifier:
    """A national identifier of the child, as written."""

    type: IdentifierType
    value: str

    def __repr__(self) -> str:
        return f"Identifier({self.type.name}, ...)"


_MAX_TEXT = 64
_TEN_DIGITS = re.compile(r"[0-9]{10}")
_UPN = re.compile(r"[A-HJ-NP-RT-Z][0-9]{11}[0-9A-HJ-NP-RT-Z]")
_UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"  # 23 check letters: no I, O, S
_UPN_VALUES = {symbol: value for value, symbol in enumerate(_UPN_LETTERS + "0123456789")}

# Sequences people type to get past a field; several pass their checks (9876543210, 0123456789). The last is the
# dummy number of older primary-care systems.
_DUMMIES = frozenset({"1234567890", "0123456789", "9876543210", "0987654321", "1234567881", "2333455667"})


def canonical(identifier: Identifier) -> str | None:
    """The identifier as its ten digits (NHS number, ULN) or thirteen capitals and digits (UPN); None when it is none.

    Spaces, hyphens and letter case do not matter. Refused are wrong lengths, symbols and checks, and the placeholders
    that are typed to fill a field: one digit repeated, digits in sequence, an unknown type.
    """
    if len(identifier.value) > _MAX_TEXT:
        return None
    value = identifier.value.translate(SEPARATORS)
    match identifier.type:
        case IdentifierType.NHS_NUMBER:
            return value if _ten_digits(value) and nhs_number_fits(value) else None
        case IdentifierType.ULN:
            return value if _ten_digits(value) and _uln_fits(value) else None
        case IdentifierType.UPN:
            return _upn(value)


def _ten_digits(value: str) -> bool:
    """Ten digits that nobody typed just to fill the field."""
    return bool(_TEN_DIGITS.fullmatch(value)) and len(set(value)) > 1 and value not in _DUMMIES


def _uln_fits(value: str) -> bool:
    """The Learning Records Service's rule: weights 10 to 1, remainder 10 by 11, first digit not 0.

    Equal to "check digit = 10 - (sum of the first nine by weights 10 to 2, mod 11), and remainder 0 is rejected": 10
    would be no digit. An NHS number leaves remainder 0, so nothing is both (HESA, student record, field ULN).
    """
    total = sum(weight * int(digit) for weight, digit in zip(range(10, 0, -1), value, strict=True))
    return total % 11 == 10 and value[0] != "0"


def _upn(value: str) -> str | None:
    """The check letter is the sum of the other twelve by weights 2 to 13, mod 23.

    Layout: check letter, local authority (3 digits), school (4), year of allocation (2), serial (3); a temporary UPN
    ends in a letter. Authorities are created and dissolved, so their list is not checked (Department for Education,
    "Unique pupil numbers: a guide for schools and local authorities").
    """
    value = value.upper() if value.isascii() else ""
    if not _UPN.fullmatch(value) or value[1:4] == "000" or len(set(value[1:12])) == 1 or value[1:12] in "012345678901":
        return None
    total = sum(weight * _UPN_VALUES[symbol] for weight, symbol in enumerate(value[1:], 2))
    return value if _UPN_LETTERS[total % 23] == value[0] else None
