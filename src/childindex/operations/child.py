"""A child's file: profile, data key and pointer set, read in one snapshot and put back in one commit."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from childindex.entry import EntryState, ShieldState
from childindex.errors import StoreDamaged
from childindex.number import ChildNumber
from childindex.operations.index import Index
from childindex.pointer import Declaration, Pointer, RecordKey
from childindex.store import Snapshot, Table, documents, layout
from childindex.store.commit import digest
from childindex.store.layout import Part, Place, Profile, Traces
from childindex.vault import ChildKey, Handle, Sealed
from childindex.vault.rows import ROW_TAG

POINTERS, RECORD, TRACES = b"pointers", b"record", b"traces"  # the parts that a child's data key seals
RULINGS, ABSORBED, VACATED = b"rulings", b"absorbed", b"vacated"
GONE = 0xFFFF  # the slot in the place of a withdrawn record
_MAX_HOPS = 32  # supersessions followed before the chain is called damaged


@dataclass(frozen=True, slots=True)
class Child:
    """One child's file as a snapshot shows it. `seen` are the digests a commit expects to find unchanged."""

    entry: int
    profile: Profile
    key: ChildKey
    pointers: tuple[Pointer, ...]
    seen: tuple[bytes, bytes]
    kept: tuple[bytes, ...] = ()  # a decoy's sealed records, which no table holds

    @property
    def number(self) -> ChildNumber:
        """The number in force."""
        return ChildNumber(self.profile.number)

    @property
    def live(self) -> bool:
        """Whether the entry answers for its number."""
        return self.profile.state in (EntryState.LIVE, EntryState.UNDER_REVIEW)

    def hidden_from(self, custodian: str) -> bool:
        """Whether the child is shielded and the custodian holds no record of it: then it hears nothing."""
        return self.profile.shield != ShieldState.OPEN and all(p.key.custodian != custodian for p in self.pointers)

    def sealing(self) -> tuple[bytes, ChildKey]:
        """What an audit event about the child needs: entry id and key."""
        return layout.entry_key(self.entry), self.key

    @property
    def disputed(self) -> bool:
        """Whether a record's latest version points to another child, and a steward has yet to say."""
        latest = {pointer.slot for pointer in self.pointers}
        return any(not row.features for row in self.profile.rows if row.slot in latest)

    def pointer_disputed(self, key: RecordKey) -> bool:
        """Whether the latest version of this record is disputed."""
        pointer = self.pointer(key)
        return pointer is not None and any(r.slot == pointer.slot and not r.features for r in self.profile.rows)

    def pointer(self, key: RecordKey) -> Pointer | None:
        """The pointer of a record."""
        return next((p for p in self.pointers if p.key == key), None)

    def next_slot(self) -> int:
        """The lowest slot no row of the profile uses."""
        used = {row.slot for row in self.profile.rows}
        return next(slot for slot in range(GONE) if slot not in used)

    def with_pointer(self, pointer: Pointer) -> "Child":
        """The file with this pointer in place of the one of the same record, or added."""
        others = tuple(p for p in self.pointers if p.key != pointer.key)
        return replace(self, pointers=(*others, pointer))

    @property
    def slots(self) -> frozenset[int]:
        """The slots in use."""
        return frozenset(row.slot for row in self.profile.rows)

    def activated(self, slot: int, *, active: bool) -> "Child":
        """The file with the row of a slot as its record's present one, or kept as history."""
        rows = tuple(replace(row, active=active) if row.slot == slot else row for row in self.profile.rows)
        return replace(self, profile=replace(self.profile, rows=rows))

    def __repr__(self) -> str:
        return "Child(...)"


async def place_of(index: Index, snapshot: Snapshot, key: RecordKey) -> tuple[Place | None, bytes | None]:
    """Where a record lies (slot `GONE` when withdrawn) and the digest of that value; None when never declared."""
    (value,) = await snapshot.read(Table.RECORD, [record_handle(index, key)])
    if value is None:
        return None, None
    return layout.decode_place(index.vault.open_place(key, value)), digest(value)


def gone(place: Place) -> bool:
    """Whether the record was withdrawn: its place then holds only the version."""
    return place.slot == GONE


async def child_of(index: Index, snapshot: Snapshot, entry: int) -> Child:
    """The file of an entry; raises `StoreDamaged` where a part is missing."""
    found = await maybe_child(index, snapshot, entry)
    if found is None:
        raise StoreDamaged("an entry is referred to but not stored")
    return found


