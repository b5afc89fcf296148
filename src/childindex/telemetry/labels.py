"""The closed sets that metric labels and log fields are chosen from. What is not in them becomes `OTHER`.

A label or field may never carry what a caller sent: sets are fixed here, or declared by the operator's model.
"""

from enum import Enum, unique

OTHER = "other"

METHODS = frozenset(
    {
        "ResolveChild",
        "VerifyChildNumber",
        "RegisterRecord",
        "WithdrawRecord",
        "FindRecords",
        "ListOwnRecords",
        "ListChanges",
        "BatchResolveChildren",
        "BatchRegisterRecords",
        "CheckChildNumber",
        "Check",
        "Watch",
        "ServerReflectionInfo",
    }
)

CODES = frozenset(
    {
        "OK",
        "CANCELLED",
        "UNKNOWN",
        "INVALID_ARGUMENT",
        "DEADLINE_EXCEEDED",
        "NOT_FOUND",
        "ALREADY_EXISTS",
        "PERMISSION_DENIED",
        "RESOURCE_EXHAUSTED",
        "FAILED_PRECONDITION",
        "ABORTED",
        "OUT_OF_RANGE",
        "UNIMPLEMENTED",
        "INTERNAL",
        "UNAVAILABLE",
        "DATA_LOSS",
        "UNAUTHENTICATED",
    }
)

OPERATIONS = frozenset(
    {
        "resolve",
        "verify",
        "register",
        "withdraw",
        "find",
        "list_own_records",
        "list_changes",
        "resolve_many",
        "register_many",
        "check_number",
    }
)

DECISIONS = frozenset(
    {
        "MATCHED",
        "POSSIBLE",
        "UNMATCHED",
        "KNOWN",  # the record's own key was registered before
        "UNCHANGED",  # ... with the same content
        "CONFIRMED",
        "NOT_CONFIRMED",
        "WITHDRAWN",
    }
)


@unique
class Stage(Enum):
    """The stages of a resolution or registration whose time is measured."""

    NORMALISE = "normalise"
    CANDIDATES = "candidates"
    SCORE = "score"
    COMMIT = "commit"


@unique
class Level(Enum):
    """What has a size at every moment. One process sets each: the writer, or the supervisor for `WORKERS`."""

    MAP_USED_BYTES = "map_used_bytes"
    MAP_SIZE_BYTES = "map_size_bytes"
    JOURNAL_BYTES = "journal_bytes"
    JOURNAL_POSITION = "journal_position"
    WORKERS = "workers"


def method(name: str) -> str:
    """The label of a gRPC method, given short or as a path (`/childindex.v1.IndexService/ResolveChild`)."""
    return closed(name.rpartition("/")[2], METHODS)


def closed(name: str, names: frozenset[str]) -> str:
    """The name when it is one of these, else `OTHER`."""
    return name if name in names else OTHER
