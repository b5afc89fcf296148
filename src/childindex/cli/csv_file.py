"""A CSV file, plain or compressed by gzip, read whole as columns of text: what `train` and `evaluate` look at.

Cells are separated by what separates the header: comma, semicolon, tab or |. Blanks around headers and values are no
part of them. A column without a name, such as the row numbers that some tools write, is not read. Messages name files,
lines and columns, never values.
"""

import csv
import gzip
import zlib
from collections.abc import Iterator, Mapping
from io import TextIOWrapper
from itertools import chain
from pathlib import Path
from typing import Final

from childindex.cli.faults import Misused

Columns = Mapping[str, list[str]]

_GZIP: Final = b"\x1f\x8b"
_SEPARATORS: Final = ",;\t|"


def read_columns(path: Path) -> Columns:
    """All columns of a file, by name. Raises `Misused` saying what is wrong, OSError where it cannot be opened."""
    try:
        rows = _rows(path)
        names = _header(path, next(rows, None))
        columns: list[list[str]] = [[] for _ in names]
        shared: list[dict[str, str]] = [{} for _ in names]  # equal cells are one string: names follow Zipf's law
        for line, cells in enumerate(rows, start=2):
            if len(cells) != len(names):
                raise Misused(
                    f"{path.name}: record {line - 1} has {len(cells)} fields where the header has {len(names)}"
                )
            for column, known, cell in zip(columns, shared, cells, strict=True):
                text = cell.strip()
                column.append(known.setdefault(text, text))
    except UnicodeDecodeError:
        raise Misused(f"{path.name} is not written in UTF-8; save it as CSV in UTF-8") from None
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise Misused(f"{path.name} is damaged: its gzip compression cannot be undone") from None
    except csv.Error:
        raise Misused(f"{path.name} is no readable CSV: quotes are not balanced, or a field is far too long") from None
    if not columns[0]:
        raise Misused(f"{path.name} has a header and no records")
    return {name: column for name, column in zip(names, columns, strict=True) if name}


def _rows(path: Path) -> Iterator[list[str]]:
    with path.open("rb") as file:
        head = file.read(4)
        if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
            raise Misused(f"{path.name} is written in UTF-16; save it as CSV in UTF-8")
        if head[:2] == b"PK":
            raise Misused(f"{path.name} is a spreadsheet or an archive; save it as CSV in UTF-8")
        file.seek(0)
        raw = gzip.GzipFile(fileobj=file) if head[:2] == _GZIP else file
        with TextIOWrapper(raw, encoding="utf-8-sig", newline="") as text:
            head_line = next((line for line in text if line.strip()), "")
            rows = csv.reader(
                chain([head_line], text), delimiter=_separator(head_line), skipinitialspace=True, strict=True
            )
            yield from (cells for cells in rows if cells)


def _separator(header: str) -> str:
    """What makes most columns of a header; a comma where others make no more."""
    return max(_SEPARATORS, key=lambda each: max(map(len, csv.reader([header], delimiter=each)), default=0))


def _header(path: Path, cells: list[str] | None) -> list[str]:
    if cells is None:
        raise Misused(f"{path.name} is empty; its first line must name the columns")
    names = [name.strip() for name in cells]
    if not any(names):
        raise Misused(f"{path.name}: no column has a name")
    for place, name in enumerate(names, 1):
        if name and names.index(name) != place - 1:
            raise Misused(f"{path.name}: column {place} has the same name as an earlier one")
    return names
