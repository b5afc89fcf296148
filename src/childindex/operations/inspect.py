"""Inspect: does every child's file agree with all by which it is found? What fsck cannot see, being blind to keys.

For each entry: its number leads to it; each pointer has its record's place and listing; each row is what its
record as given normalises to, and is found by its birth date and by each of its blocking keys; and over all
entries the lexicon's counts are those of the rows. Nothing personal is in what it reports.
"""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from childindex.errors import Error
from childindex.operations.adopt import check_model
from childindex.operations.child import (
    Child,
    child_of,
    entry_of,
    place_of,
    record_handle,
    records_as_given,
    source_of,
    traces_of,
)
from childindex.operations.index import Index
from childindex.operations.recognise import open_string, prepare
from childindex.operations.vacated import is_vacated
from childindex.pointer import Declaration, Pointer
from childindex.store import Snapshot, Table, layout
from childindex.vault import Handle

_PAGE = 500
_CAP = 1_000_000_000  # inspection looks at every posting


@dataclass(slots=True)
class Inspection:
    """How many entries and rows were looked at, and how often each fault was found, by name."""

    entries: int = 0
    rows: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    codes: Counter[bytes] = field(default_factory=Counter)

    def check(self, holds: bool, fault: str) -> None:
        """Count the fault unless it holds."""
        if not holds:
            self.faults[fault] += 1


async def inspect(index: Index) -> Inspection:
    """Look at every entry of one snapshot. Nothing is disclosed, so nothing is journalled.

    Raises `StoreDamaged` for an index that another model wrote.
    """
    result = Inspection()
    await check_model(index)
    async with index.store.snapshot() as snapshot:
        inspector = _Inspector(index, snapshot, result)
        async for key, _ in _all(snapshot, Table.ENTRY):
            await inspector.entry(layout.decode_entry_key(key))
        await inspector.lexicon()
    return result


@dataclass(frozen=True, slots=True)
class _Inspector:
    index: Index
    snapshot: Snapshot
    result: Inspection

    async def entry(self, entry: int) -> None:
        self.result.entries += 1
        try:
            child = await child_of(self.index, self.snapshot, entry)
            await self.number(child)
            records = await records_as_given(self.index, self.snapshot, child)
            for pointer in child.pointers:
                self.result.check(pointer.slot in records, "pointer without its record as given")
                await self.pointer(child, pointer)
            for row in child.profile.rows:
                self.result.check(row.slot in records, "row without its record as given")
                if row.slot in records:
                    await self.row(child, row, records[row.slot])
        except Error as error:
            self.result.faults[f"entry cannot be read: {error.message}"] += 1

    async def number(self, child: Child) -> None:
        """A live entry's number leads to it; a superseded one's to one that does, and nothing is left at the entry."""
        leads = await entry_of(self.index, self.snapshot, child.number)
        if child.live or is_vacated(child.profile):
            self.result.check(leads == child.entry, "number does not lead to its entry")
            self.result.check(child.live or not child.pointers, "vacated entry holds records")
            return
        heir = None if leads is None else await child_of(self.index, self.snapshot, leads)
        known = heir is not None and (heir.live or is_vacated(heir.profile))
        self.result.check(known, "superseded number does not lead to a live entry")
        self.result.check(not child.pointers and not child.profile.rows, "superseded entry holds records")

    async def pointer(self, child: Child, pointer: Pointer) -> None:
        index, key = self.index, pointer.key
        place, _ = await place_of(index, self.snapshot, key)
        stands = place is not None and (place.entry, place.slot) == (child.entry, pointer.slot)
        self.result.check(stands, "pointer without its record's place")
        if key.retired:
            return  # its local id is another record's: it is listed no more
        own = layout.own_key(index.vault.handle(Handle.CUSTODIAN, key.custodian), record_handle(index, key))
        (listed,) = await self.snapshot.read(Table.OWN, [own])
        self.result.check(listed is not None, "record not listed among its custodian's own")

    async def row(self, child: Child, row: layout.Row, given: Declaration) -> None:
        self.result.rows += 1
        if not row.features:
            return  # a disputed version: kept, and found by nothing
        traces = await traces_of(self.snapshot, child, row.slot)
        query = prepare(
            self.index, given.demographics, asker=given.key.custodian, source=source_of(self.index, given.key)
        )
        codes = tuple(layout.lexicon_key(code) for code in query.features.strings)
        same = traces == layout.Traces(query.births, query.blocks, codes)
        self.result.check(same, "traces are not those of the record as given")
        self.result.check(row.features == query.features.encode(), "row is not what its record normalises to")
        if traces is None:
            return
        self.result.codes.update(traces.codes)
        found = await self.snapshot.candidates(traces.births, traces.blocks, _CAP)
        posting = layout.posting(child.entry, row.slot)
        self.result.check(all(posting in p for p in found.postings), "row not found by a blocking key")
        wanted = layout.Narrow(child.entry, row.slot, query.narrow)
        for chunks in found.chunks:
            opened = self.index.vault.decrypt_rows([value for _, value in chunks])
            held = any(wanted in layout.decode_rows(chunk) for chunk in opened)
            self.result.check(held, "row not found by its birth date")

    async def lexicon(self) -> None:
        codes = self.result.codes
        async for key, value in _all(self.snapshot, Table.LEXICON):
            count, sealed = layout.decode_counted(value)
            self.result.check(codes.pop(key, 0) == count, "lexicon count is not that of the rows")
            try:
                open_string(self.index, int.from_bytes(key, "big"), sealed)
            except Error:
                self.result.faults["lexicon string does not open"] += 1
        self.result.check(not codes, "code of a row missing from the lexicon")


async def _all(snapshot: Snapshot, table: Table) -> AsyncIterator[tuple[bytes, bytes]]:
    after = b""
    while rows := await snapshot.scan(table, b"", after, _PAGE):
        for row in rows:
            yield row
        after = rows[-1][0]
