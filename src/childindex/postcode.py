"""Postcodes: parsed, never taken as they are written.

`parse` is the one door. What passes has the form of a postcode of a real area of the United Kingdom, the crown
dependencies or the forces' post, in one spelling; all else says that there is no postcode, that none is known, or is
none. Whether it is in use today is not asked: addresses are recorded before any list of them has it. (British Standard
7666; Royal Mail, Programmers' Guide to the Postcode Address File.)
"""

import re
from functools import lru_cache
from typing import Final

from childindex.filler import Means, Unread, filler
from childindex.text import symbols

_AREAS: Final = frozenset(
    "AB AL B BA BB BD BF BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH EN EX FK "
    "FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML N NE NG NN NP "
    "NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W "
    "WA WC WD WF WN WR WS WV YO ZE".split()
)  # those where people live, so not BX, GIR and XX
_OUTWARD: Final = ("A9", "A99", "AA9", "A9A", "AA99", "AA9A")
_POSTCODE: Final = re.compile(  # a unit has no C, I, K, M, O nor V
    "(?:[A-Z]{1,2}[0-9]{1,2}|[A-Z][0-9][A-HJKPSTUW]|[A-Z]{2}[0-9][ABEHMNPRVWXY])[0-9][ABD-HJLNP-UW-Z]{2}"
)
_INWARD: Final = re.compile("[0-9][A-Z]{2}")
_LEADING_NOUGHT: Final = re.compile("([A-Z]{1,2})0([1-9][0-9][A-Z]{2})")  # LS01 5QW for LS1 5QW
_FORCES: Final = re.compile("BFPO(?:CO)?0*([1-9][0-9]{0,3})")
_ABROAD: Final = "ZZ99"  # pseudo postcodes of the health service; `tables/fillers.toml` has those of this country
_TO_LETTER: Final = str.maketrans("01", "OI")
_TO_DIGIT: Final = str.maketrans("OIL", "011")
_LENGTHS: Final = range(5, 8)
_LONGEST: Final = 10
_REMEMBERED: Final = 1 << 14

_NO_POSTCODE: Final = Unread(Means.NO_VALUE, "is no postcode: left out")
_NOT_HERE: Final = Unread(Means.NONE, "stands for a country and not for an address: left out")


@lru_cache(maxsize=_REMEMBERED)
def parse(text: str) -> str | Unread:
    """The postcode in capitals without a blank ("LS115QW", "BFPO123"), or why the text is none. Never empty.

    Blanks, punctuation, case and width do not matter; O and 0, I, L and 1 are set right by their place.
    """
    if unread := filler("postcode", text):
        return unread
    raw = _LEADING_NOUGHT.sub(r"\1\2", _raw(text))
    if forces := _FORCES.fullmatch(raw):
        return f"BFPO{forces[1]}"
    for code in _readings(raw):
        if code.startswith(_ABROAD):
            return filler("postcode", code) or _NOT_HERE
        if _POSTCODE.fullmatch(code) and area(code) in _AREAS:
            return code
    return _NO_POSTCODE


def likely(text: str) -> str:
    """The text as a postcode as far as it resembles one, for data whose postcodes were never checked: slips stay."""
    code = _readings(_raw(text))[0]
    return "" if code.startswith(_ABROAD) else code[:_LONGEST]


def outward(code: str) -> str:
    """The district: LS11 of LS115QW. Empty, as the three below, for what has not the form of a postcode, as BFPO123."""
    return code[:-3] if _has_form(code) else ""


def sector(code: str) -> str:
    """The sector: LS115."""
    return code[:-2] if _has_form(code) else ""


def area(code: str) -> str:
    """The area: LS."""
    return re.match("[A-Z]*", code)[0] if _has_form(code) else ""  # type: ignore[index]  # matches always


def inward(code: str) -> str:
    """What follows the district: 5QW."""
    return code[-3:] if _has_form(code) else ""


def _has_form(code: str) -> bool:
    return len(code) in _LENGTHS and code[-3].isdigit() and code[-2:].isalpha()


def _raw(text: str) -> str:
    return "".join(symbol for symbol in symbols(text) if symbol.isascii() and symbol.isalnum())


def _readings(raw: str) -> list[str]:
    """The code with O/0 and I/1 set right by place, likeliest first: of a real area, then of fewest changes."""
    if len(raw) not in _LENGTHS:
        return [raw]
    outward, inward = raw[:-3], raw[-3].translate(_TO_DIGIT) + raw[-2:].translate(_TO_LETTER)
    fits = [code for shape in _OUTWARD if len(shape) == len(outward) and (code := _shaped(outward, shape))]
    if not fits or not _INWARD.fullmatch(inward):
        return [raw]
    fits.sort(key=lambda code: (area(code + inward) not in _AREAS, _changes(code, outward)))
    return [code + inward for code in fits]


def _changes(one: str, other: str) -> int:
    return sum(a != b for a, b in zip(one, other, strict=True))


def _shaped(code: str, shape: str) -> str:
    """The code with confusable symbols set to letters (A) or digits (9) by the shape; empty when it cannot be."""
    result = "".join(
        symbol.translate(_TO_LETTER if place == "A" else _TO_DIGIT) for symbol, place in zip(code, shape, strict=True)
    )
    fits = all(symbol.isdigit() == (place == "9") for symbol, place in zip(result, shape, strict=True))
    return result if fits else ""
