"""Where the matching core falls short of the oracle, and why: `python -m bench.matching.gap --seed 7 --children 5000`.

Both judge the same records. A record that the oracle links and the core does not is counted under what kept it: a veto,
or the rival that took the probability. The other way round, and reviews, likewise. With `--sample` the oracle judges
only that share of the records.
"""

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bench.matching import feeds, measure
from bench.population import Settings, generate
from bench.population.oracle import Verdict, judge
from bench.population.profiles import profiles
from childindex import linkage
from childindex.linkage import Decision

LINKS, REVIEWS, IGNORES = "links", "reviews", "ignores"


@dataclass(frozen=True, slots=True)
class Judged:
    """One record judged by both: what the core said, and what the oracle believes."""

    core: measure.Verdict
    oracle: Verdict

    @property
    def counted(self) -> bool:
        """Whether a link is asked for: the child is indexed, and not by the custodian that writes."""
        return self.oracle.indexed and not self.oracle.again


def pair(verdicts: Sequence[measure.Verdict], ideal: Sequence[Verdict]) -> list[Judged]:
    """The records that both judged, in order; the oracle may have judged a sample only."""
    by_place: dict[tuple[str, int], measure.Verdict] = {}
    places: Counter[str] = Counter()
    for verdict in verdicts:
        by_place[verdict.custodian, places[verdict.custodian]] = verdict
        places[verdict.custodian] += 1
    return [Judged(by_place[each.custodian, each.row], each) for each in ideal]


def of_oracle(verdict: Verdict) -> str:
    """What an index that believed the oracle would do; a custodian's second record of a child is for a person."""
    if verdict.best is None or verdict.probability < _possible():
        return IGNORES
    second = verdict.again and verdict.right
    return LINKS if verdict.probability >= _match() and not second else REVIEWS


def of_core(verdict: measure.Verdict) -> str:
    """The core's decision in the same words."""
    return {Decision.MATCHED: LINKS, Decision.POSSIBLE: REVIEWS, Decision.UNMATCHED: IGNORES}[verdict.match.decision]


def reason(verdict: measure.Verdict) -> str:
    """What kept the core from a link: the vetoes, or the rival that took the probability."""
    best = next((scored for scored in verdict.match.scored if scored.entry in verdict.known), None)
    if best is None:
        return "not proposed" if not verdict.known & verdict.proposed.keys() else "far too unlikely"
    vetoes = f"veto {'+'.join(best.vetoes)}" if best.vetoes else ""
    if best.probability >= _match():
        return vetoes or "linked elsewhere"
    return f"{_rival(verdict, best)}{' and ' + vetoes if vetoes else ''}"


def _rival(verdict: measure.Verdict, best: linkage.Scored) -> str:
    other = max((s.probability for s in verdict.match.scored if s is not best), default=0.0)
    kin: dict[str, float] = {}
    for scored in verdict.match.scored:
        kin[scored.rival] = kin.get(scored.rival, 0.0) + scored.rival_probability
    nobody = verdict.match.absent_probability - sum(kin.values())
    rest = {"another child": other, **kin, "nobody": nobody}
    return f"rival {max(rest, key=lambda name: (rest[name], name))}"


def _match() -> float:
    return linkage.shipped().thresholds.match


def _possible() -> float:
    return linkage.shipped().thresholds.possible


def beside(judged: Sequence[Judged]) -> dict[str, object]:
    """The oracle's figures on the records that it judged, the core's on the same ones, and why links were missed."""
    counted = [each for each in judged if each.counted]
    ideal, core = [of_oracle(each.oracle) for each in judged], [of_core(each.core) for each in judged]
    links = sum(decision == LINKS for decision in ideal)
    wrong = sum(each == LINKS and not one.oracle.right for each, one in zip(ideal, judged, strict=True))
    missed = [e for e in counted if of_oracle(e.oracle) == LINKS and of_core(e.core) != LINKS]
    return {
        "judged": len(judged),
        "linkable": len(counted),
        "linked": links,
        "wrong": wrong,
        "precision": _share(links - wrong, links),
        "recall": _share(sum(of_oracle(e.oracle) == LINKS and e.oracle.right for e in counted), len(counted)),
        "review_rate": _share(ideal.count(REVIEWS), len(judged)),
        "core_recall": _share(sum(of_core(e.core) == LINKS and e.core.right for e in counted), len(counted)),
        "core_review_rate": _share(core.count(REVIEWS), len(judged)),
        "missed_links": dict(Counter(reason(each.core) for each in missed).most_common()),
    }


def report(judged: Sequence[Judged]) -> dict[str, object]:
    """The same with decisions side by side, and the reasons of needless reviews."""
    both = Counter((of_oracle(each.oracle), of_core(each.core)) for each in judged)
    more = [e for e in judged if of_oracle(e.oracle) != REVIEWS and of_core(e.core) == REVIEWS]
    return {
        **beside(judged),
        "core_wrong": sum(each.core.wrong for each in judged),
        "decisions": {f"oracle {one}, core {other}": many for (one, other), many in sorted(both.items())},
        "needless_reviews": dict(Counter(f"{of_oracle(e.oracle)} | {reason(e.core)}" for e in more).most_common()),
    }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 5) if whole else None


def main() -> None:
    """Generate, register, judge, and tell where the two differ."""
    parser = argparse.ArgumentParser(prog="bench.matching.gap")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--children", type=int, default=5000)
    parser.add_argument("--sample", type=float, default=1.0, help="share of the records that the oracle judges")
    parser.add_argument("--no-identifiers", action="store_true")
    arguments = parser.parse_args()
    population = generate(
        Settings(
            seed=arguments.seed,
            children=arguments.children,
            custodians=tuple(profiles()),
            identifiers=not arguments.no_identifiers,
        )
    )
    model = linkage.shipped(arguments.children)
    run = measure.run(model, population, feeds.indexed, measure.Reviews.SETTLED)
    print(json.dumps(report(pair(run.verdicts, judge(population, sample=arguments.sample))), indent=2))


if __name__ == "__main__":
    main()
