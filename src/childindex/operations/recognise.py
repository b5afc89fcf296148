"""Recognise: from a child's details to the match among the entries the index holds, on one snapshot.

This is where the three blind rooms meet: `linkage` says which keys to look at and weighs what is found,
`store` fetches, `vault` hashes the keys and opens the rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from childindex import linkage, telemetry
from childindex.demographics import Demographics
from childindex.entry import EntryState
from childindex.errors import Error, Reason
from childindex.linkage import Candidate, Features, Match, ProfileRow, Record
from childindex.operations.answers import Advice
from childindex.operations.child import open_profiles
from childindex.operations.index import Index
from childindex.store import Snapshot, Table, layout
from childindex.vault import Sealed

_LIVE = frozenset({EntryState.LIVE, EntryState.UNDER_REVIEW})
_SCAN = "birth_date"


@dataclass(frozen=True, slots=True)
class Query:
    """A child's details made ready: normalised, coded, and its keys hashed.

    `source` is 0 when only resolving; there are no guards then, for nothing will be written.
    """

    record: Record
    features: Features
    births: tuple[bytes, ...]
    rules: tuple[str, ...]
    blocks: tuple[bytes, ...]
    guards: tuple[bytes, ...]
    narrow: tuple[int, ...]
    source: int = 0

    def __repr__(self) -> str:
        return "Query(...)"


@dataclass(frozen=True, slots=True)
class Recognition:
    """What a snapshot shows of a query: the match, its candidates' profiles by entry id, and the caps that fired."""

    match: Match
    profiles: dict[int, layout.Profile]
    caps: tuple[str, ...]


def prepare(index: Index, demographics: Demographics, source: int = 0) -> Query:
    """The query of a child's details.

    Raises `Error(TOO_LITTLE_TO_IDENTIFY)` where they could not reach the model's minimum input weight,
    with advice computed from the input alone.
    """
    model, vault = index.model, index.vault
    record = model.normalise(linkage.children.source(demographics))
    if model.input_weight(record) < model.minimum_input_weight:
        advice = ",".join(a.name for a in advise(index, record))
        raise Error(
            Reason.TOO_LITTLE_TO_IDENTIFY,
            "demographics: too little to identify a child; add what the advice names",
            metadata={"advice": advice},
        )
    features = model.features(record, vault.code)
    blocking = model.blocking(record)
    wanted = blocking.guards if source else blocking.keys  # guards hold the keys; only a writer needs the others
    hashed = {key: vault.block_key(*key) for key in wanted}
    return Query(
        record,
        features,
        births=tuple(vault.birth_code(day) for day in blocking.births),
        rules=tuple(rule for rule, _ in blocking.keys),
        blocks=tuple(hashed[key] for key in blocking.keys),
        guards=tuple(hashed.values()) if source else (),
        narrow=model.narrow(features),
        source=source,
    )


def advise(index: Index, record: Record) -> tuple[Advice, ...]:
    """What the caller could add, from what is missing in the input."""
    return tuple(Advice[f"ADD_{name.upper()}"] for name in index.model.missing(record))


async def recognise(
    index: Index, snapshot: Snapshot, query: Query, *, without: frozenset[tuple[int, int]] = frozenset()
) -> Recognition:
    """Weigh the query against the candidates of a snapshot, leaving out the rows `without` (entry, slot).

    1 candidates by birth date and blocking keys; 2 their profiles; 3 the strings still unknown; 4 the match.
    """
    found = await snapshot.candidates(query.births, query.blocks, index.model.cap)
    proposed = _proposed(index, query, found.chunks)
    for rule, postings in zip(query.rules, found.postings, strict=True):
        for posting in postings:
            proposed.setdefault(layout.decode_posting(posting)[0], {})[rule] = None
    caps = tuple(
        dict.fromkeys(rule for rule, count in zip(query.rules, found.counts, strict=True) if count > index.model.cap)
    )
    for rule in caps:
        telemetry.cap(rule)
    profiles = await profiles_of(index, snapshot, list(proposed))
    candidates = [
        Candidate(entry, _rows(entry, profile, without), tuple(proposed[entry]))
        for entry, profile in profiles.items()
        if profile.state in _LIVE
    ]
    strings = await _strings(index, snapshot, query, candidates)
    return Recognition(index.model.match(query.features, candidates, strings, source=query.source), profiles, caps)


async def profiles_of(index: Index, snapshot: Snapshot, entries: Sequence[int]) -> dict[int, layout.Profile]:
    """The profiles of those entries that exist, opened in one call."""
    values = await snapshot.read(Table.ENTRY, [layout.entry_key(entry) for entry in entries])
    present = {entry: value for entry, value in zip(entries, values, strict=True) if value is not None}
    return dict(zip(present, open_profiles(index, list(present.values())), strict=True))


def _proposed(index: Index, query: Query, chunks: list[list[tuple[bytes, bytes]]]) -> dict[int, dict[str, None]]:
    values = [value for birth in chunks for _, value in birth]
    if not values:
        return {}
    rows = b"".join(index.vault.decrypt_rows(values))
    kept = linkage.narrow_filter(query.narrow, rows, layout.ROW, layout.NARROW_OFFSET)
    proposed: dict[int, dict[str, None]] = {}
    for row in kept:
        entry, _ = layout.decode_posting(rows[row * layout.ROW : row * layout.ROW + layout.POSTING])
        proposed.setdefault(entry, {})[_SCAN] = None
    return proposed


def _rows(entry: int, profile: layout.Profile, without: frozenset[tuple[int, int]]) -> tuple[ProfileRow, ...]:
    return tuple(
        ProfileRow(row.slot, row.active, row.source, Features.decode(row.features))
        for row in profile.rows
        if (entry, row.slot) not in without
    )


async def _strings(index: Index, snapshot: Snapshot, query: Query, candidates: Sequence[Candidate]) -> dict[int, str]:
    known = index.memory.strings
    missing = [code for code in index.model.wanted(query.features, candidates) if code not in known]
    if missing:
        values = await snapshot.read(Table.LEXICON, [layout.lexicon_key(code) for code in missing])
        index.memory.remember(
            {
                code: open_string(index, code, layout.decode_counted(value)[1])
                for code, value in zip(missing, values, strict=True)
                if value is not None
            }
        )
    return index.memory.strings


def open_string(index: Index, code: int, sealed: bytes) -> str:
    """The string of a code, from its sealed lexicon value."""
    return index.vault.open_sealed(Sealed.LEXICON, sealed, layout.lexicon_key(code)).decode()


def seal_string(index: Index, code: int, value: str) -> bytes:
    """The sealed lexicon value of a string."""
    return index.vault.seal(Sealed.LEXICON, value.encode(), layout.lexicon_key(code))
