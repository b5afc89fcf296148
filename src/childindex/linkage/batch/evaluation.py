"""Evaluation: a file deduplicated, or two linked, and every figure of it against the truth."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from childindex.linkage.batch.agreement import Bools
from childindex.linkage.batch.bands import Band, calibration
from childindex.linkage.batch.figures import (
    Quality,
    at_threshold,
    best_threshold,
    expected,
    quality,
)
from childindex.linkage.batch.labels import NOBODY, are_true, count_pairs, labelled
from childindex.linkage.batch.linking import Linked
from childindex.linkage.batch.pairs import Pairs
from childindex.linkage.batch.partitions import b_cubed, clustered
from childindex.linkage.batch.table import Ints

PROBABILITIES = (0.5, 0.95, 0.99, 0.999)


@dataclass(frozen=True, slots=True)
class RuleFigures:
    """What a blocking rule adds and costs: pairs and how many are true; the same of those that no other proposed."""

    name: str
    pairs: int
    true: int
    alone: int
    true_alone: int
    capped: int


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """A group of records: links at the model's threshold that touch it, against its true ones."""

    name: str
    records: int
    true_pairs: int
    quality: Quality


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All figures of one linkage; `at` and `expected`, what P itself foretells of `at`, are by probability."""

    records: int
    true_pairs: int
    pairs_scored: int
    pair_completeness: float
    threshold: float
    best: Quality
    at: tuple[tuple[float, Quality], ...]
    expected: tuple[tuple[float, Quality], ...]
    clustered: Quality
    b_cubed_f1: float
    calibration: tuple[Band, ...]
    groups: tuple[GroupFigures, ...]
    rules: tuple[RuleFigures, ...]


def evaluate(
    linked: Linked, truth: Sequence[Sequence[str]], groups: Sequence[Sequence[str]] | None = None, match: float = 0.999
) -> Evaluation:
    """The figures of a linkage whose truth is known, by file and record; records without a label are nobody else's.

    `groups` names the group of each record, `match` the probability at which groups are held against the truth.
    """
    labels = labelled(truth)
    sides = labels[0], labels[1] if len(labels) > 1 else None
    known = count_pairs(*sides)
    right = are_true(linked.pairs, *sides)
    chances = linked.chances
    threshold, best = best_threshold(chances, right, known)
    every = np.concatenate([_everybody(each, at) for at, each in enumerate(labels)])
    files = None if len(labels) == 1 else np.repeat([0, 1], [len(each) for each in labels])
    return Evaluation(
        records=len(every),
        true_pairs=known,
        pairs_scored=len(linked.pairs),
        pair_completeness=int(right.sum()) / known if known else 1.0,
        threshold=threshold,
        best=best,
        at=tuple((least, at_threshold(chances, right, known, least)) for least in PROBABILITIES),
        expected=tuple((least, expected(chances, least)) for least in PROBABILITIES),
        clustered=clustered(linked.clusters, every, files),
        b_cubed_f1=b_cubed(linked.clusters, every).f1,
        calibration=calibration(chances, right),
        groups=() if groups is None else _groups(linked, groups, (labels, right), match),
        rules=_rules(linked.pairs, right),
    )


def _everybody(labels: Ints, file: int) -> Ints:
    """Labels in which a record without one is its own, told from those of the other file."""
    alone = -2 - 2 * np.arange(len(labels), dtype=np.int64) - file
    return np.where(labels == NOBODY, alone, labels)


def _groups(
    linked: Linked, groups: Sequence[Sequence[str]], truth: tuple[Sequence[Ints], Bools], match: float
) -> tuple[GroupFigures, ...]:
    """By group, the pairs of which either record is one of it."""
    labels, right = truth
    accepted = linked.pairs.take(linked.chances >= match)
    correct = right[linked.chances >= match]
    numbers = labelled(groups)
    sides = numbers[0], numbers[-1]
    names: Mapping[str, int] = {name: at for name, at in _numbered(groups).items() if name}
    result = []
    for name, number in sorted(names.items()):
        touched = (sides[0][accepted.left] == number) | (sides[1][accepted.right] == number)
        others = [np.where(mine == number, NOBODY, each) for mine, each in zip(numbers, labels, strict=True)]
        true = count_pairs(*labels) - count_pairs(*others)
        records = sum(int((each == number).sum()) for each in numbers)
        found = quality(int(touched.sum()), int((touched & correct).sum()), true)
        result.append(GroupFigures(name, records, true, found))
    return tuple(result)


def _numbered(groups: Sequence[Sequence[str]]) -> dict[str, int]:
    """Names of groups by the numbers that `labelled` gives them."""
    return {
        name: int(number)
        for names, numbers in zip(groups, labelled(groups), strict=True)
        for name, number in zip(names, numbers, strict=True)
    }


def _rules(pairs: Pairs, right: Bools) -> tuple[RuleFigures, ...]:
    result = []
    for number, rule in enumerate(pairs.counts):
        mine = (pairs.rules >> number & 1).astype(bool)
        alone = pairs.rules == 1 << number
        true, true_alone = int((mine & right).sum()), int((alone & right).sum())
        result.append(RuleFigures(rule.name, rule.pairs, true, rule.alone, true_alone, rule.capped))
    return tuple(result)
