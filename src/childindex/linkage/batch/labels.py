"""Labels of records, where somebody knows: records with the same label are one entity."""

from collections.abc import Sequence

import numpy as np

from childindex.linkage.batch.agreement import Bools
from childindex.linkage.batch.pairs import Pairs
from childindex.linkage.batch.patterns import Floats
from childindex.linkage.batch.table import Ints

NOBODY = -1


def labelled(labels: Sequence[Sequence[str]]) -> list[Ints]:
    """Labels by file and record as numbers, shared by all files; `NOBODY` where a record has none."""
    number: dict[str, int] = {"": NOBODY}
    return [
        np.fromiter((number.setdefault(each, len(number) - 1) for each in file), dtype=np.int64, count=len(file))
        for file in labels
    ]


def true_pairs(left: Ints, right: Ints | None = None) -> Pairs:
    """All pairs with equal labels, within one file or between two, in order."""
    known = np.flatnonzero(left >= 0)
    order = known[np.argsort(left[known], kind="stable")]
    if right is None:
        low = np.arange(1, len(order) + 1)
        high = np.searchsorted(left[order], left[order], side="right")
        others = order
    else:
        here = np.flatnonzero(right >= 0)
        others = here[np.argsort(right[here], kind="stable")]
        low = np.searchsorted(right[others], left[order], side="left")
        high = np.searchsorted(right[others], left[order], side="right")
    sizes = np.maximum(high - low, 0)
    one = np.repeat(order, sizes)
    other = others[np.arange(len(one)) + np.repeat(low - (np.cumsum(sizes) - sizes), sizes)]
    if right is None:
        one, other = np.minimum(one, other), np.maximum(one, other)
    sort = np.lexsort((other, one))
    nobody = np.zeros(len(one), dtype=np.int64)
    return Pairs(one[sort], other[sort], nobody, (), len(left), None if right is None else len(right))


def count_pairs(left: Ints, right: Ints | None = None) -> int:
    """How many pairs have equal labels, within one file or between two; a label of very many records is no burden."""
    most = max(int(each.max(initial=NOBODY)) for each in (left, left if right is None else right)) + 1
    mine = np.bincount(left[left >= 0], minlength=most)
    if right is None:
        return int((mine * (mine - 1) // 2).sum())
    return int((mine * np.bincount(right[right >= 0], minlength=most)).sum())


def are_true(pairs: Pairs, left: Ints, right: Ints | None = None) -> Bools:
    """By pair: whether both have one label."""
    theirs = left if right is None else right
    same: Bools = (left[pairs.left] == theirs[pairs.right]) & (left[pairs.left] >= 0)
    return same


def first_of_each(labels: Ints) -> Bools:
    """By record: whether it is the first with its label; a record without one stands alone."""
    firsts = np.unique(labels, return_index=True)[1]
    found: Bools = labels == NOBODY
    found[firsts] = True
    return found


def record_weights(labels: Sequence[Ints]) -> list[Floats]:
    """By file and record: one over the number of records with its label in all files."""
    every = np.concatenate(labels)
    sizes = np.bincount(every[every >= 0], minlength=1)
    return [np.where(each >= 0, 1.0 / np.maximum(sizes[np.maximum(each, 0)], 1), 1.0) for each in labels]
