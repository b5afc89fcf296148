"""Kin of the query among the candidates: what a child's brother or twin says of the child itself.

That the query looks like kin of candidate j speaks for an unknown child, but for candidate i as well, where i may be
that kin: a child that moved with its brother is still itself. Under "the query is i, and i is kin of j" what the query
shares with j and not with i's own records (the new address, the carer's name) is explained by j.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum

import numpy as np

from childindex.linkage.compiled import MILLI, Comparison
from childindex.linkage.prepared import SAME
from childindex.linkage.scoring import NULL, RowScore

_Told = tuple[int, tuple[tuple[int, int, Comparison], ...]]  # prior, and by comparison what it says, in millibits

_NEGLIGIBLE = 1e-6  # odds of a kinship that move no probability
_FEW = 40  # shares that are sooner worked out one by one


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
    wholes = [each.whole for each in candidates]
    likely = [(at, whole, _told(comparisons, candidates[at])) for at, whole in enumerate(wholes) if whole > _NEGLIGIBLE]
    if len(candidates) * len(likely) > _FEW:
        shares = _all_shares(comparisons, candidates, [told for _, _, told in likely])
    else:
        shares = [[_share(mine, told) for _, _, told in likely] for mine in candidates]
    factors = []
    for place, mine in enumerate(shares):
        others = [(whole, share) for (at, whole, _), share in zip(likely, mine, strict=True) if at != place]
        most = fsum([whole for whole, _ in others])
        factors.append(1.0 + min(fsum([share for _, share in others]), most) if others else 1.0)
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
    for index, theirs, comparison in told[1]:
        at = mine.score.levels[index]
        if at != NULL and at != len(comparison.weights) - 1:
            together += theirs
        if comparison.shape.shared_by_kin:
            own = _own(mine, index, comparison)
            if theirs > own:
                more += theirs - own
    return float(2.0 ** (min(0, together) / MILLI) * 2.0 ** (min(more, 300 * MILLI) / MILLI))


def _all_shares(
    comparisons: Sequence[Comparison], candidates: Sequence[Kin], told: Sequence[_Told]
) -> list[list[float]]:
    """`_share` of every candidate and what every other tells, a comparison at a time."""
    together = np.tile(np.array([prior for prior, _ in told], dtype=np.int64), (len(candidates), 1))
    more = np.zeros_like(together)
    lines = [{index: bits for index, bits, _ in each} for _, each in told]
    for index, comparison in enumerate(comparisons):
        theirs = np.array([each.get(index, 0) for each in lines], dtype=np.int64)
        last = len(comparison.weights) - 1
        agrees = np.array([each.score.levels[index] not in (NULL, last) for each in candidates])
        together += np.where(agrees[:, None], theirs, 0)
        if comparison.shape.shared_by_kin:
            tells = np.array([index in each for each in lines])
            own = np.array([_own(each, index, comparison) for each in candidates], dtype=np.int64)
            more += np.where(tells, np.maximum(theirs - own[:, None], 0), 0)
    shares: list[list[float]] = (
        2.0 ** (np.minimum(together, 0) / MILLI) * 2.0 ** (np.minimum(more, 300 * MILLI) / MILLI)
    ).tolist()
    return shares


def _own(mine: Kin, index: int, comparison: Comparison) -> int:
    """What a candidate's own level says, in millibits; nothing where null."""
    at = mine.score.levels[index]
    return comparison.weights[at][SAME] + mine.score.parts[index] if at != NULL else 0
