"""What the index tells a custodian of its own records: the list for reconciliation, and the change feed."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, unique

from childindex.client.records import OwnKey
from childindex.number import ChildNumber
from childindex.pointer import PointerState


@dataclass(frozen=True, slots=True)
class OwnRecord:
    """One of the caller's own records as the index has it."""

    key: OwnKey
    number: ChildNumber
    provisional: bool
    source_version: int
    state: PointerState
    last_seen: datetime


@unique
class ChangeKind(IntEnum):
    """What happened to a record's number. Values are those of the wire."""

    MADE_PERMANENT = 1
    SUPERSEDED = 2
    SEPARATED = 3
    ERASED = 4


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
