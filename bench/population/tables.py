"""The name and place tables, as they lie in `data/`: read once, held as arrays and mappings. See `data/README.md`."""

import csv
import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class OriginName:
    """One name of one origin: `part` girl, boy, family or family_f; its spellings, the commonest first."""

    origin: str
    part: str
    rank: int
    spellings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Postcode:
    """A postcode of England and its coordinates in degrees."""

    code: str
    longitude: float
    latitude: float


def _rows(name: str) -> Iterator[dict[str, str]]:
    path = DATA / name
    if path.suffix == ".gz":
        with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
            yield from csv.DictReader(lines)
    else:
        with path.open(encoding="utf-8", newline="") as lines:
            yield from csv.DictReader(lines)


@cache
def forenames() -> dict[tuple[int, str], dict[str, int]]:
    """(first year of the band, sex F or M) -> forename -> number of births."""
    bands: dict[tuple[int, str], dict[str, int]] = {}
    for row in _rows("forenames.csv.gz"):
        bands.setdefault((int(row["from_year"]), row["sex"]), {})[row["name"]] = int(row["count"])
    return bands


@cache
def surnames() -> dict[str, float]:
    """Surname, capitalised -> frequency."""
    return {capitalised(row["name"]): float(row["frequency"]) for row in _rows("surnames.csv.gz")}


@cache
def variants(kind: str) -> dict[str, tuple[str, ...]]:
    """Lower-case forename -> its variants of a kind (`nickname`, `spelling`); kind `surname`: those of surnames."""
    found: dict[str, list[str]] = {}
    rows = _rows("surname_variants.csv.gz" if kind == "surname" else "forename_variants.csv.gz")
    for row in rows:
        if row.get("kind", "surname") == kind and row["variant"] != row["name"]:
            found.setdefault(row["name"], []).append(row["variant"])
    return {name: tuple(sorted(others)) for name, others in found.items()}


@cache
def origin_names() -> tuple[OriginName, ...]:
    """All rows of the project's own tables."""
    ranks: dict[tuple[str, str], int] = {}
    names = []
    for row in (*_rows("names_by_origin.csv"), *_rows("names_further.csv")):
        place = row["origin"], row["part"]
        names.append(OriginName(*place, ranks.get(place, 0), tuple(row["spellings"].split("|"))))
        ranks[place] = ranks.get(place, 0) + 1
    return tuple(names)


@cache
def postcodes() -> tuple[Postcode, ...]:
    """One postcode of every sector in the table, in the order of their codes."""
    sectors: dict[str, Postcode] = {}
    for row in _rows("postcodes.csv.gz"):
        sectors.setdefault(
            row["postcode"][:-2], Postcode(row["postcode"], float(row["longitude"]), float(row["latitude"]))
        )
    return tuple(sectors.values())


def capitalised(name: str) -> str:
    """Capitals after the start, a space, a hyphen or an apostrophe: "mary-ann o'neil" -> "Mary-Ann O'Neil"."""
    return "".join(
        letter.upper() if not place or name[place - 1] in " -'" else letter for place, letter in enumerate(name)
    )


def cumulated(weights: list[float]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Weights -> their cumulated shares, the last exactly 1: what `numpy.searchsorted` draws with."""
    total = np.cumsum(np.asarray(weights, dtype=np.float64))
    total /= total[-1]
    total[-1] = 1.0
    return total
