"""Two entries of one child: whether two candidates may be the same child, held apart until a person settles them.

A custodian's second record of a child never links by itself, so that child has two entries for a while. The next record
fits both; what speaks for the one then speaks for the other, and is no doubt about the child.
"""

from collections.abc import Callable
from math import fsum, log2

from childindex.linkage.candidate import Weighed
from childindex.linkage.compiled import millibits
from childindex.linkage.features import Features
from childindex.linkage.joint import odds
from childindex.linkage.prepared import NULL, SAME, Prepared
from childindex.linkage.scoring import Scorer
from childindex.linkage.specification import ModelShape


class Twice:
    """Weighs two candidates against each other under one model."""

    def __init__(self, shape: ModelShape, scorer: Scorer) -> None:
        self._scorer = scorer
        self._same = millibits(log2(shape.prior.duplicates / shape.population))
        self._rivals = tuple(millibits(log2(rival.per_child / shape.population)) for rival in shape.rivals)

    def beside(self, query: Features) -> Callable[[Weighed, Weighed], float]:
        """P(both entries are one child) of any two, by their rows next to the query."""
        ready: dict[tuple[int, int], tuple[Prepared, ...]] = {}  # the best is held against all others

        def chance(one: Weighed, other: Weighed) -> float:
            place = one.candidate.entry, one.row.slot
            if place not in ready:
                ready[place] = self._scorer.prepare(one.row.features.codes, query.strings)
            return self._chance(ready[place], one, other)

        return chance

    def _chance(self, prepared: tuple[Prepared, ...], one: Weighed, other: Weighed) -> float:
        totals = self._totals(prepared, one, other)
        same, *rivals = (odds(p + t) for p, t in zip((self._same, *self._rivals), totals, strict=True))
        return same / fsum([1.0, same, *rivals])

    def _totals(self, prepared: tuple[Prepared, ...], one: Weighed, other: Weighed) -> list[int]:
        """Weights by class. Strings are known of the query only: where neither row has the query's value nor both one
        value, they are taken to disagree; where one has it, it compares with the other as the query does."""
        totals = [0] * (1 + len(self._rivals))
        levels, parts = [NULL] * len(self._scorer.comparisons), [0] * len(self._scorer.comparisons)
        for entry, coded, coded_part, _ in self._scorer.draft(prepared, other.row.features.codes).found:
            comparison, index = entry.comparison, entry.index
            found = [(coded, coded_part)]
            for mine, theirs in ((one.score, other.score), (other.score, one.score)):
                if mine.levels[index] == 0 and theirs.levels[index] != NULL:
                    found.append((theirs.levels[index], theirs.parts[index]))
            levels[index], parts[index] = level, part = min(found)
            for place, bits in enumerate(comparison.weights[level]):
                totals[place] += bits + (part if place == SAME else comparison.kin_part(level, part))
        taken = self._scorer.taken(levels, parts, max(one.score.together, other.score.together))
        return [total - taken for total in totals]
