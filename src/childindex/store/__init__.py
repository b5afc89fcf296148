"""The store: a journal that is the durable truth, and tables folded from it.

    from childindex import store

    store.init(folder, keyset_id)
    index = store.open_local(folder, keyset_id)                # one process: reads and writes
    async with index.snapshot() as view:
        found = await view.candidates(births, blocks, cap=400)  # one visit
    receipt = await index.commit(store.Commit(snapshot=view.position, guards=keys, touches=keys, puts=..., events=...))

A commit is a value, checked and recorded whole by the one writer; `Conflict` asks to match again on a fresh snapshot.
The room knows keys, sealed values and keyed hashes; never a name, a date, or what a value means.
"""

from childindex.store.commit import (
    ChangeRow,
    Charge,
    Commit,
    Delete,
    Event,
    Expect,
    Put,
    Receipt,
    Reference,
    Table,
    digest,
)
from childindex.store.copies import Copy, copy
from childindex.store.fsck import Fault, Problem, Report, fsck
from childindex.store.local import LocalStore, init, open_local
from childindex.store.place import Hold
from childindex.store.protocol import Candidates, Snapshot, Store
from childindex.store.recovery import Recovery, recover
from childindex.store.remote import RemoteStore, open_reader
from childindex.store.service import writer_main
from childindex.store.writer import Applied, Settings

__all__ = [
    "Applied",
    "Candidates",
    "ChangeRow",
    "Charge",
    "Commit",
    "Copy",
    "Delete",
    "Event",
    "Expect",
    "Fault",
    "Hold",
    "LocalStore",
    "Problem",
    "Put",
    "Receipt",
    "Recovery",
    "Reference",
    "RemoteStore",
    "Report",
    "Settings",
    "Snapshot",
    "Store",
    "Table",
    "copy",
    "digest",
    "fsck",
    "init",
    "open_local",
    "open_reader",
    "recover",
    "writer_main",
]
