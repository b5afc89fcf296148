"""A child's file: profile, data key and pointer set, read in one snapshot and put back in one commit."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from childindex.entry import EntryState
from childindex.errors import StoreDamaged
from childindex.number import ChildNumber
from childindex.operations.index import Index
from childindex.pointer import Declaration, Pointer, RecordKey
from childindex.store import Snapshot, Table, documents, layout
from childindex.store.commit import digest
from childindex.store.layout import Part, Place, Profile
from childindex.vault import ChildKey, Handle, Sealed
from childindex.vault.rows import ROW_TAG

POINTERS, RECORD = b"pointers", b"record"  # the parts that a child's data key seals
_MAX_HOPS = 32  # supersessions followed before the chain is called damaged


@dataclass(frozen=True, slots=True)
class Child:
    """One child's file as a snapshot shows it. `seen` are the digests a commit expects to find unchanged."""

    entry: int
    profile: Profile
    key: ChildKey
    pointers: tuple[Pointer, ...]
    seen: tuple[bytes, bytes]

    @property
    def number(self) -> ChildNumber:
        """The number in force."""
        return ChildNumber(self.profile.number)

    @property
    def live(self) -> bool:
        """Whether the entry answers for its number."""
        return self.profile.state in (EntryState.LIVE, EntryState.UNDER_REVIEW)

    def pointer(self, key: RecordKey) -> Pointer | None:
        """The pointer of a record."""
        return next((p for p in self.pointers if p.key == key), None)

    def next_slot(self) -> int:
        """A slot no row of the profile uses."""
        return max((row.slot for row in self.profile.rows), default=-1) + 1

    def with_pointer(self, pointer: Pointer) -> "Child":
        """The file with this pointer in place of the one of the same record, or added."""
        others = tuple(p for p in self.pointers if p.key != pointer.key)
        return replace(self, pointers=(*others, pointer))

    def retired(self, slot: int) -> "Child":
        """The file with the row of a slot kept as history: no longer an active record of its source."""
        rows = tuple(replace(row, active=False) if row.slot == slot else row for row in self.profile.rows)
        return replace(self, profile=replace(self.profile, rows=rows))

    def __repr__(self) -> str:
        return "Child(...)"


async def place_of(index: Index, snapshot: Snapshot, key: RecordKey) -> Place | None:
    """Where a record lies, None when its custodian has not declared it."""
    (value,) = await snapshot.read(Table.RECORD, [record_handle(index, key)])
    return None if value is None else layout.decode_place(index.vault.open_place(key, value))


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
    if wrapped is None or sealed is None:
        raise StoreDamaged("a child's key or pointer set is missing")
    key = index.vault.child_key(name, wrapped)
    index.vault.check_row(profile, name)
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
    values = await snapshot.read(Table.SEALED, names)
    return {
        slot: documents.decode_record(child.key.open_padded(RECORD, value, name))
        for slot, name, value in zip(slots, names, values, strict=True)
        if value is not None
    }


async def records_of(index: Index, snapshot: Snapshot, child: Child, key: RecordKey) -> dict[int, Declaration]:
    """Every version still kept of one record, as given, by slot."""
    records = await records_as_given(index, snapshot, child)
    return {slot: given for slot, given in records.items() if given.key == key}


def record_handle(index: Index, key: RecordKey) -> bytes:
    """The keyed hash under which a record is found."""
    return index.vault.handle(Handle.RECORD, key.custodian, key.system, key.record_type, key.local_id)


def number_handle(index: Index, number: ChildNumber) -> bytes:
    """The keyed hash under which a child number is found."""
    return index.vault.handle(Handle.NUMBER, number.value)


def source_of(index: Index, key: RecordKey) -> int:
    """The 64-bit code of a custodian's system: two active rows of one source are evidence against one child."""
    return int.from_bytes(index.vault.handle(Handle.SYSTEM, key.custodian, key.system)[:8], "big")
