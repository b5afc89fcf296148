"""Normalisation by kind of field: what a source wrote, in the one form that is compared.

Pure text to text; an empty result is a missing value. Nothing is guessed that a comparison could weigh.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial

from anyascii import anyascii

from childindex import postcode, uprn
from childindex.linkage.dates import as_known
from childindex.linkage.given_names import NONE_SHARED, GivenNames, SharedForenames, divide
from childindex.linkage.name_forms import joined, whole_forms, words
from childindex.linkage.names import NAMES, bag, fold_name, skeleton
from childindex.linkage.record_shapes import FieldShape
from childindex.linkage.scripts import script_words, skeletons
from childindex.placeholder import is_placeholder, told
from childindex.text import clean, symbols

_MAX_VALUES = 8  # per field: a record that asserts more than that is cut, in its own order
_DATE = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})|(\d{4})(\d{2})(\d{2})|(\d{1,2})([-/.])(\d{1,2})\9(\d{4})")
_NOT_ALPHANUMERIC = re.compile("[^a-z0-9]+")


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


@dataclass(frozen=True, slots=True)
class Column:
    """One field made ready: how a value is normalised, where it is read, or the place of the field it derives from.

    `given` makes the values of a field of given names out of the forename and the middle names, `beside` the columns
    of which it reads the other of the two; `instead` is the place of a field whose values, where it has any, are its.
    """

    name: str
    to: Callable[[str], str]
    forms: Callable[[str], tuple[str, ...]] | None
    columns: tuple[str, ...]
    of: int | None
    take: str
    unless: tuple[int, ...]
    nulls: frozenset[str]
    beside: tuple[str, ...] = ()
    instead: int | None = None
    given: Callable[[str, str], tuple[str, ...]] | None = None


def columns(
    shapes: Mapping[str, FieldShape], shared: SharedForenames = NONE_SHARED, defaults: Sequence[str] = ()
) -> tuple[Column, ...]:
    """A model's fields made ready; a field may derive from, or leave out values of, earlier ones only.

    `shared` are the forenames by which given names are divided, `defaults` the endings of dates where the day is not
    known (`dates.as_known`).
    """
    place = {name: index for index, name in enumerate(shapes)}
    divided = lru_cache(maxsize=NAMES)(partial(divide, shared=shared))
    kinds = {**_KINDS, "known_date": lambda text: as_known(_date(text), defaults)}
    return tuple(
        Column(
            name,
            kinds[shape.kind],
            partial(_skeletons, shared=shared) if shape.kind == "script" else _FORMS.get(shape.kind),
            shape.columns,
            place[shape.of] if shape.of else None,
            shape.take,
            tuple(place[other] for other in shape.unless),
            frozenset(shape.nulls),
            shape.beside,
            place[shape.instead] if shape.instead else None,
            _given(shape.kind, divided),
        )
        for name, shape in shapes.items()
    )


def normalise(fields: Sequence[Column], source: Mapping[str, tuple[str, ...]]) -> Record:
    """The record that a source's columns make under a model's fields."""
    done: list[tuple[str, ...]] = []
    for field in fields:
        if field.of is None:
            values = field_values(field, source)
        else:
            written = done[field.of]
            values = derived_values(field, written) if written else ()
        if field.instead is not None:
            values = done[field.instead] or values
        if values and field.unless:
            values = unbarred(values, [done[other] for other in field.unless])
        done.append(values)
    return Record(tuple([field.name for field in fields]), tuple(done))


def unbarred(values: tuple[str, ...], others: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """The values that none of the other fields has."""
    barred = {value for other in others for value in other}
    return tuple([value for value in values if value not in barred])


def derived_values(field: Column, written: tuple[str, ...]) -> tuple[str, ...]:
    """The values of a field that is derived `of` another, from that other's values."""
    return _values(field, written)


