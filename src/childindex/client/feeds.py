"""What the index tells a custodian of its own records: the list for reconciliation, and the change feed."""

from dataclasses import dataclass
from datetime import datetime

from childindex.client.records import OwnKey
from childindex.number import ChildNumber
from childindex.pointer import ChangeKind, PointerState


@dataclass(frozen=True, slots=True)
class OwnRecord:
    """One of the caller's own records as the index has it."""

    key: OwnKey
    number: ChildNumber
    provisional: bool
    source_version: int
    state: PointerState
    last_seen: datetime


@dataclass(frozen=True, slots=True)
class RecordChange:
    """One change to the number of a record the caller holds; `current` is None when the child was erased."""

    kind: ChangeKind
    key: OwnKey
    previous: ChildNumber
    current: ChildNumber | None
    changed: datetime


@dataclass(frozen=True, slots=True)
class Changes:
    """A page of the feed: keep `next_cursor` once the changes are applied; `more` are waiting or not."""

    changes: tuple[RecordChange, ...]
    next_cursor: str
    more: bool
