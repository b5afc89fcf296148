"""Where the matching core falls short of the oracle, and why: `python -m bench.matching.gap --seed 7 --children 5000`.

Both judge the same records. A record that the oracle links and the core does not is counted under what kept it: a veto,
or the rival that took the probability. The other way round, and reviews, likewise. With `--sample` the oracle judges
only that share of the records.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bench.matching import measure
from bench.population.oracle import Verdict
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


def report(judged: Sequence[Judged]) -> dict[str, object]:
    """Counts: decisions side by side, and the reasons for every difference that matters."""
    both = Counter((of_oracle(each.oracle), of_core(each.core)) for each in judged)
    missed = [e for e in judged if e.counted and of_oracle(e.oracle) == LINKS and of_core(e.core) != LINKS]
    more = [e for e in judged if of_oracle(e.oracle) != REVIEWS and of_core(e.core) == REVIEWS]
    counted = [each for each in judged if each.counted]
    return {
        "records": len(judged),
        "linkable": len(counted),
        "recall": _share(sum(of_core(e.core) == LINKS and e.core.right for e in counted), len(counted)),
        "oracle_recall": _share(sum(of_oracle(e.oracle) == LINKS and e.oracle.right for e in counted), len(counted)),
        "review_rate": _share(sum(of_core(e.core) == REVIEWS for e in judged), len(judged)),
        "oracle_review_rate": _share(sum(of_oracle(e.oracle) == REVIEWS for e in judged), len(judged)),
        "wrong": sum(e.core.wrong for e in judged),
        "oracle_wrong": sum(of_oracle(e.oracle) == LINKS and not e.oracle.right for e in judged),
        "decisions": {f"oracle {one}, core {other}": count for (one, other), count in sorted(both.items())},
        "missed_links": dict(Counter(reason(each.core) for each in missed).most_common()),
        "needless_reviews": dict(Counter(f"{of_oracle(e.oracle)} | {reason(e.core)}" for e in more).most_common()),
    }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 5) if whole else None
