"""What the groups that two records belong to say of the pair: a record is known by all that is said of its entity.

A pair alone may say little ("john", male) where ten records of one entity say much, and may say too much where only one
of them agrees. So the log-odds of a pair are held against the mean m of the log-odds of all pairs between the groups of
its two records: for records of one cluster the groups at whose join they came together (the cophenetic mean of average
linkage: Sokal and Rohlf 1962), else their two clusters.

- a pair of one cluster that says less than m is given m, whether a rule had proposed it or not;
- a pair that says more than m is given the mean of both: what it says alone is not borne out by the others.

m is a mean where a sum would count the same evidence again in every copy of a record: P errs to the modest side.
"""

from dataclasses import dataclass

import numpy as np

from childindex.linkage.batch.agglomerate import UNSEEN, Groups, counted, grouped
from childindex.linkage.batch.pairs import Pairs
from childindex.linkage.batch.patterns import Floats
from childindex.linkage.batch.table import Ints
from childindex.linkage.compiled import MILLI

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


def clusters(pairs: Pairs, chances: Floats) -> Groups:
    """Entities by average linkage; records of the right file count on from those of the left."""
    after = 0 if pairs.right_count is None else pairs.left_count
    return grouped(pairs.left, pairs.right + after, log_odds(chances), pairs.left_count + (pairs.right_count or 0))


def collected(pairs: Pairs, chances: Floats, groups: Groups) -> Collected:
    """The pairs of one file under what their groups say."""
    count, odds = pairs.left_count, log_odds(chances)
    proposed = pairs.left * count + pairs.right
    means, together = _between(pairs, odds, groups), np.zeros(len(pairs), dtype=bool)
    inside = groups.left * count + groups.right
    order = np.argsort(proposed, kind="stable")
    at = np.searchsorted(proposed[order], inside)
    known = np.zeros(len(inside), dtype=bool)
    within = at < len(order)
    known[within] = proposed[order][at[within]] == inside[within]
    own = order[at[known]]
    means[own], together[own] = groups.means[known], True
    odds = np.where(odds > means, (odds + means) // 2, np.where(together, means, odds))
    left, right = groups.left[~known], groups.right[~known]
    added = Pairs(left, right, np.zeros(len(left), dtype=np.int64), pairs.counts, count, None)
    return Collected(added, _chances(odds), _chances(groups.means[~known]))


def _between(pairs: Pairs, odds: Ints, groups: Groups) -> Ints:
    """By pair the mean log-odds of all pairs between the clusters of its records."""
    sizes = np.bincount(groups.first, minlength=pairs.left_count)
    one, other = groups.first[pairs.left], groups.first[pairs.right]
    keys, place = np.unique(np.minimum(one, other) * pairs.left_count + np.maximum(one, other), return_inverse=True)
    sums = np.zeros(len(keys), dtype=np.int64)
    np.add.at(sums, place, counted(odds))
    seen = np.bincount(place, minlength=len(keys))
    every = sizes[keys // max(pairs.left_count, 1)] * sizes[keys % max(pairs.left_count, 1)]
    means: Ints = ((sums + UNSEEN * (every - seen)) // np.maximum(every, 1))[place]
    return means


def _chances(odds: Ints) -> Floats:
    found: Floats = 1.0 / (1.0 + np.exp2(-odds / MILLI))
    return found
