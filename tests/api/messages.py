"""Well-formed requests to start from, and the details of an error to look at."""

from collections.abc import Mapping
from dataclasses import dataclass

import grpc
from google.rpc import error_details_pb2, status_pb2

from childindex.v1 import child_pb2
from childindex.v1 import index_service_pb2 as pb


def context() -> child_pb2.RequestContext:
    """A practitioner of the school."""
    return child_pb2.RequestContext(
        actor=child_pb2.Actor(reference="user-17", role=child_pb2.ACTOR_ROLE_PRACTITIONER, employer="oakfield-school"),
        purpose=child_pb2.PURPOSE_EDUCATION,
        request_id="request-1",
    )


def demographics() -> child_pb2.Demographics:
    """A synthetic child."""
    return child_pb2.Demographics(
        given_name="Ada",
        family_name="Testperson",
        birth_date=child_pb2.PartialDate(year=2016, month=5, day=4),
        sex=child_pb2.SEX_FEMALE,
        postcode="ZZ99 3VZ",
    )


def record() -> child_pb2.Record:
    """A synthetic record."""
    return child_pb2.Record(
        key=child_pb2.RecordKey(system="pupils", record_type="school.pupil", local_id="P-0001"),
        source_version=3,
        demographics=demographics(),
        involved_from=child_pb2.PartialDate(year=2021, month=9),
    )


def resolve() -> pb.ResolveChildRequest:
    """Asks for the synthetic child."""
    return pb.ResolveChildRequest(context=context(), demographics=demographics())


def register() -> pb.RegisterRecordRequest:
    """Declares the synthetic record."""
    return pb.RegisterRecordRequest(context=context(), record=record())


@dataclass
class Told:
    """What an error told."""

    code: str
    message: str
    reason: str
    domain: str
    metadata: Mapping[str, str]
    fields: list[str]
    retry_seconds: float | None


def told(status: status_pb2.Status) -> Told:
    """The details of a status."""
    info, retry, bad = error_details_pb2.ErrorInfo(), error_details_pb2.RetryInfo(), error_details_pb2.BadRequest()
    for detail in status.details:
        assert any(detail.Unpack(part) for part in (info, retry, bad))
    codes = {code.value[0]: code.name for code in grpc.StatusCode}
    return Told(
        codes[status.code],
        status.message,
        info.reason,
        info.domain,
        dict(info.metadata),
        [each.field for each in bad.field_violations],
        retry.retry_delay.ToTimedelta().total_seconds() if retry.HasField("retry_delay") else None,
    )


def told_by(error: grpc.aio.AioRpcError) -> Told:
    """The details of a failed call."""
    carried = [value for key, value in error.trailing_metadata() or () if key == "grpc-status-details-bin"]
    assert carried, f"{error.code()} without details: {error.details()}"
    assert isinstance(carried[0], bytes)
    status = status_pb2.Status.FromString(carried[0])
    assert (status.code, status.message) == (error.code().value[0], error.details())
    return told(status)
