"""What the index, or the way to it, refused."""

from collections.abc import Mapping
from typing import Final

import grpc
from google.rpc import error_details_pb2, status_pb2
from grpc_status import rpc_status

from childindex.errors import Violation

_CODE_NAMES: Final = {code.value[0]: code.name for code in grpc.StatusCode}
_RETRIED: Final = frozenset({"UNAVAILABLE", "ABORTED"})


class ClientError(Exception):
    """A refusal. `reason` is a name of `childindex.errors.Reason`, or the gRPC code's where the index never answered,
    or UNTRUSTED where index and client do not accept one another's certificates.

    `violations` lists the malformed fields, `metadata` what the reason documents, `retry_after` seconds if the index
    asked to come back. Compare `error.reason == Reason.NO_AGREEMENT`.
    """

    def __init__(  # noqa: PLR0913  what a refusal is made of
        self,
        reason: str,
        message: str,
        *,
        code: str,
        metadata: Mapping[str, str] | None = None,
        violations: tuple[Violation, ...] = (),
        retry_after: float | None = None,
    ) -> None:
        super().__init__(f"{reason}: {message}")
        self.reason = reason
        self.message = message
        self.code = code
        self.metadata = dict(metadata or {})
        self.violations = violations
        self.retry_after = retry_after

    @property
    def unanswered(self) -> bool:
        """Whether the index was not reached at all."""
        return self.reason == self.code == "UNAVAILABLE"

    @property
    def retryable(self) -> bool:
        """Whether the same call may succeed later: every method of the index may safely be sent twice."""
        return self.code in _RETRIED or (self.code == "RESOURCE_EXHAUSTED" and self.retry_after is not None)


def unreadable() -> ClientError:
    """An answer this client is too old to understand."""
    return ClientError(
        "UNREADABLE_ANSWER", "the index answered with a value this client does not know", code="INTERNAL"
    )


def untrusted(fault: str) -> ClientError:
    """The certificates are wrong; trying again would not help."""
    return ClientError("UNTRUSTED", fault, code="UNAUTHENTICATED")


def of_status(status: status_pb2.Status) -> ClientError:
    """The refusal a `google.rpc.Status` tells of."""
    info, retry, bad = error_details_pb2.ErrorInfo(), error_details_pb2.RetryInfo(), error_details_pb2.BadRequest()
    told = [
        detail.Unpack(part) for part in (info, retry, bad) for detail in status.details if detail.Is(part.DESCRIPTOR)
    ]
    code = _CODE_NAMES.get(status.code, "UNKNOWN")
    return ClientError(
        info.reason or code,
        status.message if told else "refused without details",
        code=code,
        metadata=info.metadata,
        violations=tuple(Violation(each.field, each.description) for each in bad.field_violations),
        retry_after=retry.retry_delay.ToTimedelta().total_seconds() if retry.HasField("retry_delay") else None,
    )


def of_call(call: grpc.Call) -> ClientError:
    """The refusal a failed call tells of; without details it was the way to the index that failed."""
    try:
        status = rpc_status.from_call(call)
    except ValueError:
        status = None
    if status is not None:
        return of_status(status)
    code = call.code().name
    return ClientError(code, f"no answer of the index ({call.details()})", code=code)
