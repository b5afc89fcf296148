"""Splink 5 in the peers' environment: `python -m bench.peers.tools.with_splink NAME DIRECTORY`; see `boundary`."""

import argparse
from pathlib import Path

import duckdb
import numpy as np
import splink
from splink import DuckDBAPI, Linker

from bench.peers.boundary import Scored, Told
from bench.peers.tools.recipe import Recipe
from bench.peers.tools.splink_children import CHILDREN
from bench.peers.tools.splink_public import FAKE, FEBRL_3, FEBRL_4, HISTORICAL

_SEED = 1
RECIPES = {
    "febrl3": FEBRL_3,
    "febrl4": FEBRL_4,
    "fake_1000": FAKE,
    "historical_50k": HISTORICAL,
    "children": CHILDREN,
}
_DEDUPE = "dedupe_only"


def main() -> None:
    """Train on the files without labels, score every blocked pair, write the pairs and the times."""
    parser = argparse.ArgumentParser(prog="bench.peers.tools.with_splink", description=__doc__)
    parser.add_argument("name", choices=RECIPES)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--threads", type=int, default=1)
    chosen = parser.parse_args()
    told = Told("splink", f"{splink.__version__} (duckdb {duckdb.__version__})")
    recipe = RECIPES[chosen.name]
    with told.time("read"):
        linker = _linker(recipe, chosen.directory, chosen.threads)
    with told.time("train"):
        _train(linker, recipe)
    with told.time("link"):
        scored = _pairs(linker, recipe)
    scored.save(chosen.directory / "splink.npz")
    told.save(chosen.directory / "splink.json")


def _linker(recipe: Recipe, directory: Path, threads: int) -> Linker:
    """The files as Splink shall see them, in a database in memory."""
    api = DuckDBAPI()
    api.duckdb_con.execute(f"set threads = {threads}")
    tables = []
    for file in recipe.files:
        api.duckdb_con.execute(f"create table {file}_seen as {recipe.seen.format(path=directory / f'{file}.csv')}")
        tables.append(api.register(api.duckdb_con.table(f"{file}_seen"), dataset_display_name=file))
    return Linker(tables if len(tables) > 1 else tables[0], recipe.settings, log_level=None)


def _train(linker: Linker, recipe: Recipe) -> None:
    train = linker.training
    train.estimate_probability_two_random_records_match(list(recipe.certain), recall=recipe.certain_recall)
    train.estimate_u_using_random_sampling(max_pairs=recipe.random_pairs, seed=_SEED)
    for rule in recipe.rounds:
        train.estimate_parameters_using_expectation_maximisation(rule, estimate_without_term_frequencies=True)


def _pairs(linker: Linker, recipe: Recipe) -> Scored:
    """Every blocked pair with its weight; in the order of the recipe's files, or the smaller place first."""
    table = linker.inference.predict().physical_name
    told = "unique_id_l::bigint as l, unique_id_r::bigint as r, match_weight as bits"
    source = "''" if recipe.settings.link_type == _DEDUPE else "source_dataset_l"
    connection = linker._db_api.duckdb_con
    found = connection.execute(f"select {told}, {source} = $1 as forward from {table}", [recipe.files[0]]).fetchnumpy()  # noqa: S608
    one, other = found["l"], found["r"]
    forward = one < other if recipe.settings.link_type == _DEDUPE else found["forward"]
    return Scored(np.where(forward, one, other), np.where(forward, other, one), found["bits"].astype(np.float64))


if __name__ == "__main__":
    main()
