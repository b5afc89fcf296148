"""What a child's details say: every field parsed, and those that say nothing left out, with the reason for the caller.

A field that is left out refuses nobody: the child is known by what the others say.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from childindex import postcode, uprn
from childindex.demographics import MAX_LIST, Demographics, names
from childindex.errors import Violation
from childindex.filler import Unread
from childindex.identifiers import Identifier, Number, parse, replaced
from childindex.placeholder import is_placeholder
from childindex.text import clean

_NO_NAME = "is a placeholder and no name"
_NO_DATE = "is a date that systems put where none is known: left out"


@dataclass(frozen=True, slots=True)
class Reading:
    """Details as they are compared: texts clean, fields that say nothing empty, identifiers as `numbers`, among them
    those that they replace. A given or family name that is a placeholder stays, for it may tell something.

    `left_out` tells the caller of each field that says nothing, by its path in the details and without its value.
    """

    details: Demographics
    numbers: tuple[Number, ...]
    left_out: tuple[Violation, ...]

    def __repr__(self) -> str:
        return "Reading(...)"


def read(given: Demographics, *, test_range: bool = False) -> Reading:
    """The details read. `test_range`: the children are invented, and numbers of the range for tests are theirs."""
    left_out = [Violation(field, _NO_NAME) for field, name in names(given).items() if is_placeholder(name)]
    born, expected = given.born, given.expected
    for field, known, written in (
        ("birth_date", born, given.birth_date),
        ("expected_birth_date", expected, given.expected_birth_date),
    ):
        left_out += [Violation(field, _NO_DATE)] if written and not known else []
    code = _value("postcode", given.postcode, postcode.parse, left_out)
    number = _value("uprn", given.uprn, uprn.parse, left_out)
    numbers = []
    for field, found in _identifiers(given.identifiers, test_range):
        if isinstance(found, Unread):
            left_out.append(Violation(field, found.description))
        else:
            numbers.append(found)
    details = replace(
        given,
        given_name=clean(given.given_name),
        middle_names=_name(given.middle_names),
        family_name=clean(given.family_name),
        known_as=_name(given.known_as),
        former_family_names=tuple(name for each in given.former_family_names[:MAX_LIST] if (name := _name(each))),
        carer_family_name=_name(given.carer_family_name),
        birth_date=born,
        expected_birth_date=expected,
        postcode=code,
        uprn=number,
        identifiers=(),
    )
    return Reading(details, tuple(dict.fromkeys(numbers)), tuple(left_out))


def _name(text: str) -> str:
    return "" if is_placeholder(text) else clean(text)


def _value(field: str, text: str, parsed: Callable[[str], str | Unread], left_out: list[Violation]) -> str:
    """The field's value, empty where nothing is given or nothing said; the reason goes to `left_out`."""
    found = parsed(text) if clean(text) else ""
    if isinstance(found, str):
        return found
    left_out.append(Violation(field, found.description))
    return ""


def _identifiers(given: tuple[Identifier, ...], test_range: bool) -> Iterator[tuple[str, Number | Unread]]:
    """Each number and those it replaces, by path; values that are not given are passed over."""
    for place, identifier in enumerate(given[:MAX_LIST]):
        path = f"identifiers[{place}]"
        if clean(identifier.value):
            yield f"{path}.value", parse(identifier, test_range=test_range)
        for at, found in enumerate(replaced(identifier, test_range=test_range)[:MAX_LIST]):
            yield f"{path}.replaces[{at}]", found
