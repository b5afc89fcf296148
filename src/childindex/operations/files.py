"""Children's files: the live records of entries as a snapshot shows them, what they assert, and the rulings on them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from childindex import linkage
from childindex.linkage import Hearing, LiveRecord
from childindex.operations.child import RULINGS, Child, child_of, record_handle, records_as_given, source_of
from childindex.operations.crowds import crowds_of, look
from childindex.operations.index import Index
from childindex.operations.recognise import Query, prepare
from childindex.pointer import Change, Declaration, PointerState, RecordKey, Ruling
from childindex.store import Snapshot, Table, layout, lineage
from childindex.store.layout import Part


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
    """The children's files that a snapshot shows, each read once: live records and rulings by entry.

    `hearing` is that of the run which looks at them; it is told how many share the addresses of these records now.
    """

    index: Index
    snapshot: Snapshot
    hearing: Hearing = field(default_factory=Hearing)
    children: dict[int, Child] = field(default_factory=dict)
    records: dict[int, tuple[Held, ...]] = field(default_factory=dict)
    rulings: dict[int, tuple[Ruling, ...]] = field(default_factory=dict)
    counted: set[int] = field(default_factory=set)

    async def of(self, entry: int) -> tuple[Held, ...]:
        """The live records of an entry; none where the entry is not live."""
        if entry not in self.records:
            child = await child_of(self.index, self.snapshot, entry)
            self.children[entry] = child
            self.records[entry] = await held_of(self.index, self.snapshot, child) if child.live else ()
            self.rulings[entry] = await rulings_on(self.snapshot, child)
            await self._count(self.records[entry])
        return self.records[entry]

    async def _count(self, records: Sequence[Held]) -> None:
        """Count who shares the addresses of these records, each once."""
        told = dict(address for held in records for query in held.queries for address in query.addresses)
        fresh = [(code, key) for code, key in told.items() if code not in self.counted]
        self.counted.update(code for code, _ in fresh)
        found = await crowds_of(self.index, self.snapshot, await look(self.index, self.snapshot, fresh), {})
        for code, _ in fresh:
            self.hearing.crowds.pop(code, None)
        self.hearing.crowds |= found

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


def _uncorrected(told: Sequence[tuple[Declaration, bool]]) -> list[Declaration]:
    """The versions in order, without those that a disputed one corrects: what an accepted one corrected is gone."""
    older = [given for (given, _), (newer, open_) in pairwise(told) if not (open_ and newer.change is Change.CORRECTED)]
    return [*older, told[-1][0]]
