"""Twins by the hundred thousand: `python -m bench.matching.twins --seed 7 --pairs 100000 [--json FILE]`.

Every family has twins, and brothers and sisters as others have; five custodians write of them as `profiles.toml`
states. The index learns of them record by record, as in `bench.matching`, and every automatic link to an entry that
holds a record of the co-twin (or of a brother or sister) is counted, once for the pair. Apart from them are links of a
record that bears the co-twin's own forename, which nobody could tell. The families come in chunks, each of a seed, and
as many chunks at a time as there are processes.

With `--siblings` the families are instead those of mothers of four births or more, with twins as others have them, and
the pairs that are wanted are brothers and sisters.

With `--oracle` every record is also judged by an ideal scorer that links from the same probability on: what it merges,
nobody can be asked to keep apart without missing links that it makes. That takes ten times as long.
"""

import argparse
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from multiprocessing import cpu_count
from multiprocessing.pool import Pool
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
LARGE = 4  # births of a mother of a large family


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


def chunk(settings: Settings, number: int) -> Population:
    """The population of these settings with the seed of its number."""
    return generate(replace(settings, seed=settings.seed * 1000 + number))


def _counted(settings: Settings, path: Path | None, oracle: bool, number: int) -> Counter[str]:
    return figures(chunk(settings, number), measure.model_of(path, settings.children), oracle=oracle)


def told(found: Mapping[str, int], seed: int, model: linkage.Model) -> dict[str, object]:
    """The figures with their rates."""
    kinds = ["twins_merged", "siblings_merged", "strangers_merged"]
    kinds += [f"oracle_{kind}" for kind in kinds] if "oracle_linked" in found else []
    counts = {**dict.fromkeys(kinds, 0), **found}
    twins, siblings = max(counts["twin_pairs"], 1), max(counts["sibling_pairs"], 1)
    return {
        "model": model.label,
        "digest": model.digest,
        "seed": seed,
        **counts,
        "twins_merged_per_100000": round(100_000 * counts["twins_merged"] / twins, 2),
        "siblings_merged_per_million": round(1_000_000 * counts["siblings_merged"] / siblings, 2),
        "similar_names_share": round(counts["similar_names"] / twins, 4),
        "placeholders_share": round(counts["placeholders"] / counts["records"], 4),
    }


def _one_after_another(pool: Pool, work: Callable[[int], Counter[str]], processes: int) -> Iterator[Counter[str]]:
    """Chunks without end, in order: so a result does not depend on how many are counted at a time."""
    for first in count(step=processes):
        yield from pool.imap(work, range(first, first + processes))


def main() -> None:
    """Chunk after chunk until there are pairs enough; the file is complete after each."""
    parser = argparse.ArgumentParser(prog="bench.matching.twins")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pairs", type=int, default=100_000)
    parser.add_argument("--siblings", action="store_true", help="large families instead of twins")
    parser.add_argument("--model", type=Path, default=None, help="a trained model instead of the shipped one")
    parser.add_argument("--no-identifiers", action="store_true")
    parser.add_argument("--oracle", action="store_true", help="let the oracle judge every record too")
    parser.add_argument("--children", type=int, default=CHUNK, help="of one chunk")
    parser.add_argument("--processes", type=int, default=cpu_count())
    parser.add_argument("--json", type=Path, default=None)
    chosen = parser.parse_args()
    settings = Settings(
        seed=chosen.seed,
        children=chosen.children,
        custodians=tuple(profiles()),
        identifiers=not chosen.no_identifiers,
        twins_only=not chosen.siblings,
        births_least=LARGE if chosen.siblings else 1,
    )
    kin = "sibling" if chosen.siblings else "twin"
    whole: Counter[str] = Counter()
    model = measure.model_of(chosen.model, chosen.children)
    work = partial(_counted, settings, chosen.model, chosen.oracle)
    with Pool(chosen.processes, maxtasksperchild=1) as pool:
        for found in _one_after_another(pool, work, chosen.processes):
            whole.update(found)
            text = json.dumps(told(whole, chosen.seed, model), indent=2)
            if chosen.json:
                chosen.json.write_text(text + "\n", encoding="utf-8")
            print(f"{whole[f'{kin}_pairs']:,} pairs: {whole[f'{kin}s_merged']} merged", flush=True)
            if whole[f"{kin}_pairs"] >= chosen.pairs:
                break
    print(text)


if __name__ == "__main__":
    main()
