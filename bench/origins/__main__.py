"""Measure recall by name origin: `python -m bench.origins --pairs 20000 --seed 7 [--json FILE]`.

Each origin has an index of its own: so many children of that origin, among them their brothers, sisters, twins and
neighbours, names written by the customs of `bench/population/customs.toml`. The model's population is the number of
those children unless `--population` says otherwise. Origins are measured side by side, one on each processor.
With `--minutes` no further origin is begun after that time.
"""

import argparse
import json
from functools import partial
from multiprocessing import Pool, cpu_count
from pathlib import Path
from time import monotonic

from bench.origins.figures import summary
from bench.origins.measure import CHILDREN, Group, group
from bench.population.customs import rates
from childindex import linkage


def main() -> None:
    """Measure one origin after the other, print, write."""
    parser = argparse.ArgumentParser(prog="python -m bench.origins", description=__doc__)
    parser.add_argument("--pairs", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--origins", default=",".join(rates()))
    parser.add_argument("--population", type=int, default=None)
    parser.add_argument("--minutes", type=float, default=None)
    parser.add_argument("--processes", type=int, default=cpu_count())
    parser.add_argument("--json", type=Path, default=None)
    chosen = parser.parse_args()
    population = chosen.population or round(chosen.pairs * CHILDREN)
    ends = monotonic() + 60 * chosen.minutes if chosen.minutes else None
    work = partial(_group, population, chosen.pairs, chosen.seed, ends)
    groups: list[Group] = []
    with Pool(chosen.processes, maxtasksperchild=1) as pool:  # an index is large: its process gives it back
        for found in pool.imap_unordered(work, chosen.origins.split(","), chunksize=1):
            if found:
                groups.append(found)
                told = f"{found.right:,} linked, {found.wrong} wrongly, {found.review:,} for review"
                print(f"{found.origin}: {found.pairs:,} pairs, {told}", flush=True)
    groups.sort(key=lambda each: chosen.origins.split(",").index(each.origin))
    model = linkage.shipped(population)
    about = {"model": model.label, "digest": model.digest, "seed": chosen.seed}
    text = json.dumps({**about, **summary(groups)}, indent=2)
    print(text)
    if chosen.json:
        chosen.json.write_text(text + "\n", encoding="utf-8")


def _group(population: int, pairs: int, seed: int, ends: float | None, origin: str) -> Group | None:
    """One origin's figures; None where the time is over before it begins."""
    if ends is not None and monotonic() > ends:
        return None
    return group(linkage.shipped(population), origin, pairs, seed)


if __name__ == "__main__":
    main()
