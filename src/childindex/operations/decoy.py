"""The decoy: a made-up child that is opened where there is none, so that the time tells nothing.

A number that was never issued would otherwise answer in a fifth of the time of one whose birth date is wrong. The
decoy lives in memory, has no entry in any table, and its birth date fits nothing.
"""

from childindex.demographics import Demographics
from childindex.entry import EntryState
from childindex.operations.child import POINTERS, RECORD, Child, open_profiles, seal_profile
from childindex.operations.index import Decoy, Index
from childindex.pointer import Declaration, RecordKey
from childindex.store import documents, layout
from childindex.store.layout import Part, Profile, Row

_NUMBER = "C0000000000"  # its check symbols are wrong: no number
_RECORDS = 3


def decoy(index: Index) -> Child:
    """The decoy as a child's file."""
    made = _made(index)
    key = index.vault.child_key(made.entry, made.wrapped)
    rows = tuple(Row(slot, True, 0, b"") for slot in range(_RECORDS))
    profile = Profile(_NUMBER, EntryState.LIVE, "nobody", 0, rows)
    return Child(layout.decode_entry_key(made.entry), profile, key, (), (b"", b""), made.records)


def open_decoy(index: Index) -> None:
    """The work of opening a child's file, done on the decoy."""
    made = _made(index)
    index.vault.check_row(made.profile, made.entry)
    open_profiles(index, [made.profile, made.profile])
    key = index.vault.child_key(made.entry, made.wrapped)
    documents.decode_pointers(key.open_padded(POINTERS, made.pointers, made.entry))


def _made(index: Index) -> Decoy:
    if index.memory.decoy is None:
        index.memory.decoy = _make(index)
    return index.memory.decoy


def _make(index: Index) -> Decoy:
    entry = layout.entry_key(0)
    key, wrapped = index.vault.new_child_key(entry)
    given = Declaration(RecordKey("nobody", "nobody", "nobody", "nobody"), 1, Demographics())
    names = [layout.sealed_key(0, Part.RECORD, slot) for slot in range(_RECORDS)]
    rows = tuple(Row(slot, True, 0, bytes(160)) for slot in range(_RECORDS))
    return Decoy(
        entry,
        wrapped,
        seal_profile(index, 0, Profile(_NUMBER, EntryState.LIVE, "nobody", 0, rows)),
        key.seal_padded(POINTERS, documents.encode_pointers(()), entry),
        tuple(key.seal_padded(RECORD, documents.encode_record(given), name) for name in names),
    )
