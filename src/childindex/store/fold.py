"""The fold: accepted commits become tables. The writer, the replay and fsck all use this page and nothing else.

Deterministic: the same commits from the same position give the same tables, byte for byte. In one commit, deletes
go first, then puts, lexicon counts (ups before downs), change rows and charges. Of KEY only deletes are journalled;
they are listed here and done by the owner of the key environment.
"""

import lmdb

from childindex.store.accepted import Accepted
from childindex.store.commit import Reference, Table
from childindex.store.layout import Meta, change_key, decode_counted, encode_counted, entry_key
from childindex.store.merkle import Tree
from childindex.store.tables import Tables

MOST_COUNTED = 2**32 - 1
_STALE = 64  # rows of a past window that one charged commit clears away
_WINDOW = 4  # bytes of a BUDGET key that name its window


def fold(tables: Tables, first: int, batch: tuple[Accepted, ...], tree: Tree) -> None:
    """Apply a batch whose first commit has position `first`, in one transaction; `tree` is the event tree after it.

    Raises `lmdb.Error` when nothing could be applied, and ValueError when the batch does not follow the tables.
    """
    with tables.env.begin(write=True) as change:
        if tables.position(change) != first - 1:
            raise ValueError(f"a batch at position {first} does not follow {tables.position(change)}")
        for position, accepted in enumerate(batch, first):
            _apply(tables, change, position, accepted)
        meta = tables.of[Table.META]
        change.put(Meta.POSITION.value, entry_key(first + len(batch) - 1), db=meta)
        change.put(Meta.TREE.value, tree.encode(), db=meta)


def key_deletes(batch: tuple[Accepted, ...]) -> list[bytes]:
    """The data keys that the batch destroys."""
    return [delete.key for accepted in batch for delete in accepted.deletes if delete.table is Table.KEY]


def _apply(tables: Tables, change: "lmdb.Transaction[bytes]", position: int, accepted: Accepted) -> None:
    of = tables.of
    for delete in accepted.deletes:
        if delete.table is Table.BLOCK:
            change.delete(delete.key, delete.value, db=of[Table.BLOCK])
        elif delete.table is not Table.KEY:
            change.delete(delete.key, db=of[delete.table])
    for put in accepted.puts:
        change.put(put.key, put.value, db=of[put.table])
    for reference in sorted(accepted.references, key=_ups_first):
        _count(tables, change, reference)
    for index, row in enumerate(accepted.changes):
        change.put(change_key(row.feed, position, index), row.body, db=of[Table.CHANGE])
    if accepted.charged:
        _charge(tables, change, accepted.charged)


def _ups_first(reference: Reference) -> bool:
    """A code that one commit takes away and adds again must not lose its string in between."""
    return reference.delta < 0


def _count(tables: Tables, change: "lmdb.Transaction[bytes]", reference: Reference) -> None:
    lexicon = tables.of[Table.LEXICON]
    held = change.get(reference.code, db=lexicon)
    before, sealed = (0, reference.sealed) if held is None else decode_counted(held)
    count = min(before + reference.delta, MOST_COUNTED)
    if count > 0:
        change.put(reference.code, encode_counted(count, sealed), db=lexicon)
    elif held is not None:
        change.delete(reference.code, db=lexicon)


def _charge(tables: Tables, change: "lmdb.Transaction[bytes]", charged: tuple[bytes, ...]) -> None:
    with change.cursor(db=tables.of[Table.BUDGET]) as cursor:
        for _ in range(_STALE):
            if not cursor.first() or cursor.key()[:_WINDOW] >= charged[0][:_WINDOW]:
                break
            cursor.delete()
        for key in charged:
            cursor.put(key, b"")
