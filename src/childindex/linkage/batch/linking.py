"""Linking: one file with itself, or two with each other, from source columns to probabilities and clusters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from childindex.linkage.batch.agglomerate import grouped
from childindex.linkage.batch.agreement import Agreement, Judge
from childindex.linkage.batch.collective import clusters, collected, log_odds
from childindex.linkage.batch.doubles import doubles
from childindex.linkage.batch.kin import with_kin
from childindex.linkage.batch.pairs import Pairs, candidate_pairs
from childindex.linkage.batch.patterns import Floats
from childindex.linkage.batch.posterior import chances
from childindex.linkage.batch.sampling import canonical, equal_records
from childindex.linkage.batch.table import Ints, Table, Values, Vocabulary
from childindex.linkage.batch.weighing import Totals, totals
from childindex.linkage.model import Model


@dataclass(frozen=True, slots=True)
class Linked:
    """Candidate pairs with how they agree, their weights by class (millibits) and P of being one entity.

    Within one file P knows what is said of each record's other records (`collective`), and pairs of one entity that no
    rule proposed are among the pairs; between two files an entity has one partner at the most (`posterior`).
    `clusters` says by record (of the left file, then of the right one) the first record of its entity. Equal files give
    equal answers to the last bit, whatever the order of their rows.
    """

    pairs: Pairs
    agreement: Agreement
    totals: Totals
    chances: Floats
    clusters: Ints


def link(
    model: Model,
    left: Mapping[str, Sequence[str | Values]],
    right: Mapping[str, Sequence[str | Values]] | None = None,
    *,
    custodians: Sequence[str] = (),
) -> Linked:
    """Who in `left` is who in `right`, or in `left` itself. Columns are named as the model's fields name them.

    `custodians` are by file whose records they are, where the model knows the dates that they write by default.
    """
    vocabulary = Vocabulary(model)
    files = [each for each in (left, right) if each is not None]
    given = [vocabulary.table(file, name) for file, name in zip(files, custodians or [""] * len(files), strict=True)]
    orders = canonical(vocabulary, given)
    tables = [table.take(order) for table, order in zip(given, orders, strict=True)]
    said = [equal_records(vocabulary, table) for table in tables]
    judge = Judge(model, vocabulary)
    if right is None:
        return _in_rows(_within(judge, vocabulary, tables[0], said[0]), orders)
    return _in_rows(_between(judge, vocabulary, (tables[0], tables[1]), (said[0], said[1])), orders)


def _within(judge: Judge, vocabulary: Vocabulary, table: Table, said: Ints) -> Linked:
    model = judge.model
    pairs = candidate_pairs(model, vocabulary, table)
    agreement = judge.judge(pairs, table)
    alone = _alike(pairs, chances(model, pairs, totals(model, agreement)).chances, (said, said))
    groups = clusters(pairs, alone, said)
    found = collected(pairs, alone, groups)
    more = judge.judge(found.added, table)
    agreement = Agreement.joined([agreement, more])
    every, order = _united(pairs, found.added)
    agreement = agreement.take(order)
    told = np.concatenate([found.chances, found.added_chances])[order]
    return Linked(every, agreement, totals(model, agreement), told, groups.first)


def _between(judge: Judge, vocabulary: Vocabulary, tables: tuple[Table, Table], said: tuple[Ints, Ints]) -> Linked:
    model = judge.model
    pairs = candidate_pairs(model, vocabulary, *tables)
    agreement = judge.judge(pairs, *tables)
    weights = totals(model, agreement)
    same = doubles(model, judge, (pairs, weights), tables)
    found = chances(model, pairs, with_kin(model, pairs, agreement, weights), same)
    alone = _alike(pairs, found.chances, said)
    after = tables[0].count
    every = grouped(
        np.concatenate([pairs.left, same.left.one, same.right.one + after]),
        np.concatenate([pairs.right + after, same.left.other, same.right.other + after]),
        log_odds(np.concatenate([alone, found.left, found.right])),
        after + tables[1].count,
        np.concatenate([said[0], said[1] + after]),
    )
    return Linked(pairs, agreement, weights, alone, every.first)


def _alike(pairs: Pairs, told: Floats, said: tuple[Ints, Ints]) -> Floats:
    """P of pairs that say the same is one number, to the last bit."""
    keys = said[0][pairs.left] * (int(said[1].max(initial=0)) + 1) + said[1][pairs.right]
    _, first, of = np.unique(keys, return_index=True, return_inverse=True)
    found: Floats = told[first][of]
    return found


def _in_rows(linked: Linked, orders: Sequence[Ints]) -> Linked:
    """What was found of records in the order of what they say, by the rows that they were given in."""
    mine, theirs = orders[0], orders[-1]
    pairs = linked.pairs
    left, right = mine[pairs.left], theirs[pairs.right]
    every = mine
    if pairs.right_count is None:
        left, right = np.minimum(left, right), np.maximum(left, right)
    else:
        every = np.concatenate([mine, theirs + len(mine)])
    order = np.lexsort((right, left))
    clusters_of = np.empty(len(every), dtype=np.int64)
    clusters_of[every] = linked.clusters
    first = np.full(len(every), len(every), dtype=np.int64)
    np.minimum.at(first, clusters_of, np.arange(len(every)))
    return Linked(
        Pairs(left[order], right[order], pairs.rules[order], pairs.counts, pairs.left_count, pairs.right_count),
        linked.agreement.take(order),
        linked.totals[order],
        linked.chances[order],
        first[clusters_of],
    )


def _united(pairs: Pairs, added: Pairs) -> tuple[Pairs, Ints]:
    """Both in order of left and right record, and that order."""
    left, right = np.concatenate([pairs.left, added.left]), np.concatenate([pairs.right, added.right])
    order = np.lexsort((right, left))
    rules = np.concatenate([pairs.rules, added.rules])
    return Pairs(left[order], right[order], rules[order], pairs.counts, pairs.left_count, pairs.right_count), order
