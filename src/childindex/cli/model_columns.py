"""A file's columns as the columns that a model's fields are read from."""

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from childindex.cli.csv_file import Columns, read_columns
from childindex.cli.faults import Misused
from childindex.cli.row import LIST_SEPARATOR

if TYPE_CHECKING:
    from childindex.linkage import Model

Source = Mapping[str, Sequence[str | tuple[str, ...]]]

_LISTS = frozenset({"former_family_names"})  # columns whose cells may hold several values
_MOST_UNREAD = 0.5


def model_of(path: Path | None) -> "Model":
    """The model of a file, or the children's model that the product ships. Raises `Misused`, `InvalidFields`."""
    from childindex import linkage

    return linkage.shipped() if path is None else linkage.Model.load(path)


def is_childrens(model: "Model") -> bool:
    """Whether it is the children's model, as shipped or trained further: any of its columns may be missing."""
    return model.name == model_of(None).name


def mapping(text: str) -> dict[str, str]:
    """`field=column,...` as field -> column of the file. Raises `Misused` when it is not of that form."""
    pairs = {}
    for part in filter(None, (each.strip() for each in text.split(","))):
        field, equals, column = (each.strip() for each in part.partition("="))
        if not (field and equals and column) or field in pairs:
            raise Misused("--columns must be of the form field=column,field=column with each field once")
        pairs[field] = column
    return pairs


def read_for(
    model: "Model", path: Path, columns: Mapping[str, str], lenient: bool, *, truth: str = ""
) -> tuple[Source, Columns]:
    """What the model reads of a file, and the whole file.

    `columns` names the file's column for fields or source columns of the model; the others keep their names. Of several
    names with | between them the file's is the first that it has. Of a
    `lenient` model any column may be missing, but not all, and it does not read the column `truth`, which would tell it
    the answer. Raises `Misused` naming what is missing or cannot be read, or where `truth` would have to be read.
    """
    given = read_columns(path)
    wanted = {name for column in model.columns for name in column.columns}
    renamed = {name: _chosen(theirs, given) for name, theirs in _renamed(model, columns, wanted).items()}
    absent = sorted({theirs for theirs in renamed.values() if theirs not in given})
    if absent:
        raise Misused(f"{path.name} has no column {_told(absent, given)}")
    found = {name: given[renamed.get(name, name)] for name in sorted(wanted) if renamed.get(name, name) in given}
    if lenient and truth not in renamed.values():
        found.pop(truth, None)
    missing = lacking(model, found)
    hint = f"--columns field=column tells where {model.name} finds it"
    if lenient and not found:
        raise Misused(f"{path.name} has none of the columns {', '.join(sorted(wanted))}; {hint}")
    if missing and not lenient:
        raise Misused(f"{path.name} has no column {_told(missing, given)}; {hint}")
    if truth in {renamed.get(name, name) for name in found}:
        raise Misused(f"the truth column may not be a field of the model: {truth} is read by {model.name}")
    source = {name: _cells(name, cells) for name, cells in found.items()}
    _check_dates(model, path, source)
    return source, given


def custodian_of(path: Path) -> str:
    """Whose records a file holds: its name without endings, as in mill-lane-surgery.csv.gz."""
    return Path(path.name.removesuffix(".gz")).stem


def lacking(model: "Model", found: Source) -> list[str]:
    """The columns of the model that a file does not have: "a or b" where either would do and neither is told alone."""
    absent = {each.columns for each in model.columns if each.columns and not set(each.columns) & found.keys()}
    alone = {columns[0] for columns in absent if len(columns) == 1}
    return sorted(" or ".join(columns) for columns in absent if len(columns) == 1 or not alone.issuperset(columns))


def column_of(path: Path, given: Columns, name: str) -> list[str]:
    """One column of a file by name. Raises `Misused` when the file has none."""
    if name not in given:
        raise Misused(f"{path.name} has no column {_told([name], given)}")
    return given[name]


def _renamed(model: "Model", columns: Mapping[str, str], wanted: set[str]) -> dict[str, str]:
    """Source column -> column of the file; a field stands for the first column that it is read from."""
    first = {field.name: field.columns[0] for field in model.columns if field.columns}
    unknown = sorted(name for name in columns if name not in wanted and name not in first)
    if unknown:
        raise Misused(
            f"--columns: {model.name} has no field {', '.join(unknown)}; it reads {', '.join(sorted(wanted))}"
        )
    renamed: dict[str, str] = {}
    for name, theirs in columns.items():
        own = name if name in wanted else first[name]
        if own in renamed:
            raise Misused(f"--columns: {name} is read from {own}, which has a column already")
        renamed[own] = theirs
    return renamed


def _chosen(theirs: str, given: Columns) -> str:
    """The name that this file has of `one|other`; as it stands where it has none of them."""
    names = [theirs, *map(str.strip, theirs.split("|"))]
    return next((name for name in names if name in given), theirs)


def _told(missing: Sequence[str], given: Columns) -> str:
    near = [hint for name in missing for hint in get_close_matches(name, given, 1, 0.6)]
    return ", ".join(missing) + (f"; perhaps {', '.join(dict.fromkeys(near))}" if near else "")


def _cells(name: str, cells: list[str]) -> Sequence[str | tuple[str, ...]]:
    if name not in _LISTS:
        return cells
    return [tuple(filter(None, (each.strip() for each in cell.split(LIST_SEPARATOR)))) for cell in cells]


def _check_dates(model: "Model", path: Path, source: Source) -> None:
    """Raises `Misused` where most of the dates of a column cannot be read: they are written in another way."""
    for column, shape in zip(model.columns, model.shape.fields.values(), strict=True):
        if shape.kind not in {"date", "known_date"}:
            continue
        for name in set(column.columns) & source.keys():
            cells = {cell for cell in source[name] if isinstance(cell, str) and cell}
            unread = sum(not _whole(column.to(cell), cell) for cell in cells)
            if cells and unread > _MOST_UNREAD * len(cells):
                raise Misused(
                    f"{path.name}: {unread} of {len(cells)} different dates in column {name} cannot be read; "
                    "write them as 2014-05-03, 20140503 or 3/5/2014 (day first)"
                )


def _whole(found: str, cell: str) -> bool:
    """Whether a date is read, and no part of it given up but what the cell leaves open itself (2014-05-00)."""
    parts = [cell[:4], cell[4:6], cell[6:]] if len(cell) == 8 and cell.isdecimal() else re.findall(r"\d+", cell)
    return bool(found) and (not found.endswith("-00") or not all(map(int, parts)))
