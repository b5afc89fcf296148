"""The public sets as the peers see them: one CSV or two with a column `row`, cells stripped, and the truth apart."""

import csv
import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.peers.boundary import Ints
from bench.public import DataSet

_TELLING = ("unique_id", "rec_id")  # names of records, which give the entity away


@dataclass(frozen=True, slots=True)
class Table:
    """One file without what would give the truth away, and the entity of every row."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    entities: tuple[str, ...]

    def __repr__(self) -> str:
        return f"Table({len(self.rows)} rows)"

    def write(self, path: Path) -> None:
        """As CSV; no cell tells the entity."""
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(("row", *self.header))
            writer.writerows((place, *row) for place, row in enumerate(self.rows))


def tables(data: DataSet) -> tuple[Table, ...]:
    """The files of a set."""
    return tuple(_table(path, data.truth) for path in data.files)


def labels(files: Sequence[Table]) -> tuple[Ints, ...]:
    """The entity of every row as a number, the same number for the same entity in all files."""
    number: dict[str, int] = {}
    return tuple(
        np.array([number.setdefault(each, len(number)) for each in table.entities], dtype=np.int64) for table in files
    )


def _table(path: Path, truth: str) -> Table:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        header, *rows = [[cell.strip() for cell in line] for line in csv.reader(file)]
    place = header.index(truth)
    hidden = {place} | {header.index(name) for name in _TELLING if name in header}
    kept = [column for column in range(len(header)) if column not in hidden]
    return Table(
        tuple(header[column] for column in kept),
        tuple(tuple(row[column] for column in kept) for row in rows),
        tuple(row[place] for row in rows),
    )
