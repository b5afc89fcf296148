"""Measure the matching core: `python -m bench.matching --seed 7 --children 5000 [--oracle] [--json FILE]`.

The model's population is the number of children, as an index for them would be configured, unless `--population` says
otherwise. With `--oracle` an ideal scorer judges the same records: slow, some 8 ms a record.
"""

import argparse
import json
from pathlib import Path

from bench.matching.measure import run
from bench.population import Settings, generate
from bench.population.oracle import judge, summary
from childindex import linkage


def main() -> None:
    """Generate, register, print."""
    parser = argparse.ArgumentParser(prog="bench.matching")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--children", type=int, default=5000)
    parser.add_argument("--population", type=int, default=None, help="N of the model; the children where not given")
    parser.add_argument("--no-identifiers", action="store_true")
    parser.add_argument("--oracle", action="store_true", help="judge the same records by the oracle posterior too")
    parser.add_argument("--json", type=Path, default=None)
    arguments = parser.parse_args()
    population = generate(
        Settings(seed=arguments.seed, children=arguments.children, identifiers=not arguments.no_identifiers)
    )
    model = linkage.shipped(arguments.population or arguments.children)
    figures = run(model, population).summary(population)
    if arguments.oracle:
        ideal = summary(judge(population))
        figures["oracle"] = {
            "linkable": ideal.linkable,
            "linked": ideal.links,
            "wrong": ideal.links - ideal.right,
            "precision": round(ideal.precision, 5),
            "recall": round(ideal.recall, 5),
        }
    text = json.dumps(figures, indent=2)
    print(text)
    if arguments.json:
        arguments.json.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
