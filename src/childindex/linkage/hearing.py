"""Hearing: what records say of each other, asked once in a run over many components; neighbours meet in most of them.

An answer follows from what the records assert and nothing else, whichever component it is asked in.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import count

from childindex.linkage.candidate import Candidate
from childindex.linkage.explanation import Scored
from childindex.linkage.features import Codes, Features
from childindex.linkage.inquiry import Inquiry
from childindex.linkage.validity import LiveRecord

Numbers = tuple[int, ...]
_MOST = 200_000  # answers kept; of queries, which are larger, a tenth


class Hearing:
    """The hearing of one run, under one model. It holds queries with their names: it lives no longer than the run.

    `crowds` is how many children share an address, by code, as the run last counted them.
    """

    def __init__(self) -> None:
        self.crowds: dict[int, int] = {}
        self._queries: dict[tuple[Codes, int, tuple[tuple[int, int], ...]], Inquiry] = {}
        self._answers: dict[tuple[Inquiry, tuple[Numbers, ...]], Scored | None] = {}
        self._numbers: dict[LiveRecord, int] = {}
        self._next = count()

    def __repr__(self) -> str:
        return f"Hearing({len(self._answers)} answers)"

    def numbers(self, records: Sequence[LiveRecord]) -> Numbers:
        """A number for each record as it stands; what asserts something else has another."""
        for record in records:
            if record not in self._numbers:
                self._numbers[record] = next(self._next)
        return tuple(self._numbers[record] for record in records)

    def query(self, features: Features, source: int, make: Callable[[Features], Inquiry]) -> Inquiry:
        """The query of these features, without candidates, made once for as many as share its addresses: groups that
        grow ask what their parts asked."""
        codes = {code for field in features.codes for code in field} if self.crowds else ()
        crowds = {code: self.crowds[code] for code in sorted(codes) if code in self.crowds}
        key = features.codes, source, tuple(crowds.items())
        if key not in self._queries:
            if len(self._queries) >= _MOST // 10:
                self._forget()
            self._queries[key] = make(replace(features, crowds=crowds))
        return self._queries[key]

    def standing(
        self, query: Inquiry, groups: Sequence[tuple[Numbers, Candidate]], strings: Mapping[int, str]
    ) -> Scored | None:
        """How the first of some groups stands beside the others, asked by a query; None where it is out of reach."""
        key = query, tuple(numbers for numbers, _ in groups)
        if key not in self._answers:
            if len(self._answers) >= _MOST:
                self._forget()
            among = query.among([candidate for _, candidate in groups])
            self._answers[key] = among.standing(strings, groups[0][1].entry)
        return self._answers[key]

    def _forget(self) -> None:
        """Begin again; numbers go on, for there are groups that bear the old ones."""
        self._queries.clear()
        self._answers.clear()
        self._numbers.clear()
