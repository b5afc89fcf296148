"""Records of a whole file as columns of integer codes, under the same normalisation as one record at a time.

A code numbers a distinct value of one kind; values of one kind compare across fields and files, so all files of one
linkage share a `Vocabulary`. Cells that say the same are normalised once: names follow Zipf's law.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from childindex.linkage.blocking import under
from childindex.linkage.model import Model
from childindex.linkage.normalise import Column, derived_values, field_values, unbarred
from childindex.linkage.record_shapes import Aspect

Codes = np.ndarray[tuple[int, int], np.dtype[np.int32]]
Ints = np.ndarray[tuple[int], np.dtype[np.int64]]
Values = tuple[str, ...]

MISSING = -1


@dataclass(frozen=True, slots=True)
class Table:
    """A file's records: `columns[f]` holds the codes of field f, one row a record, `MISSING` where it has no more."""

    count: int
    columns: tuple[Codes, ...]

    def __repr__(self) -> str:
        return f"Table({self.count} records)"

    def present(self, place: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """By record: whether it has any value of the field at `place`."""
        column = self.columns[place]
        return column[:, 0] >= 0

    def take(self, rows: Ints) -> "Table":
        """The records at `rows`, in that order."""
        return Table(len(rows), tuple(column[rows] for column in self.columns))


@dataclass(slots=True)
class _Numbered:
    """Distinct strings of one kind in order of appearance."""

    code: dict[str, int] = field(default_factory=dict)
    strings: list[str] = field(default_factory=list)

    def of(self, text: str) -> int:
        found = self.code.get(text)
        if found is None:
            found = self.code[text] = len(self.strings)
            self.strings.append(text)
        return found


class Vocabulary:
    """The distinct values of all files that are compared with each other under one model."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._kinds: dict[str, _Numbered] = {kind: _Numbered() for kind in model.kinds}
        self._seen: dict[tuple[str, str], list[tuple[int, ...]]] = {}
        self._parts = _Numbered()

    def __repr__(self) -> str:
        return f"Vocabulary({sum(len(each.strings) for each in self._kinds.values())} values)"

    def table(self, source: Mapping[str, Sequence[str | Values]], custodian: str = "") -> Table:
        """Records from source columns, each as long as the file; a cell is a text or several, "" says nothing.

        Columns that the model does not name are ignored; those that it names and the source lacks are missing values.
        `custodian` is whose records they are: the model may know the dates that it writes by default.
        """
        count = len(next(iter(source.values()), ()))
        done: list[list[Values]] = []
        for column in self._model.columns_of(custodian):
            values = _derived(column, done) if column.of is not None else _read(column, source, count)
            if column.instead is not None:
                values = [each or own for each, own in zip(done[column.instead], values, strict=True)]
            done.append(_unless(column, values, done) if column.unless else values)
        columns = [self._coded(kind, values) for kind, values in zip(self._model.kinds, done, strict=True)]
        return Table(count, tuple(columns))

    def strings(self, place: int) -> Sequence[str]:
        """The values of the field at `place` (and of all fields of its kind) by code."""
        return self._kinds[self._model.kinds[place]].strings

    def under(self, place: int, aspect: Aspect | Literal["akin"]) -> Sequence[tuple[int, ...]]:
        """By code of the field at `place`: the numbers of what its value gives to a key under an aspect.

        "akin" are all names by which a name is looked for.
        """
        kind = self._model.kinds[place]
        known = self._seen.setdefault((kind, aspect), [])
        for value in self._kinds[kind].strings[len(known) :]:
            seen = self._model.kin_of(value) if aspect == "akin" else under(aspect, value)
            known.append(tuple(map(self._parts.of, seen)))
        return known

    def _coded(self, kind: str, values: Sequence[Values]) -> Codes:
        numbered = self._kinds[kind]
        known: dict[Values, tuple[int, ...]] = {each: tuple(map(numbered.of, each)) for each in dict.fromkeys(values)}
        width = max(map(len, known), default=1) or 1
        codes = np.full((len(values), width), MISSING, dtype=np.int32)
        if width == 1:
            codes[:, 0] = [known[each][0] if each else MISSING for each in values]
            return codes
        for row, each in enumerate(values):
            if each:
                codes[row, : len(each)] = known[each]
        return codes


def _read(column: Column, source: Mapping[str, Sequence[str | Values]], count: int) -> list[Values]:
    present = [name for name in (*column.columns, *column.beside) if name in source]
    if not present:
        return [()] * count
    known: dict[tuple[str | Values, ...], Values] = {}
    values = []
    for cells in zip(*(source[name] for name in present), strict=True):
        found = known.get(cells)
        if found is None:
            given = {name: _cell(cell) for name, cell in zip(present, cells, strict=True)}
            found = known[cells] = field_values(column, given)
        values.append(found)
    return values


def _cell(cell: str | Values) -> Values:
    if isinstance(cell, tuple):
        return cell
    return (cell,) if cell else ()


def _derived(column: Column, done: Sequence[Sequence[Values]]) -> list[Values]:
    assert column.of is not None
    written = done[column.of]
    known = {each: derived_values(column, each) for each in dict.fromkeys(written)}
    return [known[each] for each in written]


def _unless(column: Column, values: Sequence[Values], done: Sequence[Sequence[Values]]) -> list[Values]:
    others = [done[place] for place in column.unless]
    return [unbarred(each, barring) if each else each for each, *barring in zip(values, *others, strict=True)]
