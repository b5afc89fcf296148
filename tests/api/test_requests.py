"""Reading requests: what is well formed becomes nouns, everything else is told at once with its path."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from childindex.api.requests import MAX_BATCH, Reader
from childindex.caller import ActorRole, Purpose
from childindex.demographics import PartialDate, Sex
from childindex.errors import Error, InvalidFields, Reason
from childindex.identifiers import IdentifierType
from childindex.pointer import Change, RecordKey, Sensitivity, WithdrawalReason
from childindex.v1 import child_pb2
from childindex.v1 import index_service_pb2 as pb
from tests.api import messages
from tests.fakes import number

TODAY = date(2026, 3, 2)
CANARY = "Zebrafinchcanary"


def reader() -> Reader:
    """A reader of the school's requests."""
    return Reader("oakfield-school", TODAY)


def refused(error: InvalidFields) -> list[str]:
    """The paths told, and a check that no text repeats a value."""
    assert CANARY not in str(error) + repr(error.violations)
    return [violation.field for violation in error.violations]


def fields_of_caller(message: child_pb2.RequestContext) -> list[str]:
    """What is wrong with a context."""
    with pytest.raises(InvalidFields) as caught, reader() as read:
        read.caller(message)
    return refused(caught.value)


def fields_of_record(message: child_pb2.Record) -> list[str]:
    """What is wrong with a record."""
    with pytest.raises(InvalidFields) as caught, reader() as read:
        read.declaration(message, "record")
    return refused(caught.value)


def test_caller() -> None:
    with reader() as read:
        caller = read.caller(messages.context())
    assert (caller.custodian, caller.request_id, caller.purpose) == ("oakfield-school", "request-1", Purpose.EDUCATION)
    assert (caller.actor.reference, caller.actor.role) == ("user-17", ActorRole.PRACTITIONER)


def test_empty_context_names_every_field_at_once() -> None:
    assert fields_of_caller(child_pb2.RequestContext()) == [
        "context.actor.reference",
        "context.actor.employer",
        "context.request_id",
        "context.actor.role",
        "context.purpose",
    ]


@pytest.mark.parametrize("reference", [CANARY + "\n", f"{CANARY} space", "x" * 65, "é", f"{CANARY}@example.org", "٣"])
def test_opaque_references_have_a_safe_form(reference: str) -> None:
    message = messages.context()
    message.actor.reference = message.actor.acting_for = message.request_id = reference
    assert fields_of_caller(message) == [
        "context.actor.reference",
        "context.actor.acting_for",
        "context.request_id",
    ]


@pytest.mark.parametrize("employer", ["", "Oakfield", "-oak", "oak_field", "x" * 65])
def test_employer_is_a_custodian_id(employer: str) -> None:
    message = messages.context()
    message.actor.employer = employer
    assert fields_of_caller(message) == ["context.actor.employer"]


@given(role=st.integers(5, 2**31 - 1), purpose=st.one_of(st.integers(8, 2**31 - 1), st.integers(-(2**31), -1)))
def test_unknown_members_of_closed_lists_are_refused(role: int, purpose: int) -> None:
    message = messages.context()
    message.actor.role = role  # type: ignore[assignment]  # proto3 lets any integer through
    message.purpose = purpose  # type: ignore[assignment]  # as above
    assert fields_of_caller(message) == ["context.actor.role", "context.purpose"]


def test_demographics() -> None:
    message = messages.demographics()
    message.former_family_names.append("Formerly")
    message.identifiers.add(type=child_pb2.IDENTIFIER_TYPE_NHS_NUMBER, value="999 000 0018")
    with reader() as read:
        details = read.demographics(message, "demographics")
    assert (details.given_name, details.family_name) == ("Ada", "Testperson")
    assert details.birth_date == PartialDate(2016, 5, 4)
    assert (details.sex, details.former_family_names) == (Sex.FEMALE, ("Formerly",))
    assert [(each.type, each.value) for each in details.identifiers] == [(IdentifierType.NHS_NUMBER, "999 000 0018")]


