"""What can go wrong, by name.

One `Error` with a `Reason` from a closed list; the leaves below it only add what their reason needs.
No message, field path or metadata may ever hold personal data: they travel to callers and into logs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum, unique

MAX_VIOLATIONS = 50  # more would not fit the 8 KiB of trailers that gRPC clients accept


@unique
class Reason(StrEnum):
    """Why a call was refused; the names are those of `childindex.v1.ErrorReason`."""

    INVALID_FIELDS = "INVALID_FIELDS"
    TOO_LITTLE_TO_IDENTIFY = "TOO_LITTLE_TO_IDENTIFY"
    MALFORMED_REQUEST = "MALFORMED_REQUEST"
    BATCH_TOO_LARGE = "BATCH_TOO_LARGE"
    INVALID_PAGE_TOKEN = "INVALID_PAGE_TOKEN"  # noqa: S105  a reason, not a secret
    NO_CALLER_IDENTITY = "NO_CALLER_IDENTITY"
    UNKNOWN_CUSTODIAN = "UNKNOWN_CUSTODIAN"
    CUSTODIAN_SUSPENDED = "CUSTODIAN_SUSPENDED"
    NO_AGREEMENT = "NO_AGREEMENT"
    ACTOR_NOT_PERMITTED = "ACTOR_NOT_PERMITTED"
    CONSENT_REQUIRED = "CONSENT_REQUIRED"
    NOT_CONFIRMED = "NOT_CONFIRMED"
    NO_SUCH_RECORD = "NO_SUCH_RECORD"
    STALE_SOURCE_VERSION = "STALE_SOURCE_VERSION"
    SOURCE_VERSION_REUSED = "SOURCE_VERSION_REUSED"
    CONTENTION = "CONTENTION"
    BUDGET_EXHAUSTED = "BUDGET_EXHAUSTED"
    OVERLOADED = "OVERLOADED"
    DEADLINE_TOO_SHORT = "DEADLINE_TOO_SHORT"
    STORE_UNAVAILABLE = "STORE_UNAVAILABLE"
    DRAINING = "DRAINING"
    UNKNOWN_METHOD = "UNKNOWN_METHOD"
    INTERNAL = "INTERNAL"
    STORE_DAMAGED = "STORE_DAMAGED"


class Error(Exception):
    """A refusal with its reason, a sentence for people, and metadata from closed sets.

    `retry_after` is in seconds and set only where trying again can help.
    """

    def __init__(
        self,
        reason: Reason,
        message: str,
        *,
        metadata: Mapping[str, str] | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.metadata = dict(metadata or {})
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Violation:
    """One field that is malformed, or left out because it says nothing: its path in the request
    (`demographics.birth_date`) and what is wrong with it."""

    field: str
    description: str

    def under(self, prefix: str) -> "Violation":
        """The same violation, its path seen from a message that holds this one as `prefix`."""
        return Violation(f"{prefix}.{self.field}" if self.field else prefix, self.description)


class InvalidFields(Error):
    """Every malformed field of a request at once: the first `MAX_VIOLATIONS`, and the total in the metadata."""

    def __init__(self, violations: Sequence[Violation]) -> None:
        total = len(violations)
        shown = ", ".join(v.field for v in violations[:5])
        more = ", ..." if total > 5 else ""
        super().__init__(
            Reason.INVALID_FIELDS,
            f"{total} field{'s' if total != 1 else ''} invalid: {shown}{more}",
            metadata={"violations": str(total)},
        )
        self.violations = tuple(violations[:MAX_VIOLATIONS])


class Conflict(Error):
    """A commit whose preconditions no longer hold: match again on a fresh snapshot."""

    def __init__(self) -> None:
        super().__init__(
            Reason.CONTENTION, "the same children were changed at the same moment; try again", retry_after=0.05
        )


class StoreUnavailable(Error):
    """The store accepts no changes now; nothing of the call was promised."""

    def __init__(self, message: str, *, retry_after: float = 1.0) -> None:
        super().__init__(Reason.STORE_UNAVAILABLE, message, retry_after=retry_after)


class StoreDamaged(Error):
    """What is stored cannot be read or fails its seal, or belongs to another format or keyset."""

    def __init__(self, message: str) -> None:
        super().__init__(Reason.STORE_DAMAGED, message)
