"""What a person gives to a command: columns from a file, from standard input, or as `column=value` arguments."""

import json
import sys
import tomllib
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Final

import typer

from childindex.cli.faults import Misused
from childindex.cli.row import DETAIL_COLUMNS, LIST_SEPARATOR, Row
from childindex.demographics import Demographics
from childindex.errors import Violation

MOST_BYTES: Final = 1 << 20

Values = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[COLUMN=VALUE]...",
        help="Columns, such as given_name=Ada. They land in the shell's history and the process list: prefer --from.",
    ),
]
From = Annotated[
    Path | None,
    typer.Option("--from", help="A JSON or TOML file of columns; - for JSON on standard input.", metavar="FILE"),
]


def given(columns: Sequence[str], values: Sequence[str] | None, source: Path | None) -> Row:
    """One row of these columns; arguments replace what the file says. Raises `Misused`, naming columns only."""
    found = {} if source is None else _read(source)
    for place, text in enumerate(values or (), 1):
        name, equals, value = text.partition("=")
        if not equals:
            raise Misused(f"argument {place} is not of the form column=value")
        found[name.strip()] = value
    if not found:
        raise Misused("nothing is given: use --from FILE, or column=value")
    _check(found, columns)
    return Row(found)


def details(values: Sequence[str] | None, source: Path | None) -> Demographics:
    """The details of a child. Raises `Misused`."""
    from childindex.cli import columns

    row = given(DETAIL_COLUMNS, values, source)
    found = columns.details(row)
    complete(row)
    return found


def complete(row: Row) -> None:
    """Raise `Misused` when something of the row could not be read."""
    if row.faults:
        raise Misused("what is given cannot be read", row.faults)


def _read(source: Path) -> dict[str, str]:
    name = "standard input" if str(source) == "-" else source.name
    data = sys.stdin.buffer.read(MOST_BYTES + 1) if str(source) == "-" else source.read_bytes()
    if len(data) > MOST_BYTES:
        raise Misused(f"{name} is too large for one child's details")
    try:
        loaded = tomllib.loads(data.decode()) if source.suffix == ".toml" else json.loads(data.decode())
    except (ValueError, RecursionError):  # of which the message may quote the data
        raise Misused(f"{name} is no {'TOML' if source.suffix == '.toml' else 'JSON'} in UTF-8") from None
    if not isinstance(loaded, Mapping):
        raise Misused(f"{name} must hold one table of columns")
    faults = [Violation(str(key), "must be a text, a number or a list of texts") for key in loaded if _bad(loaded[key])]
    if faults:
        raise Misused(f"{name} cannot be read", faults)
    return {str(key): _text(value) for key, value in loaded.items()}


def _bad(value: object) -> bool:
    if isinstance(value, list):
        return not all(isinstance(each, str) and LIST_SEPARATOR not in each for each in value)
    return isinstance(value, Mapping | float | bool)


def _text(value: object) -> str:
    """A value as a column holds it; a TOML date writes itself YYYY-MM-DD."""
    if isinstance(value, list):
        return LIST_SEPARATOR.join(value)
    return "" if value is None else str(value)


def _check(found: Mapping[str, str], columns: Sequence[str]) -> None:
    faults = []
    for place, name in enumerate(found, 1):
        if name not in columns:
            near = get_close_matches(name, columns, 1, 0.6)
            hint = f"; perhaps {near[0]}" if near else ""
            faults.append(Violation(f"column {place}", f"not known here{hint}"))
    if faults:
        raise Misused(f"the columns are: {', '.join(columns)}", faults)
