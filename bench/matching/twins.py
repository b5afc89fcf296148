"""Twins by the hundred thousand: `python -m bench.matching.twins --seed 7 --pairs 100000 [--json FILE]`.

Every family has twins, and brothers and sisters as others have; five custodians write of them as `profiles.toml`
states. The index learns of them record by record, as in `bench.matching`, and every automatic link to an entry that
holds a record of the co-twin (or of a brother or sister) is counted, once for the pair. Apart from them are links of a
record that bears the co-twin's own forename, which nobody could tell. The families come in chunks, each of a seed.

With `--oracle` every record is also judged by an ideal scorer that links from the same probability on: what it merges,
nobody can be asked to keep apart without missing links that it makes. That takes ten times as long.
"""

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from bench.matching import feeds, measure
from bench.population import Population, Row, Settings, generate
from bench.population.naming import plain
from bench.population.oracle import Verdict as Judged
from bench.population.oracle import judge
from bench.population.people import similar_names
from bench.population.profiles import profiles
from childindex import linkage
from childindex.placeholder import is_placeholder

CHUNK = 10_000  # children of one population


@dataclass(frozen=True, slots=True)
class Pairs:
    """Kin of one population: twins and full or half siblings, each pair once, the lower number first."""

    twins: frozenset[tuple[int, int]]
    siblings: int
    similar: int

    @classmethod
    def of(cls, population: Population) -> "Pairs":
        """The pairs of a population, and how many twins bear names that are similar by the generator's own rule."""
        truth = population.truth
        twins = {(one, other) for one, other in enumerate(truth.twin.tolist()) if other > one}
        sizes = Counter(truth.family.tolist()).values()
        similar = sum(_similar(population, one, other) for one, other in twins)
        return cls(frozenset(twins), sum(size * (size - 1) // 2 for size in sizes) - len(twins), similar)


def figures(population: Population, model: linkage.Model, *, oracle: bool = False) -> Counter[str]:
    """Register a population and count pairs, records, links, and pairs that were merged; by the oracle too if asked."""
    pairs = Pairs.of(population)
    verdicts = measure.run(model, population, feeds.indexed).verdicts
    found = Counter({"twin_pairs": len(pairs.twins), "sibling_pairs": pairs.siblings, "similar_names": pairs.similar})
    found["records"] = len(verdicts)
    found["placeholders"] = sum(is_placeholder(v.row.demographics.given_name) for v in verdicts)
    found["linked"] = sum(v.joined is not None for v in verdicts)
    merged: dict[tuple[int, int], str] = {}
    for verdict in verdicts:
        for stranger in verdict.strangers if verdict.wrong else ():
            pair = (min(stranger, verdict.row.child), max(stranger, verdict.row.child))
            merged.setdefault(pair, _kind(population, pairs, verdict.row, stranger))
    found.update(merged.values())
    if oracle:
        found.update(ideal(population, pairs, judge(population), model.thresholds.match))
    return found


def ideal(population: Population, pairs: Pairs, verdicts: Sequence[Judged], threshold: float) -> Counter[str]:
    """What the oracle links from a probability on, and the pairs that it merges by it; profiles hold the truth."""
    found: Counter[str] = Counter()
    merged: dict[tuple[int, int], str] = {}
    for verdict in verdicts:
        if verdict.again or verdict.best is None or verdict.probability < threshold:
            continue
        found["oracle_linked"] += 1
        if not verdict.right:
            row = population.extracts[verdict.custodian].rows[verdict.row]
            pair = (min(verdict.best, verdict.child), max(verdict.best, verdict.child))
            merged.setdefault(pair, f"oracle_{_kind(population, pairs, row, verdict.best)}")
    return found + Counter(merged.values())


def _kind(population: Population, pairs: Pairs, row: Row, stranger: int) -> str:
    truth, child = population.truth, row.child
    if truth.family[stranger] != truth.family[child]:
        return "strangers_merged"
    kin = "twins" if (min(stranger, child), max(stranger, child)) in pairs.twins else "siblings"
    names = {plain(truth.given[stranger]), plain(truth.known_as[stranger])}
    bears = plain(row.demographics.given_name) in names
    return f"{kin}_merged_bearing_the_others_name" if bears else f"{kin}_merged"


def _similar(population: Population, one: int, other: int) -> bool:
    truth = population.truth
    if truth.sex[one] != truth.sex[other]:
        return False
    part = "girl" if truth.sex[one] == 1 else "boy"
    origins = {truth.origins[int(truth.origin[one])], "british"}
    return any(truth.given[other] in similar_names(origin, part, truth.given[one]) for origin in origins)


def chunks(seed: int, identifiers: bool, children: int = CHUNK) -> Iterator[tuple[Population, linkage.Model]]:
    """Populations of twins' families without end, each with the model for as many children."""
    for number in count():
        settings = Settings(
            seed=seed * 1000 + number,
            children=children,
            custodians=tuple(profiles()),
            identifiers=identifiers,
            twins_only=True,
        )
        yield generate(settings), linkage.shipped(children)


def told(found: Mapping[str, int], seed: int, model: linkage.Model) -> dict[str, object]:
    """The figures with their rates."""
    kinds = ["twins_merged", "siblings_merged", "strangers_merged"]
    kinds += [f"oracle_{kind}" for kind in kinds] if "oracle_linked" in found else []
    counts = {**dict.fromkeys(kinds, 0), **found}
    return {
        "model": model.label,
        "digest": model.digest,
        "seed": seed,
        **counts,
        "twins_merged_per_100000": round(100_000 * counts["twins_merged"] / counts["twin_pairs"], 2),
        "siblings_merged_per_million": round(1_000_000 * counts["siblings_merged"] / counts["sibling_pairs"], 2),
        "similar_names_share": round(counts["similar_names"] / counts["twin_pairs"], 4),
        "placeholders_share": round(counts["placeholders"] / counts["records"], 4),
    }


def main() -> None:
    """Chunk after chunk until there are pairs enough; the file is complete after each."""
    parser = argparse.ArgumentParser(prog="bench.matching.twins")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pairs", type=int, default=100_000)
    parser.add_argument("--no-identifiers", action="store_true")
    parser.add_argument("--oracle", action="store_true", help="let the oracle judge every record too")
    parser.add_argument("--json", type=Path, default=None)
    arguments = parser.parse_args()
    whole: dict[str, int] = defaultdict(int)
    for population, model in chunks(arguments.seed, not arguments.no_identifiers):
        for name, number in figures(population, model, oracle=arguments.oracle).items():
            whole[name] += number
        text = json.dumps(told(whole, arguments.seed, model), indent=2)
        if arguments.json:
            arguments.json.write_text(text + "\n", encoding="utf-8")
        print(f"{whole['twin_pairs']:,} pairs: {whole['twins_merged']} merged", flush=True)
        if whole["twin_pairs"] >= arguments.pairs:
            break
    print(text)


if __name__ == "__main__":
    main()
