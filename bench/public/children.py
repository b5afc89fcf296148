"""Invented children as two custodians' files, whose columns have other names than the children's model reads."""

import csv
from pathlib import Path
from typing import Final

from bench.population import Settings, generate
from bench.population.population import Population
from bench.public.sets import DataSet

CUSTODIANS: Final = ("oakfield-school", "mill-lane-surgery")
_CALLED: Final = {
    "given_name": "Forename",
    "family_name": "Surname",
    "birth_date": "Date of birth",
    "postcode": "Home postcode",
}


def write_children(directory: Path, children: int, seed: int) -> DataSet:
    """Write the extracts of two custodians with the number and the origin of each child, and say how to link them."""
    population = generate(Settings(seed=seed, children=children, custodians=CUSTODIANS))
    files = tuple(_written(population, name, directory) for name in CUSTODIANS)
    columns = ",".join(f"{field}={column}" for field, column in _CALLED.items())
    return DataSet("children", files, "child", columns=columns, groups="origin")


def _written(population: Population, custodian: str, directory: Path) -> Path:
    extract, truth = population.extracts[custodian], population.truth
    plain, path = directory / f"{custodian}.plain.csv", directory / f"{custodian}.csv"
    extract.write(plain)
    with plain.open(encoding="utf-8", newline="") as source, path.open("w", encoding="utf-8", newline="") as target:
        rows = csv.reader(source)
        writer = csv.writer(target)
        writer.writerow([*(_CALLED.get(name, name) for name in next(rows)), "child", "origin"])
        for row, child in zip(rows, extract.recording.child, strict=True):
            writer.writerow([*row, child, truth.origins[int(truth.origin[child])]])
    plain.unlink()
    return path