def test_violations_of_the_noun_get_the_path_of_the_message() -> None:
    message = messages.record()
    message.demographics.given_name = CANARY * 10
    message.demographics.birth_date.year = 2031
    assert fields_of_record(message) == ["record.demographics.given_name", "record.demographics.birth_date"]


def test_identifiers_keep_their_place_beside_one_of_unknown_type() -> None:
    message = messages.record()
    for kind in (77, child_pb2.IDENTIFIER_TYPE_NHS_NUMBER, 0, child_pb2.IDENTIFIER_TYPE_UPN):
        message.demographics.identifiers.add(type=kind, value=CANARY * 10)
    assert fields_of_record(message) == [
        "record.demographics.identifiers[0].type",
        "record.demographics.identifiers[2].type",
        "record.demographics.identifiers[1].value",
        "record.demographics.identifiers[3].value",
    ]


def test_endless_lists_are_refused_without_being_read() -> None:
    message = messages.record()
    message.demographics.former_family_names.extend([CANARY * 10] * 100_000)
    message.demographics.identifiers.extend([child_pb2.Identifier()] * 100_000)
    with pytest.raises(InvalidFields) as caught, reader() as read:
        read.declaration(message, "record")
    assert "record.demographics.former_family_names" in refused(caught.value)
    assert int(caught.value.metadata["violations"]) < 100


def test_of_a_list_too_long_the_allowed_entries_are_told_and_its_length_once() -> None:
    message = messages.demographics()
    message.former_family_names.extend([CANARY * 10] * 60)
    message.identifiers.extend([child_pb2.Identifier(type=child_pb2.IDENTIFIER_TYPE_UPN, value=CANARY * 10)] * 60)
    with pytest.raises(InvalidFields) as caught, reader() as read:
        read.demographics(message, "demographics")
    assert sorted(refused(caught.value)) == sorted(
        [
            *("demographics.former_family_names", "demographics.identifiers"),
            *(f"demographics.former_family_names[{place}]" for place in range(10)),
            *(f"demographics.identifiers[{place}].value" for place in range(10)),
        ]
    )
    assert caught.value.metadata["violations"] == "22"


def test_declaration() -> None:
    message = messages.record()
    with reader() as read:
        declaration = read.declaration(message, "record")
    assert declaration.key == RecordKey("oakfield-school", "pupils", "school.pupil", "P-0001")
    assert (declaration.source_version, declaration.change) == (3, Change.CHANGED)
    assert declaration.sensitivity is Sensitivity.UNSPECIFIED
    assert (declaration.involved_from, declaration.involved_until) == (PartialDate(2021, 9), None)


def test_empty_record_names_its_key_and_version() -> None:
    assert fields_of_record(child_pb2.Record()) == [
        "record.key.system",
        "record.key.record_type",
        "record.key.local_id",
        "record.source_version",
    ]


@pytest.mark.parametrize("local_id", ["", " P1", "P1 ", "P\n1", "P\x00", "P\u202e1", "x" * 65])
def test_local_id_is_printable_and_bounded(local_id: str) -> None:
    message = messages.record()
    message.key.local_id = local_id
    assert fields_of_record(message) == ["record.key.local_id"]


@pytest.mark.parametrize("local_id", ["P-0001", "é/№ 7", "x" * 64])
def test_local_id_is_the_custodians_own(local_id: str) -> None:
    message = messages.record()
    message.key.local_id = local_id
    with reader() as read:
        assert read.declaration(message, "record").key.local_id == local_id


@pytest.mark.parametrize("version", [0, 2**63, 2**64 - 1])
def test_source_version_has_bounds(version: int) -> None:
    message = messages.record()
    message.source_version = version
    assert fields_of_record(message) == ["record.source_version"]


def test_closed_lists_of_a_record() -> None:
    message = messages.record()
    message.change = message.sensitivity = 9  # type: ignore[assignment]  # as above
    message.consent_reference = CANARY + " "
    assert fields_of_record(message) == ["record.consent_reference", "record.change", "record.sensitivity"]


