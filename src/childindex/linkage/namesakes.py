"""A name that another child of the household bears.

A variant or a slip of a forename is mostly another form of the one child's name. Where the query's forename is the very
name of another child of that household and birth date it is that child's: nobody calls Ellie "Ella" whose twin is
Ella. So for the one whose name it only resembles it is another name.
"""

from collections.abc import Sequence

from childindex.linkage.between import Between
from childindex.linkage.candidate import Weighed
from childindex.linkage.comparison_shapes import ComparisonShape
from childindex.linkage.prepared import SAME
from childindex.linkage.scoring import RowScore, Scorer
from childindex.linkage.specification import ModelShape


class Namesakes:
    """Finds such names under one model: in the comparisons that tell the children of a household apart."""

    def __init__(self, shape: ModelShape, scorer: Scorer) -> None:
        self._scorer = scorer
        self._comparisons = scorer.comparisons
        parts = list(enumerate(shape.comparisons))
        self._telling = {place: _very(part) for place, part in parts if part.nearer_veto}
        self._of_kin = tuple(place for place, part in parts if part.shared_by_kin)
        self._of_twins = tuple(place for place, part in parts if part.shared_by_twins)

    def others(self, between: Between, weighed: Sequence[Weighed]) -> dict[int, dict[int, RowScore]]:
        """By place and slot, the new scores of rows of candidates whose name only resembles that of the query."""
        found: dict[int, dict[int, RowScore]] = {}
        for place, very in self._telling.items():
            bearers = [each for each in weighed if each.score.levels[place] in very]
            for at, each in enumerate(weighed) if bearers else ():
                changed = {} if each in bearers else self._alike(each, place)
                if changed and any(self._twins(between, one, each) for one in bearers):
                    found[at] = changed
        return found

    def _alike(self, weighed: Weighed, place: int) -> dict[int, RowScore]:
        """Rows of a candidate that a comparison of strings found alike, with another name instead."""
        comparison = self._comparisons[place]
        alike = frozenset(level for level, _ in comparison.fuzzy)
        other = place, comparison.last, 0
        return {
            row.slot: self._scorer.with_level(score, other)
            for row, score in weighed.scores
            if score.levels[place] in alike
        }

    def _twins(self, between: Between, one: Weighed, other: Weighed) -> bool:
        """Whether two candidates agree in what only twins share, and in what a household shares."""
        if not all(self._equal(place, one, other) for place in self._of_twins):
            return False
        agreed = between.agreed(one, other)
        home = [(self._comparisons[place], *agreed[place]) for place in self._of_kin if place in agreed]
        return sum(comparison.weights[level][SAME] + part for comparison, level, part in home) > 0

    def _equal(self, place: int, one: Weighed, other: Weighed) -> bool:
        """Whether the rows compared bear one value in a comparison."""
        mine, theirs = one.row.features.codes, other.row.features.codes
        return any(not set(mine[left]).isdisjoint(theirs[right]) for left, right in self._comparisons[place].compares)


def _very(comparison: ComparisonShape) -> frozenset[int]:
    """The levels of two equal names: of one field in both, where its frequency counts in full."""
    return frozenset(
        index
        for index, level in enumerate(comparison.levels)
        if level.test == "equal" and level.frequency == 1.0 and level.pairs[0][0] == level.pairs[0][1]
    )
