"""Vetoes: what bars an automatic link, whatever the probability.

Some depend on who else is known: the twin of a candidate, or a child of its household. Who that is follows from what
the candidates say of each other as well as from what the query says of them, so that no query is linked the sooner for
agreeing less: beside a record that bears another town's address stand the same twins as beside one that bears theirs.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cache
from math import log2

from childindex.linkage.between import Agreed, Between
from childindex.linkage.candidate import Weighed
from childindex.linkage.compiled import MILLI, Comparison, millibits
from childindex.linkage.features import Features
from childindex.linkage.prepared import NULL, SAME
from childindex.linkage.scoring import Scorer
from childindex.linkage.specification import ModelShape

_KIN = 15 * MILLI  # what a birth date and a surname of one in a hundred say of twins, at two addresses
_TWO = 2  # identifiers of different kinds: two mistakes about one child


@dataclass(frozen=True, slots=True)
class Rivals:
    """The other candidates, what candidates say of each other, and the prior of each in millibits."""

    between: Between
    prior: int
    weighed: Sequence[Weighed]


Others = Callable[[], Sequence[Weighed]]


class Vetoes:
    """The vetoes of one model."""

    def __init__(self, shape: ModelShape, scorer: Scorer) -> None:
        self._comparisons = scorer.comparisons
        self._same_system = shape.same_system.veto
        self._flags = [(list(shape.fields).index(veto.field), veto) for veto in shape.vetoes]
        parts = list(enumerate(shape.comparisons))
        self._telling = tuple(i for i, part in parts if part.nearer_veto)
        self._of_kin = tuple(i for i, part in parts if part.shared_by_kin)
        self._of_twins = tuple(i for i, part in parts if part.shared_by_twins)
        self._numbers = tuple(i for i, part in parts if part.name in shape.identifiers)
        own = {*self._telling, *self._numbers}  # what a child has to itself
        self._of_household = tuple(i for i, _ in parts if i not in own)
        self._first = [_most(part) for part in self._comparisons]

    def of(self, query: Features, weighed: Weighed, rivals: Rivals) -> tuple[str, ...]:
        """Why this candidate may not be linked without a person."""

        @cache
        def others() -> Sequence[Weighed]:
            return [other for other in rivals.weighed if self._likely(other, weighed, rivals)]

        found = (
            *self._of_pair(query, weighed, others),
            *self._nearer(weighed, others, rivals.between),
            *self._twin(weighed, others, rivals.between),
        )
        return tuple(dict.fromkeys(veto for veto in found if veto))

    # --- of the pair by itself ---

    def _of_pair(self, query: Features, weighed: Weighed, others: Others) -> list[str]:
        codes = weighed.row.features.codes
        agreed = self._agreed(weighed)

        def stands(unless: Collection[str]) -> bool:
            return agreed.isdisjoint(unless) and not ("alone" in unless and not others())

        vetoes = [
            veto.name for place, veto in self._flags if (query.codes[place] or codes[place]) and stands(veto.unless)
        ]
        covered: set[int] = set()
        levels = tuple(zip(self._comparisons, weighed.score.levels, strict=True))
        for comparison, index in levels:
            if index != NULL:
                level = comparison.shape.levels[index]
                vetoes += [level.veto] if level.veto and stands(level.unless) else []
                covered.update(comparison.covers.get(index, ()))
        for place, (comparison, index) in enumerate(levels):
            shape = comparison.shape
            if index == NULL and place not in covered and shape.null_veto and stands(shape.null_unless):
                vetoes.append(shape.null_veto)
        vetoes += weighed.conflicts
        vetoes += [self._same_system for line in weighed.besides if line.comparison == "same_system"]
        return vetoes

    def _agreed(self, weighed: Weighed) -> set[str]:
        """What may lift a veto: comparisons at their first level, every level as "comparison.level", two identifiers.
        An address that many share lifts none."""
        agreed: set[str] = set()
        for comparison, index, part in zip(self._comparisons, weighed.score.levels, weighed.score.parts, strict=True):
            if index == NULL or (comparison.shape.levels[index].local and part < 0):
                continue
            agreed.add(f"{comparison.shape.name}.{comparison.shape.levels[index].name}")
            agreed |= set() if index else {comparison.shape.name}
        equal = [place for place in self._numbers if weighed.score.levels[place] == 0]
        return agreed | ({"two_identifiers"} if len(equal) >= _TWO else set())

    # --- because of others ---

    def _likely(self, other: Weighed, weighed: Weighed, rivals: Rivals) -> bool:
        """Whether another candidate is more likely than not as far as its own lines tell, or would be if the query came
        as near to it as this candidate does: by what the two share, a household's child is where this one is."""
        own = rivals.prior + other.totals[SAME]
        if own >= 0:
            return True
        lacking = (self._first[place] - self._line(other, place) for place in self._of_household)
        if own + sum(bits for bits in lacking if bits > 0) < 0:
            return False  # whatever the two share
        between = rivals.between.agreed(weighed, other)
        lacking = (self._nearest(other, between, place) - self._line(other, place) for place in self._of_household)
        return own + sum(lacking) >= 0

    def _nearer(self, weighed: Weighed, others: Others, between: Between) -> list[str]:
        """Because a likely candidate reaches a better level where the children of one household differ, and in the rest
        might be of the query's household; not one that another comparison bars, as a namesake of another age."""
        mine = weighed.score.levels
        return [
            self._comparisons[place].shape.nearer_veto
            for place in self._telling
            if mine[place] > 0
            and any(
                NULL != other.score.levels[place] < mine[place]
                and not self._barred(other, place)
                and not self._told_apart(weighed, other)
                and self._may_be_kin(other, place, between.agreed(weighed, other))
                for other in others()
            )
        ]

    def _may_be_kin(self, other: Weighed, apart: int, between: Agreed) -> bool:
        """Whether the other comparisons say as much for a kinship, with the query or with this candidate, as a birth
        date and a common surname: a namesake of another family, or of nearly the same date, is no reason to doubt."""
        bits = [0] * (len(other.totals) - 1)
        for place, comparison in enumerate(self._comparisons):
            level, part = other.score.levels[place], other.score.parts[place]
            if place in self._of_household and self._nearest(other, between, place) > self._line(other, place):
                level, part = between[place]
            if place != apart and level != NULL:
                shared, kin = comparison.kin_part(level, part), comparison.weights[level][1:]
                bits = [total + each + shared for total, each in zip(bits, kin, strict=True)]
        return max(bits, default=_KIN) >= _KIN

    def _twin(self, weighed: Weighed, others: Others, between: Between) -> list[str]:
        """Because a level is so weak that the record may be the other twin's, and one who may be the twin is known."""
        vetoes = [
            comparison.shape.levels[index].twin_veto
            for comparison, index in zip(self._comparisons, weighed.score.levels, strict=True)
            if index != NULL and comparison.shape.levels[index].twin_veto
        ]
        if not vetoes:
            return []
        twins = (
            self._twins(weighed, other, between.agreed(weighed, other))
            for other in others()
            if not self._told_apart(weighed, other)
        )
        return vetoes if any(twins) else []

    def _twins(self, weighed: Weighed, other: Weighed, between: Agreed) -> bool:
        """Whether the other agrees with the query as well in what only twins share, and in what a household shares with
        the query or with this candidate."""
        mine, theirs = weighed.score.levels, other.score.levels
        born = all(NULL != theirs[place] <= mine[place] for place in self._of_twins)
        return born and sum(self._nearest(other, between, at) for at in self._of_kin) > 0

    def _told_apart(self, weighed: Weighed, other: Weighed) -> bool:
        """Whether the query bears an identifier of this candidate, and the other is known to bear another."""
        return any(
            weighed.score.levels[place] == 0
            and other.score.levels[place] > 0
            and all(score.levels[place] != 0 for _, score in other.scores)
            for place in self._numbers
        )

    def _barred(self, weighed: Weighed, apart: int) -> bool:
        """Whether another comparison's own level bars this row; numbers may be mixed up, and bar nobody here."""
        return any(
            index != NULL
            and place != apart
            and comparison.shape.levels[index].veto
            and not comparison.shape.levels[index].anywhere
            for place, (comparison, index) in enumerate(zip(self._comparisons, weighed.score.levels, strict=True))
        )

    # --- bits ---

    def _line(self, weighed: Weighed, place: int) -> int:
        """What the query says of a candidate in one comparison."""
        level = weighed.score.levels[place]
        return 0 if level == NULL else _same(self._comparisons[place], (level, weighed.score.parts[place]))

    def _nearest(self, other: Weighed, between: Agreed, place: int) -> int:
        """The more of what the query and this candidate say of another candidate in one comparison."""
        line = self._line(other, place)
        return max(line, _same(self._comparisons[place], between[place])) if place in between else line


def _most(comparison: Comparison) -> int:
    """The most that two equal values may weigh, were they as rare as they can be."""
    table = comparison.tables.frequencies
    rarest = millibits(log2(table.mean / table.unlisted)) if table else 0
    return max(weights[SAME] for weights in comparison.weights) + max(rarest, 0)


def _same(comparison: Comparison, reached: tuple[int, int]) -> int:
    level, part = reached
    return comparison.weights[level][SAME] + part
