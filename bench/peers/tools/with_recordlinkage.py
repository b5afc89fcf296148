"""recordlinkage in the peers' environment: `python -m bench.peers.tools.with_recordlinkage NAME DIRECTORY`.

Wide blocks on many columns, comparisons by Jaro-Winkler and Damerau-Levenshtein with thresholds, and its unsupervised
classifier (expectation/conditional maximisation) on the agreements.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import recordlinkage
from recordlinkage import Compare, ECMClassifier
from recordlinkage.index import Block

from bench.peers.boundary import Scored, Told, bits

_ALIKE = (("jarowinkler", 0.88), ("damerau_levenshtein", 0.8))


@dataclass(frozen=True, slots=True)
class Setup:
    """Columns to block on (each alone, or several together) and to compare.

    `names` agree from a Jaro-Winkler similarity, `texts` from a Damerau-Levenshtein similarity, `exact` when equal.
    """

    files: tuple[str, ...]
    blocks: tuple[tuple[str, ...], ...]
    names: tuple[str, ...]
    texts: tuple[str, ...]
    exact: tuple[str, ...]


_FEBRL_BLOCKS = (
    ("given_name",), ("surname",), ("date_of_birth",), ("soc_sec_id",), ("postcode",), ("address_1",), ("suburb",),
)  # fmt: skip
_FEBRL = Setup(
    files=("a",),
    blocks=_FEBRL_BLOCKS,
    names=("given_name", "surname", "address_1", "suburb"),
    texts=("date_of_birth", "soc_sec_id", "postcode"),
    exact=("street_number", "state"),
)
SETUPS = {
    "febrl3": _FEBRL,
    "febrl4": Setup(("a", "b"), _FEBRL.blocks, _FEBRL.names, _FEBRL.texts, _FEBRL.exact),
    "fake_1000": Setup(
        files=("a",),
        blocks=(("first_name",), ("surname",), ("dob",), ("email",)),
        names=("first_name", "surname", "email"),
        texts=("dob",),
        exact=("city",),
    ),
    "historical_50k": Setup(
        files=("a",),
        blocks=(
            ("first_name", "surname"),
            ("surname", "dob"),
            ("first_name", "dob"),
            ("postcode_fake",),
            ("dob", "birth_place"),
            ("surname", "birth_place"),
            ("surname", "occupation"),
        ),
        names=("first_name", "surname"),
        texts=("dob", "postcode_fake"),
        exact=("birth_place", "occupation", "gender"),
    ),
}


def main() -> None:
    """Block, compare, classify without labels, write the pairs and the times."""
    parser = argparse.ArgumentParser(prog="bench.peers.tools.with_recordlinkage", description=__doc__)
    parser.add_argument("name", choices=SETUPS)
    parser.add_argument("directory", type=Path)
    chosen = parser.parse_args()
    told = Told("recordlinkage", recordlinkage.__version__)
    setup = SETUPS[chosen.name]
    frames = [_frame(chosen.directory / f"{file}.csv") for file in setup.files]
    with told.time("link"):
        links = _candidates(setup, frames)
        agreements = _compare(setup, frames, links)
    classifier = ECMClassifier(binarize=None, max_iter=500)
    with told.time("train"):
        classifier.fit(agreements)
    with told.time("link"):
        chance = classifier.prob(agreements)
    scored = _scored(chance, dedupe=len(frames) == 1)
    scored.save(chosen.directory / "recordlinkage.npz")
    told.save(chosen.directory / "recordlinkage.json")


def _frame(path: Path) -> Any:
    return pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""], index_col="row").set_index(
        pd.RangeIndex(len(pd.read_csv(path, usecols=["row"])))
    )


def _candidates(setup: Setup, frames: Sequence[Any]) -> Any:
    """The union of all blocks; missing values share none."""
    found = None
    for columns in setup.blocks:
        held = [frame.dropna(subset=list(columns)) for frame in frames]
        more = Block(list(columns)).index(*held)
        found = more if found is None else found.union(more)
    return found


def _compare(setup: Setup, frames: Sequence[Any], links: Any) -> Any:
    """Agreement of every pair, 1 or 0, a column a comparison."""
    compare = Compare(n_jobs=1)
    (names, alike), (texts, near) = _ALIKE
    for column in setup.names:
        compare.string(column, column, method=names, threshold=alike, label=column)
    for column in setup.texts:
        compare.string(column, column, method=texts, threshold=near, label=column)
    for column in setup.exact:
        compare.exact(column, column, label=column)
    return compare.compute(links, *frames)


def _scored(chance: Any, *, dedupe: bool) -> Scored:
    one = chance.index.get_level_values(0).to_numpy(dtype=np.int64)
    other = chance.index.get_level_values(1).to_numpy(dtype=np.int64)
    left, right = (np.minimum(one, other), np.maximum(one, other)) if dedupe else (one, other)
    return Scored(left, right, bits(chance.to_numpy(dtype=np.float64)))


if __name__ == "__main__":
    main()
