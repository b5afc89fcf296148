"""Unique property reference numbers: what says which property an address is (GeoPlace, OS AddressBase)."""

from typing import Final

from childindex.filler import Means, Unread, counted_up, filler
from childindex.text import symbols

MAX_DIGITS: Final = 12

_NO_UPRN: Final = Unread(Means.NO_VALUE, f"is no UPRN, which is 1 to {MAX_DIGITS} digits: left out")
_DEFAULT: Final = Unread(Means.DEFAULT, "is one digit repeated, or digits in sequence: left out")


def parse(text: str) -> str | Unread:
    """The number without leading noughts, or why the text is none. Never empty."""
    if unread := filler("uprn", text):
        return unread
    digits = symbols(text)
    if not (digits.isascii() and digits.isdigit() and len(digits) <= MAX_DIGITS):
        return _NO_UPRN
    digits = digits.lstrip("0")
    return _DEFAULT if counted_up(digits) else digits