@pytest.mark.parametrize(
    ("first", "last", "wrong"),
    [
        ((2021, 9, 1), (2021, 8, 31), True),
        ((2021, 9, 0), (2021, 8, 0), True),
        ((2021, 9, 30), (2021, 9, 0), False),
        ((2021, 0, 0), (2021, 1, 1), False),
        ((2021, 9, 1), (2021, 9, 1), False),
        ((0, 0, 0), (2021, 9, 1), False),
        ((2021, 9, 1), (0, 0, 0), False),
    ],
)
def test_involvement_ends_after_it_began_as_far_as_is_known(
    first: tuple[int, int, int], last: tuple[int, int, int], wrong: bool
) -> None:
    message = messages.record()
    message.involved_from.CopyFrom(child_pb2.PartialDate(year=first[0], month=first[1], day=first[2]))
    message.involved_until.CopyFrom(child_pb2.PartialDate(year=last[0], month=last[1], day=last[2]))
    if wrong:
        assert fields_of_record(message) == ["record.involved_until"]
    else:
        with reader() as read:
            assert read.declaration(message, "record").involved_until == PartialDate(*last)


def test_impossible_involvement() -> None:
    message = messages.record()
    message.involved_from.CopyFrom(child_pb2.PartialDate(year=2021, month=2, day=30))
    message.involved_until.CopyFrom(child_pb2.PartialDate(year=-4))
    assert fields_of_record(message) == ["record.involved_from", "record.involved_until"]


@pytest.mark.parametrize(
    ("first", "last", "wrong"),
    [
        ((2026, 3, 3), (0, 0, 0), []),  # today it is the 2nd; elsewhere the 3rd
        ((2026, 3, 4), (0, 0, 0), ["record.involved_from"]),
        ((2026, 3, 0), (0, 0, 0), []),
        ((2026, 4, 0), (0, 0, 0), ["record.involved_from"]),
        ((2016, 2, 1), (0, 0, 0), []),  # before the birth in May: known to a midwife
        ((2015, 6, 24), (0, 0, 0), []),
        ((2015, 6, 23), (0, 0, 0), ["record.involved_from"]),
        ((2015, 0, 0), (0, 0, 0), []),
        ((2014, 0, 0), (0, 0, 0), ["record.involved_from"]),
        ((2021, 9, 1), (2056, 12, 31), []),
        ((2021, 9, 1), (2057, 1, 1), ["record.involved_until"]),
        ((2021, 9, 1), (2199, 0, 0), ["record.involved_until"]),
    ],
)
def test_involvement_lies_in_the_childs_time(
    first: tuple[int, int, int], last: tuple[int, int, int], wrong: list[str]
) -> None:
    message = messages.record()
    message.involved_from.CopyFrom(child_pb2.PartialDate(year=first[0], month=first[1], day=first[2]))
    message.involved_until.CopyFrom(child_pb2.PartialDate(year=last[0], month=last[1], day=last[2]))
    if wrong:
        assert fields_of_record(message) == wrong
    else:
        with reader() as read:
            read.declaration(message, "record")


def test_involvement_of_a_child_to_be_born() -> None:
    message = messages.record()
    message.demographics.ClearField("birth_date")
    message.demographics.expected_birth_date.CopyFrom(child_pb2.PartialDate(year=2026, month=8))
    message.involved_from.CopyFrom(child_pb2.PartialDate(year=2026, month=1, day=7))
    with reader() as read:
        assert read.declaration(message, "record").involved_from == PartialDate(2026, 1, 7)


def withdrawal(reason: int, ended: child_pb2.PartialDate | None) -> tuple[WithdrawalReason, PartialDate]:
    """Read a withdrawal."""
    message = pb.WithdrawRecordRequest(reason=reason, ended=ended)  # type: ignore[arg-type]  # as above
    with reader() as read:
        return read.withdrawal(message)
    raise AssertionError("unreachable")


def test_withdrawal() -> None:
    day = child_pb2.PartialDate(year=2025, month=7)
    assert withdrawal(1, day) == (WithdrawalReason.ENDED, PartialDate(2025, 7))
    assert withdrawal(2, None) == (WithdrawalReason.ENTERED_IN_ERROR, PartialDate())
    for reason, ended, field in ((1, None, "ended"), (3, day, "ended"), (0, None, "reason"), (9, None, "reason")):
        with pytest.raises(InvalidFields) as caught:
            withdrawal(reason, ended)
        assert refused(caught.value) == [field]


