"""The component of a record: the live records that may be of one child with it, and those that stand beside them.

A component depends on the live records alone, not on the entries that they lie in: it is closed under "may be one
child, each by what it asserts itself" and under stewards' must-links. The records beside it (twins, brothers, people of
one name) are in reach of one of its records, and compete in the settling, but are not settled here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from childindex import linkage
from childindex.linkage import Candidate, Features, LiveRecord, ProfileRow
from childindex.operations.child import (
    RULINGS,
    Child,
    child_of,
    gone,
    place_of,
    record_handle,
    records_as_given,
    source_of,
)
from childindex.operations.index import Index
from childindex.operations.recognise import Query, prepare, propose
from childindex.pointer import Change, Declaration, PointerState, RecordKey, Ruling
from childindex.store import Snapshot, Table, layout, lineage
from childindex.store.layout import Part

LARGEST = 150  # records of a component; a greater one is a matter for people, and for whoever tends the model


@dataclass(frozen=True, slots=True)
class Held:
    """A live record, the entry it lies in, and what finds others like it: a query a version, the present first."""

    key: RecordKey
    entry: int
    live: LiveRecord
    queries: tuple[Query, ...]

    def __repr__(self) -> str:
        return f"Held({self.key!r})"


@dataclass(slots=True)
class Files:
    """The children's files that a snapshot shows, each read once: live records and rulings by entry."""

    index: Index
    snapshot: Snapshot
    children: dict[int, Child] = field(default_factory=dict)
    records: dict[int, tuple[Held, ...]] = field(default_factory=dict)
    rulings: dict[int, tuple[Ruling, ...]] = field(default_factory=dict)

    async def of(self, entry: int) -> tuple[Held, ...]:
        """The live records of an entry; none where the entry is not live."""
        if entry not in self.records:
            child = await child_of(self.index, self.snapshot, entry)
            self.children[entry] = child
            self.records[entry] = await held_of(self.index, self.snapshot, child) if child.live else ()
            self.rulings[entry] = await rulings_on(self.snapshot, child)
        return self.records[entry]

    def ruled(self) -> tuple[linkage.Ruling, ...]:
        """All rulings read so far, by handle, in order."""
        rulings = {ruling for found in self.rulings.values() for ruling in found}
        coded = (
            linkage.Ruling(record_handle(self.index, r.one), record_handle(self.index, r.other), r.same)
            for r in rulings
        )
        return tuple(sorted(coded, key=lambda r: (r.one, r.other, r.same)))

    def __repr__(self) -> str:
        return f"Files({len(self.children)} children)"


@dataclass(frozen=True, slots=True)
class Component:
    """The records to settle (`core`), those beside them, and whether it is whole or was given up as too large."""

    core: tuple[Held, ...]
    beside: tuple[Held, ...]
    whole: bool = True

    @property
    def handles(self) -> frozenset[bytes]:
        """The handles of the records to settle."""
        return frozenset(record.live.handle for record in self.core)

    def __repr__(self) -> str:
        return f"Component({len(self.core)} records, {len(self.beside)} beside)"


async def component_of(files: Files, record: Held) -> Component:
    """The component of a record, in the order of the records' handles."""
    core, beside, fresh = {record.live.handle: record}, dict[bytes, Held](), [record]
    while fresh:
        mine = fresh.pop()
        for entry in await _near(files, mine):
            for other in await files.of(entry):
                if other.live.handle in core:
                    continue
                likeness = _likeness(files.index, mine, other)
                if likeness is None and not await _bound(files, mine, other):
                    continue
                if likeness is None or likeness >= files.index.model.thresholds.possible:
                    core[other.live.handle] = other
                    fresh.append(other)
                else:
                    beside[other.live.handle] = other
        if len(core) > LARGEST:
            return Component((record,), (), whole=False)
    return Component(
        tuple(core[handle] for handle in sorted(core)),
        tuple(beside[handle] for handle in sorted(set(beside) - set(core))),
    )


