"""What the index answers, as plain values."""

from dataclasses import dataclass
from datetime import datetime

from childindex.caller import Visibility
from childindex.client.explanation import Explanation
from childindex.client.records import OwnKey
from childindex.demographics import Advice, PartialDate
from childindex.errors import Violation
from childindex.number import ChildNumber
from childindex.pointer import PointerState


@dataclass(frozen=True, slots=True)
class Resolved:
    """The number when one child is confirmed, else None and what could be added. `provisional` numbers may change.

    `warnings` name the fields that the index left out, and why.
    """

    number: ChildNumber | None
    provisional: bool = False
    advice: tuple[Advice, ...] = ()
    explanation: Explanation | None = None
    warnings: tuple[Violation, ...] = ()


@dataclass(frozen=True, slots=True)
class Verified:
    """Whether number and birth date belong together, and the number now in force if another replaced it."""

    verified: bool
    current: ChildNumber | None = None


@dataclass(frozen=True, slots=True)
class Registered:
    """The child's number; a provisional one is later made permanent or superseded, which the change feed tells.

    `warnings` name the fields that the index left out, and why.
    """

    number: ChildNumber
    provisional: bool
    warnings: tuple[Violation, ...] = ()


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach a custodian: a duty desk, never a person."""

    team: str
    telephone: str
    out_of_hours: str
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRecord:
    """That a custodian holds a record; its key, dates and times only under `Visibility.CONTENT`."""

    custodian: str
    custodian_name: str
    record_type: str
    visibility: Visibility
    state: PointerState
    contact: Contact
    key: OwnKey | None = None
    involved_from: PartialDate = PartialDate()
    involved_until: PartialDate | None = None
    first_seen: datetime | None = None
    last_seen: datetime | None = None

    def __repr__(self) -> str:
        return f"FoundRecord(custodian={self.custodian!r}, record_type={self.record_type!r}, ...)"


@dataclass(frozen=True, slots=True)
class Found:
    """The number now in force and the records the caller may see. `notice` says that more may be withheld: show it."""

    number: ChildNumber
    records: tuple[FoundRecord, ...]
    notice: str