@pytest.mark.parametrize("reason", [0, 9, -1])
def test_of_an_unknown_reason_nothing_else_is_asked(reason: int) -> None:
    with pytest.raises(InvalidFields) as caught:
        withdrawal(reason, child_pb2.PartialDate(year=2025))
    assert refused(caught.value) == ["reason"]
    with pytest.raises(InvalidFields) as caught:
        withdrawal(reason, child_pb2.PartialDate(year=2025, month=2, day=30))
    assert refused(caught.value) == ["reason", "ended"]


def test_number_is_read_tolerantly_and_refused_without_being_repeated() -> None:
    written = str(number()).replace("0", "O").replace("1", "l").lower()
    with reader() as read:
        assert read.number(child_pb2.ChildReference(value=f" {written} "), "child") == number()
    with pytest.raises(InvalidFields) as caught, reader() as read:
        read.number(child_pb2.ChildReference(value=CANARY), "child")
    assert refused(caught.value) == ["child.value"]


@pytest.mark.parametrize("day", [{}, {"year": 2016}, {"year": 2016, "month": 2, "day": 30}])
def test_verification_needs_the_whole_birth_date(day: dict[str, int]) -> None:
    with pytest.raises(InvalidFields) as caught, reader() as read:
        read.complete_date(child_pb2.PartialDate(**day), "birth_date")
    assert refused(caught.value) == ["birth_date"]


def test_a_number_needs_exactly_one_thing_beside_it() -> None:
    day, key = child_pb2.PartialDate(year=2016, month=5, day=4), messages.record().key
    with reader() as read:
        assert read.beside(pb.FindRecordsRequest(birth_date=day)) == (PartialDate(2016, 5, 4), None)
        born, own = read.beside(pb.FindRecordsRequest(own_record=key))
    assert born is None
    assert own == RecordKey("oakfield-school", "pupils", "school.pupil", "P-0001")
    for request in (pb.FindRecordsRequest(), pb.FindRecordsRequest(birth_date=day, own_record=key)):
        with pytest.raises(InvalidFields), reader() as read:
            read.beside(request)


def test_negative_page_size() -> None:
    with reader() as read:
        assert (read.page_size(0), read.page_size(7)) == (0, 7)
    with pytest.raises(InvalidFields), reader() as read:
        read.page_size(-1)


async def test_items_are_read_or_refused_each_for_itself() -> None:
    records = [messages.record() for _ in range(120)]
    records[3].source_version = 0
    records[119].demographics.given_name = CANARY * 10
    with reader() as read:
        items = await read.items(records, "records", Reader.declaration)
    wrong = {place: item for place, item in enumerate(items) if isinstance(item, Error)}
    assert len(items) == 120
    assert sorted(wrong) == [3, 119]
    assert isinstance(wrong[3], InvalidFields)
    assert isinstance(wrong[119], InvalidFields)
    assert refused(wrong[3]) == ["records[3].source_version"]
    assert refused(wrong[119]) == ["records[119].demographics.given_name"]


async def test_batch_larger_than_allowed() -> None:
    with pytest.raises(Error) as caught, reader() as read:
        await read.items([messages.record()] * (MAX_BATCH + 1), "records", Reader.declaration)
    assert caught.value.reason is Reason.BATCH_TOO_LARGE
    assert caught.value.metadata == {"limit": "500", "items": "501"}
    with reader() as read:
        assert len(await read.items([messages.record()] * MAX_BATCH, "records", Reader.declaration)) == MAX_BATCH


def test_an_error_inside_the_block_is_not_replaced() -> None:
    def read_and_fail() -> None:
        with reader() as read:
            read.page_size(-1)
            raise Error(Reason.OVERLOADED, "told so")

    with pytest.raises(Error) as caught:
        read_and_fail()
    assert caught.value.reason is Reason.OVERLOADED
