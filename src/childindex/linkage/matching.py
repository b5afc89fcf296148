"""Matching: from scored rows to a decision, by one joint posterior over all candidates, their kin, and absence.

weigh each candidate (`candidate`) -> joint posterior (`joint`) -> vetoes of the best (`vetoes`) -> decide -> tell
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import log2

from childindex.linkage.account import Account
from childindex.linkage.candidate import Candidate, ProfileRow, Weighed, Weigher
from childindex.linkage.compiled import MILLI, millibits
from childindex.linkage.counterfactual import Redecided, Standing, smallest_change
from childindex.linkage.explanation import Change, Decision, Match, Scored
from childindex.linkage.features import Features
from childindex.linkage.joint import Joint, Priors, joint
from childindex.linkage.prepared import SAME
from childindex.linkage.scoring import RowScore, Scorer
from childindex.linkage.specification import ModelShape
from childindex.linkage.twice import Twice
from childindex.linkage.vetoes import Vetoes

__all__ = ["Candidate", "Judged", "Matcher", "ProfileRow"]

_OUT_OF_REACH = -14 * MILLI  # 1 in 16,000 against absence, at the best: such rows are not finished, nor counted
_TOLD = 10  # candidates that a match tells of; all count in its probabilities


@dataclass(frozen=True, slots=True)
class Judged:
    """Weighed candidates with their joint posterior; `order` their places, best first; `vetoes` those of the best."""

    query: Features
    source: int
    priors: Priors
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
        """The decision on a query among its candidates, told line by line; see `Model.match`."""
        return self._told(self._judge(query, candidates, strings, (source, indexed)), self._account.full)

    def decide(
        self,
        query: Features,
        candidates: Sequence[Candidate],
        strings: Mapping[int, str],
        *,
        source: int,
        indexed: float,
    ) -> Match:
        """As `match`, but for the lines and classes of candidates, which cost as much as a tenth of it."""
        return self._told(self._judge(query, candidates, strings, (source, indexed)), self._account.brief)

    def chance(
        self,
        query: Features,
        candidates: Sequence[Candidate],
        strings: Mapping[int, str],
        among: frozenset[int],
        asked: tuple[int, float],
    ) -> float:
        """How probable the likeliest of some entries is, each held apart; `asked` by whom and with what prior."""
        prior = self._prior(asked[1])
        weighed = self._weighed(query, candidates, strings, (asked[0], prior))
        posterior = joint(self._scorer.comparisons, weighed, Priors(prior, self._rivals))
        mine = (same for each, same in zip(weighed, posterior.same, strict=True) if each.candidate.entry in among)
        return max(map(posterior.probability, mine), default=0.0)

    def change(
        self,
        query: Features,
        candidates: Sequence[Candidate],
        strings: Mapping[int, str],
        *,
        source: int,
        indexed: float,
    ) -> Change | None:
        """The smallest single change that would have changed the decision; see `Model.change`."""
        judged = self._judge(query, candidates, strings, (source, indexed))
        if not judged.order:
            return None
        best = judged.order[0]

        def rescored(score: RowScore) -> Redecided:
            changed = self._weigher.again(judged.weighed[best], score, source)
            weighed = (*judged.weighed[:best], changed, *judged.weighed[best + 1 :])
            return _redecided(self._judged((query, source), weighed, judged.priors), best)

        def without(veto: str) -> Redecided:
            again = self._judged((query, source), judged.weighed, judged.priors, frozenset({veto}))
            return _redecided(again, best)

        stands = Standing(judged.decision, judged.weighed[best].score, judged.vetoes, rescored, without)
        return smallest_change(self._scorer.comparisons, self._scorer.prepare(query.codes, query.strings), stands)

    def _judge(
        self,
        query: Features,
        candidates: Sequence[Candidate],
        strings: Mapping[int, str],
        asked: tuple[int, float],
    ) -> Judged:
        source, prior = asked[0], self._prior(asked[1])
        weighed = self._weighed(query, candidates, strings, (source, prior))
        return self._judged((query, source), weighed, Priors(prior, self._rivals))

    def _weighed(
        self, query: Features, candidates: Sequence[Candidate], strings: Mapping[int, str], asked: tuple[int, int]
    ) -> tuple[Weighed, ...]:
        """The candidates within reach, for an asker's (source, prior)."""
        prepared = self._scorer.prepare(query.codes, query.strings)
        bar = asked[0], _OUT_OF_REACH - asked[1]
        found = (self._weigher.weigh(prepared, candidate, strings, bar) for candidate in candidates)
        return tuple(each for each in found if each)

    def _prior(self, indexed: float) -> int:
        absent = 1.0 - indexed + indexed * self._shape.prior.missed
        return millibits(log2(indexed / self._shape.population / absent))

    def _judged(
        self,
        asked: tuple[Features, int],
        weighed: tuple[Weighed, ...],
        priors: Priors,
        without: frozenset[str] = frozenset(),
    ) -> Judged:
        """The decision on weighed candidates, vetoes of the names `without` aside."""
        one_child = partial(self._twice.chance, asked[0])
        posterior = joint(self._scorer.comparisons, weighed, priors, one_child)
        order = sorted(range(len(weighed)), key=lambda i: (-posterior.same[i], weighed[i].candidate.entry))
        vetoes: tuple[str, ...] = ()
        decision = Decision.UNMATCHED
        if order and posterior.probability(posterior.same[order[0]]) >= self._shape.thresholds.possible:
            found = self._vetoes.of(asked[0], weighed[order[0]], _likely(weighed, priors, posterior, order[0]))
            vetoes = tuple(veto for veto in found if veto not in without)
            certain = posterior.probability(posterior.same[order[0]]) >= self._shape.thresholds.match
            decision = Decision.MATCHED if certain and not vetoes else Decision.POSSIBLE
        return Judged(*asked, priors, weighed, posterior, tuple(order), vetoes, decision)

    def _told(self, judged: Judged, tell: Callable[[Weighed, Joint, int, tuple[str, ...]], Scored]) -> Match:
        scored = []
        for rank, place in enumerate(judged.order[:_TOLD]):
            vetoes = judged.vetoes
            if rank or judged.decision is Decision.UNMATCHED:  # the best one's are known where they count
                likely = _likely(judged.weighed, judged.priors, judged.joint, place)
                vetoes = self._vetoes.of(judged.query, judged.weighed[place], likely)
            scored.append(tell(judged.weighed[place], judged.joint, place, vetoes))
        posterior = judged.joint
        return Match(
            judged.decision, tuple(scored), posterior.absent / posterior.whole, self._label, 1.0 / posterior.whole
        )


def _redecided(again: Judged, best: int) -> Redecided:
    probability = again.joint.probability(again.joint.same[best])
    return Redecided(again.decision, probability, again.order[0] == best)


def _likely(weighed: Sequence[Weighed], priors: Priors, posterior: Joint, place: int) -> list[Weighed]:
    """Who is more likely than not as far as its own lines tell; other entries of this one's child left out."""
    return [
        each
        for at, each in enumerate(weighed)
        if priors.same + each.totals[SAME] >= 0 and not (at != place and posterior.one_child(place, at))
    ]
