"""The index entry of a child: what the index holds to recognise it. It claims no truth about the child."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, unique

from childindex.number import ChildNumber
from childindex.pointer import RecordKey


@unique
class EntryState(IntEnum):
    """Whether the entry answers for its number, or another does. `ERASED` numbers stay spent for ever."""

    LIVE = 1
    SUPERSEDED = 2
    ERASED = 3
    UNDER_REVIEW = 4  # live, but it may duplicate another: a steward decides, or later evidence
    VACATED = 5  # its last record was removed as a slip: for a while a registration of the child takes it up again


@unique
class ShieldState(IntEnum):
    """Whether the child's whereabouts must not be inferable."""

    OPEN = 0
    BORN_SHIELDED = 1
    SHIELDED = 2


@dataclass(frozen=True, slots=True)
class Absorbed:
    """An entry that was merged into another: its id and number, when, and the records it held. What can be undone."""

    entry: int
    number: ChildNumber
    when: datetime
    records: tuple[RecordKey, ...]

    def __repr__(self) -> str:
        return f"Absorbed({len(self.records)} records)"


@dataclass(frozen=True, slots=True)
class Entry:
    """One child: opaque id (64 bits, random), number, state, responsible authority and shield."""

    id: int
    number: ChildNumber
    state: EntryState
    authority: str
    shield: ShieldState = ShieldState.OPEN

    def __repr__(self) -> str:
        return f"Entry({self.state.name})"