async def maybe_child(index: Index, snapshot: Snapshot, entry: int) -> Child | None:
    """The file of an entry, None when there is no such entry."""
    name = layout.entry_key(entry)
    (profile,) = await snapshot.read(Table.ENTRY, [name])
    (wrapped,) = await snapshot.read(Table.KEY, [name])
    (sealed,) = await snapshot.read(Table.SEALED, [layout.sealed_key(entry, Part.POINTERS)])
    if profile is None:
        return None
    index.vault.check_row(profile, name)
    if open_profiles(index, [profile])[0].state == EntryState.ERASED:
        return None
    if wrapped is None or sealed is None:
        raise StoreDamaged("a child's key or pointer set is missing")
    key = index.vault.child_key(name, wrapped)
    pointers = documents.decode_pointers(key.open_padded(POINTERS, sealed, layout.sealed_key(entry, Part.POINTERS)))
    return Child(entry, open_profiles(index, [profile])[0], key, pointers, (digest(profile), digest(sealed)))


def open_profiles(index: Index, values: Sequence[bytes]) -> list[Profile]:
    """The profiles of ENTRY values, opened in one call of the cipher."""
    return [layout.decode_profile(plain) for plain in index.vault.decrypt_rows([v[:-ROW_TAG] for v in values])]


def seal_profile(index: Index, entry: int, profile: Profile) -> bytes:
    """The ENTRY value of a profile: encrypted under a fresh salt and bound to its entry."""
    return index.vault.bind_row(index.vault.encrypt_rows(layout.encode_profile(profile)), layout.entry_key(entry))


async def key_of(index: Index, snapshot: Snapshot, entry: int) -> ChildKey:
    """A child's data and audit key alone."""
    name = layout.entry_key(entry)
    (wrapped,) = await snapshot.read(Table.KEY, [name])
    if wrapped is None:
        raise StoreDamaged("a child's key is missing")
    return index.vault.child_key(name, wrapped)


async def entry_of(index: Index, snapshot: Snapshot, number: ChildNumber) -> int | None:
    """The entry a number leads to, supersession followed to its end; None when it was never issued."""
    for _ in range(_MAX_HOPS):
        handle = number_handle(index, number)
        (value,) = await snapshot.read(Table.NUMBER, [handle])
        if value is None:
            return None
        target = layout.decode_target(index.vault.open_sealed(Sealed.NUMBER, value, handle))
        if isinstance(target, int):
            return target
        number = ChildNumber(target)
    raise StoreDamaged("a chain of superseded numbers does not end")


async def records_as_given(index: Index, snapshot: Snapshot, child: Child) -> dict[int, Declaration]:
    """Every version of every record still kept, as given, by slot."""
    slots = [row.slot for row in child.profile.rows]
    names = [layout.sealed_key(child.entry, Part.RECORD, slot) for slot in slots]
    values = list(child.kept) or await snapshot.read(Table.SEALED, names)
    return {
        slot: documents.decode_record(child.key.open_padded(RECORD, value, name))
        for slot, name, value in zip(slots, names, values, strict=True)
        if value is not None
    }


async def traces_of(snapshot: Snapshot, child: Child, slot: int) -> Traces | None:
    """All that was written to find the row of a slot by; None for a row that nothing finds."""
    name = layout.sealed_key(child.entry, Part.TRACES, slot)
    (sealed,) = await snapshot.read(Table.SEALED, [name])
    return None if sealed is None else layout.decode_traces(child.key.open_padded(TRACES, sealed, name))


async def records_of(index: Index, snapshot: Snapshot, child: Child, key: RecordKey) -> dict[int, Declaration]:
    """Every version still kept of one record, as given, by slot."""
    records = await records_as_given(index, snapshot, child)
    return {slot: given for slot, given in records.items() if given.key == key}


def record_handle(index: Index, key: RecordKey) -> bytes:
    """The keyed hash under which a record is found."""
    use = (str(key.use),) if key.retired else ()
    return index.vault.handle(Handle.RECORD, key.custodian, key.system, key.record_type, key.local_id, *use)


def number_handle(index: Index, number: ChildNumber) -> bytes:
    """The keyed hash under which a child number is found."""
    return index.vault.handle(Handle.NUMBER, number.value)


def source_of(index: Index, key: RecordKey) -> int:
    """The 64-bit code of a custodian's system: two active rows of one source are evidence against one child."""
    return int.from_bytes(index.vault.handle(Handle.SYSTEM, key.custodian, key.system)[:8], "big")
