"""An index in memory: what a store would hold for linkage, in dictionaries."""

import struct
from collections import defaultdict
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from time import perf_counter

from childindex import linkage
from childindex.demographics import Demographics
from childindex.linkage import Candidate, Features, Match, Model, ProfileRow

ROW = struct.Struct("<QH8H")  # entry, slot, narrow codes
SCAN = "birth_date"


def code(kind: str, value: str) -> int:
    """A code as a keyset would make it, under no key."""
    return int.from_bytes(blake2b(f"{kind}\x00{value}".encode(), digest_size=8).digest(), "little")


@dataclass(frozen=True, slots=True)
class Query:
    """A record made ready to look for and to write."""

    features: Features
    blocking: linkage.Blocking
    narrow: tuple[int, ...]
    akin: tuple[int, ...]
    addresses: tuple[tuple[int, linkage.Key], ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the index says of a record, and what it took."""

    match: Match
    candidates: tuple[Candidate, ...]
    caps: tuple[str, ...]
    seconds: float


@dataclass(slots=True)
class Memory:
    """Entries by id, birth dates as narrow rows, blocking keys, and the strings of codes."""

    model: Model
    entries: dict[int, list[ProfileRow]] = field(default_factory=dict)
    births: dict[str, bytearray] = field(default_factory=lambda: defaultdict(bytearray))
    keys: dict[tuple[str, tuple[str, ...]], list[int]] = field(default_factory=lambda: defaultdict(list))
    strings: dict[int, str] = field(default_factory=dict)

    def query(self, demographics: Demographics) -> Query:
        """The record's features, keys and narrow row."""
        record = self.model.normalise(linkage.children.source(demographics, test_range=True))
        features = self.model.features(record, code)
        akin = self.model.akin(record, code)
        addresses = self.model.addresses(record, features)
        return Query(features, self.model.blocking(record), self.model.narrow(features), akin, addresses)

    def resolve(
        self, demographics: Demographics, source: int = 0, indexed: float | None = None, *, lines: bool = False
    ) -> tuple[Query, Answer]:
        """Look a record up; the time covers all of it. `indexed` is the prior, the model's own where None.

        With `lines` the match tells what its weights are made of; a service asks for them only to explain.
        """
        start = perf_counter()
        query = self.query(demographics)
        candidates, caps = self._candidates(query)
        features = replace(query.features, crowds=self._crowds(query))
        inquiry = self.model.inquire(features, candidates, source=source, indexed=indexed)
        strings = {wanted: self.strings[wanted] for wanted in inquiry.wanted()}
        match = inquiry.match(strings) if lines else inquiry.decide(strings)
        return query, Answer(match, candidates, caps, perf_counter() - start)

    def _candidates(self, query: Query) -> tuple[tuple[Candidate, ...], tuple[str, ...]]:
        proposed, caps = self._proposed(query)
        found = (Candidate(entry, tuple(self.entries[entry]), tuple(rules)) for entry, rules in proposed.items())
        return tuple(found), caps

    def _crowds(self, query: Query) -> dict[int, int]:
        """How many children share an address of the query, where they are more than few."""
        first = self.model.shape.crowds.first
        shared = ((code, self.keys[key]) for code, key in query.addresses if len(self.keys.get(key, ())) >= first)
        return {code: len(set(entries)) for code, entries in shared}

    def write(self, query: Query, entry: int, source: int) -> None:
        """Add the record to an entry's profile."""
        rows = self.entries.setdefault(entry, [])
        slot = len(rows)
        rows.append(ProfileRow(slot, True, source, Features.decode(query.features.encode())))
        for birth in query.blocking.births:
            self.births[birth] += ROW.pack(entry, slot, *query.narrow)
        for key in query.blocking.keys:
            self.keys[key].append(entry)
        self.strings.update((at, value) for at, (_, value) in query.features.strings.items())

    def _proposed(self, query: Query) -> tuple[dict[int, dict[str, None]], tuple[str, ...]]:
        proposed: dict[int, dict[str, None]] = {}
        caps = []
        for birth in query.blocking.births:
            rows = bytes(self.births.get(birth, b""))
            found = linkage.narrow_filter((*query.narrow, *query.akin), rows, cap=self.model.cap)
            caps += [SCAN] if found.dense else []
            for place in found.rows:
                entry, *_ = ROW.unpack_from(rows, place * ROW.size)
                proposed.setdefault(entry, {})[SCAN] = None
        postings = [self.keys.get(key, ()) for key in query.blocking.keys]
        counts = [(key[0], len(found)) for key, found in zip(query.blocking.keys, postings, strict=True)]
        followed = self.model.follow(counts)
        for (rule, _), wanted, entries in zip(counts, followed.keys, postings, strict=True):
            for entry in entries if wanted else ():
                proposed.setdefault(entry, {})[rule] = None
        return proposed, (*caps, *followed.caps)
