"""Hearing: what records say of each other, asked once in a run over many components; neighbours meet in most of them.

An answer follows from what the records assert and nothing else, whichever component it is asked in.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import count

from childindex.linkage.candidate import Candidate
from childindex.linkage.explanation import Scored
from childindex.linkage.features import Codes
from childindex.linkage.inquiry import Inquiry
from childindex.linkage.validity import LiveRecord

Numbers = tuple[int, ...]
_MOST = 200_000  # answers kept; of queries, which are larger, a tenth


class Hearing:
    """The hearing of one run, under one model. It holds queries with their names: it lives no longer than the run."""

    def __init__(self) -> None:
        self._queries: dict[tuple[Codes, int], Inquiry] = {}
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

    def query(self, codes: Codes, source: int, make: Callable[[], Inquiry]) -> Inquiry:
        """The query of these codes, without candidates, made once: groups that grow ask what their parts asked."""
        if (codes, source) not in self._queries:
            if len(self._queries) >= _MOST // 10:
                self._forget()
            self._queries[codes, source] = make()
        return self._queries[codes, source]

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
