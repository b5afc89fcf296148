"""Vetoes: what bars an automatic link, whatever the probability."""

from collections.abc import Sequence

from childindex.linkage.candidate import Weighed
from childindex.linkage.compiled import MILLI, Comparison
from childindex.linkage.features import Features
from childindex.linkage.prepared import NULL, SAME
from childindex.linkage.scoring import Scorer
from childindex.linkage.specification import ModelShape

_KIN = 15 * MILLI  # what a birth date and a surname of one in a hundred say of twins, at two addresses


class Vetoes:
    """The vetoes of one model."""

    def __init__(self, shape: ModelShape, scorer: Scorer) -> None:
        self._scorer = scorer
        self._same_system = shape.same_system.veto
        self._flags = [(list(shape.fields).index(veto.field), veto) for veto in shape.vetoes]
        self._telling = tuple(i for i, part in enumerate(shape.comparisons) if part.nearer_veto)
        self._of_kin = tuple(i for i, part in enumerate(shape.comparisons) if part.shared_by_kin)
        self._of_twins = tuple(i for i, part in enumerate(shape.comparisons) if part.shared_by_twins)

    def of(self, query: Features, weighed: Weighed, likely: Sequence[Weighed]) -> tuple[str, ...]:
        """Why this candidate may not be linked without a person; `likely` are the candidates more likely than not,
        as far as their own lines tell."""
        others = [other for other in likely if other is not weighed]
        found = (*self._of_pair(query, weighed, others), *self._nearer(others, weighed), *self._twin(others, weighed))
        return tuple(dict.fromkeys(veto for veto in found if veto))

    def _of_pair(self, query: Features, weighed: Weighed, others: Sequence[Weighed]) -> list[str]:
        codes = weighed.row.features.codes
        levels = tuple(zip(self._scorer.comparisons, weighed.score.levels, strict=True))
        agreed = _agreed(levels) | (set() if others else {"alone"})
        vetoes = [
            veto.name
            for place, veto in self._flags
            if (query.codes[place] or codes[place]) and agreed.isdisjoint(veto.unless)
        ]
        covered: set[int] = set()
        for comparison, index in levels:
            if index != NULL:
                level = comparison.shape.levels[index]
                vetoes += [level.veto] if agreed.isdisjoint(level.unless) else []
                covered.update(comparison.covers.get(index, ()))
        for place, (comparison, index) in enumerate(levels):
            if index == NULL and place not in covered and agreed.isdisjoint(comparison.shape.null_unless):
                vetoes.append(comparison.shape.null_veto)
        vetoes += weighed.conflicts
        vetoes += [self._same_system for line in weighed.besides if line.comparison == "same_system"]
        return vetoes

    def _nearer(self, others: Sequence[Weighed], weighed: Weighed) -> list[str]:
        """Because a likely candidate reaches a better level where the children of one household differ, and in the rest
        might be of the query's household; not one that another comparison bars, as a namesake of another age."""
        return [
            self._scorer.comparisons[place].shape.nearer_veto
            for place in self._telling
            if any(
                NULL != other.score.levels[place] < weighed.score.levels[place]
                and not self._barred(other, place)
                and self._may_be_kin(other, place)
                for other in others
            )
        ]

    def _may_be_kin(self, weighed: Weighed, apart: int) -> bool:
        """Whether the other comparisons say as much for a kinship with the query as a birth date and a common surname:
        a namesake of another family, or of nearly the same birth date, is no reason to doubt."""
        bits = [0] * (len(weighed.totals) - 1)
        levels, parts = weighed.score.levels, weighed.score.parts
        for place, comparison in enumerate(self._scorer.comparisons):
            if place != apart and levels[place] != NULL:
                shared = comparison.kin_part(levels[place], parts[place])
                kin = comparison.weights[levels[place]][1:]
                bits = [total + each + shared for total, each in zip(bits, kin, strict=True)]
        return max(bits, default=_KIN) >= _KIN

    def _twin(self, others: Sequence[Weighed], weighed: Weighed) -> list[str]:
        """Because a level is so weak that the record may be the other twin's, and one who may be the twin is known."""
        vetoes = [
            comparison.shape.levels[index].twin_veto
            for comparison, index in zip(self._scorer.comparisons, weighed.score.levels, strict=True)
            if index != NULL and comparison.shape.levels[index].twin_veto
        ]
        return vetoes if vetoes and any(self._twins(weighed, other) for other in others) else []

    def _twins(self, weighed: Weighed, other: Weighed) -> bool:
        """Whether the other agrees with the query as well in what only twins share, and in what a household shares."""
        mine, theirs = weighed.score.levels, other.score.levels
        born = all(NULL != theirs[place] <= mine[place] for place in self._of_twins)
        home = sum(
            self._scorer.comparisons[place].weights[theirs[place]][SAME] + other.score.parts[place]
            for place in self._of_kin
            if theirs[place] != NULL
        )
        return born and home > 0

    def _barred(self, weighed: Weighed, apart: int) -> bool:
        """Whether another comparison's own level bars this row; numbers may be mixed up, and bar nobody here."""
        return any(
            index != NULL
            and place != apart
            and comparison.shape.levels[index].veto
            and not comparison.shape.levels[index].anywhere
            for place, (comparison, index) in enumerate(
                zip(self._scorer.comparisons, weighed.score.levels, strict=True)
            )
        )


def _agreed(levels: Sequence[tuple[Comparison, int]]) -> set[str]:
    """The comparisons at their first level, by name, and every level reached as "comparison.level"."""
    reached = {f"{each.shape.name}.{each.shape.levels[index].name}" for each, index in levels if index != NULL}
    return reached | {each.shape.name for each, index in levels if index == 0}
