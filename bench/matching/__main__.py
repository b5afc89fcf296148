"""Measure the matching core: `python -m bench.matching --seed 7 --children 5000 [--oracle] [--json FILE]`.

Five custodians write of the children, three with `--demonstration`. The model's population is the number of
children, as an index for them would be configured, unless `--population` says otherwise. The prior that a child is
known is that of the feeds loaded before (`feeds`), or with `--prior model` the model's own. With `--oracle` an ideal
scorer judges the same records, or a `--sample` of them: slow, some 8 ms a record; it knows all earlier records of a
child, and so does an index whose `--reviews settled` are done by people.

`--rules` measures the blocking rules instead: what each adds and costs in a nation of 12 million, of which others stand
behind the children, and in its crowded part: 120,000 at communal addresses, mostly written as born on 1 January.
"""

import argparse
import json
from dataclasses import replace
from pathlib import Path

from bench.matching import calibrated, feeds
from bench.matching.gap import beside, pair
from bench.matching.measure import Reviews, model_of, run
from bench.matching.rules import Nation, survey, told
from bench.population import Settings, generate
from bench.population.oracle import judge
from bench.population.profiles import DEMONSTRATION, profiles
from childindex import linkage

_CROWDED = 120_000  # children at communal addresses in a nation of 12 million
_CROWD = {"arabic": 0.5, "somali": 0.5}  # whose names they bear: few, so that many are alike


def main() -> None:
    """Generate, register, print."""
    parser = argparse.ArgumentParser(prog="bench.matching")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--children", type=int, default=5000)
    parser.add_argument("--population", type=int, default=None, help="N of the model; the children where not given")
    parser.add_argument("--model", type=Path, default=None, help="a trained model instead of the shipped one")
    parser.add_argument("--no-identifiers", action="store_true")
    parser.add_argument("--oracle", action="store_true", help="judge the same records by the oracle posterior too")
    parser.add_argument("--sample", type=float, default=1.0, help="share of the records that the oracle judges")
    parser.add_argument("--demonstration", action="store_true", help="three custodians instead of five")
    parser.add_argument("--prior", choices=("feeds", "model"), default="feeds")
    parser.add_argument("--reviews", choices=[each.value for each in Reviews], default=Reviews.LEFT.value)
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
    custodians = DEMONSTRATION if arguments.demonstration else tuple(profiles())
    identifiers = not arguments.no_identifiers
    settings = Settings(
        seed=arguments.seed, children=arguments.children, custodians=custodians, identifiers=identifiers
    )
    population = generate(settings)
    model = model_of(arguments.model, arguments.population or arguments.children)
    reviews = Reviews(arguments.reviews)
    done = run(model, population, feeds.indexed if arguments.prior == "feeds" else None, reviews)
    asked = {"sources": len(custodians), "identifiers": identifiers, "prior": arguments.prior, "reviews": reviews.value}
    figures = {**asked, **done.summary(population), "calibration": calibrated.figures(done.verdicts)}
    if arguments.oracle:
        figures["oracle"] = beside(pair(done.verdicts, judge(population, sample=arguments.sample)))
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
