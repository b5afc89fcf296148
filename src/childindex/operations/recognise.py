"""Recognise: from a child's details to the match among the entries the index holds, on one snapshot.

This is where the three blind rooms meet: `linkage` says which keys to look at and weighs what is found,
`store` fetches, `vault` hashes the keys and opens the rows.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from childindex import linkage, telemetry
from childindex.demographics import Advice, Demographics
from childindex.entry import EntryState, ShieldState
from childindex.errors import Error, Reason, Violation
from childindex.linkage import Candidate, Features, Inquiry, Match, ProfileRow, Record
from childindex.operations.child import Child, child_of, records_as_given
from childindex.operations.crowds import Address, crowds_of, profiles_of
from childindex.operations.index import Index
from childindex.reading import read
from childindex.store import Candidates, Snapshot, Table, layout
from childindex.telemetry import Stage
from childindex.vault import Sealed

LIVE = frozenset({EntryState.LIVE, EntryState.UNDER_REVIEW})


@dataclass(frozen=True, slots=True)
class Query:
    """A child's details made ready: normalised, coded, and its keys hashed.

    `source` is 0 when only resolving; there are no guards then, for nothing will be written. `indexed` is the prior
    that the index knows the child, by what is loaded and the child's age; the model's own where None. `left_out` tells
    the caller of the fields that say nothing. `kind` is that of the asker ("": not known), `addresses` are the codes of
    addresses, each with the key that counts its children.
    """

    record: Record
    features: Features
    births: tuple[bytes, ...]
    rules: tuple[str, ...]
    blocks: tuple[bytes, ...]
    guards: tuple[bytes, ...]
    narrow: tuple[int, ...]
    akin: tuple[int, ...]
    asker: str
    source: int = 0
    indexed: float | None = None
    left_out: tuple[Violation, ...] = ()
    kind: str = ""
    addresses: tuple[tuple[int, bytes], ...] = ()

    def texts(self) -> dict[int, str]:
        """The values that fuzzy comparisons may want of these details, by code."""
        return {code: text for code, (_, text) in self.features.strings.items()}

    def __repr__(self) -> str:
        return "Query(...)"


@dataclass(frozen=True, slots=True)
class Recognition:
    """What a snapshot shows of a query, as far as the asker may see.

    `match` and `profiles` (by entry id) leave out the children hidden from the asker, so that nothing computed from
    them can tell that one is there; `hidden` is the greatest probability that the query is one of those.
    `inquiry` and `strings` are what was decided: an explanation asks them why.
    """

    match: Match
    profiles: dict[int, layout.Profile]
    caps: tuple[str, ...]
    inquiry: Inquiry
    strings: Mapping[int, str]
    hidden: float = 0.0

    def __repr__(self) -> str:
        return "Recognition(...)"


def prepare(
    index: Index,
    demographics: Demographics,
    *,
    asker: str,
    source: int = 0,
    loaded: frozenset[str] = frozenset(),
) -> Query:
    """The query of a child's details, asked by a custodian; `loaded` are the kinds whose records are in beside its own.

    Raises `Error(TOO_LITTLE_TO_IDENTIFY)` where they could not reach the model's minimum input weight,
    with advice computed from the input alone.
    """
    with telemetry.stage(Stage.NORMALISE):
        query = _prepared(index, demographics, asker, source)
    return replace(query, indexed=_indexed(index, demographics, loaded)) if loaded else query


def _prepared(index: Index, demographics: Demographics, asker: str, source: int) -> Query:
    model, vault = index.model, index.vault
    reading = read(demographics, test_range=index.settings.accept_test_identifiers)
    record = model.normalise(linkage.children.columns(reading), asker)
    if model.input_weight(record) < model.minimum_input_weight:
        advice = ",".join(a.name for a in advise(index, record))
        raise Error(
            Reason.TOO_LITTLE_TO_IDENTIFY,
            "demographics: too little to identify a child; add what the advice names",
            metadata={"advice": advice},
        )
    features = model.features(record, vault.code)
    blocking = model.blocking(record)
    blocks = tuple(vault.block_key(*key) for key in blocking.keys)
    guards = tuple(vault.block_key(*key) for key in model.guards(record)) if source else ()
    return Query(
        record,
        features,
        births=tuple(vault.birth_code(day) for day in blocking.births),
        rules=tuple(rule for rule, _ in blocking.keys),
        blocks=blocks,
        guards=(*blocks, *guards) if source else (),
        narrow=model.narrow(features),
        akin=model.akin(record, vault.code),
        asker=asker,
        source=source,
        left_out=reading.left_out,
        addresses=tuple((code, vault.block_key(*key)) for code, key in model.addresses(record, features)),
    )


def _indexed(index: Index, demographics: Demographics, loaded: frozenset[str]) -> float:
    return index.model.indexed(loaded, linkage.children.age(demographics, index.today()))


def advise(index: Index, record: Record) -> tuple[Advice, ...]:
    """What the caller could add, from what is missing in the input."""
    return tuple(Advice[f"ADD_{name.upper()}"] for name in index.model.missing(record))


async def recognise(
    index: Index,
    snapshot: Snapshot,
    query: Query,
    *,
    without: frozenset[tuple[int, int]] = frozenset(),
    states: frozenset[EntryState] = LIVE,
) -> Recognition:
    """Weigh the query against the candidates of a snapshot whose entries are in one of these states, leaving out the
    rows `without` (entry, slot).

    1 candidates by birth date and blocking keys; 2 their profiles; 3 the strings still unknown; 4 the match among
    those the asker may know of, and how probable the others are.
    """
    with telemetry.stage(Stage.CANDIDATES):
        found = await snapshot.candidates(query.births, query.blocks, index.model.cap)
        proposed, caps = _proposed(index, query, found)
        for rule in caps:
            telemetry.cap(rule)
        profiles = await profiles_of(index, snapshot, list(proposed))
        crowds = await crowds_of(index, snapshot, _shared(query, found), profiles)
    candidates = [
        Candidate(entry, _rows(entry, profile, without), tuple(proposed[entry]))
        for entry, profile in profiles.items()
        if profile.state in states
    ]
    asked = replace(query, features=replace(query.features, crowds=crowds))
    with telemetry.stage(Stage.SCORE):
        return await _weigh(index, snapshot, asked, candidates, (profiles, caps))


async def propose(index: Index, snapshot: Snapshot, query: Query) -> tuple[dict[int, dict[str, None]], tuple[str, ...]]:
    """The entries that birth date and blocking keys propose, each with the rules that did, and the caps that fired."""
    return _proposed(index, query, await snapshot.candidates(query.births, query.blocks, index.model.cap))


def _proposed(index: Index, query: Query, found: Candidates) -> tuple[dict[int, dict[str, None]], tuple[str, ...]]:
    proposed, dense = _scanned(index, query, found.chunks)
    followed = index.model.follow(list(zip(query.rules, found.counts, strict=True)))
    for rule, wanted, postings in zip(query.rules, followed.keys, found.postings, strict=True):
        for posting in postings if wanted else ():
            proposed.setdefault(layout.decode_posting(posting)[0], {})[rule] = None
    return proposed, (*dense, *followed.caps)


def _shared(query: Query, found: Candidates) -> list[Address]:
    """The addresses of the query with what was found of their keys."""
    at = {block: place for place, block in enumerate(query.blocks)}
    return [
        Address(code, key, found.counts[at[key]], found.postings[at[key]]) for code, key in query.addresses if key in at
    ]


async def _weigh(
    index: Index,
    snapshot: Snapshot,
    query: Query,
    candidates: Sequence[Candidate],
    found: tuple[dict[int, layout.Profile], tuple[str, ...]],
) -> Recognition:
    profiles, caps = found
    inquiry = index.model.inquire(
        query.features, candidates, source=query.source, indexed=query.indexed, kind=query.kind
    )
    strings = await _strings(index, snapshot, inquiry.wanted())
    away = await _hidden(index, snapshot, query.asker, {c.entry: profiles[c.entry] for c in candidates})
    if not away:
        return Recognition(inquiry.decide(strings), profiles, caps, inquiry, strings)
    known = {entry: profile for entry, profile in profiles.items() if entry not in away}
    among = inquiry.without(away)
    return Recognition(among.decide(strings), known, caps, among, strings, inquiry.chance(strings, frozenset(away)))


async def _hidden(index: Index, snapshot: Snapshot, asker: str, profiles: Mapping[int, layout.Profile]) -> set[int]:
    """The shielded children of whom the asker holds no record: a custodian always finds its own again."""
    shielded = [entry for entry, profile in profiles.items() if profile.shield != ShieldState.OPEN]
    children = [await child_of(index, snapshot, entry) for entry in shielded]
    return {child.entry for child in children if await _is_hidden(index, snapshot, child, asker)}


async def _is_hidden(index: Index, snapshot: Snapshot, child: Child, asker: str) -> bool:
    """Whether a shielded child is hidden; who held the last record of one that was vacated knew of it."""
    if child.profile.state != EntryState.VACATED:
        return child.hidden_from(asker)
    removed = await records_as_given(index, snapshot, child)
    return all(given.key.custodian != asker for given in removed.values())


def _scanned(
    index: Index, query: Query, chunks: list[list[tuple[bytes, bytes]]]
) -> tuple[dict[int, dict[str, None]], tuple[str, ...]]:
    """The entries that the birth date proposes, and the scan as a cap where it was dense."""
    values = [value for birth in chunks for _, value in birth]
    if not values:
        return {}, ()
    rows, scan = b"".join(index.vault.decrypt_rows(values)), index.model.shape.scan
    found = linkage.narrow_filter(
        (*query.narrow, *query.akin), rows, cap=index.model.cap, row_size=layout.ROW, offset=layout.NARROW_OFFSET
    )
    proposed: dict[int, dict[str, None]] = {}
    for row in found.rows:
        entry, _ = layout.decode_posting(rows[row * layout.ROW : row * layout.ROW + layout.POSTING])
        proposed.setdefault(entry, {})[scan] = None
    return proposed, (scan,) if found.dense else ()


def _rows(entry: int, profile: layout.Profile, without: frozenset[tuple[int, int]]) -> tuple[ProfileRow, ...]:
    return tuple(
        ProfileRow(row.slot, row.active, row.source, Features.decode(row.features))
        for row in profile.rows
        if row.features and (entry, row.slot) not in without  # a disputed version has no features
    )


async def _strings(index: Index, snapshot: Snapshot, wanted: Collection[int]) -> dict[int, str]:
    strings = {code: text for code in wanted if (text := index.memory.strings.get(code)) is not None}
    missing = [code for code in wanted if code not in strings]
    if missing:
        values = await snapshot.read(Table.LEXICON, [layout.lexicon_key(code) for code in missing])
        fresh = {
            code: open_string(index, code, layout.decode_counted(value)[1])
            for code, value in zip(missing, values, strict=True)
            if value is not None
        }
        index.memory.remember(fresh)
        strings.update(fresh)
    return strings


def open_string(index: Index, code: int, sealed: bytes) -> str:
    """The string of a code, from its sealed lexicon value."""
    return index.vault.open_sealed(Sealed.LEXICON, sealed, layout.lexicon_key(code)).decode()


def seal_string(index: Index, code: int, value: str) -> bytes:
    """The sealed lexicon value of a string."""
    return index.vault.seal(Sealed.LEXICON, value.encode(), layout.lexicon_key(code))
