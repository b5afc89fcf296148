"""How well queries are answered: the same figures for every tool, from the pairs it scored."""

from dataclasses import dataclass

import numpy as np

from bench.peers.boundary import Floats, Ints

Flags = np.ndarray[tuple[int], np.dtype[np.bool_]]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of a query and a place in the index, each once, with a score that grows with the probability of a match."""

    query: Ints
    place: Ints
    score: Floats

    def of(self, queries: Flags) -> "Pairs":
        """The pairs of some queries only."""
        kept = queries[self.query]
        return Pairs(self.query[kept], self.place[kept], self.score[kept])


@dataclass(frozen=True, slots=True)
class Ranking:
    """Shares of the queries that have a right answer.

    `completeness`: it is among the pairs; `rank_1`: it has the greatest score of all pairs of the query, alone;
    `recall_pairs`: it is linked when every pair is that reaches a threshold, set so that of the links at least
    the share `precision` is right; `recall_best`: likewise, but of every query only the best pair is linked.
    """

    queries: int
    linkable: int
    pairs: int
    completeness: float
    rank_1: float
    precision: float
    recall_pairs: float
    recall_best: float

    @property
    def recall(self) -> float:
        """The better of both ways to link."""
        return max(self.recall_pairs, self.recall_best)


def ranking(pairs: Pairs, answer: Ints, precision: float = 0.999) -> Ranking:
    """The figures of a tool's pairs; `answer` is the right place for each query, or -1."""
    linkable = int((answer >= 0).sum())
    true = pairs.place == answer[pairs.query]
    best = _best(pairs)
    alone = _alone(pairs, best)
    return Ranking(
        len(answer),
        linkable,
        len(true),
        int(true.sum()) / linkable,
        int((true[best] & alone).sum()) / linkable,
        precision,
        _found(pairs.score, true, precision) / linkable,
        _found(pairs.score[best], true[best], precision) / linkable,
    )


def _best(pairs: Pairs) -> Ints:
    """The pair of the greatest score of each query, of equals the one of the first place."""
    order = np.lexsort((pairs.place, -pairs.score, pairs.query))
    return order[np.unique(pairs.query[order], return_index=True)[1]]


def _alone(pairs: Pairs, best: Ints) -> Flags:
    """Whether no other pair of the query scores as much as its best."""
    highest = np.full(int(pairs.query.max(initial=-1)) + 1, -np.inf)
    highest[pairs.query[best]] = pairs.score[best]
    equals = np.bincount(pairs.query[pairs.score == highest[pairs.query]], minlength=len(highest))
    alone: Flags = equals[pairs.query[best]] == 1
    return alone


def _found(score: Floats, true: Flags, precision: float) -> int:
    """The most right links at a threshold where links are right in at least that share; equal scores go together."""
    order = np.argsort(-score, kind="stable")
    right = np.cumsum(true[order])
    links = np.arange(1, len(order) + 1)
    last = np.append(score[order][1:] != score[order][:-1], True) if len(order) else np.zeros(0, dtype=bool)
    held = last & (right >= precision * links)
    return int(right[held].max(initial=0))
