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
from childindex.linkage.prepared import NULL, SAME
from childindex.linkage.scoring import RowScore

_Line = tuple[int, int, bool]  # comparison by place, what it says in millibits, whether kin share the value
_Told = tuple[int, tuple[_Line, ...]]  # prior, and the lines of what agrees
_Own = tuple[list[bool], list[int]]  # by comparison: whether it agrees, and what that says of the candidate itself

_NEGLIGIBLE = 1e-6  # odds of a kinship that move no probability
_NOTHING = 3.4e-4  # odds of all kinship together that round to no thousandth of a bit
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
    if len(candidates) == 1 or fsum(wholes) < _NOTHING:
        return [1.0] * len(candidates)
    likely = [(at, whole, _told(comparisons, candidates[at])) for at, whole in enumerate(wholes) if whole > _NEGLIGIBLE]
    told, own = [told for _, _, told in likely], [_own(comparisons, each) for each in candidates]
    if len(candidates) * len(likely) > _FEW:
        shares = _all_shares(comparisons, own, told)
    else:
        shares = [[_share(mine, each) for each in told] for mine in own]
    chances, columns = [whole for _, whole, _ in likely], {at: column for column, (at, _, _) in enumerate(likely)}
    factors = []
    for place, mine in enumerate(shares):
        column = columns.get(place, len(likely))  # nobody is kin of itself
        others, most = mine[:column] + mine[column + 1 :], fsum(chances[:column] + chances[column + 1 :])
        factors.append(1.0 + min(fsum(others), most))
    return factors


def _told(comparisons: Sequence[Comparison], other: Kin) -> _Told:
    """What a candidate tells of the query as its kin, by its likeliest class."""
    place = other.odds.index(max(other.odds))
    parts = other.score.parts
    lines = []
    for index, level in enumerate(other.score.levels):
        if level != NULL and level != (comparison := comparisons[index]).last:
            bits = comparison.weights[level][place + 1]
            if parts[index]:
                bits += comparison.kin_part(level, parts[index])
            lines.append((index, bits, comparison.of_kin))
    return other.priors[place], tuple(lines)


def _own(comparisons: Sequence[Comparison], mine: Kin) -> _Own:
    """Where a candidate itself agrees, and its own bits where kin share the value; nothing where null."""
    levels, parts = mine.score.levels, mine.score.parts
    agrees = [NULL != level != comparison.last for comparison, level in zip(comparisons, levels, strict=True)]
    own = [
        comparison.weights[level][SAME] + part if comparison.of_kin and level != NULL else 0
        for comparison, level, part in zip(comparisons, levels, parts, strict=True)
    ]
    return agrees, own


def _share(mine: _Own, told: _Told) -> float:
    """P(mine is kin of other) * 2^(bits that other explains and mine does not)."""
    agrees, own = mine
    together, more = told[0], 0
    for index, theirs, of_kin in told[1]:
        if agrees[index]:
            together += theirs
        if of_kin and theirs > own[index]:
            more += theirs - own[index]
    share = float(2.0 ** (together / MILLI)) if together < 0 else 1.0
    return share * float(2.0 ** (min(more, 300 * MILLI) / MILLI)) if more else share


def _all_shares(comparisons: Sequence[Comparison], own: Sequence[_Own], told: Sequence[_Told]) -> list[list[float]]:
    """`_share` of every candidate and what every other tells, at once."""
    theirs, tells = [[0] * len(told) for _ in comparisons], [[False] * len(told) for _ in comparisons]
    for place, (_, lines) in enumerate(told):
        for index, bits, _ in lines:
            theirs[index][place], tells[index][place] = bits, True
    table = np.array(theirs, dtype=np.int64)
    together = np.array([agrees for agrees, _ in own], dtype=np.int64) @ table
    together += np.array([prior for prior, _ in told], dtype=np.int64)
    of_kin = [index for index, comparison in enumerate(comparisons) if comparison.of_kin]
    mine = np.array([[each[index] for index in of_kin] for _, each in own], dtype=np.int64).reshape(len(own), -1, 1)
    said = np.array([tells[index] for index in of_kin], dtype=bool).reshape(-1, len(told))
    more = (np.maximum(table[of_kin] - mine, 0) * said).sum(axis=1)
    shares: list[list[float]] = (
        2.0 ** (np.minimum(together, 0) / MILLI) * 2.0 ** (np.minimum(more, 300 * MILLI) / MILLI)
    ).tolist()
    return shares
