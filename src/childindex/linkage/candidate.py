"""A candidate: an entry that blocking proposed, weighed by the best of its rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum, log2

from childindex.linkage.compiled import MILLI, millibits, weight
from childindex.linkage.explanation import Compared
from childindex.linkage.features import Features
from childindex.linkage.prepared import NULL, SAME, Prepared
from childindex.linkage.scoring import Draft, RowScore, Scorer
from childindex.linkage.specification import ModelShape


@dataclass(frozen=True, slots=True)
class ProfileRow:
    """One record's row in a child's profile. `source` is the handle of its custodian and system."""

    slot: int
    active: bool
    source: int
    features: Features


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry that blocking proposed, with all its rows and the rules that proposed it."""

    entry: int
    rows: tuple[ProfileRow, ...]
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Drafted:
    """A candidate as far as codes alone tell of each of its rows."""

    candidate: Candidate
    rows: tuple[tuple[ProfileRow, Draft], ...]


@dataclass(frozen=True, slots=True)
class Weighed:
    """A candidate after scoring: its best row, and its whole weight by class in millibits, priors and kin left out.

    `besides` are the lines beside the comparisons, `scores` all rows that were finished, `conflicts` the vetoes that
    the whole profile raises.
    """

    candidate: Candidate
    row: ProfileRow
    score: RowScore
    totals: tuple[int, ...]
    besides: tuple[Compared, ...]
    scores: tuple[tuple[ProfileRow, RowScore], ...]
    drafts: tuple[tuple[ProfileRow, Draft], ...]
    conflicts: tuple[str, ...]


def _rank(scored: tuple[ProfileRow, RowScore]) -> tuple[int, int]:
    """The best row first, the earliest of equal ones."""
    return -scored[1].totals[SAME], scored[0].slot


class Weigher:
    """Weighs candidates under one model's comparisons. `source` is the handle of the system that asks."""

    def __init__(self, shape: ModelShape, scorer: Scorer) -> None:
        self._shape = shape
        self._scorer = scorer
        self._in_same_system = weight(shape.same_system.m, shape.same_system.u) / MILLI
        barred = [
            (place, {at: level.veto for at, level in enumerate(part.levels) if level.anywhere})
            for place, part in enumerate(shape.comparisons)
        ]
        self._anywhere = [(place, vetoes) for place, vetoes in barred if vetoes]

    def draft(self, prepared: Sequence[Prepared], candidate: Candidate, least: int) -> Drafted | None:
        """The candidate as far as codes tell; None where no row can reach the least weight."""
        draft = self._scorer.draft
        rows = tuple([(row, draft(prepared, row.features.codes)) for row in candidate.rows])
        return Drafted(candidate, rows) if max([each.bound for _, each in rows], default=least - 1) >= least else None

    def weigh(self, drafted: Drafted, strings: Mapping[int, str], asked: tuple[int, int]) -> Weighed:
        """The candidate by the best of its rows that can reach what was asked: (source, least weight)."""
        source, least = asked
        finish = self._scorer.finish
        scores = tuple(
            [(row, finish(draft, row.features.codes, strings)) for row, draft in drafted.rows if draft.bound >= least]
        )
        return self._chosen((drafted.candidate, source), scores, drafted.rows)

    def again(self, weighed: Weighed, score: RowScore, source: int) -> Weighed:
        """The candidate as it would be if its best row had scored so."""
        scores = tuple((row, score if row is weighed.row else other) for row, other in weighed.scores)
        return self._chosen((weighed.candidate, source), scores, weighed.drafts)

    def _chosen(
        self,
        asked: tuple[Candidate, int],
        scores: tuple[tuple[ProfileRow, RowScore], ...],
        drafts: tuple[tuple[ProfileRow, Draft], ...],
    ) -> Weighed:
        candidate, source = asked
        row, score = scores[0] if len(scores) == 1 else min(scores, key=_rank)
        told = self._besides(candidate, source, scores)
        totals = list(score.totals)
        for line in told:
            totals[SAME] += millibits(line.bits)
            for rival in range(SAME + 1, len(totals)):
                totals[rival] += millibits(line.rival_bits)
        conflicts = self._conflicts(scores, drafts)
        return Weighed(candidate, row, score, tuple(totals), told, scores, drafts, conflicts)

    def _besides(
        self, candidate: Candidate, source: int, scores: Sequence[tuple[ProfileRow, RowScore]]
    ) -> tuple[Compared, ...]:
        """Evidence that no comparison holds: an active record of the same system, and the choice among k rows.

        Taking the best of k rows would favour large profiles. The mean of k likelihood ratios is a likelihood ratio
        again (a record of the child is a copy of any of its rows); told is how far it lies below the best of them.
        """
        lines = []
        shape, bits = self._shape.same_system, self._in_same_system
        if bits and source and source in [row.source for row in candidate.rows if row.active]:
            lines.append(Compared("same_system", "active", shape.m, shape.u, 0.0, bits, shape.u))
        count = len(candidate.rows)
        if count > 1:  # one row is the best of itself
            same = [score.totals[SAME] for _, score in scores]
            best = max(same)
            share = fsum([2.0 ** ((each - best) / MILLI) for each in same]) / count
            mixed = millibits(log2(share)) / MILLI
            if mixed:
                lines.append(Compared("profile", f"best_of_{count}", share, 1.0, 0.0, mixed, share, mixed))
        return tuple(lines)

    def _conflicts(
        self, scores: Sequence[tuple[ProfileRow, RowScore]], drafts: Sequence[tuple[ProfileRow, Draft]]
    ) -> tuple[str, ...]:
        """Vetoes of levels that count anywhere in the profile, unless an active row agrees in that comparison, or the
        values that differ are one child's after the other, as some row states."""
        if not self._anywhere:
            return ()
        if len(drafts) == 1:
            active: list[Sequence[int]] = [scores[0][1].levels] if drafts[0][0].active else []
        else:
            finished = {row.slot: score.levels for row, score in scores}
            active = [finished.get(row.slot) or self._levels(draft) for row, draft in drafts if row.active]
        vetoes: list[str] = []
        for index, barred in self._anywhere:
            levels = {each[index] for each in active}
            if 0 not in levels and not levels.isdisjoint(barred) and not _replaced(index, drafts):
                vetoes += [barred[at] for at in sorted(levels.intersection(barred))]
        return tuple(vetoes)

    def _levels(self, draft: Draft) -> list[int]:
        """The levels of a row that was not finished, by codes alone."""
        levels = [NULL] * len(self._scorer.comparisons)
        for entry, level, _, _ in draft.found:
            levels[entry.index] = level
        return levels


def _replaced(index: int, drafts: Sequence[tuple[ProfileRow, Draft]]) -> bool:
    """Whether rows that bear several values in a comparison, of which each replaced another, lead from the query's to
    those of every active row. What was stated once stays known when the record that stated it has ended."""
    entry = next(entry for _, draft in drafts for entry, *_ in draft.found if entry.index == index)
    known = {code for _, code, _, _ in entry.probes}
    borne = [({code for right in entry.rights for code in row.features.codes[right]}, row.active) for row, _ in drafts]
    for _ in borne:
        known.update(*(values for values, _ in borne if values & known))
    return all(values & known for values, active in borne if active and values)