def field_values(field: Column, source: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The source's values of a field that is read: of all its columns, of the first that says something, or joined."""
    if field.given:
        return _given_values(field, field.given, source)
    present = [source[column] for column in field.columns if column in source]
    if not present:
        return ()
    if field.take == "first":
        return next((values for column in present if (values := _values(field, column))), ())
    if field.take == "joined":
        return _values(field, (" ".join(text for column in present for text in column),))
    return _values(field, present[0] if len(present) == 1 else tuple(value for column in present for value in column))


def _given_values(
    field: Column, given: Callable[[str, str], tuple[str, ...]], source: Mapping[str, tuple[str, ...]]
) -> tuple[str, ...]:
    """The values of a field of given names: of the first of its columns that says something, and of what is beside."""
    folded = ([field.to(text) for text in source.get(column, ())] for column in field.columns)
    own = next((names for names in folded if any(names)), [""])
    beside = next((field.to(text) for column in field.beside for text in source.get(column, ()) if text), "")
    return tuple(dict.fromkeys(value for name in own for value in given(name, beside)))[:_MAX_VALUES]


def _given(kind: str, divided: Callable[[str, str], GivenNames]) -> Callable[[str, str], tuple[str, ...]] | None:
    """What a field of this kind takes of given names; None of a kind that does not divide them."""
    if kind == "given_middle":  # it is the forename that stands beside
        return lambda middle, given: divided(given, middle).middle
    take = _GIVEN.get(kind)
    return (lambda given, middle: take(divided(given, middle))) if take else None


def _values(field: Column, written: tuple[str, ...]) -> tuple[str, ...]:
    if not written:
        return ()
    if len(written) == 1 and not field.forms:  # the usual case, without a dictionary
        value = field.to(written[0])
        return (value,) if value and value not in field.nulls else ()
    values = dict.fromkeys([field.to(text) for text in written])  # distinct, in order
    if field.forms:
        values = dict.fromkeys([form for value in values for form in field.forms(value)])
    return tuple([value for value in values if value and value not in field.nulls][:_MAX_VALUES])


@lru_cache(maxsize=NAMES)
def _name(text: str) -> str:
    return "" if is_placeholder(text) else fold_name(text)


def _placeholder(text: str) -> str:
    """What stands for a name: "placeholder", or "twin" and the order of birth where it tells ("twin 2")."""
    if not is_placeholder(text):
        return ""
    found = told(text)
    return f"twin {found.order or ''}".strip() if found.twin else "placeholder"


def _script(text: str) -> str:
    """The words of a name that are written in a script without vowels, as they stand."""
    return "" if is_placeholder(text) else " ".join(script_words(text))


def _skeletons(name: str, shared: SharedForenames) -> tuple[str, ...]:
    """What the skeleton of a name in such a script may be in Latin letters: of all its words, then of each of several,
    names of honour apart."""
    tokens = [word for word in name.split() if not shared.is_honour(fold_name(word))] or name.split()
    whole = skeletons("".join(tokens))
    return whole if len(tokens) < 2 else (*whole, *(form for token in tokens for form in skeletons(token)))


def _twin(placeholder: str) -> str:
    """Whether a placeholder tells that the child is one of twins."""
    return "twin" if placeholder.startswith("twin") else ""


def _birth_order(placeholder: str) -> str:
    """The order of birth among twins that a placeholder tells."""
    return placeholder.removeprefix("twin").strip() if placeholder.startswith("twin") else ""


def _date(text: str) -> str:
    """ISO date whose unknown parts are 00; impossible parts are unknown, a date without a year says nothing.

    Also read: 2014/5/3, 20140503 and, day first, 3.5.2014.
    """
    found = _DATE.fullmatch(text.strip())
    if not found:
        return ""
    parts = [part for part in found.groups() if part and part.isdigit()]
    year, month, day = map(int, parts if len(parts[0]) == 4 else reversed(parts))
    if not year:
        return ""
    month = month if month <= 12 else 0
    try:
        date(year, month or 1, (day if month else 0) or 1)
    except ValueError:
        day = 0
    return f"{year:04}-{month:02}-{day if month else 0:02}"


def _known_to(unknown: int, value: str) -> str:
    """A date of which so many parts are not known, and nothing for any other."""
    return value if value.count("-00") == unknown else ""


def _postcode(text: str) -> str:
    found = postcode.parse(text) if text else ""
    return found if isinstance(found, str) else ""


def _uprn(text: str) -> str:
    found = uprn.parse(text) if text else ""
    return found if isinstance(found, str) else ""


def _category(text: str) -> str:
    return clean(text).lower()


def _identifier(text: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", symbols(text))


def _digits(text: str) -> str:
    return re.sub(r"\D", "", symbols(text)).lstrip("0")


def _text(text: str) -> str:
    return " ".join(_NOT_ALPHANUMERIC.sub(" ", anyascii(clean(text)).lower()).split())


_KINDS: Mapping[str, Callable[[str], str]] = {
    "name": _name,
    "given": _name,
    "given_written": _name,
    "given_telling": _name,
    "given_middle": _name,
    "given_others": _name,
    "shared": _name,
    "only_shared": _name,
    "only_written": _name,
    "given_damaged": _name,
    "given_in_part": _name,
    "lead": _name,
    "script": _script,
    "whole": _name,
    "all_words": _name,
    "words": str,
    "joined": joined,
    "bag": bag,
    "placeholder": _placeholder,
    "twin": _twin,
    "birth_order": _birth_order,
    "date": _date,
    "day": partial(_known_to, 0),
    "month": partial(_known_to, 1),
    "year": partial(_known_to, 2),
    "postcode": _postcode,
    "likely_postcode": postcode.likely,
    "uprn": _uprn,
    "category": _category,
    "identifier": _identifier,
    "reference": _identifier,
    "digits": _digits,
    "text": _text,
    "skeleton": skeleton,
    "outcode": postcode.outward,
    "sector": postcode.sector,
    "area": postcode.area,
    "inward": postcode.inward,
}

_GIVEN: Mapping[str, Callable[[GivenNames], tuple[str, ...]]] = {
    "given": lambda names: names.forms,
    "given_written": lambda names: names.written,
    "given_telling": lambda names: names.telling,
    "given_others": lambda names: names.others,
    "shared": lambda names: names.beyond,
    "only_shared": lambda names: names.only_shared,
    "only_written": lambda names: names.only_written,
    "given_damaged": lambda names: names.damaged,
    "given_in_part": lambda names: names.in_part,
    "lead": lambda names: names.leads,
}

_FORMS: Mapping[str, Callable[[str], tuple[str, ...]]] = {
    "whole": whole_forms,
    "all_words": words,
    "words": words,
}
