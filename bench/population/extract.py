"""The records of one custodian: an extract, row by row or as a file."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import overload

from bench.population.recording import Columns, Recording
from childindex.demographics import Demographics, PartialDate, Sex
from childindex.identifiers import Identifier, IdentifierType

_NUMBERED = (("nhs_number", IdentifierType.NHS_NUMBER), ("upn", IdentifierType.UPN), ("uln", IdentifierType.ULN))


@dataclass(frozen=True, slots=True)
class Row:
    """One record of an extract. `child` is the number of the child it is of; no custodian knows it."""

    local_id: str
    child: int
    source_version: int
    demographics: Demographics
    involved_from: PartialDate
    involved_until: PartialDate | None

    def __repr__(self) -> str:
        return f"Row(child={self.child})"


@dataclass(frozen=True, slots=True)
class Rows(Sequence[Row]):
    """The records of an extract, made one at a time from the columns."""

    recording: Recording

    def __len__(self) -> int:
        return len(self.recording.child)

    @overload
    def __getitem__(self, place: int) -> Row: ...
    @overload
    def __getitem__(self, place: slice) -> list[Row]: ...
    def __getitem__(self, place: int | slice) -> Row | list[Row]:
        numbers = range(len(self))[place]
        return self._row(numbers) if isinstance(numbers, int) else [self._row(one) for one in numbers]

    def __iter__(self) -> Iterator[Row]:
        return map(self._row, range(len(self)))

    def _row(self, place: int) -> Row:
        columns = self.recording.columns
        until = columns.involved_until[place]
        return Row(
            columns.local_id[place],
            self.recording.child[place],
            int(columns.source_version[place]),
            _demographics(columns, place),
            _date(columns.involved_from[place]),
            _date(until) if until else None,
        )


@dataclass(frozen=True, slots=True)
class Extract:
    """What one custodian sends. `spoilt` holds the places of rows that the index must refuse."""

    custodian: str
    kind: str
    system: str
    record_type: str
    recording: Recording
    spoilt: frozenset[int] = frozenset()

    @property
    def rows(self) -> Rows:
        """The records."""
        return Rows(self.recording)

    def write(self, path: Path, more: Mapping[str, Sequence[object]] = MappingProxyType({})) -> None:
        """The extract as CSV; `more` are columns to stand behind its own."""
        columns = [getattr(self.recording.columns, name) for name in Columns.names()]
        write_csv(path, (*Columns.names(), *more), zip(*columns, *more.values(), strict=True))


def write_csv(path: Path, header: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """A CSV file in UTF-8 with newlines, the same to the byte for the same rows."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(tuple(header))
        writer.writerows(rows)


def _demographics(columns: Columns, place: int) -> Demographics:
    sex, former = columns.sex[place], columns.former_family_names[place]
    numbers = ((kind, getattr(columns, name)[place]) for name, kind in _NUMBERED)
    return Demographics(
        given_name=columns.given_name[place],
        middle_names=columns.middle_names[place],
        family_name=columns.family_name[place],
        known_as=columns.known_as[place],
        former_family_names=tuple(former.split("|")) if former else (),
        carer_family_name=columns.carer_family_name[place],
        birth_date=_date(columns.birth_date[place]),
        expected_birth_date=_date(columns.expected_birth_date[place]),
        sex=Sex[sex] if sex else Sex.UNSPECIFIED,
        postcode=columns.postcode[place],
        uprn=columns.uprn[place],
        identifiers=tuple(Identifier(kind, value) for kind, value in numbers if value),
    )


def _date(text: str) -> PartialDate:
    return PartialDate(*map(int, text.split("-"))) if text else PartialDate()
