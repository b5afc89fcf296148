"""Links between the records of two files that hold nobody twice: their probabilities by belief propagation.

A record has one partner at the most, on either side. With odds w_ij of the pair against two strangers, the probability
of a set of links is the product of its odds over the sum of all such sets: a monomer-dimer system. Its marginals come
from belief propagation, exact where the candidates form no loops, convergent always (Bayati, Gamarnik, Katz, Nair and
Tetali 2007; Heilmann and Lieb 1972):

    x_i->j = 1 / (1 + K_i + sum over k other than j of w_ik x_k->i),    P_ij = w x_ij x_ji / (1 + w x_ij x_ji)

where K_i is the odds of whatever else i may be: kin of somebody in the other file without being in it, or taken by a
record that is not looked at here.
"""

import numpy as np

from childindex.linkage.batch.patterns import Floats
from childindex.linkage.batch.table import Ints

_ROUNDS = 200  # of messages
_SETTLED = 1e-6


class Matching:
    """Links between records with one partner at the most, by belief propagation; see the module.

    `left` is in order; `kin` are by left record the odds to be nobody's and yet kin of somebody. Messages are kept, so
    that slightly other odds settle in a few rounds.
    """

    def __init__(self, left: Ints, right: Ints, kin: Floats) -> None:
        self._left, self._right = left, right
        self._by_left, self._by_right = _Groups(left), _Groups(right)
        self._alone = 1.0 + kin[left]
        self._forth = 1.0 / self._alone  # left to right
        self._back = np.ones(len(left))

    def marginals(self, odds: Floats, taken: tuple[Floats, Floats] | None = None) -> Floats:
        """By pair the probability of the link, from the odds of each pair against two strangers.

        `taken` are by left and by right record the odds that it has a partner that is not among these pairs.
        """
        if not len(odds):
            return odds
        mine, theirs = (taken[0][self._left], taken[1][self._right]) if taken else (0.0, 0.0)
        for _ in range(_ROUNDS):
            back = 1.0 / (1.0 + theirs + self._by_right.others(odds * self._forth))
            forth = 1.0 / (self._alone + mine + self._by_left.others(odds * back))
            change = float(np.abs(np.log(forth / self._forth)).max())
            self._forth, self._back = forth, back
            if change <= _SETTLED:
                break
        whole = odds * self._forth * self._back
        marginal: Floats = whole / (1.0 + whole)
        return marginal

    def incoming(self, odds: Floats, counts: tuple[int, int]) -> tuple[Floats, Floats]:
        """By left and by right record, of so many, the odds of all its pairs as far as their partners are free."""
        left = np.bincount(self._left, weights=odds * self._back, minlength=counts[0])
        right = np.bincount(self._right, weights=odds * self._forth, minlength=counts[1])
        return left.astype(np.float64), right.astype(np.float64)


class _Groups:
    """Pairs by the record they have in common."""

    def __init__(self, records: Ints) -> None:
        self._order = np.argsort(records, kind="stable")
        ordered = records[self._order]
        self._starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
        self._sizes = np.diff(np.append(self._starts, len(ordered)))

    def others(self, values: Floats) -> Floats:
        """By pair: the sum of the values of the record's other pairs.

        The largest is left out of its record's sum before it is added, not taken away from it afterwards: beside one
        pair of 2^90 the others would drown.
        """
        ordered = values[self._order]
        largest = np.repeat(np.maximum.reduceat(ordered, self._starts), self._sizes)
        place = np.arange(len(ordered))
        first = np.minimum.reduceat(np.where(ordered == largest, place, len(ordered)), self._starts)
        rest = ordered.copy()
        rest[first] = 0.0
        sums = np.repeat(np.add.reduceat(rest, self._starts), self._sizes)
        without: Floats = np.maximum(sums - ordered, 0.0) + largest
        without[first] = sums[first]
        result = np.empty_like(without)
        result[self._order] = without
        return result
