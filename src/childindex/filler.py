"""Fillers: what is written in a field that must not stay empty, where its value is not known or there is none.

The lists are data: `tables/fillers.toml`. Names have a list of their own (`childindex.placeholder`), for much that
fills another field is somebody's name.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, unique
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from childindex.text import symbols

_TABLE: Final = Path(__file__).parent / "tables" / "fillers.toml"
_SEQUENCES: Final = ("01234567890123456789", "98765432109876543210")
_LEAST: Final = 4  # digits that make a sequence


@unique
class Means(StrEnum):
    """What a field says that says no value."""

    NONE = "none"  # there is none: no fixed abode, not applicable
    UNKNOWN = "unknown"
    DEFAULT = "default"  # what a system, a form or a person in a hurry puts in: 1900-01-01, 1234567890, AA1 1AA
    NO_VALUE = "no value"  # it was meant for a value, and is none


@dataclass(frozen=True, slots=True)
class Unread:
    """A field that is left out: what it says instead of a value, and the same in words for the caller."""

    means: Means
    description: str

    def __repr__(self) -> str:
        return f"Unread({self.means.name})"


@lru_cache(maxsize=1 << 14)
def filler(field: str, text: str) -> Unread | None:
    """What a text that fills a field says; None where it may be a value. Fields are named as in `Demographics`,
    identifiers by their scheme. Case, punctuation, width and blanks do not matter."""
    written = _folded(text)
    if not written and text.strip():
        return _WORDS[Means.UNKNOWN]  # "-", "?", "..."
    means = _listed(field).get(written)
    if means is None and len(set(written)) == 1 and len(written) > 1:
        means = Means.DEFAULT
    return _WORDS[means] if means else None


def counted_up(digits: str) -> bool:
    """Whether digits are one repeated, or count up or down: 1111, 123456, 9876543210."""
    if len(set(digits)) <= 1:
        return True
    return len(digits) >= _LEAST and any(digits in sequence for sequence in _SEQUENCES)


_WORDS: Final[Mapping[Means, Unread]] = {
    Means.NONE: Unread(Means.NONE, "says that there is none: left out"),
    Means.UNKNOWN: Unread(Means.UNKNOWN, "says that it is not known: left out"),
    Means.DEFAULT: Unread(Means.DEFAULT, "is what fills a field where nothing is known: left out"),
}


@cache
def _listed(field: str) -> Mapping[str, Means]:
    """What stands for no value in a field, folded: what does in any, and what does in this one."""
    table = tomllib.loads(_TABLE.read_text(encoding="utf-8"))
    return {
        _folded(text): Means(means)
        for part in ("any", field)
        for means, texts in table.get(part, {}).items()
        for text in texts
    }


def _folded(text: str) -> str:
    return "".join(symbol for symbol in symbols(text) if symbol.isalnum())
