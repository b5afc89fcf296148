"""Errors as gRPC statuses: one table from reason to code, and the details every error carries.

`google.rpc.ErrorInfo` is on all of them, `BadRequest` where fields are malformed or too few, `RetryInfo` where trying
again can help. A status holds what an `Error` holds and nothing else: the text of any other exception stays here.
"""

import math
import secrets
from collections.abc import Sequence
from typing import Final

import grpc
from google.protobuf.any_pb2 import Any
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.rpc import error_details_pb2, status_pb2

from childindex.errors import Error, InvalidFields, Reason, Violation

DOMAIN: Final = "childindex"

# Clients refuse more than 8 KiB of trailers; the details travel there in base64 (4 bytes for 3) beside the message.
MAX_DETAILS_BYTES: Final = 5400

CODES: Final = {
    Reason.INVALID_FIELDS: grpc.StatusCode.INVALID_ARGUMENT,
    Reason.TOO_LITTLE_TO_IDENTIFY: grpc.StatusCode.INVALID_ARGUMENT,
    Reason.MALFORMED_REQUEST: grpc.StatusCode.INVALID_ARGUMENT,
    Reason.BATCH_TOO_LARGE: grpc.StatusCode.INVALID_ARGUMENT,
    Reason.INVALID_PAGE_TOKEN: grpc.StatusCode.INVALID_ARGUMENT,
    Reason.NO_CALLER_IDENTITY: grpc.StatusCode.UNAUTHENTICATED,
    Reason.UNKNOWN_CUSTODIAN: grpc.StatusCode.PERMISSION_DENIED,
    Reason.CUSTODIAN_SUSPENDED: grpc.StatusCode.PERMISSION_DENIED,
    Reason.NO_AGREEMENT: grpc.StatusCode.PERMISSION_DENIED,
    Reason.ACTOR_NOT_PERMITTED: grpc.StatusCode.PERMISSION_DENIED,
    Reason.CONSENT_REQUIRED: grpc.StatusCode.FAILED_PRECONDITION,
    Reason.NOT_CONFIRMED: grpc.StatusCode.NOT_FOUND,
    Reason.NO_SUCH_RECORD: grpc.StatusCode.NOT_FOUND,
    Reason.STALE_SOURCE_VERSION: grpc.StatusCode.FAILED_PRECONDITION,
    Reason.SOURCE_VERSION_REUSED: grpc.StatusCode.FAILED_PRECONDITION,
    Reason.CONTENTION: grpc.StatusCode.ABORTED,
    Reason.BUDGET_EXHAUSTED: grpc.StatusCode.RESOURCE_EXHAUSTED,
    Reason.OVERLOADED: grpc.StatusCode.RESOURCE_EXHAUSTED,
    Reason.DEADLINE_TOO_SHORT: grpc.StatusCode.DEADLINE_EXCEEDED,
    Reason.STORE_UNAVAILABLE: grpc.StatusCode.UNAVAILABLE,
    Reason.DRAINING: grpc.StatusCode.UNAVAILABLE,
    Reason.UNKNOWN_METHOD: grpc.StatusCode.UNIMPLEMENTED,
    Reason.INTERNAL: grpc.StatusCode.INTERNAL,
    Reason.STORE_DAMAGED: grpc.StatusCode.DATA_LOSS,
}


def status_of(error: Error, *, details_at: str = "") -> status_pb2.Status:
    """The status of an error with its details, cut to what trailers hold; the metadata keep the whole count.

    `details_at` is the path of the child's details in the request: where they tell too little, it is pointed at.
    """
    status = status_pb2.Status(code=CODES[error.reason].value[0], message=error.message)
    info = error_details_pb2.ErrorInfo(reason=error.reason.value, domain=DOMAIN, metadata=error.metadata)
    status.details.append(_packed(info))
    if error.retry_after is not None:
        status.details.append(_packed(error_details_pb2.RetryInfo(retry_delay=_duration(error.retry_after))))
    if violations := _violations(error, details_at):
        status.details.append(_packed(_bad_request(violations, MAX_DETAILS_BYTES - status.ByteSize())))
    return status


def fault() -> Error:
    """The error that stands for an unexpected exception: an incident id to find it in the log, and nothing else."""
    incident = secrets.token_hex(6)
    return Error(Reason.INTERNAL, f"a fault of the service; incident {incident}", metadata={"incident": incident})


def _violations(error: Error, details_at: str) -> Sequence[Violation]:
    if isinstance(error, InvalidFields):
        return error.violations
    if error.reason is Reason.TOO_LITTLE_TO_IDENTIFY and details_at:
        return (Violation(details_at, "tells too little to identify a child"),)
    return ()


def _bad_request(violations: Sequence[Violation], budget: int) -> error_details_pb2.BadRequest:
    """As many violations as fit the budget of bytes, in order."""
    request = error_details_pb2.BadRequest()
    left = budget - 64  # the envelope of the detail
    for violation in violations:
        left -= len(violation.field.encode()) + len(violation.description.encode()) + 8
        if left < 0:
            break
        request.field_violations.add(field=violation.field, description=violation.description)
    return request


def _packed(message: Message) -> Any:
    packed = Any()
    packed.Pack(message)
    return packed


def _duration(seconds: float) -> Duration:
    part, whole = math.modf(max(seconds, 0.0))
    return Duration(seconds=int(whole), nanos=int(part * 1e9))
