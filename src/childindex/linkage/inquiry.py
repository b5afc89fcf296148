"""An inquiry: one query among its candidates, whatever is then asked of it.

    inquiry = model.inquire(query, candidates)
    match = inquiry.decide({code: lexicon[code] for code in inquiry.wanted()})

What codes alone tell is worked out once, when it is made; strings are needed only where that leaves something open.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from childindex.linkage.candidate import Candidate, Drafted
from childindex.linkage.explanation import Change, Match, Scored
from childindex.linkage.matching import Asked, Judged, Matcher

Strings = Mapping[int, str]


@dataclass(frozen=True, slots=True, eq=False)
class Inquiry:
    """A query among candidates under one model; made by `Model.inquire`. Itself alone is equal to it.

    Everything but `wanted` takes `strings`: the values of the codes wanted, and raises `StoreDamaged` when one of them
    is missing.
    """

    _matcher: Matcher
    _asked: Asked
    _drafted: tuple[Drafted, ...]

    def __repr__(self) -> str:
        return f"Inquiry({len(self._drafted)} candidates within reach)"

    def wanted(self) -> set[int]:
        """Codes whose strings are needed; those of pairs that were compared before are not, while that is known."""
        return self._matcher.wants(self._asked, self._drafted)

    def without(self, entries: Collection[int]) -> "Inquiry":
        """The same query among the other candidates."""
        return replace(self, _drafted=tuple(each for each in self._drafted if each.candidate.entry not in entries))

    def among(self, candidates: Sequence[Candidate]) -> "Inquiry":
        """The same query among other candidates than it was made with."""
        return replace(self, _drafted=self._matcher.drafts(self._asked, candidates))

    def match(self, strings: Strings) -> Match:
        """Whose record the query is, told line by line."""
        return self._matcher.full(self._judged(strings))

    def decide(self, strings: Strings) -> Match:
        """As `match`, for whoever need not say why: its candidates come without their lines and classes, and without
        vetoes below a hundredth of the threshold for a review."""
        return self._matcher.brief(self._judged(strings))

    def chance(self, strings: Strings, among: frozenset[int]) -> float:
        """How probable the likeliest of the entries `among` is, beside all candidates.

        Every entry is held apart: none takes over the odds of another that may be the same child, and none is too far
        down to count. A prior below the model's own does not count. What must never be overlooked is asked for so.
        """
        weighed = self._matcher.weigh(self._asked, self._drafted, strings)
        return self._matcher.chance(self._asked, weighed, among)

    def standing(self, strings: Strings, entry: int) -> Scored | None:
        """How one of the candidates stands beside the others, each held apart as by `chance`: told as by `decide`, with
        all its vetoes. None where it is out of reach."""
        weighed = self._matcher.weigh(self._asked, self._drafted, strings)
        return self._matcher.standing(self._asked, weighed, entry)

    def change(self, strings: Strings) -> Change | None:
        """What would have linked the record, or undone its link; None where no single change would.

        It decides again for every level that could have been reached, some fifty times: for explanations only.
        """
        return self._matcher.change(self._judged(strings))

    def _judged(self, strings: Strings) -> Judged:
        return self._matcher.judge(self._asked, self._matcher.weigh(self._asked, self._drafted, strings))
