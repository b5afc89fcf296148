"""Kin of the query among the candidates: what a child's brother or twin says of the child itself.

That the query looks like kin of candidate j speaks for an unknown child, but for candidate i as well, where i may be
that kin: a child that moved with its brother is still itself. Under "the query is i, and i is kin of j" what the query
shares with j and not with i's own records (the new address, the carer's name) is explained by j.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum

from childindex.linkage.compiled import MILLI, Comparison
from childindex.linkage.prepared import SAME
from childindex.linkage.scoring import NULL, RowScore

_Told = tuple[int, tuple[tuple[int, int, Comparison], ...]]  # prior, and by comparison what it says, in millibits

_NEGLIGIBLE = 1e-6  # odds of a kinship that move no probability


@dataclass(frozen=True, slots=True)
class Kin:
    """A candidate's score and, by rival class, its odds of being the query's kin and the class's prior in millibits."""

    score: RowScore
    odds: tuple[float, ...]
    priors: tuple[int, ...]

    @property
    def whole(self) -> float:
        """The odds of any kinship."""
        return fsum(self.odds)


def explained(comparisons: Sequence[Comparison], candidates: Sequence[Kin]) -> list[float]:
    """For each candidate i, the factor by which its kinship with the others raises the odds that the query is i.

    One and the sum over others j of P(i is kin of j) * 2^(bits that j explains and i does not); never more than what
    those kinships give an unknown child, so that a candidate is at the most as likely as with no kin in the index.
    """
    likely = [(each, _told(comparisons, each)) for each in candidates if each.whole > _NEGLIGIBLE]
    factors = []
    for mine in candidates:
        others = [(each, told) for each, told in likely if each is not mine]
        most = fsum(each.whole for each, _ in others)
        factors.append(1.0 + min(fsum(_share(mine, told) for _, told in others), most) if others else 1.0)
    return factors


def _told(comparisons: Sequence[Comparison], other: Kin) -> _Told:
    """What a candidate tells of the query as its kin, by its likeliest class."""
    place = max(range(len(other.odds)), key=other.odds.__getitem__)
    lines = []
    for index, comparison in enumerate(comparisons):
        level = other.score.levels[index]
        if level not in (NULL, len(comparison.weights) - 1):
            bits = comparison.weights[level][place + 1] + comparison.kin_part(level, other.score.parts[index])
            lines.append((index, bits, comparison))
    return other.priors[place], tuple(lines)


def _share(mine: Kin, told: _Told) -> float:
    """P(mine is kin of other) * 2^(bits that other explains and mine does not)."""
    together, more = told[0], 0
    levels, parts = mine.score.levels, mine.score.parts
    for index, theirs, comparison in told[1]:
        at = levels[index]
        if at != NULL and at != len(comparison.weights) - 1:
            together += theirs
        if comparison.shape.shared_by_kin:
            own = comparison.weights[at][SAME] + parts[index] if at != NULL else 0
            if theirs > own:
                more += theirs - own
    return float(2.0 ** (min(0, together) / MILLI) * 2.0 ** (min(more, 300 * MILLI) / MILLI))
