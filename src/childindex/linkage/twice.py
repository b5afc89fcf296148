"""Two entries of one child: whether two candidates may be the same child, held apart until a person settles them.

A custodian's second record of a child never links by itself, so that child has two entries for a while. The next record
fits both; what speaks for the one then speaks for the other, and is no doubt about the child.
"""

from math import fsum, log2

from childindex.linkage.between import Between
from childindex.linkage.candidate import Weighed
from childindex.linkage.compiled import NEVER, millibits
from childindex.linkage.joint import odds
from childindex.linkage.prepared import NULL, SAME
from childindex.linkage.scoring import Scorer
from childindex.linkage.specification import ModelShape


class Twice:
    """Weighs two candidates against each other under one model."""

    def __init__(self, shape: ModelShape, scorer: Scorer) -> None:
        self._shape = shape
        self._scorer = scorer
        self._same = millibits(log2(shape.prior.duplicates / shape.population))
        self._rivals = tuple(millibits(log2(rate / shape.population)) for rate in shape.rates())

    def chance(self, between: Between, one: Weighed, other: Weighed) -> float:
        """P(both entries are one child), by their rows next to the query."""
        totals = self._totals(between, one, other)
        same, *rivals = (odds(p + t) for p, t in zip((self._same, *self._rivals), totals, strict=True))
        return same / fsum([1.0, same, *rivals])

    def _totals(self, between: Between, one: Weighed, other: Weighed) -> list[int]:
        """Weights by class. Strings are known of the query only: where neither row has the query's value nor both one
        value, they are taken to disagree; where one has it, it compares with the other as the query does."""
        totals = [0] * (1 + len(self._rivals))
        levels, parts = [NULL] * len(self._scorer.comparisons), [0] * len(self._scorer.comparisons)
        for index, (coded, coded_part) in between.agreed(one, other).items():
            comparison = self._scorer.comparisons[index]
            found = [(coded, coded_part + self._unknown_crowd(index, coded, one))]
            for mine, theirs in ((one.score, other.score), (other.score, one.score)):
                if mine.levels[index] == 0 and theirs.levels[index] != NULL:
                    found.append((theirs.levels[index], theirs.parts[index]))
            levels[index], parts[index] = level, part = min(found)
            for place, bits in enumerate(comparison.weights[level]):
                totals[place] += bits + (part if place == SAME else comparison.kin_part(level, part))
        taken = self._scorer.taken(levels, max(one.score.together, other.score.together))
        totals = [total - taken for total in totals]
        for place, where in self._scorer.conditions:
            if all(levels[at] != 0 for at in where):
                totals[place] = NEVER
        return totals

    def _unknown_crowd(self, index: int, level: int, one: Weighed) -> int:
        """What is taken from an address that the two share and the query does not: how many share it is not known."""
        comparison, crowds = self._scorer.comparisons[index], self._shape.crowds
        if not crowds.classes or not comparison.shape.levels[level].local or one.score.levels[index] == level:
            return 0
        return min(0, millibits(crowds.least) - comparison.weights[level][SAME])
