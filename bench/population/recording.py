"""One custodian's extract: the columns of its file, the child of every row, and the errors made."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date

import numpy as np

from bench.population import dates, places
from bench.population.draws import Floats
from bench.population.recorded_names import name_columns
from bench.population.sheet import Sheet, one
from bench.population.truth import EARLIER
from childindex.demographics import Sex

_DUE = 12  # days that a birth may differ from the day it was expected, either way
_LOCAL_IDS = 10_000_000


@dataclass(frozen=True, slots=True)
class Columns:
    """An extract, one list a column in the order of the file; `involved_*` and dates are ISO or empty."""

    local_id: list[str]
    record_type: list[str]
    system: list[str]
    source_version: list[str]
    given_name: list[str]
    middle_names: list[str]
    family_name: list[str]
    known_as: list[str]
    former_family_names: list[str]
    carer_family_name: list[str]
    birth_date: list[str]
    expected_birth_date: list[str]
    sex: list[str]
    postcode: list[str]
    uprn: list[str]
    nhs_number: list[str]
    upn: list[str]
    uln: list[str]
    involved_from: list[str]
    involved_until: list[str]

    def __repr__(self) -> str:
        return f"Columns({len(self.local_id)})"

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """The header of the file."""
        return tuple(column.name for column in fields(cls))


@dataclass(frozen=True, slots=True)
class Recording:
    """An extract as it was made: the columns, the child of every row, and which error befell which field."""

    child: list[int]
    columns: Columns
    errors: Mapping[str, list[str]]  # field -> kind of error of each row, "" for none

    def __repr__(self) -> str:
        return f"Recording({len(self.child)})"


def record(sheet: Sheet, identifiers: bool) -> Recording:
    """Write all columns of a sheet."""
    count = len(sheet.rows)
    names = name_columns(sheet)
    numbers = _identifiers(sheet) if identifiers else [[""] * count for _ in range(3)]
    columns = [
        _local_ids(sheet),
        [sheet.profile.record_type] * count,
        [sheet.profile.system] * count,
        [str(1 + number) for number in sheet.draws("version").below(5, count).tolist()],
        *names,
        *_birth(sheet),
        _sex(sheet),
        *_place(sheet),
        *numbers,
        *_involved(sheet),
    ]
    return Recording(sheet.rows, Columns(*columns), sheet.errors)


def _birth(sheet: Sheet) -> tuple[list[str], list[str]]:
    kinds = sheet.kinds("birth", sheet.profile.birth)
    due = (sheet.truth.birth[sheet.child] + sheet.draws("due").below(2 * _DUE + 1, len(sheet.rows)) - _DUE).tolist()
    unborn = sheet.unborn.tolist()
    days = [date.fromordinal(day) for day in sheet.truth.birth[sheet.child].tolist()]
    birth = ["" if hidden else day.isoformat() for day, hidden in zip(days, unborn, strict=True)]
    expected = [date.fromordinal(day).isoformat() if hidden else "" for day, hidden in zip(due, unborn, strict=True)]
    for row, uniform in sheet.hit("birth outcomes", kinds):
        made = () if unborn[row] else dates.outcomes(kinds[row], days[row], sheet.today)
        birth[row] = one(made, uniform[0], birth[row])
        kinds[row] = kinds[row] if made else ""
    return birth, expected


def _sex(sheet: Sheet) -> list[str]:
    kinds = sheet.kinds("sex", sheet.profile.sex)
    written = sheet.truth.sex[sheet.child].tolist()
    for row, kind in enumerate(kinds):
        if sheet.unborn[row]:
            kinds[row] = "missing"
        elif kind == "wrong":
            written[row] = 3 - written[row]
    return ["" if kind == "missing" else Sex(sex).name for sex, kind in zip(written, kinds, strict=True)]


def _place(sheet: Sheet) -> tuple[list[str], list[str]]:
    truth, kinds = sheet.truth, sheet.kinds("place", sheet.profile.place)
    column = np.zeros(len(sheet.rows), dtype=np.int64)
    mistyped: dict[int, Floats] = {}
    for row, uniform in sheet.hit("place outcomes", kinds):
        earlier = int(truth.earlier[sheet.rows[row]])
        match kinds[row]:
            case "earlier" if earlier:
                column[row] = 1 + int(uniform[0] * earlier)
            case "elsewhere":
                column[row] = 1 + EARLIER
            case "mistyped":
                mistyped[row] = uniform
            case "earlier":
                kinds[row] = ""
    told = (sheet.draws("uprn").uniform(len(sheet.rows)) < sheet.profile.uprn).tolist()
    postcode, uprn = [], []
    for row, (child, chosen) in enumerate(zip(sheet.rows, column.tolist(), strict=True)):
        known = kinds[row] != "missing"
        code = truth.codes[int(truth.place[child, chosen])] if known else ""
        postcode.append(places.mistyped(code, mistyped[row]) if row in mistyped else code)
        uprn.append(truth.uprn[chosen][child] if known and told[row] else "")
    return postcode, uprn


def _identifiers(sheet: Sheet) -> list[list[str]]:
    truth, rates = sheet.truth, sheet.profile.identifiers
    draws = sheet.draws("identifiers")
    count = len(sheet.rows)
    foreign = draws.uniform(count) < rates["foreign"]
    anybody = draws.below(len(truth.birth), count).tolist()
    owner = list(sheet.rows)
    sheet.errors["identifiers"] = ["foreign" if wrong else "" for wrong in foreign.tolist()]
    for row in np.flatnonzero(foreign).tolist():
        owner[row] = _mixed_up(sheet, owner[row], anybody[row])
    found = []
    for name, column in (("nhs_number", truth.nhs_number), ("upn", truth.upn), ("uln", truth.uln)):
        told = (draws.uniform(count) < rates[name]) & ~sheet.unborn
        found.append([column[child] if tell else "" for child, tell in zip(owner, told.tolist(), strict=True)])
    return found


def _mixed_up(sheet: Sheet, child: int, anybody: int) -> int:
    """Whose numbers are written by mistake: the next or last child of the same mother, or somebody's."""
    family = sheet.truth.family
    for other in (child + 1, child - 1):
        if 0 <= other < len(family) and family[other] == family[child]:
            return other
    return anybody


def _involved(sheet: Sheet) -> tuple[list[str], list[str]]:
    draws = sheet.draws("involved")
    count, today = len(sheet.rows), sheet.today.toordinal()
    age = np.maximum(0, today - sheet.truth.birth[sheet.child])
    start = today - (draws.uniform(count) * age).astype(np.int64)
    end = today - (draws.uniform(count) * (today - start)).astype(np.int64)
    closed = (draws.uniform(count) < sheet.profile.closed) & (end > start)
    started = [date.fromordinal(day).isoformat() for day in start.tolist()]
    ended = [
        date.fromordinal(day).isoformat() if over else ""
        for day, over in zip(end.tolist(), closed.tolist(), strict=True)
    ]
    return started, ended


def _local_ids(sheet: Sheet) -> list[str]:
    start = int(sheet.draws("local ids").below(_LOCAL_IDS, 1)[0])
    prefix = sheet.profile.local_id
    return [f"{prefix}{(start + row * 618_033) % _LOCAL_IDS:07d}" for row in range(len(sheet.rows))]
