"""Who holds which record: the record's key, and the sealed statement that a custodian holds it."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum, unique

from childindex.demographics import Demographics, PartialDate


@unique
class Sensitivity(IntEnum):
    """Whether the fact that a record exists is itself sensitive. Values are those of the wire."""

    UNSPECIFIED = 0
    STANDARD = 1
    SENSITIVE = 2


@unique
class Change(IntEnum):
    """How a newer version relates to the older: facts moved on, or were wrong and go. Values are those of the wire."""

    CHANGED = 1
    CORRECTED = 2


@unique
class PointerState(IntEnum):
    """Whether the custodian's involvement goes on. Values are those of the wire."""

    ACTIVE = 1
    ENDED = 2


@unique
class WithdrawalReason(IntEnum):
    """Why a record is withdrawn. Values are those of the wire."""

    ENDED = 1
    ENTERED_IN_ERROR = 2
    CONSENT_WITHDRAWN = 3


@unique
class ChangeKind(IntEnum):
    """What happened to the number of a record. Values are those of the wire."""

    MADE_PERMANENT = 1
    SUPERSEDED = 2
    SEPARATED = 3
    ERASED = 4


@dataclass(frozen=True, slots=True)
class RecordKey:
    """The custodian's own key of a record; unique over the whole index.

    `use` is 0 for the record that now has the local id; the n-th record that had it before, of another child, is kept
    under use n. No caller can name one.
    """

    custodian: str
    system: str
    record_type: str
    local_id: str
    use: int = 0

    @property
    def retired(self) -> bool:
        """Whether the local id has since been given to another child's record."""
        return self.use > 0

    def __repr__(self) -> str:
        return f"RecordKey(record_type={self.record_type!r}, ...)"


@dataclass(frozen=True, slots=True)
class Ruling:
    """A steward's word on two records, never changed: the `same` child's (must-link), or never (cannot-link)."""

    one: RecordKey
    other: RecordKey
    same: bool

    def __repr__(self) -> str:
        return f"Ruling(same={self.same})"


@dataclass(frozen=True, slots=True)
class Declaration:
    """A record as its custodian declares it: what RegisterRecord carries."""

    key: RecordKey
    source_version: int
    demographics: Demographics
    change: Change = Change.CHANGED
    involved_from: PartialDate = PartialDate()
    involved_until: PartialDate | None = None
    sensitivity: Sensitivity = Sensitivity.UNSPECIFIED
    consent_reference: str = ""

    def __repr__(self) -> str:
        return f"Declaration({self.key!r}, source_version={self.source_version})"


@dataclass(frozen=True, slots=True)
class Provenance:
    """Who told the index of a record's present version: actor, when, and under which request."""

    actor_reference: str
    actor_role: int
    request_id: str
    received: datetime

    def __repr__(self) -> str:
        return "Provenance(...)"


@dataclass(frozen=True, slots=True)
class Pointer:
    """A custodian holds a record of a type for a child. `slot` names the record's rows within the child's profile."""

    key: RecordKey
    slot: int
    source_version: int
    state: PointerState
    first_seen: datetime
    last_seen: datetime
    provenance: Provenance
    involved_from: PartialDate = PartialDate()
    involved_until: PartialDate | None = None
    sensitivity: Sensitivity = Sensitivity.STANDARD
    consent_reference: str = ""

    def state_on(self, today: date) -> PointerState:
        """The state on a day: an involvement ends when its last day has passed."""
        return PointerState.ENDED if ended(self.involved_until, today) else self.state

    def __repr__(self) -> str:
        return f"Pointer({self.key!r}, {self.state.name})"


def ended(until: PartialDate | None, today: date) -> bool:
    """Whether the last possible day that `until` can mean has passed; never for none given."""
    return until is not None and bool(until) and until.bounds[1] < today
