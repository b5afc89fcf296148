"""Matching: from scored rows to a decision, by one joint posterior over all candidates, their kin, and absence.

what is asked (`Asked`) -> each candidate by codes, then weighed (`candidate`) -> joint posterior (`joint`) -> vetoes of
the best (`vetoes`) -> decide -> tell. What a caller asks, and in which order, is an `inquiry`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum, log2
from operator import mul

from childindex.linkage.account import Account
from childindex.linkage.candidate import Candidate, Drafted, ProfileRow, Weighed, Weigher
from childindex.linkage.compiled import MILLI, millibits
from childindex.linkage.counterfactual import Redecided, Standing, smallest_change
from childindex.linkage.explanation import Change, Continuity, Decision, Match, Scored
from childindex.linkage.features import Features
from childindex.linkage.joint import Joint, Priors, joint, odds
from childindex.linkage.prepared import SAME, Prepared
from childindex.linkage.scoring import RowScore, Scorer
from childindex.linkage.specification import ModelShape
from childindex.linkage.twice import Twice
from childindex.linkage.vetoes import Vetoes

_OUT_OF_REACH = -14 * MILLI  # 1 in 16,000 against absence, at the best: such rows are not finished, nor counted
_TOLD = 10  # candidates that a match tells of; all count in its probabilities
_UNLIKELY = 0.01  # of the threshold for a review: what bars so unlikely a candidate is for explanations only


@dataclass(frozen=True, slots=True)
class Asked:
    """A query made ready: its side of every comparison, by whom it is asked (`source`), and the prior log-odds.

    `careful` are those for what must not be overlooked: the model's own where a feed's are lower.
    """

    query: Features
    source: int
    priors: Priors
    careful: Priors
    prepared: tuple[Prepared, ...]

    @property
    def least(self) -> int:
        """The weight below which a row is not finished, nor counted."""
        return _OUT_OF_REACH - self.careful.same


@dataclass(frozen=True, slots=True)
class Judged:
    """Weighed candidates with their joint posterior; `order` their places, best first; `vetoes` those of the best."""

    asked: Asked
    weighed: tuple[Weighed, ...]
    joint: Joint
    order: tuple[int, ...]
    vetoes: tuple[str, ...]
    decision: Decision


class Matcher:
    """Weighs candidates under one model and decides."""

    def __init__(self, shape: ModelShape, scorer: Scorer, label: str) -> None:
        self._shape = shape
        self._scorer = scorer
        self._label = label
        self._weigher = Weigher(shape, scorer)
        self._vetoes = Vetoes(shape, scorer)
        self._twice = Twice(shape, scorer)
        self._account = Account(shape, scorer.comparisons)
        self._rivals = tuple(millibits(log2(r.per_child / shape.population)) for r in shape.rivals)

    def asked(self, query: Features, source: int, indexed: float) -> Asked:
        """The query made ready, asked by a system with a prior probability that its child is in the index."""
        same = self._prior(indexed)
        careful = Priors(max(same, self._prior(self._shape.prior.indexed)), self._rivals)
        prepared = self._scorer.prepare(query.codes, query.strings)
        return Asked(query, source, Priors(same, self._rivals), careful, prepared)

    def drafts(self, asked: Asked, candidates: Sequence[Candidate]) -> tuple[Drafted, ...]:
        """The candidates within reach, as far as codes tell."""
        found = (self._weigher.draft(asked.prepared, candidate, asked.least) for candidate in candidates)
        return tuple(each for each in found if each)

    def wants(self, asked: Asked, drafted: Sequence[Drafted]) -> set[int]:
        """Codes whose strings `weigh` will need."""
        wanted: set[int] = set()
        for each in drafted:
            for row, draft in each.rows:
                if draft.bound >= asked.least:
                    wanted |= self._scorer.wants(draft, row.features.codes)
        return wanted

    def weigh(self, asked: Asked, drafted: Sequence[Drafted], strings: Mapping[int, str]) -> tuple[Weighed, ...]:
        """The candidates by the best of their rows."""
        return tuple(self._weigher.weigh(each, strings, (asked.source, asked.least)) for each in drafted)

    def chance(self, asked: Asked, weighed: Sequence[Weighed], among: frozenset[int]) -> float:
        """How probable the likeliest of some entries is, each held apart, with the careful prior."""
        posterior = joint(self._scorer.comparisons, weighed, asked.careful)
        mine = (same for each, same in zip(weighed, posterior.same, strict=True) if each.candidate.entry in among)
        return max(map(posterior.probability, mine), default=0.0)

    def standing(self, asked: Asked, weighed: Sequence[Weighed], entry: int) -> Scored | None:
        """One candidate beside the others, each held apart; None where it is not among them."""
        place = next((at for at, each in enumerate(weighed) if each.candidate.entry == entry), None)
        if place is None:
            return None
        posterior = joint(self._scorer.comparisons, weighed, asked.priors)
        likely = _likely(weighed, asked.priors, posterior, place)
        return self._account.brief(
            weighed[place], posterior, place, self._vetoes.of(asked.query, weighed[place], likely)
        )

    def continuity(self, asked: Asked, former: Features, strings: Mapping[int, str]) -> Continuity:
        """Whether the query is of the child of an older version of its record (see `Continuity`)."""
        nowhere = -(1 << 62)  # no version is out of reach: the local id speaks for it
        drafted = self._weigher.draft(asked.prepared, Candidate(0, (ProfileRow(0, False, 0, former),)), nowhere)
        assert drafted is not None, "a row is in reach of the least weight"
        weighed = self._weigher.weigh(drafted, strings, (0, nowhere))
        prior = self._shape.prior.continues
        per_child = [1.0, *(rival.per_child for rival in self._shape.rivals)]
        stranger, *kin = [(1.0 - prior) * each / fsum(per_child) for each in per_child]
        same = prior * odds(weighed.totals[SAME])
        rest = fsum([stranger, *map(mul, kin, map(odds, weighed.totals[SAME + 1 :]))])
        return Continuity(same / (same + rest), frozenset(self._vetoes.of(asked.query, weighed, ())))

    def judge(self, asked: Asked, weighed: tuple[Weighed, ...], without: frozenset[str] = frozenset()) -> Judged:
        """The decision on weighed candidates, vetoes of the names `without` aside."""
        one_child = self._twice.beside(asked.query)
        posterior = joint(self._scorer.comparisons, weighed, asked.priors, one_child)
        order = sorted(range(len(weighed)), key=lambda i: (-posterior.same[i], weighed[i].candidate.entry))
        vetoes: tuple[str, ...] = ()
        decision = Decision.UNMATCHED
        if order and posterior.probability(posterior.same[order[0]]) >= self._shape.thresholds.possible:
            found = self._vetoes.of(asked.query, weighed[order[0]], _likely(weighed, asked.priors, posterior, order[0]))
            vetoes = tuple(veto for veto in found if veto not in without)
            certain = posterior.probability(posterior.same[order[0]]) >= self._shape.thresholds.match
            decision = Decision.MATCHED if certain and not vetoes else Decision.POSSIBLE
        return Judged(asked, weighed, posterior, tuple(order), vetoes, decision)

    def change(self, judged: Judged) -> Change | None:
        """The smallest single change that would have linked the record, or undone its link; None where none would."""
        if not judged.order:
            return None
        asked, best = judged.asked, judged.order[0]

        def rescored(score: RowScore) -> Redecided:
            changed = self._weigher.again(judged.weighed[best], score, asked.source)
            return _redecided(self.judge(asked, (*judged.weighed[:best], changed, *judged.weighed[best + 1 :])), best)

        def without(veto: str) -> Redecided:
            return _redecided(self.judge(asked, judged.weighed, frozenset({veto})), best)

        stands = Standing(judged.decision, judged.weighed[best].score, judged.vetoes, rescored, without)
        return smallest_change(self._scorer, asked.prepared, stands)

    def full(self, judged: Judged) -> Match:
        """The decision told line by line."""
        return self._told(judged, self._account.full, 0.0)

    def brief(self, judged: Judged) -> Match:
        """The decision without the lines and classes of candidates, nor the vetoes of very unlikely ones: these cost as
        much as a third of it."""
        return self._told(judged, self._account.brief, self._shape.thresholds.possible * _UNLIKELY)

    def _prior(self, indexed: float) -> int:
        absent = 1.0 - indexed + indexed * self._shape.prior.missed
        return millibits(log2(indexed / self._shape.population / absent))

    def _told(
        self, judged: Judged, tell: Callable[[Weighed, Joint, int, tuple[str, ...]], Scored], least: float
    ) -> Match:
        posterior = judged.joint
        scored = []
        for rank, place in enumerate(judged.order[:_TOLD]):
            vetoes = judged.vetoes
            if rank or judged.decision is Decision.UNMATCHED:  # the best one's are known where they count
                vetoes = ()
                if posterior.probability(posterior.same[place]) >= least:
                    likely = _likely(judged.weighed, judged.asked.priors, posterior, place)
                    vetoes = self._vetoes.of(judged.asked.query, judged.weighed[place], likely)
            scored.append(tell(judged.weighed[place], posterior, place, vetoes))
        return Match(
            judged.decision, tuple(scored), posterior.absent / posterior.whole, self._label, 1.0 / posterior.whole
        )


def _redecided(again: Judged, best: int) -> Redecided:
    probability = again.joint.probability(again.joint.same[best])
    return Redecided(again.decision, probability, again.order[0] == best, again.vetoes)


def _likely(weighed: Sequence[Weighed], priors: Priors, posterior: Joint, place: int) -> list[Weighed]:
    """Who is more likely than not as far as its own lines tell; other entries of this one's child left out."""
    return [
        each
        for at, each in enumerate(weighed)
        if priors.same + each.totals[SAME] >= 0 and not (at != place and posterior.one_child(place, at))
    ]
