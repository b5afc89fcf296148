"""What an agency declares: a record and its key, without the custodian, which is the certificate."""

from dataclasses import dataclass

from childindex.demographics import Demographics, PartialDate
from childindex.pointer import Change, Sensitivity


@dataclass(frozen=True, slots=True)
class OwnKey:
    """The key of one of the caller's own records."""

    system: str
    record_type: str
    local_id: str

    def __repr__(self) -> str:
        return f"OwnKey(record_type={self.record_type!r}, ...)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record as it is declared. A version is registered once: raise `source_version` whenever anything changes."""

    key: OwnKey
    source_version: int
    demographics: Demographics
    change: Change = Change.CHANGED
    involved_from: PartialDate = PartialDate()
    involved_until: PartialDate | None = None
    sensitivity: Sensitivity = Sensitivity.UNSPECIFIED
    consent_reference: str = ""

    def __repr__(self) -> str:
        return f"Record({self.key!r}, source_version={self.source_version})"
