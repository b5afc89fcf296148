"""Linking: one file with itself, or two with each other, from source columns to probabilities and clusters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from childindex.linkage.batch.agreement import Agreement, Judge
from childindex.linkage.batch.collective import clusters, collected
from childindex.linkage.batch.doubles import doubles
from childindex.linkage.batch.kin import with_kin
from childindex.linkage.batch.pairs import Pairs, candidate_pairs
from childindex.linkage.batch.patterns import Floats
from childindex.linkage.batch.posterior import chances
from childindex.linkage.batch.table import Ints, Values, Vocabulary
from childindex.linkage.batch.weighing import Totals, totals
from childindex.linkage.model import Model


@dataclass(frozen=True, slots=True)
class Linked:
    """Candidate pairs with how they agree, their weights by class (millibits) and P of being one entity.

    Within one file P knows what is said of each record's other records (`collective`), and pairs of one entity that no
    rule proposed are among the pairs; between two files an entity has one partner at the most (`posterior`).
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
    judge = Judge(model, vocabulary)
    agreement = judge.judge(pairs, mine, theirs)
    weights = totals(model, agreement)
    same = None if theirs is None else doubles(model, judge, (pairs, weights), (mine, theirs))
    held = weights if theirs is None else with_kin(model, pairs, agreement, weights)
    alone = chances(model, pairs, held, same).chances
    groups = clusters(pairs, alone)
    if right is not None:
        return Linked(pairs, agreement, weights, alone, groups.first)
    found = collected(pairs, alone, groups)
    more = judge.judge(found.added, mine)
    agreement = Agreement.joined([agreement, more])
    every, order = _united(pairs, found.added)
    agreement = agreement.take(order)
    return Linked(
        every,
        agreement,
        totals(model, agreement),
        np.concatenate([found.chances, found.added_chances])[order],
        groups.first,
    )


def _united(pairs: Pairs, added: Pairs) -> tuple[Pairs, Ints]:
    """Both in order of left and right record, and that order."""
    left, right = np.concatenate([pairs.left, added.left]), np.concatenate([pairs.right, added.right])
    order = np.lexsort((right, left))
    rules = np.concatenate([pairs.rules, added.rules])
    return Pairs(left[order], right[order], rules[order], pairs.counts, pairs.left_count, pairs.right_count), order
