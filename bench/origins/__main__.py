"""Measure recall by name origin: `python -m bench.origins --pairs 20000 --seed 7 [--json FILE]`.

Each origin has an index of its own: so many children of that origin, among them their brothers, sisters, twins and
neighbours, names written by the customs of `bench/population/customs.toml`. The model's population is the number of
those children unless `--population` says otherwise. With `--minutes` no further origin is begun after that time.
"""

import argparse
import json
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
    parser.add_argument("--json", type=Path, default=None)
    chosen = parser.parse_args()
    model = linkage.shipped(chosen.population or round(chosen.pairs * CHILDREN))
    groups: list[Group] = []
    start = monotonic()
    for origin in chosen.origins.split(","):
        if chosen.minutes is None or monotonic() - start < 60 * chosen.minutes:
            groups.append(group(model, origin, chosen.pairs, chosen.seed))
            found = groups[-1]
            told = f"{found.right:,} linked, {found.wrong} wrongly, {found.review:,} for review"
            print(f"{origin}: {found.pairs:,} pairs, {told}", flush=True)
    figures = {"model": model.label, "digest": model.digest, "seed": chosen.seed, **summary(groups)}
    text = json.dumps(figures, indent=2)
    print(text)
    if chosen.json:
        chosen.json.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
