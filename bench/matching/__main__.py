"""Measure the matching core: `python -m bench.matching --seed 7 --children 5000 [--population N] [--json FILE]`."""

import argparse
import json
from pathlib import Path

from bench.matching.measure import run
from bench.population import Settings, generate
from childindex import linkage


def main() -> None:
    """Generate, register, print."""
    parser = argparse.ArgumentParser(prog="bench.matching")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--children", type=int, default=5000)
    parser.add_argument("--population", type=int, default=None, help="N of the model; its own where not given")
    parser.add_argument("--no-identifiers", action="store_true")
    parser.add_argument("--json", type=Path, default=None)
    arguments = parser.parse_args()
    population = generate(
        Settings(seed=arguments.seed, children=arguments.children, identifiers=not arguments.no_identifiers)
    )
    figures = run(linkage.shipped(arguments.population), population).summary(population)
    text = json.dumps(figures, indent=2)
    print(text)
    if arguments.json:
        arguments.json.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
