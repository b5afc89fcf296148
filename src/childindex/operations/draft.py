"""Draft a commit: what one change of a child's file puts, deletes, counts and touches.

A draft is made on one snapshot and sealed into a `Commit`; whatever it read, it expects to find unchanged.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from childindex.number import ChildNumber
from childindex.operations.adopt import in_force
from childindex.operations.audit import AuditEvent, about_child
from childindex.operations.child import (
    GONE,
    POINTERS,
    RECORD,
    TRACES,
    Child,
    number_handle,
    record_handle,
    seal_profile,
    traces_of,
)
from childindex.operations.index import Index
from childindex.operations.recognise import Query, seal_string
from childindex.pointer import Declaration, RecordKey
from childindex.store import Snapshot, Table, documents, layout
from childindex.store.commit import ChangeRow, Charge, Commit, Delete, Event, Expect, Put, Reference, digest
from childindex.store.layout import Narrow, Part, Place, Profile, Row, Traces
from childindex.vault import Handle, Sealed


@dataclass(slots=True)
class Draft:
    """A commit in the making. `position` is that of the snapshot it rests on, `policy` the version it was decided by.

    Whoever shields a child must also touch the guards of all its rows, so that a registration under way sees it.
    """

    index: Index
    position: int
    policy: int = 0
    place_seen: bytes | None = None
    guards: tuple[bytes, ...] = ()
    touches: list[bytes] = field(default_factory=list)
    expects: list[Expect] = field(default_factory=list)
    puts: list[Put] = field(default_factory=list)
    deletes: list[Delete] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    changes: list[ChangeRow] = field(default_factory=list)
    charges: list[Charge] = field(default_factory=list)

    def __repr__(self) -> str:
        return "Draft(...)"

    def commit(self) -> Commit:
        """The commit."""
        return Commit(
            snapshot=self.position,
            guards=self.guards,
            touches=tuple(self.touches),
            expects=(*self.expects, *in_force(self.policy)),
            puts=tuple(self.puts),
            deletes=tuple(self.deletes),
            references=tuple(self.references),
            events=tuple(self.events),
            changes=tuple(self.changes),
            charges=tuple(self.charges),
        )

    # --- a record's row: narrow row, postings, lexicon counts, the record as given ---

    async def add_row(
        self, snapshot: Snapshot, child: Child, query: Query, given: Declaration, *, slot: int | None = None
    ) -> Child:
        """The child with one more active row in a free slot (the lowest), and all by which it is found."""
        slot = child.next_slot() if slot is None else slot
        chunk = self.index.vault.encrypt_rows(layout.encode_rows([Narrow(child.entry, slot, query.narrow)]))
        for birth in query.births:
            self.puts.append(Put(Table.BIRTH, layout.birth_key(birth, secrets.randbits(64)), chunk))
        posting = layout.posting(child.entry, slot)
        self.puts += [Put(Table.BLOCK, key, posting) for key in query.blocks]
        self.touches += query.guards
        self.references += await self._counted_up(snapshot, query)
        codes = tuple(layout.lexicon_key(code) for code in query.features.strings)
        traces = layout.encode_traces(Traces(query.births, query.blocks, codes))
        self._seal(child, Part.TRACES, slot, traces)
        return self.add_version(child, Row(slot, True, query.source, query.features.encode()), given)

    def add_version(self, child: Child, row: Row, given: Declaration) -> Child:
        """The child with a row and its record as given; without features (a disputed version) nothing finds it."""
        self._seal(child, Part.RECORD, row.slot, documents.encode_record(given))
        return replace(child, profile=replace(child.profile, rows=(*child.profile.rows, row)))

    def put_record(self, child: Child, slot: int, given: Declaration) -> None:
        """Replace the record as given of a slot whose row stays."""
        self._seal(child, Part.RECORD, slot, documents.encode_record(given))

    async def remove_row(self, snapshot: Snapshot, child: Child, slot: int) -> Child:
        """The child without the row of a slot: exactly what was written for it goes, whatever the model has become."""
        traces = await traces_of(snapshot, child, slot)
        if traces is not None:
            await self._remove_narrow(snapshot, (child.entry, slot), traces.births)
            posting = layout.posting(child.entry, slot)
            self.deletes += [Delete(Table.BLOCK, key, posting) for key in traces.blocks]
            self.references += [Reference(code, -1) for code in traces.codes]
            self.deletes.append(Delete(Table.SEALED, layout.sealed_key(child.entry, Part.TRACES, slot)))
        self.deletes.append(Delete(Table.SEALED, layout.sealed_key(child.entry, Part.RECORD, slot)))
        rows = tuple(row for row in child.profile.rows if row.slot != slot)
        return replace(child, profile=replace(child.profile, rows=rows))

    def _seal(self, child: Child, part: Part, slot: int, plain: bytes) -> None:
        name = layout.sealed_key(child.entry, part, slot)
        sealed = child.key.seal_padded(TRACES if part is Part.TRACES else RECORD, plain, name)
        self.puts.append(Put(Table.SEALED, name, sealed))

    async def _remove_narrow(self, snapshot: Snapshot, gone: tuple[int, int], births: tuple[bytes, ...]) -> None:
        """Rewrite the chunks that hold the row (entry, slot); a chunk of one row goes whole."""
        await self.rewrite_narrow(snapshot, births, {gone: None})

    async def rewrite_narrow(
        self, snapshot: Snapshot, births: Sequence[bytes], moved: Mapping[tuple[int, int], tuple[int, int] | None]
    ) -> None:
        """Rewrite the chunks that hold the rows (entry, slot) named: under another name, or (None) without them.

        Rows of one birth date may share a chunk: name them in one call.
        """
        found = await snapshot.candidates(births, (), 0)
        for chunks in found.chunks:
            opened = self.index.vault.decrypt_rows([value for _, value in chunks])
            for (key, value), plain in zip(chunks, opened, strict=True):
                rows = layout.decode_rows(plain)
                if not any((row.entry, row.slot) in moved for row in rows):
                    continue
                named = [(moved.get((row.entry, row.slot), (row.entry, row.slot)), row.codes) for row in rows]
                kept = [Narrow(*name, codes) for name, codes in named if name is not None]
                self.expects.append(Expect(Table.BIRTH, key, digest(value)))
                if kept:
                    self.puts.append(Put(Table.BIRTH, key, self.index.vault.encrypt_rows(layout.encode_rows(kept))))
                else:
                    self.deletes.append(Delete(Table.BIRTH, key))

    async def _counted_up(self, snapshot: Snapshot, query: Query) -> list[Reference]:
        strings = query.features.strings
        stored = await snapshot.read(Table.LEXICON, [layout.lexicon_key(code) for code in strings])
        return [
            Reference(layout.lexicon_key(code), 1, b"" if value else seal_string(self.index, code, text))
            for (code, (_, text)), value in zip(strings.items(), stored, strict=True)
        ]

    # --- the child's file ---

    def put_child(self, child: Child, *, new: bool = False) -> None:
        """Write profile and pointer set; expects them as they were seen, or absent when new."""
        name, pointers = layout.entry_key(child.entry), layout.sealed_key(child.entry, Part.POINTERS)
        profile_seen, pointers_seen = (None, None) if new else child.seen
        self.expects += [Expect(Table.ENTRY, name, profile_seen), Expect(Table.SEALED, pointers, pointers_seen)]
        sealed = child.key.seal_padded(POINTERS, documents.encode_pointers(child.pointers), pointers)
        profile = seal_profile(self.index, child.entry, child.profile)
        self.puts += [Put(Table.ENTRY, name, profile), Put(Table.SEALED, pointers, sealed)]

    def put_pointers(self, child: Child) -> None:
        """Write the pointer set alone."""
        name = layout.sealed_key(child.entry, Part.POINTERS)
        self.expects.append(Expect(Table.SEALED, name, child.seen[1]))
        sealed = child.key.seal_padded(POINTERS, documents.encode_pointers(child.pointers), name)
        self.puts.append(Put(Table.SEALED, name, sealed))

    def issue(self, number: ChildNumber, entry: int) -> None:
        """Let a fresh number lead to an entry; expects that it was never issued."""
        handle = number_handle(self.index, number)
        self.expects.append(Expect(Table.NUMBER, handle, None))
        self._put_target(handle, layout.encode_target(entry))

    def supersede(self, number: ChildNumber, successor: ChildNumber) -> None:
        """Let a number lead to the one that succeeds it. The entry's own expectation guards the old number."""
        self._put_target(number_handle(self.index, number), layout.encode_target(successor.value))

    def _put_target(self, handle: bytes, target: bytes) -> None:
        self.puts.append(Put(Table.NUMBER, handle, self.index.vault.seal(Sealed.NUMBER, target, handle)))

    def put_place(self, key: RecordKey, place: Place, *, before: bytes | None) -> None:
        """Write where a record lies, and list it among its custodian's own; `before` is the digest of its old place.

        A retired record is listed no more: its local id is another record's.
        """
        handle = record_handle(self.index, key)
        self.expects.append(Expect(Table.RECORD, handle, before))
        if not key.retired:
            own = self._own(key, handle)
            sealed = self.index.vault.seal(Sealed.OWN, layout.entry_key(place.entry), own)
            self.puts.append(Put(Table.OWN, own, sealed))
        self._put_place(key, handle, place)

    def bury(self, key: RecordKey, place: Place) -> None:
        """Unlist a record; of its place only the version stays, so that no late older one brings it back."""
        handle = record_handle(self.index, key)
        self.deletes.append(Delete(Table.OWN, self._own(key, handle)))
        self._put_place(key, handle, Place(0, GONE, place.source_version, bytes(16)))

    def _own(self, key: RecordKey, handle: bytes) -> bytes:
        return layout.own_key(self.index.vault.handle(Handle.CUSTODIAN, key.custodian), handle)

    def _put_place(self, key: RecordKey, handle: bytes, place: Place) -> None:
        sealed = self.index.vault.seal_place(key, layout.encode_place(place))
        self.puts.append(Put(Table.RECORD, handle, sealed))

    def record(self, child: Child, event: AuditEvent) -> None:
        """Journal an event about the child."""
        self.events.append(about_child(event, layout.entry_key(child.entry), child.key, self.index.vault))


def new_child(draft: Draft, number: ChildNumber, state: int, authority: str) -> Child:
    """An empty file with a fresh entry id and data key, its key already among the draft's puts."""
    entry = secrets.randbits(64)
    name = layout.entry_key(entry)
    key, wrapped = draft.index.vault.new_child_key(name)
    draft.expects.append(Expect(Table.KEY, name, None))
    draft.puts.append(Put(Table.KEY, name, wrapped))
    return Child(entry, Profile(number.value, state, authority, 0, ()), key, (), (b"", b""))
