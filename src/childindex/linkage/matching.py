"""Matching: from scored rows to a decision, by one joint posterior over all candidates, their kin, and absence.

For candidate i with weight w_i in bits: odds of "this is child i" against "the index does not know the child" are
p / (N (1 - p + p missed)) * 2^w_i, where p is the prior that the child is indexed, N the population of the model and
`missed` the share that blocking does not propose. Kin compete: an unknown child may be the twin of i, with odds
k_i = (twins per child) / N * 2^w_twin,i, and so for every rival class. What the kinship with the other candidates
explains for an unknown child it explains for child i too, by a factor e_i (see `kinship`). So, with K the sum of all k,

    P(i) = odds_i e_i / Z,    P(absent) = (1 + K) / Z,    Z = 1 + K + sum of all odds_i e_i
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum, log2

from childindex.linkage.compiled import MILLI, millibits, weight
from childindex.linkage.explanation import Compared, Decision, Match, Scored
from childindex.linkage.features import Features
from childindex.linkage.kinship import Kin, explained
from childindex.linkage.prepared import SAME, Prepared
from childindex.linkage.scoring import NULL, Draft, RowScore, Scorer
from childindex.linkage.specification import ModelShape

_OUT_OF_REACH = -14 * MILLI  # 1 in 16,000 against absence, at the best: such rows are not finished, nor counted
_TOLD = 10  # candidates that a match tells of; all count in its probabilities


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
class _Weighed:
    """A candidate after scoring: its best row, its whole weight by class, and the lines beside the comparisons."""

    candidate: Candidate
    row: ProfileRow
    score: RowScore
    totals: tuple[int, ...]
    besides: tuple[Compared, ...]
    conflicts: tuple[str, ...]


class Matcher:
    """Weighs candidates under one model and decides."""

    def __init__(self, shape: ModelShape, scorer: Scorer, label: str) -> None:
        self._shape = shape
        self._scorer = scorer
        self._label = label
        self._flags = [(list(shape.fields).index(veto.field), veto.name) for veto in shape.vetoes]
        self._anywhere = frozenset(
            i for i, part in enumerate(shape.comparisons) if any(level.anywhere for level in part.levels)
        )
        self._telling = tuple(i for i, part in enumerate(shape.comparisons) if part.nearer_veto)
        self._rival_priors = tuple(millibits(log2(r.per_child / shape.population)) for r in shape.rivals)

    def wanted(self, query: Features, candidates: Sequence[Candidate], indexed: float) -> set[int]:
        """Codes whose strings `match` will need."""
        if not candidates:
            return set()
        prepared = self._scorer.prepare(query.codes, query.strings)
        least = _OUT_OF_REACH - self._prior(indexed)
        wanted: set[int] = set()
        for candidate in candidates:
            for row in candidate.rows:
                draft = self._scorer.draft(prepared, row.features.codes)
                if draft.bound >= least:
                    wanted |= self._scorer.wants(draft, row.features.codes)
        return wanted

    def match(
        self,
        query: Features,
        candidates: Sequence[Candidate],
        strings: Mapping[int, str],
        *,
        source: int,
        indexed: float,
    ) -> Match:
        """The decision on a query among its candidates; see `Model.match`."""
        prior = self._prior(indexed)
        if not candidates:
            return Match(Decision.UNMATCHED, (), 1.0, self._label)
        prepared = self._scorer.prepare(query.codes, query.strings)
        least = _OUT_OF_REACH - prior
        found = (self._weigh(prepared, candidate, strings, (source, least)) for candidate in candidates)
        weighed = [each for each in found if each]
        kin = [self._kin(each) for each in weighed]
        factors = explained(self._scorer.comparisons, kin)
        odds = [_odds(prior + w.totals[SAME]) * factor for w, factor in zip(weighed, factors, strict=True)]
        absent = fsum([1.0, *(part for each in kin for part in each.odds)])
        whole = fsum([absent, *odds])
        likely = [w for w in weighed if prior + w.totals[SAME] >= 0]
        order = sorted(
            range(len(weighed)), key=lambda i: (-odds[i], -weighed[i].totals[SAME], weighed[i].candidate.entry)
        )
        best = [
            self._scored((query, likely), weighed[i], prior, (odds[i] / whole, [part / whole for part in kin[i].odds]))
            for i in order[:_TOLD]
        ]
        return Match(self._decide(best), tuple(best), absent / whole, self._label)

    def _kin(self, weighed: _Weighed) -> Kin:
        odds = tuple(_odds(p + t) for p, t in zip(self._rival_priors, weighed.totals[1:], strict=True))
        return Kin(weighed.score, odds, self._rival_priors)

    def _prior(self, indexed: float) -> int:
        absent = 1.0 - indexed + indexed * self._shape.prior.missed
        return millibits(log2(indexed / self._shape.population / absent))

    def _decide(self, scored: Sequence[Scored]) -> Decision:
        if not scored or scored[0].probability < self._shape.thresholds.possible:
            return Decision.UNMATCHED
        certain = scored[0].probability >= self._shape.thresholds.match and not scored[0].vetoes
        return Decision.MATCHED if certain else Decision.POSSIBLE

    def _weigh(
        self, prepared: Sequence[Prepared], candidate: Candidate, strings: Mapping[int, str], bar: tuple[int, int]
    ) -> _Weighed | None:
        """The candidate by its best row; None when no row can reach the bar (source, least weight)."""
        source, least = bar
        drafts: list[tuple[ProfileRow, Draft]] = []
        reach = False
        for row in candidate.rows:
            draft = self._scorer.draft(prepared, row.features.codes)
            reach = reach or draft.bound >= least
            drafts.append((row, draft))
        if not reach:
            return None
        scores = [
            (row, self._scorer.finish(draft, row.features.codes, strings))
            for row, draft in drafts
            if draft.bound >= least
        ]
        row, score = min(scores, key=lambda pair: (-pair[1].totals[SAME], pair[0].slot))
        besides = self._besides(candidate, source, [each.totals[SAME] for _, each in scores])
        same_system, profile = besides
        totals = [total + millibits(profile.bits) for total in score.totals]
        totals[SAME] += millibits(same_system.bits)
        told = tuple(line for line in besides if line.bits)
        return _Weighed(candidate, row, score, tuple(totals), told, self._conflicts(drafts))

    def _besides(self, candidate: Candidate, source: int, scores: Sequence[int]) -> tuple[Compared, Compared]:
        """Evidence that no comparison holds: an active record of the same system, and the choice among k rows.

        Taking the best of k rows would favour large profiles. The mean of k likelihood ratios is a likelihood ratio
        again (a record of the child is a copy of any of its rows); told is how far it lies below the best of them.
        """
        shape = self._shape.same_system
        mine = bool(source) and any(row.active and row.source == source for row in candidate.rows)
        bits = weight(shape.m, shape.u) / MILLI if mine else 0.0
        count, best = len(candidate.rows), max(scores)
        share = fsum(2.0 ** ((score - best) / MILLI) for score in scores) / count
        return (
            Compared("same_system", "active", shape.m, shape.u, 0.0, bits),
            Compared("profile", f"best_of_{count}", share, 1.0, 0.0, millibits(log2(share)) / MILLI),
        )

    def _conflicts(self, drafts: Sequence[tuple[ProfileRow, Draft]]) -> tuple[str, ...]:
        """Vetoes of levels that count anywhere in the profile, unless an active row agrees in that comparison."""
        worst: dict[int, set[int]] = {}
        for row, draft in drafts:
            if row.active:
                for entry, level, _, _ in draft.found:
                    if entry.index in self._anywhere:
                        worst.setdefault(entry.index, set()).add(level)
        vetoes = []
        for index, levels in worst.items():
            shapes = self._scorer.comparisons[index].shape.levels
            if 0 not in levels:
                vetoes += [shapes[level].veto for level in sorted(levels) if shapes[level].anywhere]
        return tuple(vetoes)

    def _scored(
        self, among: tuple[Features, list[_Weighed]], weighed: _Weighed, prior: int, chance: tuple[float, list[float]]
    ) -> Scored:
        probability, kin = chance
        strongest = max(range(len(kin)), key=kin.__getitem__, default=None)
        return Scored(
            weighed.candidate.entry,
            weighed.row.slot,
            probability,
            prior / MILLI,
            (prior + weighed.totals[SAME]) / MILLI,
            (*self._lines(weighed.score), *weighed.besides),
            weighed.candidate.rules,
            (*self._vetoes(among[0], weighed), *self._nearer(among[1], weighed)),
            "" if strongest is None else self._shape.rivals[strongest].name,
            0.0 if strongest is None else kin[strongest],
        )

    def _lines(self, score: RowScore) -> tuple[Compared, ...]:
        lines = []
        for comparison, index, part in zip(self._scorer.comparisons, score.levels, score.parts, strict=True):
            if index != NULL:
                level = comparison.shape.levels[index]
                bits = (comparison.weights[index][SAME] + part) / MILLI
                lines.append(Compared(comparison.shape.name, level.name, level.m, level.u, part / MILLI, bits))
        return tuple(lines)

    def _vetoes(self, query: Features, weighed: _Weighed) -> tuple[str, ...]:
        """Why this candidate may not be linked without a person, whatever its probability."""
        codes = weighed.row.features.codes
        vetoes = [name for place, name in self._flags if query.codes[place] or codes[place]]
        covered: set[int] = set()
        for comparison, index in zip(self._scorer.comparisons, weighed.score.levels, strict=True):
            if index != NULL:
                vetoes.append(comparison.shape.levels[index].veto)
                covered.update(comparison.covers.get(index, ()))
        for place, (comparison, index) in enumerate(zip(self._scorer.comparisons, weighed.score.levels, strict=True)):
            if index == NULL and place not in covered:
                vetoes.append(comparison.shape.null_veto)
        vetoes += weighed.conflicts
        vetoes += [self._shape.same_system.veto for line in weighed.besides if line.comparison == "same_system"]
        return tuple(dict.fromkeys(veto for veto in vetoes if veto))

    def _nearer(self, likely: Sequence[_Weighed], weighed: _Weighed) -> tuple[str, ...]:
        """Vetoes because a likely candidate reaches a better level where the children of one household differ."""
        return tuple(
            self._scorer.comparisons[place].shape.nearer_veto
            for place in self._telling
            if any(
                NULL != other.score.levels[place] < weighed.score.levels[place]
                for other in likely
                if other is not weighed
            )
        )


def _odds(total: int) -> float:
    """2 to the bits; bounded, so that no sum overflows."""
    return float(2.0 ** (min(total, 300 * MILLI) / MILLI))
