"""Text as sources write it, made one: what only steers its display goes, and what looks alike becomes the same.

`clean` is for every text among a child's details, `symbols` for the codes (postcode, property reference, identifiers).
Neither refuses a text, and both leave what they made as it is.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final

LOST: Final = "\ufffd"  # stands for a letter that nobody but its writer can read

_REMEMBERED: Final = 1 << 14

# Unicode decomposes these into a blank and a mark, which would cut "O´Brien" in two.
_APOSTROPHES: Final = dict.fromkeys("\u00b4\u0384\u1fbd\u1fbf\u1ffd\u1ffe", "'")

# Letters and marks that show nothing (Unicode 15, DerivedCoreProperties.txt: Default_Ignorable_Code_Point), and the
# Arabic tatweel, which stretches a word and spells nothing.
_SHOWS_NOTHING: Final = frozenset(
    {"\u034f", "\u115f", "\u1160", "\u17b4", "\u17b5", "\u3164", "\uffa0", "\u0640"}
    | {chr(code) for code in (*range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))}
)
_DROPPED: Final = frozenset({"Cc", "Cf"})  # control; format: directions, joiners, soft hyphen, byte order mark
_UNREADABLE: Final = frozenset({"Co", "Cs"})  # private use; half of a surrogate pair
_BLANK: Final = frozenset({"Zs", "Zl", "Zp"})
_DASHES: Final = frozenset({"Pd"})
_MINUS: Final = "\u2212"

# UTF-8 of a letter beyond ASCII, read as Windows-1252: a first byte, then one that goes on. Left out are pairs that
# names may hold: a capital before an apostrophe, dash, quotation mark or blank (Ó’BRIEN), an ordinal, or another letter
# (MATÚŠ). A text that holds any other pair is misread as a whole, and these are read with it.
_MISREAD: Final = re.compile(
    "[\u00c2\u00c3][\u0080-\u009f\u00a1-\u00bf\u0152-\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]"
    "|[\u00c4\u00c5][\u0152-\u017e]"
    "|[\u00e0-\u00ef][\u0080-\u009f\u00a1-\u00bf][\u0080-\u00bf\u0152-\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]"
    "|[\u00c4-\u00f4][\u0080-\u009f\u00a1-\u00a9\u00ac\u00ae-\u00b3\u00b5\u00b6\u00b8\u00b9\u00bc-\u00bf"
    "\u0192\u02c6\u02dc\u201a\u201e\u2020-\u2022\u2026\u2030\u20ac\u2122]"
)


def clean(text: str) -> str:
    """The text without what shows nothing, in Unicode's compatibility form (NFKC), its words divided by one blank.

    Gone are marks of direction, soft hyphens, joiners and other zero-width characters, byte order marks, variation
    selectors, tatweels and control characters; tabs, line breaks and blanks of every width are one blank. What only
    its writer's computer can show (private use) becomes `LOST`, as any decoder writes a letter that it cannot read.
    UTF-8 that was read as Windows-1252 ("JosÃ©") is read rightly, however often that befell it.
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    return _read(text)


def symbols(code: str) -> str:
    """A code's letters, digits and marks: clean, in capitals, digits of every script as 0-9, no blanks nor dashes."""
    written = _cleaned(code).upper()
    if written.isascii():
        return written.replace(" ", "").replace("-", "")
    written = "".join(map(_digit, written))
    kept = (each for each in written if each not in (" ", _MINUS) and unicodedata.category(each) not in _DASHES)
    return unicodedata.normalize("NFKC", "".join(kept))


@lru_cache(maxsize=_REMEMBERED)
def _read(text: str) -> str:
    made = _cleaned(_reread(text))
    return made if _reread(made) == made else _read(made)


@lru_cache(maxsize=_REMEMBERED)
def _cleaned(text: str) -> str:
    plain = "".join(map(_plain, text))
    composed = "".join(map(_plain, unicodedata.normalize("NFKC", plain)))
    return " ".join(unicodedata.normalize("NFKC", composed).split())


def _reread(text: str) -> str:
    """The text read as the UTF-8 that it is, as often as it was misread; unchanged where it is none."""
    while _MISREAD.search(text):
        try:
            text = b"".join(map(_byte, text)).decode("utf-8")
        except ValueError:
            break
    return text


def _byte(character: str) -> bytes:
    """The byte that Windows-1252, or where it has none Latin-1, reads as a character. Raises ValueError for others."""
    try:
        return character.encode("cp1252")
    except UnicodeEncodeError:
        return character.encode("latin-1")


def _plain(character: str) -> str:
    """The character, or what stands for it; empty for one that shows nothing."""
    if character in _APOSTROPHES:
        return _APOSTROPHES[character]
    category = unicodedata.category(character)
    if character.isspace() or category in _BLANK or character == "\u2800":  # the empty cell of Braille
        return " "
    if category in _DROPPED or character in _SHOWS_NOTHING:
        return ""
    return LOST if category in _UNREADABLE or _is_no_character(ord(character)) else character


def _is_no_character(code: int) -> bool:
    """Whether Unicode will never assign it."""
    return code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF


def _digit(symbol: str) -> str:
    value = unicodedata.decimal(symbol, None)
    return symbol if value is None else str(value)
