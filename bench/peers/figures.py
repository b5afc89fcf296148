"""The figures of a peer's pairs, by the functions and under the keys of `childindex evaluate --json`."""

from collections.abc import Sequence
from dataclasses import asdict

import numpy as np

from bench.peers.boundary import Ints, Scored
from childindex.linkage.batch.figures import Quality, at_threshold, best_threshold
from childindex.linkage.batch.partitions import b_cubed, clustered

AT = (0.5, 0.95, 0.99, 0.999)
_CUTS = 30
_USUAL = (-3.0, -1.0, 0.0, 1.0, 3.0, 5.0, 7.0, 10.0, 15.0, 20.0)  # bits
_DOUBTFUL = -5.0  # bits below which no threshold is tried


def figures(scored: Scored, labels: Sequence[Ints]) -> dict[str, object]:
    """All figures of a tool on one file or on two; `labels` are the entities of each file's rows, as numbers.

    Clusters are connected components above the one of some forty thresholds that turns out best against the truth: more
    than a user could know, granted to every peer.
    """
    sides = labels[0], labels[-1]
    true = sides[0][scored.left] == sides[1][scored.right]
    chances = scored.probability
    every = np.concatenate(list(labels))
    files = None if len(labels) == 1 else np.repeat([0, 1], [len(each) for each in labels])
    total = true_pairs(labels)
    threshold, best = best_threshold(chances, true, total)
    second = scored.right + (len(labels[0]) if len(labels) > 1 else 0)
    spread = np.quantile(scored.bits[scored.bits > _DOUBTFUL], np.linspace(0, 1, _CUTS), method="nearest")
    cuts = np.unique([*spread, *_USUAL])
    grouped = [_components(scored.left, second, scored.bits >= cut, len(every)) for cut in cuts]
    cluster = max(grouped, key=lambda groups: clustered(groups, every, files).f1)
    return {
        "records": len(every),
        "true_pairs": total,
        "pairs_scored": len(true),
        "pair_completeness": int(true.sum()) / total,
        "best": {"threshold": threshold, **_told(best)},
        "at": [{"probability": least, **_told(at_threshold(chances, true, total, least))} for least in AT],
        "clustered": {**_told(clustered(cluster, every, files)), "b_cubed_f1": b_cubed(cluster, every).f1},
    }


def true_pairs(labels: Sequence[Ints]) -> int:
    """Pairs of one entity: within the only file, or between the two."""
    size = max(int(each.max()) for each in labels) + 1
    counts = [np.bincount(each, minlength=size) for each in labels]
    if len(counts) == 1:
        return int((counts[0] * (counts[0] - 1) // 2).sum())
    return int((counts[0] * counts[1]).sum())


def _components(left: Ints, right: Ints, linked: np.ndarray[tuple[int], np.dtype[np.bool_]], count: int) -> Ints:
    """By record the least record that is linked to it, however indirectly."""
    first = np.arange(count)
    one, other = left[linked], right[linked]
    while True:
        least = np.minimum(first[one], first[other])
        after = first.copy()
        np.minimum.at(after, one, least)
        np.minimum.at(after, other, least)
        after = after[after]
        if np.array_equal(after, first):
            return first
        first = after


def _told(quality: Quality) -> dict[str, float]:
    return asdict(quality)
