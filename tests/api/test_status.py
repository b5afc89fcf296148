"""Errors as statuses: every reason has a code and a place in the proto, and details fit the trailers."""

import re
from base64 import b64encode
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from childindex.api.status import CODES, MAX_DETAILS_BYTES, fault, status_of
from childindex.errors import Error, InvalidFields, Reason, Violation
from childindex.number import ChildNumber
from childindex.v1.error_reason_pb2 import ErrorReason
from tests.api.messages import told

PROTO = Path(__file__).parents[2] / "proto/childindex/v1/error_reason.proto"


def test_reasons_are_those_of_the_wire() -> None:
    names = {name.removeprefix("ERROR_REASON_") for name in ErrorReason.keys()} - {"UNSPECIFIED"}  # noqa: SIM118  no dict
    assert names == {reason.value for reason in Reason}


@pytest.mark.parametrize("reason", list(Reason))
def test_code_is_the_one_the_proto_documents(reason: Reason) -> None:
    comment = re.search(rf"//([^/]*?)\n(?:  // Example[^\n]*\n)  ERROR_REASON_{reason.value} ", PROTO.read_text())
    assert comment is not None
    assert CODES[reason].name in comment[1]


def test_the_number_in_the_proto_is_written_as_numbers_are() -> None:
    example = re.search(r'for example "([^"]+)"', (PROTO.parent / "child.proto").read_text())
    assert example is not None
    assert str(ChildNumber.parse(example[1])) == example[1]


def test_error_with_all_it_can_carry() -> None:
    answer = told(status_of(Error(Reason.OVERLOADED, "come back", metadata={"limit": "5"}, retry_after=1.25)))
    assert (answer.code, answer.message, answer.reason) == ("RESOURCE_EXHAUSTED", "come back", "OVERLOADED")
    assert (answer.domain, answer.metadata, answer.retry_seconds) == ("childindex", {"limit": "5"}, 1.25)
    assert told(status_of(Error(Reason.INTERNAL, "fault"))).retry_seconds is None


def test_violations_are_told_with_their_total() -> None:
    answer = told(status_of(InvalidFields([Violation(f"records[{i}].key", "is required") for i in range(83)])))
    assert (answer.code, answer.reason, answer.metadata) == ("INVALID_ARGUMENT", "INVALID_FIELDS", {"violations": "83"})
    assert answer.fields == [f"records[{i}].key" for i in range(50)]


@given(st.lists(st.text(max_size=300), min_size=1, max_size=120), st.text(max_size=200))
def test_details_always_fit_the_trailers(fields: list[str], description: str) -> None:
    status = status_of(InvalidFields([Violation(field, description) for field in fields]))
    size = status.ByteSize()
    assert size <= MAX_DETAILS_BYTES or not told(status).fields
    shown = told(status).fields
    assert shown == fields[: len(shown)]


def test_largest_details_leave_room_beside_them() -> None:
    status = status_of(InvalidFields([Violation("records[499].demographics.given_name" * 2, "x" * 90)] * 80))
    assert status.message.isascii()  # or it would be percent-encoded
    trailers = len(b64encode(status.SerializeToString())) + len(status.message)
    assert 20 < len(told(status).fields) < 50
    assert trailers < 8192 - 300


def test_too_little_points_at_the_details() -> None:
    little = Error(Reason.TOO_LITTLE_TO_IDENTIFY, "too little", metadata={"advice": "ADD_BIRTH_DATE"})
    assert told(status_of(little, details_at="record.demographics")).fields == ["record.demographics"]
    assert told(status_of(little)).fields == []
    assert told(status_of(Error(Reason.NO_AGREEMENT, "no"), details_at="demographics")).fields == []


def test_fault_tells_an_incident_and_nothing_else() -> None:
    first, second = fault(), fault()
    assert re.fullmatch("[0-9a-f]{12}", first.metadata["incident"])
    assert first.metadata["incident"] != second.metadata["incident"]
    assert set(first.metadata) == {"incident"}