async def components_of(files: Files, records: Sequence[Held]) -> tuple[Component, ...]:
    """The components of these records, no two of which share one.

    Reach goes one way where a version is disputed: it finds others, but has no row to be found by. Who is reached by
    such a record is settled with it.
    """
    found: list[Component] = []
    for record in records:
        if not any(record.live.handle in component.handles for component in found):
            wider = await component_of(files, record)
            found = [*(each for each in found if each.handles.isdisjoint(wider.handles)), wider]
    return tuple(found)


async def rulings_on(snapshot: Snapshot, child: Child) -> tuple[Ruling, ...]:
    """What stewards have ruled on a child's records. Nothing writes rulings yet: they are only read."""
    name = layout.sealed_key(child.entry, Part.RULINGS)
    (sealed,) = await snapshot.read(Table.SEALED, [name])
    return () if sealed is None else lineage.decode_rulings(child.key.open_padded(RULINGS, sealed, name))


async def ruled_apart(snapshot: Snapshot, child: Child, key: RecordKey) -> bool:
    """Whether stewards ruled that a record is never of the child that one of the child's records is of."""
    held = {pointer.key for pointer in child.pointers}
    rulings = await rulings_on(snapshot, child)
    return any(
        not ruling.same and key in (ruling.one, ruling.other) and held & ({ruling.one, ruling.other} - {key})
        for ruling in rulings
    )


async def _near(files: Files, record: Held) -> list[int]:
    """The entries that blocking proposes for any version of the record, or that a must-link names."""
    entries: dict[int, None] = {}
    for query in record.queries:
        proposed, _ = await propose(files.index, files.snapshot, query)
        entries |= dict.fromkeys(proposed)
    for ruling in files.rulings.get(record.entry, ()):
        if ruling.same and record.key in (ruling.one, ruling.other):
            for key in (ruling.one, ruling.other):
                place, _ = await place_of(files.index, files.snapshot, key)
                if place is not None and not gone(place):
                    entries[place.entry] = None
    return list(entries)


async def _bound(files: Files, one: Held, other: Held) -> bool:
    pair = {one.key, other.key}
    return any(ruling.same and {ruling.one, ruling.other} == pair for ruling in files.rulings.get(one.entry, ()))


def _likeness(index: Index, one: Held, other: Held) -> float | None:
    """How probable it is, by themselves, that two records are one child's; None where they are out of reach."""
    model = index.model
    strings = {at: text for held in (one, other) for query in held.queries for at, text in query.texts().items()}
    found = []
    for mine, theirs in ((one, other), (other, one)):
        rows = tuple(
            ProfileRow(slot, False, 0, Features(version.codes)) for slot, version in enumerate(theirs.live.versions)
        )
        for query in mine.queries:
            match = model.inquire(query.features, [Candidate(0, rows)]).decide(strings)
            found += [scored.probability for scored in match.scored]
    return max(found, default=None)


async def held_of(index: Index, snapshot: Snapshot, child: Child) -> tuple[Held, ...]:
    """The child's records, each with what it asserts: its latest version, and the older ones not since corrected."""
    disputed = {row.slot for row in child.profile.rows if not row.features}
    versions: dict[RecordKey, list[tuple[Declaration, bool]]] = {}
    for slot, given in (await records_as_given(index, snapshot, child)).items():
        versions.setdefault(given.key, []).append((given, slot in disputed))
    held = []
    for pointer in child.pointers:
        asserted = _uncorrected(sorted(versions[pointer.key], key=lambda told: told[0].source_version))
        source = source_of(index, pointer.key)
        queries = tuple(
            prepare(index, given.demographics, asker=pointer.key.custodian, source=source)
            for given in reversed(asserted)
        )
        live = LiveRecord(
            record_handle(index, pointer.key),
            source,
            pointer.state_on(index.today()) is PointerState.ACTIVE,
            queries[0].features,
            tuple(query.features for query in queries[1:]),
        )
        held.append(Held(pointer.key, child.entry, live, queries))
    return tuple(held)


def _uncorrected(told: Sequence[tuple[Declaration, bool]]) -> list[Declaration]:
    """The versions in order, without those that a disputed one corrects: what an accepted one corrected is gone."""
    older = [given for (given, _), (newer, open_) in pairwise(told) if not (open_ and newer.change is Change.CORRECTED)]
    return [*older, told[-1][0]]
