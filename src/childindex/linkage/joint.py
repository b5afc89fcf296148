"""The joint posterior over all candidates, their kin, and absence.

For candidate i with weight w_i in bits: odds of "this is child i" against "the index does not know the child" are
p / (N (1 - p + p missed)) * 2^w_i, where p is the prior that the child is indexed, N the population of the model and
`missed` the share that blocking does not propose. Kin compete: an unknown child may be the twin of i, with odds
k_i = (twins per child) / N * 2^w_twin,i, and so for every rival class. What the kinship with the other candidates
explains for an unknown child it explains for child i too, by a factor e_i (see `kinship`), and for an unknown twin of
i: the brother whose new address the record bears is the brother of both. So, with K the sum of all k_i e_i,

    P(i) = odds_i e_i / Z,    P(absent) = (1 + K) / Z,    Z = 1 + K + sum of all odds_i e_i

A record may also be another child's of the same surname and birth date that bears i's number by mistake: such a class
(one with a condition) competes as kin do, and nobody's kinship follows from it.

So a household needs no signature of its own. A brother or twin who is indexed is a candidate, and competes; one who is
not is k_i; and where one who may be the twin is known, a forename that agrees in part goes to a person (`vetoes`).

Entries that are the same child twice (see `twice`) do not compete: the best takes over their odds by that chance.

Every factor is rounded to a thousandth of a bit before it counts, so that P follows from what is told: with t_i the sum
of the prior and all lines of i, P(i) = 2^t_i / Z, and 1 / Z is the chance of a stranger: unknown, and nobody's kin.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import fsum, log2
from operator import add

from childindex.linkage.candidate import Weighed
from childindex.linkage.compiled import MILLI, Comparison, millibits
from childindex.linkage.kinship import Kin, explained
from childindex.linkage.prepared import SAME

_NEAR = 40 * MILLI  # a candidate so much less likely than the best moves no probability, whoever it is
_REST = 2.0**-20  # what is left at the least of a candidate that is the same child as the best
_FOLDED = -6 * MILLI
_MOST = 300 * MILLI  # more would overflow in a sum


@dataclass(frozen=True, slots=True)
class Priors:
    """Prior log-odds in millibits: of one candidate being the child, and of the child being one's kin, by class."""

    same: int
    rivals: tuple[int, ...]
    kin: tuple[bool, ...] | None = None  # which of the rival classes are kin; None: all

    def of_kin(self, chances: Sequence[float]) -> tuple[float, ...]:
        """Odds by rival class, without those that are no kinship."""
        return tuple(chances) if self.kin is None else tuple([c * k for c, k in zip(chances, self.kin, strict=True)])


@dataclass(frozen=True, slots=True)
class Joint:
    """The posterior. By candidate, in millibits: `same` (prior, lines, kinship and folding), `kinship`, `folded` (what
    the best candidate takes over from others that are the same child, and they lose), and `kin` by class.

    `whole` is Z and `absent` the odds that the index does not know the child.
    """

    same: tuple[int, ...]
    kinship: tuple[int, ...]
    folded: tuple[int, ...]
    kin: tuple[tuple[int, ...], ...]
    absent: float
    whole: float

    def probability(self, total: int) -> float:
        """The posterior of what has this total."""
        return odds(total) / self.whole

    def one_child(self, place: int, other: int) -> bool:
        """Whether the candidate at one place has taken over nearly all of the other."""
        return self.folded[place] >= 0 and self.folded[other] <= _FOLDED


def joint(
    comparisons: Sequence[Comparison],
    weighed: Sequence[Weighed],
    priors: Priors,
    one_child: Callable[[Weighed, Weighed], float] = lambda _, __: 0.0,
) -> Joint:
    """The joint posterior of these candidates; `one_child` is the chance that two of them are the same child."""
    kin = [tuple(map(add, priors.rivals, each.totals[SAME + 1 :])) for each in weighed]
    chances = [tuple(map(odds, bits)) for bits in kin]
    likely = [Kin(w.score, priors.of_kin(each), priors.rivals) for w, each in zip(weighed, chances, strict=True)]
    kinship = tuple([millibits(log2(factor)) for factor in explained(comparisons, likely)])
    if any(kinship):
        kin = [tuple([bits + more for bits in each]) for each, more in zip(kin, kinship, strict=True)]
        chances = [tuple(map(odds, bits)) for bits in kin]
    same = tuple(priors.same + w.totals[SAME] + more for w, more in zip(weighed, kinship, strict=True))
    folded = _folded(weighed, same, one_child)
    same = tuple(total + more for total, more in zip(same, folded, strict=True))
    absent = fsum([1.0, *(part for each in chances for part in each)])
    return Joint(same, kinship, folded, tuple(kin), absent, fsum([absent, *map(odds, same)]))


def _folded(
    weighed: Sequence[Weighed], same: Sequence[int], one_child: Callable[[Weighed, Weighed], float]
) -> tuple[int, ...]:
    """What each candidate gains or loses because others are the same child as the best of them."""
    folded = [0] * len(same)
    best = max(range(len(same)), key=lambda i: (same[i], -weighed[i].candidate.entry), default=0)
    gained = 0.0
    for place, total in enumerate(same):
        if place == best or total < max(same[best] - _NEAR, 0):
            continue
        chance = one_child(weighed[best], weighed[place])
        folded[place] = millibits(log2(max(1.0 - chance, _REST)))
        gained += odds(total - same[best]) - odds(total + folded[place] - same[best])
    if gained:
        folded[best] = millibits(log2(1.0 + gained))
    return tuple(folded)


def odds(total: int) -> float:
    """2 to the bits; bounded, so that no sum overflows."""
    return float(2.0 ** ((total if total < _MOST else _MOST) / MILLI))
