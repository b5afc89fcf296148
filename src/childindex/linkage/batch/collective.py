"""What the groups that two records belong to say of the pair: a record is known by all that is said of its entity.

A pair alone may say little ("john", male) where ten records of one entity say much, and may say too much where only one
of them agrees. So the log-odds of a pair are held against what the groups of its two records say of each other.

Records of one cluster: m, the mean log-odds of all pairs between the groups at whose join they came together (the
cophenetic mean of average linkage: Sokal and Rohlf 1962). A mean, where a sum would count the same evidence again in
every copy of a record; and these groups were joined for being near, so that they are is no evidence of its own.
Records of two clusters: n m, with m the mean between the clusters and n the number of independent pairs that theirs are
worth (`repeated`), at least 1.

- a pair of one cluster that says less than its groups is given what they say, whether a rule had proposed it or not;
- a pair that says more is not borne out by the others: it counts as one beside their n (weighted mean).
"""

from dataclasses import dataclass

import numpy as np

from childindex.linkage.batch.agglomerate import LEAST, UNSEEN, Groups, counted, grouped
from childindex.linkage.batch.agreement import Bools
from childindex.linkage.batch.pairs import Pairs
from childindex.linkage.batch.patterns import Floats
from childindex.linkage.batch.repeated import correlation, worth
from childindex.linkage.batch.table import Ints
from childindex.linkage.compiled import MILLI

_MOST = 60.0  # bits: nothing is surer
_CERTAIN = 2.0**-60  # the least chance of being wrong that odds are made of


@dataclass(frozen=True, slots=True)
class Collected:
    """Pairs that no rule proposed, of records of one cluster; then P of the proposed pairs and of these."""

    added: Pairs
    chances: Floats
    added_chances: Floats


def log_odds(chances: Floats) -> Ints:
    """Probabilities as log-odds in whole millibits, finite at the ends."""
    certain = np.clip(chances, _CERTAIN, 1.0)
    bits = np.log2(certain) - np.log2(np.maximum(1.0 - certain, _CERTAIN))
    odds: Ints = np.rint(bits * MILLI).astype(np.int64)
    return odds


def clusters(pairs: Pairs, chances: Floats, said: Ints | None = None) -> Groups:
    """The entities of one file by average linkage; `said` numbers what each record says."""
    return grouped(pairs.left, pairs.right, log_odds(chances), pairs.left_count, said)


def collected(pairs: Pairs, chances: Floats, groups: Groups) -> Collected:
    """The pairs of one file under what their groups say."""
    count, odds = pairs.left_count, log_odds(chances)
    inside = groups.left * count + groups.right
    own, known = _found(pairs.left * count + pairs.right, inside)
    means, worths = _between(pairs, odds, groups)
    together = np.zeros(len(pairs), dtype=bool)
    means[own], worths[own], together[own] = groups.means[known], 1.0, True
    said = means * worths
    doubted = said + (odds - said) / (1.0 + worths)
    left, right = groups.left[~known], groups.right[~known]
    added = Pairs(left, right, np.zeros(len(left), dtype=np.int64), pairs.counts, count, None)
    after = np.where(odds > said, doubted, np.where(together, said, odds))
    return Collected(added, _chances(after), _chances(groups.means[~known].astype(np.float64)))


def _found(proposed: Ints, wanted: Ints) -> tuple[Ints, Bools]:
    """Where wanted pairs stand among those proposed, and which do."""
    order = np.argsort(proposed, kind="stable")
    at = np.searchsorted(proposed[order], wanted)
    known = np.zeros(len(wanted), dtype=bool)
    within = at < len(order)
    known[within] = proposed[order][at[within]] == wanted[within]
    return order[at[known]], known


def _between(pairs: Pairs, odds: Ints, groups: Groups) -> tuple[Floats, Floats]:
    """By pair the mean log-odds of all pairs between the clusters of its records, and what they are worth."""
    sizes = np.bincount(groups.first, minlength=pairs.left_count)
    one, other = groups.first[pairs.left], groups.first[pairs.right]
    keys, place = np.unique(np.minimum(one, other) * pairs.left_count + np.maximum(one, other), return_inverse=True)
    told = counted(odds)
    sums = np.zeros(len(keys), dtype=np.int64)
    np.add.at(sums, place, told)
    seen = np.bincount(place, minlength=len(keys))
    every = sizes[keys // max(pairs.left_count, 1)] * sizes[keys % max(pairs.left_count, 1)]
    means = (sums + UNSEEN * (every - seen)) / np.maximum(every, 1)
    heard = (one != other) & (odds > LEAST)
    return means[place], worth(every, correlation(told[heard].astype(np.float64), place[heard]))[place]


def _chances(odds: Floats) -> Floats:
    found: Floats = 1.0 / (1.0 + np.exp2(np.clip(-odds / MILLI, -_MOST, _MOST)))
    return found
