"""Linking: one file with itself, or two with each other, from source columns to probabilities and clusters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from childindex.linkage.batch.agglomerate import clusters
from childindex.linkage.batch.agreement import Agreement, Judge
from childindex.linkage.batch.pairs import Pairs, candidate_pairs
from childindex.linkage.batch.patterns import Floats
from childindex.linkage.batch.posterior import chances
from childindex.linkage.batch.table import Ints, Values, Vocabulary
from childindex.linkage.batch.weighing import Totals, totals
from childindex.linkage.compiled import MILLI
from childindex.linkage.model import Model

_CERTAIN = 2.0**-60  # the least chance of being wrong that odds are made of


@dataclass(frozen=True, slots=True)
class Linked:
    """Candidate pairs with how they agree, their weights by class (millibits) and P of being one entity.

    `clusters` says by record (of the left file, then of the right one) the first record of its entity.
    """

    pairs: Pairs
    agreement: Agreement
    totals: Totals
    chances: Floats
    clusters: Ints


def link(
    model: Model, left: Mapping[str, Sequence[str | Values]], right: Mapping[str, Sequence[str | Values]] | None = None
) -> Linked:
    """Who in `left` is who in `right`, or in `left` itself. Columns are named as the model's fields name them."""
    vocabulary = Vocabulary(model)
    mine = vocabulary.table(left)
    theirs = None if right is None else vocabulary.table(right)
    pairs = candidate_pairs(model, vocabulary, mine, theirs)
    agreement = Judge(model, vocabulary).judge(pairs, mine, theirs)
    weights = totals(model, agreement)
    found = chances(model, pairs, weights).chances
    return Linked(pairs, agreement, weights, found, _clusters(pairs, found))


def _clusters(pairs: Pairs, found: Floats) -> Ints:
    """Entities by average linkage; records of the right file count on from those of the left."""
    certain = np.clip(found, _CERTAIN, 1.0)
    odds = np.log2(certain) - np.log2(np.maximum(1.0 - certain, _CERTAIN))
    after = 0 if pairs.right_count is None else pairs.left_count
    whole = np.rint(odds * MILLI).astype(np.int64)
    return clusters(pairs.left, pairs.right + after, whole, pairs.left_count + (pairs.right_count or 0))
