"""How much the pairs between two groups of records say together, where each says partly what the others say.

N log-odds of one thing, with a correlation r among each other, are worth N / (1 + (N - 1) r) independent ones (design
effect: Kish 1965, Survey Sampling, 5.4). r is the share of the variance that is between the sets of pairs, not within
them (intraclass correlation, one-way random effects: Fisher 1925). Nobody need know the truth to count it.
"""

import numpy as np

from childindex.linkage.batch.patterns import Floats
from childindex.linkage.batch.table import Ints


def correlation(values: Floats, sets: Ints) -> float:
    """The intraclass correlation of values by the set (a number from 0 on) each is of, between 0 and 1.

    1, which makes any number worth one, where no set has two values or all values are equal.
    """
    sizes = np.bincount(sets)
    several = sizes[sets] > 1 if len(sets) else np.zeros(0, dtype=bool)
    _, of = np.unique(sets[several], return_inverse=True)
    values, counts = values[several], np.bincount(of)
    count, groups = len(values), len(counts)
    if groups < 2:
        return 1.0
    means = np.bincount(of, weights=values) / counts
    within = float(((values - means[of]) ** 2).sum()) / (count - groups)
    between = float((counts * (means - values.mean()) ** 2).sum()) / (groups - 1)
    usual = (count - float((counts**2).sum()) / count) / (groups - 1)  # size of a set, were all alike
    share = max(between - within, 0.0) / usual
    return share / (share + within) if share + within > 0 else 1.0


def worth(counts: Ints, correlated: float) -> Floats:
    """How many independent values so many correlated ones are worth: from 1 up to 1 / correlation."""
    found: Floats = counts / (1.0 + (counts - 1) * correlated)
    return found
