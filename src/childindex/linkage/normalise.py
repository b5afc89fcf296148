"""Normalisation by kind of field: what a source wrote, in the one form that is compared.

Pure text to text; an empty result is a missing value. Nothing is guessed that a comparison could weigh.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from anyascii import anyascii

from childindex.demographics import is_placeholder
from childindex.linkage.names import fold_name, skeleton
from childindex.linkage.specification import FieldShape

_MAX_VALUES = 8  # per field: a record that asserts more than that is cut, in its own order
_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_NOT_ALPHANUMERIC = re.compile("[^a-z0-9]+")
_OUTWARD = ("A9", "A99", "AA9", "A9A", "AA99", "AA9A")
_TO_LETTER = str.maketrans("01", "OI")
_TO_DIGIT = str.maketrans("OIL", "011")


@dataclass(frozen=True, slots=True)
class Record:
    """Normalised values by field, in the model's order of fields; an empty tuple is a missing value."""

    fields: tuple[str, ...]
    values: tuple[tuple[str, ...], ...]

    def __repr__(self) -> str:
        return "Record(...)"

    def of(self, field: str) -> tuple[str, ...]:
        """The values of one field."""
        return self.values[self.fields.index(field)]


def normalise(shapes: Mapping[str, FieldShape], source: Mapping[str, tuple[str, ...]]) -> Record:
    """The record that a source's columns make under a model's fields."""
    done: dict[str, tuple[str, ...]] = {}
    for name, shape in shapes.items():
        written = _values(shape, done[shape.of] if shape.of else _written(shape, source))
        barred = {value for other in shape.unless for value in done[other]}
        done[name] = tuple(value for value in written if value not in barred)[:_MAX_VALUES]
    return Record(tuple(done), tuple(done.values()))


def _written(shape: FieldShape, source: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The source's values of a field; with `take = "first"` those of the first column that still says something."""
    columns = [source.get(column, ()) for column in shape.columns]
    if shape.take == "all":
        return tuple(value for column in columns for value in column)
    return next((column for column in columns if _values(shape, column)), ())


def _values(shape: FieldShape, written: tuple[str, ...]) -> tuple[str, ...]:
    to = _KINDS[shape.kind]
    values = dict.fromkeys(to(text) for text in written if text)  # distinct, in order
    return tuple(value for value in values if value and value not in shape.nulls)


def _name(text: str) -> str:
    return "" if is_placeholder(text) else fold_name(text)


def _placeholder(text: str) -> str:
    return "placeholder" if is_placeholder(text) else ""


def _date(text: str) -> str:
    """ISO date whose unknown parts are 00; impossible parts are unknown, a date without a year says nothing."""
    found = _DATE.fullmatch(text.strip())
    if not found or found[1] == "0000":
        return ""
    year, month, day = (int(part) for part in found.groups())
    month = month if month <= 12 else 0
    try:
        date(year, month or 1, (day if month else 0) or 1)
    except ValueError:
        day = 0
    return f"{year:04}-{month:02}-{day if month else 0:02}"


def _postcode(text: str) -> str:
    """Outward and inward code without a blank, O/0 and I/1 set right by place; other text as it stands.

    ZZ99 is the health service's code for "no address in England": no value.
    """
    raw = re.sub(r"[^A-Z0-9]", "", text.upper())
    if not 5 <= len(raw) <= 7:
        return raw[:10]
    outward, inward = raw[:-3], raw[-3:]
    inward = inward[0].translate(_TO_DIGIT) + inward[1:].translate(_TO_LETTER)
    shaped = [_shape(outward, pattern) for pattern in _OUTWARD if len(pattern) == len(outward)]
    fits = [code for code in shaped if code]
    if not fits or not re.fullmatch(r"\d[A-Z]{2}", inward):
        return raw
    best = min(fits, key=lambda code: sum(a != b for a, b in zip(code, outward, strict=True)))
    return "" if best == "ZZ99" else best + inward


def _shape(code: str, pattern: str) -> str:
    """The code with confusable symbols set to letters (A) or digits (9) by the pattern; empty when it cannot be."""
    result = "".join(
        symbol.translate(_TO_LETTER if place == "A" else _TO_DIGIT) for symbol, place in zip(code, pattern, strict=True)
    )
    fits = all(symbol.isdigit() == (place == "9") for symbol, place in zip(result, pattern, strict=True))
    return result if fits else ""


def _is_postcode(value: str) -> bool:
    return 5 <= len(value) <= 7 and value[-3].isdigit() and value[-2:].isalpha()


def _outcode(value: str) -> str:
    return value[:-3] if _is_postcode(value) else ""


def _sector(value: str) -> str:
    return value[:-2] if _is_postcode(value) else ""


def _area(value: str) -> str:
    return re.match("[A-Z]*", value)[0] if _is_postcode(value) else ""  # type: ignore[index]  # matches always


def _inward(value: str) -> str:
    return value[-3:] if _is_postcode(value) else ""


def _category(text: str) -> str:
    return text.strip().lower()


def _identifier(text: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", text.upper())


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text).lstrip("0")


def _text(text: str) -> str:
    return " ".join(_NOT_ALPHANUMERIC.sub(" ", anyascii(text).lower()).split())


_KINDS: Mapping[str, Callable[[str], str]] = {
    "name": _name,
    "placeholder": _placeholder,
    "date": _date,
    "postcode": _postcode,
    "category": _category,
    "identifier": _identifier,
    "digits": _digits,
    "text": _text,
    "skeleton": skeleton,
    "outcode": _outcode,
    "sector": _sector,
    "area": _area,
    "inward": _inward,
}
