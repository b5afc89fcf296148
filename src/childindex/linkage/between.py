"""What two candidates of one query say of each other, by the codes of their best rows.

A household is known to the index before anybody asks. Whether two candidates may be of one must not depend on how near
the query comes to them, or a query that agrees less would leave fewer doubts.
"""

from collections.abc import Mapping

from childindex.linkage.candidate import Weighed
from childindex.linkage.features import Features
from childindex.linkage.prepared import Crowds, Prepared
from childindex.linkage.scoring import Scorer

Agreed = Mapping[int, tuple[int, int]]  # comparison by place -> level by codes, and its part


class Between:
    """Holds the candidates of one query against each other; each row is made ready once."""

    def __init__(self, scorer: Scorer, query: Features, crowds: Crowds) -> None:
        self._scorer = scorer
        self._query = query
        self._crowds = crowds
        self._ready: dict[tuple[int, int], tuple[Prepared, ...]] = {}
        self._found: dict[tuple[int, int, int, int], Agreed] = {}

    def __repr__(self) -> str:
        return f"Between({len(self._found)} pairs)"

    def agreed(self, one: Weighed, other: Weighed) -> Agreed:
        """The level of every comparison that both rows allow: the first that equal codes reach, else the last."""
        mine = one.candidate.entry, one.row.slot
        pair = (*mine, other.candidate.entry, other.row.slot)
        if pair not in self._found:
            if mine not in self._ready:
                codes, strings = one.row.features.codes, self._query.strings
                self._ready[mine] = self._scorer.prepare(codes, strings, self._crowds)
            draft = self._scorer.draft(self._ready[mine], other.row.features.codes)
            self._found[pair] = {entry.index: (level, part) for entry, level, part, _ in draft.found}
        return self._found[pair]
