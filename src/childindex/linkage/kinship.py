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
    likely = [each for each in candidates if each.whole > _NEGLIGIBLE]
    factors = []
    for mine in candidates:
        others = [each for each in likely if each is not mine]
        most = fsum(each.whole for each in others)
        factors.append(1.0 + min(fsum(_share(comparisons, mine, each) for each in others), most) if others else 1.0)
    return factors


def _share(comparisons: Sequence[Comparison], mine: Kin, other: Kin) -> float:
    """P(mine is kin of other) * 2^(bits that other explains and mine does not)."""
    place = max(range(len(other.odds)), key=other.odds.__getitem__)
    together, more = other.priors[place], 0
    for index, comparison in enumerate(comparisons):
        level = other.score.levels[index]
        last = len(comparison.weights) - 1
        if level in (NULL, last):
            continue
        theirs = comparison.weights[level][place + 1] + comparison.kin_part(level, other.score.parts[index])
        at = mine.score.levels[index]
        if at not in (NULL, last):
            together += theirs
        if comparison.shape.shared_by_kin:
            own = comparison.weights[at][SAME] + mine.score.parts[index] if at != NULL else 0
            more += max(0, theirs - own)
    return float(2.0 ** (min(0, together) / MILLI) * 2.0 ** (min(more, 300 * MILLI) / MILLI))
