"""Answers: messages read as plain values. A value this client does not know raises `ClientError`, never a guess."""

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import IntEnum
from typing import TypeVar

from google.protobuf.timestamp_pb2 import Timestamp

from childindex.caller import Visibility
from childindex.client.answers import Contact, Found, FoundRecord, Registered, Resolved, Verified
from childindex.client.errors import unreadable
from childindex.client.explaining import explanation, number
from childindex.client.feeds import Changes, OwnRecord, RecordChange
from childindex.client.records import OwnKey
from childindex.demographics import Advice, PartialDate
from childindex.errors import Violation
from childindex.pointer import ChangeKind, PointerState
from childindex.v1 import child_pb2
from childindex.v1 import index_service_pb2 as pb

_Member = TypeVar("_Member", bound=IntEnum)


def resolved(message: pb.ResolveChildResponse) -> Resolved:
    """Answer of ResolveChild. Advice this client does not know is left out: it only helps people."""
    known = {member.value for member in Advice}
    matched = message.status == pb.RESOLUTION_STATUS_MATCHED
    if not matched and message.status != pb.RESOLUTION_STATUS_NOT_CONFIRMED:
        raise unreadable()
    return Resolved(
        number(message.child) if matched else None,
        _provisional(message.number_status) if matched else False,
        tuple(Advice(each) for each in message.advice if each in known),
        explanation(message.explanation) if message.HasField("explanation") else None,
        _warnings(message.warnings),
    )


def verified(message: pb.VerifyChildNumberResponse) -> Verified:
    """Answer of VerifyChildNumber."""
    return Verified(message.verified, number(message.current) if message.HasField("current") else None)


def registered(message: pb.RegisterRecordResponse) -> Registered:
    """Answer of RegisterRecord."""
    return Registered(number(message.child), _provisional(message.number_status), _warnings(message.warnings))


def found(message: pb.FindRecordsResponse) -> Found:
    """Answer of FindRecords."""
    return Found(number(message.child), tuple(map(_found_record, message.pointers)), message.notice)


def own_record(message: pb.OwnRecord) -> OwnRecord:
    """One record of ListOwnRecords."""
    return OwnRecord(
        _key(message.key),
        number(message.child),
        _provisional(message.number_status),
        message.source_version,
        _member(PointerState, message.state),
        _time(message.last_seen_time),
    )


def changes(message: pb.ListChangesResponse) -> Changes:
    """Answer of ListChanges."""
    return Changes(tuple(map(_change, message.changes)), message.next_cursor, message.more)


def _change(message: pb.RecordChange) -> RecordChange:
    return RecordChange(
        _member(ChangeKind, message.kind),
        _key(message.key),
        number(message.previous),
        number(message.current) if message.HasField("current") else None,
        _time(message.change_time),
    )


def _found_record(message: child_pb2.Pointer) -> FoundRecord:
    contact = message.contact
    return FoundRecord(
        custodian=message.custodian,
        custodian_name=message.custodian_name,
        record_type=message.record_type,
        visibility=_member(Visibility, message.visibility),
        state=_member(PointerState, message.state),
        contact=Contact(contact.team, contact.telephone, contact.out_of_hours, contact.email),
        key=OwnKey(message.system, message.record_type, message.local_id) if message.local_id else None,
        involved_from=_date(message.involved_from),
        involved_until=_date(message.involved_until) if message.HasField("involved_until") else None,
        first_seen=_time(message.first_seen_time) if message.HasField("first_seen_time") else None,
        last_seen=_time(message.last_seen_time) if message.HasField("last_seen_time") else None,
    )


def _warnings(messages: Iterable[child_pb2.FieldWarning]) -> tuple[Violation, ...]:
    return tuple(Violation(each.field, each.description) for each in messages)


def _provisional(status: int) -> bool:
    if status not in (child_pb2.NUMBER_STATUS_CONFIRMED, child_pb2.NUMBER_STATUS_PROVISIONAL):
        raise unreadable()
    return status == child_pb2.NUMBER_STATUS_PROVISIONAL


def _member(kind: type[_Member], value: int) -> _Member:
    try:
        return kind(value)
    except ValueError:
        raise unreadable() from None


def _key(message: child_pb2.RecordKey) -> OwnKey:
    return OwnKey(message.system, message.record_type, message.local_id)


def _date(message: child_pb2.PartialDate) -> PartialDate:
    return PartialDate(message.year, message.month, message.day)


def _time(stamp: Timestamp) -> datetime:
    return stamp.ToDatetime(tzinfo=UTC)
