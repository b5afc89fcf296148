"""Register a population record by record and hold every decision against the truth."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from pathlib import Path
from statistics import quantiles

from bench.matching.memory import Memory
from bench.population import Kinship, Population, Row
from bench.population.profiles import Profile, profiles
from childindex.demographics import Demographics
from childindex.linkage import Decision, Match, Model, shipped

Prior = Callable[[Sequence[Profile], Demographics, date], float]


@dataclass(frozen=True, slots=True)
class Verdict:
    """One record's decision and truth.

    `known` are the entries that hold its child, `again` whether its own custodian holds one of them already (then no
    index links automatically), `joined` whom it was linked to, `strangers` the other children found there.
    """

    custodian: str
    row: Row
    match: Match
    known: frozenset[int]
    again: bool
    proposed: dict[int, tuple[str, ...]]
    joined: int | None
    strangers: frozenset[int]
    caps: tuple[str, ...]
    seconds: float

    @property
    def right(self) -> bool:
        """Linked, and to an entry that holds nobody else's records."""
        return self.joined in self.known and not self.strangers

    @property
    def wrong(self) -> bool:
        """Linked to an entry that holds another child's record."""
        return self.joined is not None and bool(self.strangers)


@dataclass(slots=True)
class Run:
    """A population registered under a model."""

    model: Model
    verdicts: list[Verdict] = field(default_factory=list)

    def summary(self, population: Population) -> dict[str, object]:
        """The figures, with counts."""
        seconds = sorted(v.seconds * 1e6 for v in self.verdicts)
        cuts = quantiles(seconds, n=100)
        known = [v for v in self.verdicts if v.known]
        candidates = [len(v.proposed) for v in self.verdicts]
        return {
            "model": self.model.label,
            "digest": self.model.digest,
            "seed": population.settings.seed,
            "children": population.settings.children,
            **_decisions(self.verdicts),
            "pair_completeness": _share(sum(bool(v.known & v.proposed.keys()) for v in known), len(known)),
            "candidates_mean": round(sum(candidates) / len(candidates), 2),
            "candidates_max": max(candidates),
            "resolve_us": {"p50": round(cuts[49]), "p99": round(cuts[98])},
            "wrong_by_kinship": self._wrong_by_kinship(population),
            "by_custodian": {name: _decisions(part) for name, part in self._by_custodian().items()},
            "rules": self._rules(),
            "caps": dict(Counter(cap for v in self.verdicts for cap in v.caps)),
        }

    def _by_custodian(self) -> dict[str, list[Verdict]]:
        parts: dict[str, list[Verdict]] = defaultdict(list)
        for verdict in self.verdicts:
            parts[verdict.custodian].append(verdict)
        return parts

    def _wrong_by_kinship(self, population: Population) -> dict[str, int]:
        kin = {frozenset((r.one, r.other)): r.kinship for r in population.relationships()}
        found: Counter[str] = Counter({str(Kinship.TWIN): 0})
        for verdict in self.verdicts:
            for stranger in verdict.strangers:
                found[str(kin.get(frozenset((stranger, verdict.row.child)), "unrelated"))] += 1
        return dict(found)

    def _rules(self) -> dict[str, dict[str, float]]:
        """By blocking rule: candidates a query, true entries proposed, and those that no other rule proposed."""
        rules: dict[str, Counter[str]] = defaultdict(Counter)
        for verdict in self.verdicts:
            for entry, names in verdict.proposed.items():
                for name in names:
                    rules[name]["proposed"] += 1
                    rules[name]["true"] += entry in verdict.known
                    rules[name]["alone"] += entry in verdict.known and len(names) == 1
        return {
            name: {"per_query": round(found["proposed"] / len(self.verdicts), 3), **found}
            for name, found in sorted(rules.items())
        }


class Reviews(Enum):
    """What becomes of a record that went to a person: left with an entry of its own, or settled at once and rightly.

    The oracle judges every record against profiles that hold all earlier records of a child; so does an index whose
    reviews are settled. Left alone, one review leads to others: the child has two entries, and
    the next record fits both.
    """

    LEFT = "left"
    SETTLED = "settled"


def run(model: Model, population: Population, prior: Prior | None = None, reviews: Reviews = Reviews.LEFT) -> Run:
    """Register every record of every extract, extract by extract.

    `prior` tells from the feeds loaded before, a child's details and the reference date how likely the child is in the
    index; without one the model's own prior serves.
    """
    memory, result = Memory(model), Run(model)
    holds: dict[int, set[int]] = {}  # entry -> children whose records it holds
    of_child: dict[int, set[int]] = defaultdict(set)
    seen: set[tuple[str, int]] = set()
    today, loaded = population.settings.reference_date, _loaded(population)
    for custodian, row in _rows(population):
        source = hash_of(custodian)
        indexed = prior(loaded[custodian], row.demographics, today) if prior else None
        query, answer = memory.resolve(row.demographics, source, indexed)
        entry = len(holds)
        joined = answer.match.scored[0].entry if answer.match.decision is Decision.MATCHED else None
        strangers = frozenset(holds[joined] - {row.child}) if joined is not None else frozenset()
        again = (custodian, row.child) in seen
        result.verdicts.append(
            Verdict(
                custodian,
                row,
                answer.match,
                frozenset(of_child[row.child]),
                again,
                {candidate.entry: candidate.rules for candidate in answer.candidates},
                joined,
                strangers,
                answer.caps,
                answer.seconds,
            )
        )
        settled = reviews is Reviews.SETTLED and answer.match.decision is Decision.POSSIBLE
        if joined is not None:
            entry = joined
        elif settled and of_child[row.child]:
            entry = min(of_child[row.child])
        memory.write(query, entry, source)
        holds.setdefault(entry, set()).add(row.child)
        of_child[row.child].add(entry)
        seen.add((custodian, row.child))
    return result


def model_of(path: Path | None, population: int) -> Model:
    """The model of a file, or the one that is shipped, for so many children."""
    return Model.load(path, population=population) if path else shipped(population)


def hash_of(custodian: str) -> int:
    """The handle of a custodian's system; never 0."""
    return 1 + sum(ord(letter) << (index % 40) for index, letter in enumerate(custodian))


def _loaded(population: Population) -> dict[str, tuple[Profile, ...]]:
    """The profiles of the feeds that are loaded before each custodian's."""
    order = [profiles()[name] for name in population.extracts]
    return {profile.id: tuple(order[:place]) for place, profile in enumerate(order)}


def _rows(population: Population) -> Iterator[tuple[str, Row]]:
    for custodian, extract in population.extracts.items():
        for row in extract.rows:
            yield custodian, row


def _decisions(verdicts: list[Verdict]) -> dict[str, object]:
    linkable = [v for v in verdicts if v.known and not v.again]
    linked = sum(v.joined is not None for v in verdicts)
    wrong = sum(v.wrong for v in verdicts)
    reviews = [v for v in verdicts if v.match.decision is Decision.POSSIBLE]
    return {
        "records": len(verdicts),
        "linkable": len(linkable),
        "linked": linked,
        "wrong": wrong,
        "precision": _share(linked - wrong, linked),
        "recall": _share(sum(v.right for v in linkable), len(linkable)),
        "review_rate": _share(len(reviews), len(verdicts)),
        "reviews_of_known_children": sum(bool(v.known) for v in reviews),
    }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 5) if whole else None
