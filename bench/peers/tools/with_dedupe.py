"""dedupe in the peers' environment: `python -m bench.peers.tools.with_dedupe NAME DIRECTORY`.

It learns its blocking and its classifier from labelled pairs. It has no person to ask here, so it is given labels from
the truth (`labels.json`, written by the bench for this tool alone): an advantage that no other tool has.
"""

import argparse
import csv
import importlib.metadata
import json
import random
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dedupe
import numpy as np
from dedupe import variables

from bench.peers.boundary import Scored, Told, bits

_SEED = 1
_SAMPLE = 1_000  # records of a file on which it tries its blocking rules: over all 5,000 they take 11 GB
_RECALL = 1.0  # of the labelled matches, that its blocking must reach

Record = dict[str, str | None]
Records = dict[str, Record]


@dataclass(frozen=True, slots=True)
class Setup:
    """Files, and the columns it compares: as text, as short text (no search by likeness), or as equal or not.

    Columns of few values are left out: it would block on them, and not end.
    """

    files: tuple[str, ...]
    texts: tuple[str, ...]
    short: tuple[str, ...]
    exact: tuple[str, ...] = ()


_DATES = ("date_of_birth", "dob")
_NO_MEMORY = 3
_FEBRL = ("given_name", "surname")
_FEBRL_SHORT = ("date_of_birth", "soc_sec_id", "postcode")
SETUPS = {
    "febrl3": Setup(("a",), _FEBRL, _FEBRL_SHORT),
    "febrl4": Setup(("a", "b"), _FEBRL, _FEBRL_SHORT),
    "fake_1000": Setup(("a",), ("first_name", "surname", "email", "city"), ("dob",)),
    "historical_50k": Setup(("a",), ("first_name", "surname"), ("dob", "postcode_fake"), ("birth_place", "occupation")),
}


def main() -> None:
    """Learn from the labels given, score every pair its blocking makes, write the pairs and the times."""
    parser = argparse.ArgumentParser(prog="bench.peers.tools.with_dedupe", description=__doc__)
    parser.add_argument("name", choices=SETUPS)
    parser.add_argument("directory", type=Path)
    chosen = parser.parse_args()
    random.seed(_SEED)
    np.random.seed(_SEED)
    setup = SETUPS[chosen.name]
    told = Told("dedupe", importlib.metadata.version("dedupe"))
    files = [_read(chosen.directory / f"{file}.csv", file) for file in setup.files]
    with told.time("train"):
        linker = _trained(setup, files, chosen.directory / "labels.json")
    with told.time("link"):
        scores = linker.score(linker.pairs(*files))
    scored = _scored(scores, dedupe_one=len(files) == 1)
    scored.save(chosen.directory / "dedupe.npz")
    told.save(chosen.directory / "dedupe.json")


def _key(item: tuple[str, Record]) -> str:
    return item[0]


def _date(cell: str) -> str:
    """Day, month, year: the first letters of a date, by which it blocks, are then not the century."""
    digits = cell.replace("-", "")
    return digits[6:] + digits[4:6] + digits[:4]


def _read(path: Path, file: str) -> Records:
    """Records by file and row; empty cells are missing."""
    with path.open(encoding="utf-8", newline="") as lines:
        return {f"{file}{row['row']}": {name: _cell(name, row[name]) for name in row} for row in csv.DictReader(lines)}


def _cell(name: str, cell: str) -> str | None:
    return (_date(cell) if name in _DATES else cell) or None


def _trained(setup: Setup, files: list[Records], labels: Path) -> Any:
    compared = [
        *(variables.String(name, has_missing=True) for name in setup.texts),
        *(variables.ShortString(name, has_missing=True) for name in setup.short),
        *(variables.Exact(name, has_missing=True) for name in setup.exact),
    ]
    linker = (dedupe.Dedupe if len(files) == 1 else dedupe.RecordLink)(compared, num_cores=1, in_memory=True)
    linker.classifier.n_jobs = 1  # its grid search starts a process a core otherwise
    known = {key: record for records in files for key, record in records.items()}
    given = json.loads(labels.read_text(encoding="utf-8"))
    linker.mark_pairs(
        {kind: [(known[one], known[other]) for one, other in given[kind]] for kind in ("match", "distinct")}
    )
    linker.prepare_training(
        *(dict(random.sample(sorted(file.items(), key=_key), min(_SAMPLE, len(file)))) for file in files)
    )
    linker.train(recall=_RECALL, index_predicates=False)
    linker.cleanup_training()
    return linker


def _scored(scores: Any, *, dedupe_one: bool) -> Scored:
    pairs = np.array([[int(key[1:]) for key in pair] for pair in scores["pairs"]], dtype=np.int64).reshape(-1, 2)
    if dedupe_one:
        pairs = np.sort(pairs, axis=1)
    return Scored(pairs[:, 0], pairs[:, 1], bits(scores["score"].astype(np.float64)))


if __name__ == "__main__":
    try:
        main()
    except MemoryError:
        sys.exit(_NO_MEMORY)
