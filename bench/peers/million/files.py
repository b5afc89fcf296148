"""The two files and their truth: one record of every child a general practice knows, and records of the others."""

import csv
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np

from bench.population.draws import Draws, Ints
from bench.population.extract import Rows, write_csv
from bench.population.population import draw, extract
from bench.population.profiles import Profile, profiles
from bench.population.recording import Columns, Recording
from bench.population.settings import Settings
from bench.population.truth import Truth

Flags = np.ndarray[tuple[int], np.dtype[np.bool_]]

INDEX = "mill-lane-surgery"
_SPARE = 1.1  # of the queries that are expected, so that enough are drawn; more of few (six standard errors)


@dataclass(frozen=True, slots=True)
class Task:
    """Queries to be found in an index. `answer` is for each query the place of its child in the index, or -1; `twin`
    tells whether the child has a twin, in the index or not."""

    index: Rows
    queries: Rows
    answer: Ints
    twin: Flags

    @property
    def linkable(self) -> int:
        """How many queries have a right answer."""
        return int((self.answer >= 0).sum())

    def write(self, directory: Path) -> None:
        """index.csv, queries.csv with a column `row`, answer.npy and twin.npy."""
        directory.mkdir(parents=True, exist_ok=True)
        for name, rows in (("index", self.index), ("queries", self.queries)):
            columns = rows.recording.columns
            cells = zip(range(len(rows)), *(getattr(columns, name) for name in Columns.names()), strict=True)
            write_csv(directory / f"{name}.csv", ("row", *Columns.names()), cells)
        np.save(directory / "answer.npy", self.answer)
        np.save(directory / "twin.npy", self.twin)

    @classmethod
    def read(cls, directory: Path) -> "Task":
        """What `write` wrote; of the children no more is known than which queries are of which record."""
        answer: Ints = np.load(directory / "answer.npy")
        index, queries = (_read(directory / f"{name}.csv") for name in ("index", "queries"))
        return cls(index, queries, answer, np.load(directory / "twin.npy"))


def task(children: int, queries: int, seed: int) -> Task:
    """Draw the children, the practice's list and the other custodians' records. Raises `ValueError` when too few."""
    settings = Settings(seed=seed, children=children, custodians=tuple(profiles()), identifiers=False)
    truth = draw(settings)
    known, index = _index(truth, settings)
    asked, records = _queries(truth, settings, queries)
    place = np.full(children, -1, dtype=np.int64)
    place[known] = np.arange(len(known))
    return Task(index, records, place[asked], truth.twin[asked] >= 0)


def _index(truth: Truth, settings: Settings) -> tuple[Ints, Rows]:
    recording = extract(truth, profiles()[INDEX], settings).recording
    first = np.unique(np.array(recording.child), return_index=True)[1]
    return _taken(recording, np.sort(first))


def _queries(truth: Truth, settings: Settings, count: int) -> tuple[Ints, Rows]:
    """`count` records, drawn evenly from all that the other custodians hold."""
    others = [profile for name, profile in profiles().items() if name != INDEX]
    share = min(1.0, max(_SPARE, 1 + 6 / count**0.5) * count / _expected(truth, others, settings))
    parts = [extract(truth, _thinned(profile, share), settings).recording for profile in others]
    columns = Columns(*([cell for part in parts for cell in getattr(part.columns, name)] for name in Columns.names()))
    whole = Recording([child for part in parts for child in part.child], columns, {})
    if len(whole.child) < count:
        raise ValueError(f"queries: at most {len(whole.child)} among so many children")
    return _taken(whole, Draws(settings.seed, "peers", "queries").order(len(whole.child))[:count])


def _expected(truth: Truth, custodians: list[Profile], settings: Settings) -> float:
    """How many records the custodians hold, duplicates apart."""
    ages = (settings.reference_date.toordinal() - truth.birth) / 365.2425
    years, counts = np.unique(np.floor(ages), return_counts=True)
    return float(
        sum(profile.covers(year) * count for profile in custodians for year, count in zip(years, counts, strict=True))
    )


def _thinned(profile: Profile, share: float) -> Profile:
    """A custodian that holds only a share of its children: its errors stay as they are."""
    coverage = tuple((lowest, highest, covered * share) for lowest, highest, covered in profile.coverage)
    return replace(profile, coverage=coverage, unborn=profile.unborn * share)


def _read(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as file:
        lines = csv.reader(file)
        wanted = next(lines)[1:]
        assert tuple(wanted) == Columns.names(), path.name
        _, *columns = map(list, zip(*lines, strict=True))
    return Rows(Recording(list(range(len(columns[0]))), Columns(*columns), {}))


def _taken(recording: Recording, places: Ints) -> tuple[Ints, Rows]:
    """The records at these places: their children, and the rows."""
    child = np.array(recording.child)[places]
    chosen = places.tolist()
    columns = Columns(*([getattr(recording.columns, each.name)[at] for at in chosen] for each in fields(Columns)))
    return child, Rows(Recording(child.tolist(), columns, {}))
