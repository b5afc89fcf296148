"""Measure the matching core: `python -m bench.matching --seed 7 --children 5000 [--oracle] [--json FILE]`.

The model's population is the number of children, as an index for them would be configured, unless `--population` says
otherwise. With `--oracle` an ideal scorer judges the same records: slow, some 8 ms a record.

`--rules` measures the blocking rules instead: what each adds and costs in a nation of 12 million, of which others stand
behind the children, and in its crowded part: 120,000 at communal addresses, mostly written as born on 1 January.
"""

import argparse
import json
from dataclasses import replace
from pathlib import Path

from bench.matching.measure import run
from bench.matching.rules import Nation, survey, told
from bench.population import Settings, generate
from bench.population.oracle import judge, summary
from bench.population.profiles import profiles
from childindex import linkage

_CROWDED = 120_000  # children at communal addresses in a nation of 12 million
_CROWD = {"arabic": 0.5, "somali": 0.5}  # whose names they bear: few, so that many are alike


def main() -> None:
    """Generate, register, print."""
    parser = argparse.ArgumentParser(prog="bench.matching")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--children", type=int, default=5000)
    parser.add_argument("--population", type=int, default=None, help="N of the model; the children where not given")
    parser.add_argument("--no-identifiers", action="store_true")
    parser.add_argument("--oracle", action="store_true", help="judge the same records by the oracle posterior too")
    parser.add_argument("--rules", action="store_true", help="what each blocking rule adds and costs")
    parser.add_argument("--behind", type=int, default=300_000, help="children that stand for the nation's")
    parser.add_argument("--json", type=Path, default=None)
    arguments = parser.parse_args()
    text = json.dumps(_rules(arguments) if arguments.rules else _decisions(arguments), indent=2)
    if not arguments.rules:
        print(text)
    if arguments.json:
        arguments.json.write_text(text + "\n", encoding="utf-8")


def _decisions(arguments: argparse.Namespace) -> dict[str, object]:
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
    return figures


def _rules(arguments: argparse.Namespace) -> dict[str, object]:
    """The tables of the nation and of its crowded part, printed as they come."""
    model = linkage.shipped()
    found: dict[str, object] = {}
    like = Settings(seed=arguments.seed, children=arguments.children, custodians=tuple(profiles()))
    crowd = replace(like, children=max(arguments.children // 5, 1), origins=_CROWD)
    for name, settings, nation in (
        ("nation", like, Nation(model.shape.population, arguments.behind)),
        ("crowd", crowd, Nation(_CROWDED, min(_CROWDED, arguments.behind), crowded=True)),
    ):
        table = survey(model, generate(settings), nation)
        found[name] = table
        print(told(name, table), flush=True)
    return found


if __name__ == "__main__":
    main()
