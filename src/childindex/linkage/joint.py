"""The joint posterior over all candidates, their kin, and absence.

For candidate i with weight w_i in bits: odds of "this is child i" against "the index does not know the child" are
p / (N (1 - p + p missed)) * 2^w_i, where p is the prior that the child is indexed, N the population of the model and
`missed` the share that blocking does not propose. Kin compete: an unknown child may be the twin of i, with odds
k_i = (twins per child) / N * 2^w_twin,i, and so for every rival class. What the kinship with the other candidates
explains for an unknown child it explains for child i too, by a factor e_i (see `kinship`). So, with K the sum of all k,

    P(i) = odds_i e_i / Z,    P(absent) = (1 + K) / Z,    Z = 1 + K + sum of all odds_i e_i

Every factor is rounded to a thousandth of a bit before it counts, so that P follows from what is told: with t_i the sum
of the prior and all lines of i, P(i) = 2^t_i / Z, and 1 / Z is the chance of a stranger: unknown, and nobody's kin.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum, log2

from childindex.linkage.candidate import Weighed
from childindex.linkage.compiled import MILLI, Comparison, millibits
from childindex.linkage.kinship import Kin, explained
from childindex.linkage.prepared import SAME


@dataclass(frozen=True, slots=True)
class Priors:
    """Prior log-odds in millibits: of one candidate being the child, and of the child being one's kin, by class."""

    same: int
    rivals: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Joint:
    """The posterior. By candidate, in millibits: `same` (prior, lines and kinship), `kinship`, and `kin` by class.

    `whole` is Z and `absent` the odds that the index does not know the child.
    """

    same: tuple[int, ...]
    kinship: tuple[int, ...]
    kin: tuple[tuple[int, ...], ...]
    absent: float
    whole: float

    def probability(self, total: int) -> float:
        """The posterior of what has this total."""
        return odds(total) / self.whole


def joint(comparisons: Sequence[Comparison], weighed: Sequence[Weighed], priors: Priors) -> Joint:
    """The joint posterior of these candidates."""
    kin = [
        tuple(prior + total for prior, total in zip(priors.rivals, each.totals[1:], strict=True)) for each in weighed
    ]
    likely = [Kin(w.score, tuple(map(odds, bits)), priors.rivals) for w, bits in zip(weighed, kin, strict=True)]
    kinship = tuple(millibits(log2(factor)) for factor in explained(comparisons, likely))
    same = tuple(priors.same + w.totals[SAME] + more for w, more in zip(weighed, kinship, strict=True))
    absent = fsum([1.0, *(part for each in likely for part in each.odds)])
    return Joint(same, kinship, tuple(kin), absent, fsum([absent, *map(odds, same)]))


def odds(total: int) -> float:
    """2 to the bits; bounded, so that no sum overflows."""
    return float(2.0 ** (min(total, 300 * MILLI) / MILLI))
