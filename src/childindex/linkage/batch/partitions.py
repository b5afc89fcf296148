"""Figures of clusters: how a partition of the records into entities compares with the true one."""

import numpy as np

from childindex.linkage.batch.figures import Quality, quality
from childindex.linkage.batch.table import Ints


def clustered(clusters: Ints, labels: Ints, files: Ints | None = None) -> Quality:
    """Pairwise: two records are linked where they share a cluster, true where they share a label.

    With `files` (0 or 1 by record) only pairs between the two files count.
    """
    both = np.unique(np.stack([clusters, labels]), axis=1, return_inverse=True)[1].ravel()
    return quality(_pairs(clusters, files), _pairs(both, files), _pairs(labels, files))


def b_cubed(clusters: Ints, labels: Ints) -> Quality:
    """B-cubed: by record, the share of its cluster that is its entity's and of its entity that is in its cluster.

    Averaged over all records (Bagga and Baldwin 1998).
    """
    if not len(clusters):
        return quality(0, 0, 0)
    _, cluster, cluster_sizes = np.unique(clusters, return_inverse=True, return_counts=True)
    _, label, label_sizes = np.unique(labels, return_inverse=True, return_counts=True)
    _, both, sizes = np.unique(cluster * (label.max() + 1) + label, return_inverse=True, return_counts=True)
    shared = sizes[both]
    precision = float((shared / cluster_sizes[cluster]).mean())
    recall = float((shared / label_sizes[label]).mean())
    return Quality(precision, recall, 2 * precision * recall / (precision + recall))


def _pairs(groups: Ints, files: Ints | None) -> int:
    """Pairs of records within the groups, or those between the files."""
    _, group = np.unique(groups, return_inverse=True)
    sizes = np.bincount(group)
    if files is None:
        return int((sizes * (sizes - 1) // 2).sum())
    right = np.bincount(group, weights=files, minlength=len(sizes)).astype(np.int64)
    return int(((sizes - right) * right).sum())
