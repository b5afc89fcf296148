"""Answers as messages: all that may be told, and nothing under EXISTENCE that belongs to CONTENT."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from childindex.api import responses
from childindex.caller import Visibility
from childindex.demographics import Advice, PartialDate
from childindex.errors import Error, Reason, Violation
from childindex.number import NumberType
from childindex.operations import (
    NOTICE,
    Changes,
    Contact,
    Decision,
    ExplainedCandidate,
    ExplainedChange,
    ExplainedClass,
    ExplainedComparison,
    ExplainedRival,
    Explanation,
    Found,
    FoundPointer,
    OwnRecord,
    OwnRecords,
    RecordChange,
    Registration,
    Resolution,
    Verification,
)
from childindex.pointer import ChangeKind, Pointer, PointerState, Provenance, RecordKey
from childindex.v1 import child_pb2
from childindex.v1 import index_service_pb2 as pb
from tests.api.messages import told
from tests.fakes import MOMENT, number

KEY = RecordKey("mill-lane-surgery", "patients", "health.gp_patient", "G-77")
LATER = datetime(2026, 3, 3, 8, 0, 0, 250_000, tzinfo=UTC)
CONTACT = Contact("duty desk", "0300 000 0000", "0300 000 0001", "duty@example.org")


def pointer() -> Pointer:
    """A pointer with everything in it."""
    provenance = Provenance("user-9", 1, "request-9", MOMENT)
    return Pointer(
        KEY, 2, 5, PointerState.ENDED, MOMENT, LATER, provenance, PartialDate(2021, 9), PartialDate(2025, 7, 31)
    )


def shown(visibility: Visibility, given: Pointer | None) -> FoundPointer:
    """A pointer as an operation shows it."""
    return FoundPointer(
        "mill-lane-surgery", "Mill Lane Surgery", "health.gp_patient", PointerState.ENDED, visibility, CONTACT, given
    )


def test_matched() -> None:
    message = responses.resolution(Resolution(number()))
    assert message.status == pb.RESOLUTION_STATUS_MATCHED
    assert message.child.value == str(number())
    assert message.number_status == child_pb2.NUMBER_STATUS_CONFIRMED
    assert not message.HasField("explanation")


def test_not_confirmed_tells_advice_and_no_more() -> None:
    message = responses.resolution(Resolution(None, (Advice.ADD_SEX, Advice.ADD_POSTCODE)))
    assert message == pb.ResolveChildResponse(
        status=pb.RESOLUTION_STATUS_NOT_CONFIRMED, advice=[pb.ADVICE_ADD_SEX, pb.ADVICE_ADD_POSTCODE]
    )


def test_warnings_tell_where_in_the_request_a_field_is() -> None:
    left_out = (Violation("postcode", "is no postcode"),)
    resolved, registered = Resolution(number(), warnings=left_out), Registration(number(), left_out)
    told: list[Any] = [
        responses.resolution(resolved),
        responses.registration(registered),
        responses.resolve_results([resolved, resolved]).results[1].response,
        responses.register_results([registered, registered]).results[1].response,
    ]
    assert [(each.field, each.description) for message in told for each in message.warnings] == [
        ("demographics.postcode", "is no postcode"),
        ("record.demographics.postcode", "is no postcode"),
        ("demographics[1].postcode", "is no postcode"),
        ("records[1].demographics.postcode", "is no postcode"),
    ]


def test_explanation() -> None:
    line = ExplainedComparison("forename", "close", 0.05, 0.01, 1.5, 3.75)
    candidate = ExplainedCandidate(number(2), 0.5, -20.0, (line,), 12.25, ("surname+postcode",), ("twin",))
    explained = Explanation(Decision.POSSIBLE, "children-1", 0.25, (candidate,), ("cap",), "Perhaps.")
    message = responses.resolution(Resolution(None, explanation=explained)).explanation
    assert (message.decision, message.model, message.absent_probability) == (pb.DECISION_POSSIBLE, "children-1", 0.25)
    [told_candidate] = message.candidates
    assert told_candidate.child.value == str(number(2))
    assert (told_candidate.probability, told_candidate.prior_bits, told_candidate.total_bits) == (0.5, -20.0, 12.25)
    assert (list(told_candidate.blocking_rules), list(told_candidate.vetoes)) == (["surname+postcode"], ["twin"])
    [told_line] = told_candidate.comparisons
    assert (told_line.comparison, told_line.level) == ("forename", "close")
    assert (told_line.m_probability, told_line.u_probability) == (0.05, 0.01)
    assert (told_line.term_frequency_bits, told_line.weight_bits) == (1.5, 3.75)
    assert (list(message.caps), message.sentence) == (["cap"], "Perhaps.")


def test_explanation_in_full() -> None:
    line = ExplainedComparison("forename", "close", 0.05, 0.01, 1.5, 3.75, -16.25, 0.06, 2.5)
    classes = (ExplainedClass("SAME", 0.5, 12.25), ExplainedClass("UNRELATED", 0.5, 0.0))
    candidate = ExplainedCandidate(number(2), 0.5, -20.0, (line,), 12.25, (), ("twin",), ("because",), classes)
    explained = Explanation(
        Decision.POSSIBLE, "m", 0.25, (candidate,), (), "Perhaps.", 0.125, 0.0625, 0.999, 0.02,
        ExplainedRival("TWIN", 0.3, 1.5, number(3), 0.2, 2.5),
        ExplainedChange("sex", "different", "equal", "", 9.5, Decision.MATCHED, 0.9995), "Had the sex.",
    )  # fmt: skip
    message = responses.resolution(Resolution(None, explanation=explained)).explanation
    assert (message.stranger_probability, message.others_probability) == (0.125, 0.0625)
    assert (message.match_threshold, message.possible_threshold) == (0.999, 0.02)
    [told] = message.candidates
    assert list(told.veto_reasons) == ["because"]
    assert [(each.name, each.probability, each.bits) for each in told.classes] == [
        ("SAME", 0.5, 12.25), ("UNRELATED", 0.5, 0.0)
    ]  # fmt: skip
    [told_line] = told.comparisons
    assert (told_line.running_bits, told_line.rival_probability, told_line.rival_weight_bits) == (-16.25, 0.06, 2.5)
    rival = message.rival
    assert (rival.class_name, rival.class_probability, rival.class_margin_bits) == ("TWIN", 0.3, 1.5)
    assert (rival.child.value, rival.child_probability, rival.child_margin_bits) == (str(number(3)), 0.2, 2.5)
    assert message.counterfactual == pb.Counterfactual(
        comparison="sex", level="different", other_level="equal", weight_bits=9.5, decision=pb.DECISION_MATCHED,
        probability=0.9995, sentence="Had the sex.",
    )  # fmt: skip
    alone = replace(explained, rival=ExplainedRival("TWIN", 0.3, 1.5), change=None)
    message = responses.resolution(Resolution(None, explanation=alone)).explanation
    assert not message.rival.HasField("child")
    assert not message.HasField("counterfactual")


def test_every_member_of_a_closed_list_has_its_message() -> None:
    for decision in Decision:
        explained = Explanation(decision, "m", 0.0, (), (), "")
        message = responses.resolution(Resolution(None, explanation=explained))
        assert pb.Decision.Name(message.explanation.decision) == f"DECISION_{decision.value}"
    for kind in NumberType:
        name = pb.ChildNumberType.Name(responses.form(number(1, kind)).type)
        assert name == f"CHILD_NUMBER_TYPE_{kind.name}"
    assert {f"ADVICE_{each.name}": each.value for each in Advice} | {"ADVICE_UNSPECIFIED": 0} == dict(pb.Advice.items())


def test_verification() -> None:
    assert responses.verification(Verification(verified=False)) == pb.VerifyChildNumberResponse(verified=False)
    message = responses.verification(Verification(verified=True, current=number(3)))
    assert (message.verified, message.current.value) == (True, str(number(3)))


def test_registration_tells_whether_the_number_is_certain() -> None:
    assert responses.registration(Registration(number())).number_status == child_pb2.NUMBER_STATUS_CONFIRMED
    provisional = Registration(number(4, NumberType.PROVISIONAL))
    assert responses.registration(provisional).number_status == child_pb2.NUMBER_STATUS_PROVISIONAL


def test_pointer_with_content() -> None:
    message = responses.found(Found(number(), (shown(Visibility.CONTENT, pointer()),)))
    [told_pointer] = message.pointers
    assert (message.child.value, message.notice) == (str(number()), NOTICE)
    assert (told_pointer.custodian, told_pointer.custodian_name) == ("mill-lane-surgery", "Mill Lane Surgery")
    assert told_pointer.visibility == child_pb2.VISIBILITY_CONTENT
    assert told_pointer.state == child_pb2.POINTER_STATE_ENDED
    assert (told_pointer.system, told_pointer.local_id) == ("patients", "G-77")
    assert told_pointer.involved_from == child_pb2.PartialDate(year=2021, month=9)
    assert told_pointer.involved_until == child_pb2.PartialDate(year=2025, month=7, day=31)
    assert told_pointer.first_seen_time.ToDatetime(tzinfo=UTC) == MOMENT
    assert told_pointer.last_seen_time.ToDatetime(tzinfo=UTC) == LATER
    assert (told_pointer.contact.team, told_pointer.contact.out_of_hours) == ("duty desk", "0300 000 0001")


def test_pointer_under_existence_shows_no_content_even_when_it_is_given() -> None:
    for given in (None, pointer()):
        [message] = responses.found(Found(number(), (shown(Visibility.EXISTENCE, given),))).pointers
        set_fields = {field.name for field, _ in message.ListFields()}
        assert set_fields == {"custodian", "custodian_name", "record_type", "visibility", "state", "contact"}


def test_own_records() -> None:
    record = OwnRecord(KEY, number(5, NumberType.PROVISIONAL), 9, PointerState.ACTIVE, MOMENT)
    message = responses.own_records(OwnRecords((record,), "next"))
    [told_record] = message.records
    assert told_record.key == child_pb2.RecordKey(system="patients", record_type="health.gp_patient", local_id="G-77")
    assert told_record.child.value == str(number(5, NumberType.PROVISIONAL))
    assert told_record.number_status == child_pb2.NUMBER_STATUS_PROVISIONAL
    assert (told_record.source_version, told_record.state) == (9, child_pb2.POINTER_STATE_ACTIVE)
    assert told_record.last_seen_time.ToDatetime(tzinfo=UTC) == MOMENT
    assert message.next_page_token == "next"


def test_changes() -> None:
    superseded = RecordChange(ChangeKind.SUPERSEDED, KEY, number(1), number(2), MOMENT)
    erased = RecordChange(ChangeKind.ERASED, KEY, number(1), None, LATER)
    message = responses.changes(Changes((superseded, erased), "c9", more=True))
    first, second = message.changes
    assert (first.kind, first.previous.value, first.current.value) == (
        pb.CHANGE_KIND_SUPERSEDED,
        str(number(1)),
        str(number(2)),
    )
    assert (second.kind, second.HasField("current")) == (pb.CHANGE_KIND_ERASED, False)
    assert second.change_time.ToDatetime(tzinfo=UTC) == LATER
    assert (message.next_cursor, message.more) == ("c9", True)


def test_form() -> None:
    assert responses.form(None) == pb.CheckChildNumberResponse(well_formed=False)
    message = responses.form(number())
    assert (message.well_formed, message.canonical) == (True, str(number()))


def test_items_answer_for_themselves() -> None:
    refused = Error(Reason.TOO_LITTLE_TO_IDENTIFY, "too little")
    resolved = responses.resolve_results([Resolution(number()), refused]).results
    registered = responses.register_results([refused, Registration(number())]).results
    assert [each.WhichOneof("outcome") for each in resolved] == ["response", "status"]
    assert [each.WhichOneof("outcome") for each in registered] == ["status", "response"]
    assert told(resolved[1].status).fields == ["demographics[1]"]
    assert told(registered[0].status).fields == ["records[0].demographics"]
    for status in (resolved[1].status, registered[0].status):
        assert (told(status).reason, told(status).code) == ("TOO_LITTLE_TO_IDENTIFY", "INVALID_ARGUMENT")
