"""What the operations answer: plain values that the wire, the CLI and the benches translate."""

from dataclasses import dataclass
from datetime import datetime

from childindex.caller import Visibility
from childindex.demographics import Advice
from childindex.errors import Violation
from childindex.number import ChildNumber
from childindex.operations.explained import Explanation
from childindex.pointer import ChangeKind, Pointer, PointerState, RecordKey


@dataclass(frozen=True, slots=True)
class Resolution:
    """Answer of `resolve`: the number when one child is confirmed, else advice from the input alone.

    `warnings` name the fields of the input that were left out, and why; paths are relative to the details.
    """

    number: ChildNumber | None
    advice: tuple[Advice, ...] = ()
    explanation: Explanation | None = None
    warnings: tuple[Violation, ...] = ()


@dataclass(frozen=True, slots=True)
class Verification:
    """Answer of `verify`: whether number and birth date belong together, and the number now if superseded."""

    verified: bool
    current: ChildNumber | None = None


@dataclass(frozen=True, slots=True)
class Registration:
    """Answer of `register`: the child's number; provisional when its type letter is P. `warnings` as of `resolve`."""

    number: ChildNumber
    warnings: tuple[Violation, ...] = ()


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach a custodian: a duty desk, never a person."""

    team: str = ""
    telephone: str = ""
    out_of_hours: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class FoundPointer:
    """A pointer as far as the searcher may see it; `pointer` is None under EXISTENCE."""

    custodian: str
    custodian_name: str
    record_type: str
    state: PointerState
    visibility: Visibility
    contact: Contact
    pointer: Pointer | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """Answer of `find`: the number now in force and the pointers the searcher may see."""

    number: ChildNumber
    pointers: tuple[FoundPointer, ...]


@dataclass(frozen=True, slots=True)
class OwnRecord:
    """One of the caller's own records and the number of its child."""

    key: RecordKey
    number: ChildNumber
    source_version: int
    state: PointerState
    last_seen: datetime


@dataclass(frozen=True, slots=True)
class OwnRecords:
    """A page of `list_own_records`; `next_page_token` is empty at the end."""

    records: tuple[OwnRecord, ...]
    next_page_token: str


@dataclass(frozen=True, slots=True)
class RecordChange:
    """One change to the number of a record the caller holds; `current` is None when erased."""

    kind: ChangeKind
    key: RecordKey
    previous: ChildNumber
    current: ChildNumber | None
    changed: datetime


@dataclass(frozen=True, slots=True)
class Changes:
    """A page of `list_changes`; `next_cursor` is always set."""

    changes: tuple[RecordChange, ...]
    next_cursor: str
    more: bool
