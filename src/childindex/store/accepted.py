"""Commits as bytes: whole for the writer's socket, as accepted for the journal. Pure; msgpack arrays in fixed order."""

from dataclasses import dataclass
from typing import Any

import msgpack

from childindex.errors import StoreDamaged
from childindex.store.commit import ChangeRow, Charge, Commit, Delete, Event, Expect, Put, Reference, Table
from childindex.store.merkle import Tree, leaf_hash


@dataclass(frozen=True, slots=True)
class Accepted:
    """A commit as the journal keeps it: no preconditions, no puts of KEY; `charged` are the BUDGET keys it spends."""

    puts: tuple[Put, ...] = ()
    deletes: tuple[Delete, ...] = ()
    references: tuple[Reference, ...] = ()
    events: tuple[Event, ...] = ()
    changes: tuple[ChangeRow, ...] = ()
    charged: tuple[bytes, ...] = ()

    @classmethod
    def of(cls, commit: Commit, charged: tuple[bytes, ...]) -> "Accepted":
        """What the journal keeps of a commit whose preconditions hold."""
        puts = tuple(put for put in commit.puts if put.table is not Table.KEY)
        return cls(puts, commit.deletes, commit.references, commit.events, commit.changes, charged)


def grown(tree: Tree, batch: tuple[Accepted, ...]) -> Tree:
    """The event tree after the batch."""
    return tree.extended(leaf_hash(event.salt, event.body) for accepted in batch for event in accepted.events)


def encode_batch(batch: tuple[Accepted, ...]) -> bytes:
    """The body of a journal frame."""
    return _packed([[*_changes(accepted), accepted.charged] for accepted in batch])


def decode_batch(body: bytes) -> tuple[Accepted, ...]:
    """The accepted commits of a frame; raises `StoreDamaged`."""
    try:
        return tuple(Accepted(*_read_changes(*changes), tuple(charged)) for *changes, charged in _unpacked(body))
    except (ValueError, TypeError):
        raise StoreDamaged("a journal frame cannot be read") from None


def encode_commit(commit: Commit) -> list[Any]:
    """A whole commit as a msgpack array, for the writer's socket."""
    return [
        commit.snapshot,
        commit.guards,
        commit.touches,
        [[expect.table, expect.key, expect.digest] for expect in commit.expects],
        [[charge.account, charge.subject, charge.limit] for charge in commit.charges],
        *_changes(commit),
    ]


def decode_commit(fields: list[Any]) -> Commit:
    """The commit; raises ValueError or TypeError when the array is no commit."""
    snapshot, guards, touches, expects, charges, *changes = fields
    puts, deletes, references, events, rows = _read_changes(*changes)
    return Commit(
        snapshot=snapshot,
        guards=tuple(guards),
        touches=tuple(touches),
        expects=tuple(Expect(Table(table), key, digest) for table, key, digest in expects),
        charges=tuple(Charge(*charge) for charge in charges),
        puts=puts,
        deletes=deletes,
        references=references,
        events=events,
        changes=rows,
    )


def _changes(source: Accepted | Commit) -> list[Any]:
    return [
        [[put.table, put.key, put.value] for put in source.puts],
        [[delete.table, delete.key, delete.value] for delete in source.deletes],
        [[reference.code, reference.delta, reference.sealed] for reference in source.references],
        [[event.salt, event.body] for event in source.events],
        [[row.feed, row.body] for row in source.changes],
    ]


def _read_changes(
    puts: Any, deletes: Any, references: Any, events: Any, changes: Any
) -> tuple[tuple[Put, ...], tuple[Delete, ...], tuple[Reference, ...], tuple[Event, ...], tuple[ChangeRow, ...]]:
    return (
        tuple([Put(Table(table), key, value) for table, key, value in puts]),
        tuple([Delete(Table(table), key, value) for table, key, value in deletes]),
        tuple([Reference(*reference) for reference in references]),
        tuple([Event(*event) for event in events]),
        tuple([ChangeRow(*row) for row in changes]),
    )


def _packed(document: Any) -> bytes:
    packed: bytes = msgpack.packb(document)
    return packed


def _unpacked(data: bytes) -> Any:
    return msgpack.unpackb(data)
