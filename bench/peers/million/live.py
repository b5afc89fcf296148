"""childindex on the two files: candidates of all queries by the batch engine, then each query decided by the live core.

Both propose by the same keys of one model; the batch engine only spares reading a million records one by one. What is
written of a pair is the odds of the joint posterior: this child against all other candidates and none.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from math import log2

import numpy as np

from bench.peers.boundary import Ints, Scored, Told
from bench.population.extract import Rows
from childindex import linkage
from childindex.demographics import Demographics
from childindex.linkage import Candidate, Decision, Features, Match, Model, ProfileRow
from childindex.linkage.batch import Pairs, Vocabulary, candidate_pairs

_LEXICON = 1 << 21  # values whose codes are remembered
_READ = 1 << 16  # records of the index that are kept ready
_NOBODY = -1000.0  # bits of a pair that was proposed and is out of reach
_LEAST = 1e-300
_COLUMNS = (
    "given_name", "middle_names", "family_name", "known_as", "former_family_names", "carer_family_name", "birth_date",
    "expected_birth_date", "sex", "postcode", "uprn",
)  # fmt: skip


@lru_cache(maxsize=_LEXICON)
def _code(kind: str, value: str) -> int:
    """A code as a keyset would make it, under no key."""
    return int.from_bytes(blake2b(f"{kind}\x00{value}".encode(), digest_size=8).digest(), "little")


def candidates(model: Model, index: Rows, queries: Rows) -> Pairs:
    """All that the model's rules propose: left the queries, right the places in the index."""
    vocabulary = Vocabulary(model)
    asked, kept = vocabulary.table(_columns(queries)), vocabulary.table(_columns(index))
    return candidate_pairs(model, vocabulary, asked, kept)


def _columns(rows: Rows) -> dict[str, list[tuple[str, ...]]]:
    """The records as source columns of the model."""
    columns: dict[str, list[tuple[str, ...]]] = {name: [()] * len(rows) for name in _COLUMNS}
    for place, row in enumerate(rows):
        for name, values in linkage.children.source(row.demographics, test_range=True).items():
            columns[name][place] = values
    return columns


class Reader:
    """Records of the index as candidates, read when they are wanted."""

    def __init__(self, model: Model, rows: Rows) -> None:
        self._model, self._rows = model, rows
        self._strings: dict[int, str] = {}
        self.candidate = lru_cache(maxsize=_READ)(self._candidate)

    def features(self, demographics: Demographics) -> Features:
        """A record in codes."""
        return self._model.features(
            self._model.normalise(linkage.children.source(demographics, test_range=True)), _code
        )

    def match(self, demographics: Demographics, places: Sequence[int]) -> Match:
        """Whose record this is among the children at these places."""
        query = self.features(demographics)
        among = [self.candidate(place) for place in places]
        inquiry = self._model.inquire(query, among)
        return inquiry.match({code: self._strings[code] for code in inquiry.wanted()})

    def _candidate(self, place: int) -> Candidate:
        features = self.features(self._rows[place].demographics)
        self._strings.update((code, value) for code, (_, value) in features.strings.items())
        return Candidate(place, (ProfileRow(0, True, 0, features),))


def decided(model: Model, index: Rows, queries: Rows, pairs: Pairs) -> Iterator[Match]:
    """The decision on every query, in their order."""
    reader = Reader(model, index)
    bounds = np.searchsorted(pairs.left, np.arange(len(queries) + 1))
    for place, row in enumerate(queries):
        yield reader.match(row.demographics, pairs.right[bounds[place] : bounds[place + 1]].tolist())


@dataclass(frozen=True, slots=True)
class Answers:
    """Every proposed pair with its bits, what the rules proposed, the place linked of every query or -1, and whether a
    person would be asked."""

    scored: Scored
    pairs: Pairs
    linked: Ints
    review: np.ndarray[tuple[int], np.dtype[np.bool_]]


def answers(model: Model, index: Rows, queries: Rows, told: Told) -> Answers:
    """Find every query in the index; the times go to `told`."""
    with told.time("read"):
        pairs = candidates(model, index, queries)
    known: dict[tuple[int, int], float] = {}
    linked, review = [], []
    with told.time("link"):
        for query, match in enumerate(decided(model, index, queries, pairs)):
            known.update(((query, place), bits) for place, bits in _odds(match))
            linked.append(match.scored[0].entry if match.decision is Decision.MATCHED else -1)
            review.append(match.decision is Decision.POSSIBLE)
    bits = [known.get(pair, _NOBODY) for pair in zip(pairs.left.tolist(), pairs.right.tolist(), strict=True)]
    scored = Scored(pairs.left, pairs.right, np.array(bits, dtype=np.float64))
    return Answers(scored, pairs, np.array(linked, dtype=np.int64), np.array(review, dtype=bool))


def _odds(match: Match) -> Iterator[tuple[int, float]]:
    """log2 of the odds of every candidate told: its probability against that of all others and of absence."""
    for each in match.scored:
        others = match.absent_probability + sum(one.probability for one in match.scored if one is not each)
        yield each.entry, log2(max(each.probability, _LEAST)) - log2(max(others, _LEAST))
