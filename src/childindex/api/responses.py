"""Answers of the operations written as messages of `childindex.v1`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from google.protobuf.timestamp_pb2 import Timestamp

from childindex.api.explanations import explanation, reference
from childindex.api.status import status_of
from childindex.caller import Visibility
from childindex.demographics import PartialDate
from childindex.errors import Error, Violation
from childindex.number import ChildNumber, NumberType
from childindex.operations import (
    NOTICE,
    Changes,
    Found,
    FoundPointer,
    OwnRecord,
    OwnRecords,
    RecordChange,
    Registration,
    Resolution,
    Verification,
)
from childindex.pointer import RecordKey
from childindex.v1 import child_pb2
from childindex.v1 import index_service_pb2 as pb

_TYPE: Final = {
    NumberType.PERMANENT: pb.CHILD_NUMBER_TYPE_PERMANENT,
    NumberType.PROVISIONAL: pb.CHILD_NUMBER_TYPE_PROVISIONAL,
    NumberType.TEST: pb.CHILD_NUMBER_TYPE_TEST,
}


def resolution(answer: Resolution, path: str = "demographics") -> pb.ResolveChildResponse:
    """MATCHED with the number, or NOT_CONFIRMED with advice; the explanation where the operation gave one.

    `path` is that of the details in the request, from which warnings tell where a field is.
    """
    message = pb.ResolveChildResponse(
        status=pb.RESOLUTION_STATUS_NOT_CONFIRMED,
        advice=[pb.Advice.ValueType(each) for each in answer.advice],
        warnings=_warnings(answer.warnings, path),
    )
    if answer.number is not None:
        message.status = pb.RESOLUTION_STATUS_MATCHED
        message.child.CopyFrom(reference(answer.number))
        message.number_status = _status(answer.number)
    if answer.explanation is not None:
        message.explanation.CopyFrom(explanation(answer.explanation))
    return message


def verification(answer: Verification) -> pb.VerifyChildNumberResponse:
    """Whether number and birth date belong together."""
    return pb.VerifyChildNumberResponse(verified=answer.verified, current=_optional_reference(answer.current))


def registration(answer: Registration, path: str = "record.demographics") -> pb.RegisterRecordResponse:
    """The child's number, never whether the child was known before; `path` as of `resolution`."""
    return pb.RegisterRecordResponse(
        child=reference(answer.number),
        number_status=_status(answer.number),
        warnings=_warnings(answer.warnings, path),
    )


def found(answer: Found) -> pb.FindRecordsResponse:
    """The pointers the caller may see, and always the same notice."""
    return pb.FindRecordsResponse(
        child=reference(answer.number), pointers=[_pointer(each) for each in answer.pointers], notice=NOTICE
    )


def own_records(answer: OwnRecords) -> pb.ListOwnRecordsResponse:
    """A page of the caller's own records."""
    return pb.ListOwnRecordsResponse(
        records=[_own_record(each) for each in answer.records], next_page_token=answer.next_page_token
    )


def changes(answer: Changes) -> pb.ListChangesResponse:
    """A page of the caller's change feed."""
    return pb.ListChangesResponse(
        changes=[_change(each) for each in answer.changes], next_cursor=answer.next_cursor, more=answer.more
    )


def form(number: ChildNumber | None) -> pb.CheckChildNumberResponse:
    """Whether a text has the form of a child number, and how it is then written."""
    if number is None:
        return pb.CheckChildNumberResponse(well_formed=False)
    return pb.CheckChildNumberResponse(well_formed=True, type=_TYPE[number.type], canonical=str(number))


def resolve_results(answers: Sequence[Resolution | Error]) -> pb.BatchResolveChildrenResponse:
    """The answer or the refusal of each item, in order."""
    return pb.BatchResolveChildrenResponse(
        results=[
            pb.BatchResolveResult(status=status_of(each, details_at=f"demographics[{place}]"))
            if isinstance(each, Error)
            else pb.BatchResolveResult(response=resolution(each, f"demographics[{place}]"))
            for place, each in enumerate(answers)
        ]
    )


def register_results(answers: Sequence[Registration | Error]) -> pb.BatchRegisterRecordsResponse:
    """The answer or the refusal of each item, in order."""
    return pb.BatchRegisterRecordsResponse(
        results=[
            pb.BatchRegisterResult(status=status_of(each, details_at=f"records[{place}].demographics"))
            if isinstance(each, Error)
            else pb.BatchRegisterResult(response=registration(each, f"records[{place}].demographics"))
            for place, each in enumerate(answers)
        ]
    )


def _warnings(found: Sequence[Violation], path: str) -> list[child_pb2.FieldWarning]:
    told = (each.under(path) for each in found)
    return [child_pb2.FieldWarning(field=each.field, description=each.description) for each in told]


def _optional_reference(number: ChildNumber | None) -> child_pb2.ChildReference | None:
    return None if number is None else reference(number)


def _status(number: ChildNumber) -> child_pb2.NumberStatus.ValueType:
    if number.type is NumberType.PROVISIONAL:
        return child_pb2.NUMBER_STATUS_PROVISIONAL
    return child_pb2.NUMBER_STATUS_CONFIRMED


def _pointer(shown: FoundPointer) -> child_pb2.Pointer:
    """A pointer as far as it is shown: under EXISTENCE nothing of the record's own is there to be written."""
    message = child_pb2.Pointer(
        custodian=shown.custodian,
        custodian_name=shown.custodian_name,
        record_type=shown.record_type,
        visibility=child_pb2.Visibility.ValueType(shown.visibility),
        state=child_pb2.PointerState.ValueType(shown.state),
        contact=child_pb2.Contact(
            team=shown.contact.team,
            telephone=shown.contact.telephone,
            out_of_hours=shown.contact.out_of_hours,
            email=shown.contact.email,
        ),
    )
    if shown.visibility is Visibility.CONTENT and (pointer := shown.pointer) is not None:
        message.system = pointer.key.system
        message.local_id = pointer.key.local_id
        message.first_seen_time.CopyFrom(_time(pointer.first_seen))
        message.last_seen_time.CopyFrom(_time(pointer.last_seen))
        if pointer.involved_from:
            message.involved_from.CopyFrom(_date(pointer.involved_from))
        if pointer.involved_until is not None:
            message.involved_until.CopyFrom(_date(pointer.involved_until))
    return message


def _own_record(record: OwnRecord) -> pb.OwnRecord:
    return pb.OwnRecord(
        key=_key(record.key),
        child=reference(record.number),
        number_status=_status(record.number),
        source_version=record.source_version,
        state=child_pb2.PointerState.ValueType(record.state),
        last_seen_time=_time(record.last_seen),
    )


def _change(change: RecordChange) -> pb.RecordChange:
    return pb.RecordChange(
        kind=pb.ChangeKind.ValueType(change.kind),
        key=_key(change.key),
        previous=reference(change.previous),
        current=_optional_reference(change.current),
        change_time=_time(change.changed),
    )


def _key(key: RecordKey) -> child_pb2.RecordKey:
    return child_pb2.RecordKey(system=key.system, record_type=key.record_type, local_id=key.local_id)


def _date(day: PartialDate) -> child_pb2.PartialDate:
    return child_pb2.PartialDate(year=day.year, month=day.month, day=day.day)


def _time(moment: datetime) -> Timestamp:
    stamp = Timestamp()
    stamp.FromDatetime(moment)
    return stamp
