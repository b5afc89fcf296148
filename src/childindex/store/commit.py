"""A commit is a value: preconditions, puts, deletes, events and change rows, built outside any lock.

The writer checks the preconditions, journals the commit, applies it, and answers with a `Receipt`
or refuses it whole. Nothing in a commit is in the clear: keys are keyed hashes, values are sealed.
"""

from dataclasses import dataclass
from enum import IntEnum, unique
from hashlib import blake2b


@unique
class Table(IntEnum):
    """The tables of the logical layout. `KEY` alone lives in an environment of its own and never in the journal."""

    BIRTH = 1  # birth code + chunk id -> encrypted chunk of narrow rows
    BLOCK = 2  # blocking key -> postings (many values to a key)
    ENTRY = 3  # entry id -> encrypted entry with its feature rows
    RECORD = 4  # keyed hash of a record key -> sealed place of the record
    NUMBER = 5  # keyed hash of a child number -> sealed entry id or successor
    SEALED = 6  # entry id + part -> sealed pointer set, sealed record as given
    LEXICON = 7  # code -> reference count + sealed value
    OWN = 8  # custodian code + record hash -> sealed entry id: what a custodian has declared
    CHANGE = 9  # custodian code + journal position -> sealed change row
    REVIEW = 10  # authority code + review id -> sealed possible duplicate
    POLICY = 11  # version -> sealed signed policy
    META = 12  # format, keyset, position
    KEY = 13  # entry id -> wrapped data key of the child
    BUDGET = 14  # window + account + subject -> nothing: what was charged; the writer's own


@dataclass(frozen=True, slots=True)
class Put:
    """Write a value; in `BLOCK` add it to the key's postings."""

    table: Table
    key: bytes
    value: bytes


@dataclass(frozen=True, slots=True)
class Delete:
    """Remove a key; in `BLOCK` remove only this value of it. Removing what is absent is no fault.

    A data key (`KEY`) is destroyed for ever, at every rebuild again: its entry id is never used for another.
    """

    table: Table
    key: bytes
    value: bytes = b""


def digest(value: bytes) -> bytes:
    """The 16 bytes by which an `Expect` names a value it saw."""
    return blake2b(value, digest_size=16).digest()


@dataclass(frozen=True, slots=True)
class Expect:
    """The commit holds only if the key still has the value of this digest, or is still absent (None)."""

    table: Table
    key: bytes
    digest: bytes | None


@dataclass(frozen=True, slots=True)
class Reference:
    """Count a lexicon value up or down by `delta`; at zero it goes. `sealed` is stored where the code is new.

    Counted up without `sealed`, the code must be there when the commit is checked, else it is a `Conflict`.
    """

    code: bytes
    delta: int
    sealed: bytes = b""


@dataclass(frozen=True, slots=True)
class Event:
    """One audit event: its body sealed, and the salt (16 bytes) of its commitment in the journal's Merkle tree."""

    salt: bytes
    body: bytes


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A row of a custodian's change feed; the writer completes the key with the journal position."""

    feed: bytes
    body: bytes


@dataclass(frozen=True, slots=True)
class Charge:
    """Spend from an account: one more distinct `subject`, at most `limit` in a window; 0 is no limit.

    Both are keyed hashes of 16 bytes. A subject charged already in this window costs nothing again.
    """

    account: bytes
    subject: bytes
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """One change of the index. `guards` must not have been touched since position `snapshot`; `touches` are now."""

    snapshot: int = 0
    guards: tuple[bytes, ...] = ()
    touches: tuple[bytes, ...] = ()
    expects: tuple[Expect, ...] = ()
    puts: tuple[Put, ...] = ()
    deletes: tuple[Delete, ...] = ()
    references: tuple[Reference, ...] = ()
    events: tuple[Event, ...] = ()
    changes: tuple[ChangeRow, ...] = ()
    charges: tuple[Charge, ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """The commit is durable and visible to every snapshot at `position` or later."""

    position: int
