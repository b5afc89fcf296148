"""Vetoes: what bars an automatic link, whatever the probability."""

from collections.abc import Sequence

from childindex.linkage.candidate import Weighed
from childindex.linkage.features import Features
from childindex.linkage.scoring import NULL, Scorer
from childindex.linkage.specification import ModelShape


class Vetoes:
    """The vetoes of one model."""

    def __init__(self, shape: ModelShape, scorer: Scorer) -> None:
        self._scorer = scorer
        self._same_system = shape.same_system.veto
        self._flags = [(list(shape.fields).index(veto.field), veto.name) for veto in shape.vetoes]
        self._telling = tuple(i for i, part in enumerate(shape.comparisons) if part.nearer_veto)

    def of(self, query: Features, weighed: Weighed, likely: Sequence[Weighed]) -> tuple[str, ...]:
        """Why this candidate may not be linked without a person; `likely` are the candidates more likely than not,
        as far as their own lines tell."""
        found = (*self._of_pair(query, weighed), *self._nearer(likely, weighed))
        return tuple(dict.fromkeys(veto for veto in found if veto))

    def _of_pair(self, query: Features, weighed: Weighed) -> list[str]:
        codes = weighed.row.features.codes
        vetoes = [name for place, name in self._flags if query.codes[place] or codes[place]]
        covered: set[int] = set()
        for comparison, index in zip(self._scorer.comparisons, weighed.score.levels, strict=True):
            if index != NULL:
                vetoes.append(comparison.shape.levels[index].veto)
                covered.update(comparison.covers.get(index, ()))
        for place, (comparison, index) in enumerate(zip(self._scorer.comparisons, weighed.score.levels, strict=True)):
            if index == NULL and place not in covered:
                vetoes.append(comparison.shape.null_veto)
        vetoes += weighed.conflicts
        vetoes += [self._same_system for line in weighed.besides if line.comparison == "same_system"]
        return vetoes

    def _nearer(self, likely: Sequence[Weighed], weighed: Weighed) -> list[str]:
        """Because a likely candidate reaches a better level where the children of one household differ."""
        return [
            self._scorer.comparisons[place].shape.nearer_veto
            for place in self._telling
            if any(
                NULL != other.score.levels[place] < weighed.score.levels[place]
                for other in likely
                if other is not weighed
            )
        ]
