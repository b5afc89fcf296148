"""The labels that dedupe is given: pairs of one entity and of two, drawn from the truth."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bench.peers.boundary import Ints

GIVEN = 200  # pairs of either kind
_SEED = 1


def write_labels(path: Path, truth: Sequence[Ints]) -> None:
    """`GIVEN` matches and as many distinct pairs, as names of records: the file's letter and the row."""
    chance = np.random.Generator(np.random.PCG64(_SEED))
    left, right = truth[0], truth[-1]
    file = "a" if len(truth) == 1 else "b"
    order = np.argsort(right, kind="stable")
    ranked = right[order]
    match: list[tuple[str, str]] = []
    distinct: list[tuple[str, str]] = []
    for one in chance.permutation(len(left)).tolist():
        low, high = np.searchsorted(ranked, left[one]), np.searchsorted(ranked, left[one], side="right")
        others = [other for other in order[low:high].tolist() if len(truth) > 1 or other != one]
        anybody = int(chance.integers(len(right)))
        if others and len(match) < GIVEN:
            match.append((f"a{one}", f"{file}{others[int(chance.integers(len(others)))]}"))
        if left[one] != right[anybody] and len(distinct) < GIVEN:
            distinct.append((f"a{one}", f"{file}{anybody}"))
    path.write_text(json.dumps({"match": match, "distinct": distinct}), encoding="utf-8")
