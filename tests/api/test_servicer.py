"""Each method over a real connection: the operation gets the nouns, the caller gets the answer."""

from typing import TYPE_CHECKING

import grpc
import pytest

from childindex.caller import Purpose
from childindex.demographics import PartialDate
from childindex.errors import Error, InvalidFields, Reason
from childindex.operations import Registration, Resolution
from childindex.pointer import RecordKey, WithdrawalReason
from childindex.v1 import child_pb2
from childindex.v1 import index_service_pb2 as pb
from childindex.v1.index_service_pb2_grpc import IndexServiceStub
from tests.api import messages
from tests.api.conftest import Serve
from tests.api.messages import told, told_by
from tests.fakes import FakeOperations, number

if TYPE_CHECKING:
    from childindex.v1.index_service_pb2_grpc import IndexServiceAsyncStub  # known to the stubs only

BORN = child_pb2.PartialDate(year=2016, month=5, day=4)
CANARY = "Zebrafinchcanary"


@pytest.fixture
async def stub(serve: Serve) -> "IndexServiceAsyncStub":
    """The school's stub."""
    return IndexServiceStub(await (await serve()).channel())


def reference() -> child_pb2.ChildReference:
    """A child."""
    return child_pb2.ChildReference(value=str(number()))


async def test_resolve(stub: "IndexServiceAsyncStub", fake: FakeOperations) -> None:
    request = messages.resolve()
    request.explain = True
    assert (await stub.ResolveChild(request)).child.value == str(number())
    [(name, caller, (details, explain))] = fake.calls
    assert (name, explain, details.given_name) == ("resolve", True, "Ada")
    assert (caller.custodian, caller.purpose) == ("oakfield-school", Purpose.EDUCATION)


async def test_verify(stub: "IndexServiceAsyncStub", fake: FakeOperations) -> None:
    request = pb.VerifyChildNumberRequest(context=messages.context(), child=reference(), birth_date=BORN)
    assert (await stub.VerifyChildNumber(request)).verified
    assert fake.calls[0][2] == (number(), PartialDate(2016, 5, 4))


async def test_register(stub: "IndexServiceAsyncStub", fake: FakeOperations) -> None:
    answer = await stub.RegisterRecord(messages.register())
    assert (answer.child, answer.number_status) == (reference(), child_pb2.NUMBER_STATUS_CONFIRMED)
    [declaration] = fake.calls[0][2]
    assert declaration.key == RecordKey("oakfield-school", "pupils", "school.pupil", "P-0001")


async def test_withdraw(stub: "IndexServiceAsyncStub", fake: FakeOperations) -> None:
    request = pb.WithdrawRecordRequest(
        context=messages.context(), key=messages.record().key, reason=pb.WITHDRAWAL_REASON_ENDED, ended=BORN
    )
    await stub.WithdrawRecord(request)
    key = RecordKey("oakfield-school", "pupils", "school.pupil", "P-0001")
    assert fake.calls[0][2] == (key, WithdrawalReason.ENDED, PartialDate(2016, 5, 4))


async def test_find(stub: "IndexServiceAsyncStub", fake: FakeOperations) -> None:
    by_date = pb.FindRecordsRequest(context=messages.context(), child=reference(), birth_date=BORN)
    by_record = pb.FindRecordsRequest(context=messages.context(), child=reference(), own_record=messages.record().key)
    assert (await stub.FindRecords(by_date)).pointers[0].custodian == "mill-lane-surgery"
    await stub.FindRecords(by_record)
    assert fake.calls[0][2] == (number(), PartialDate(2016, 5, 4), None)
    assert fake.calls[1][2] == (number(), None, RecordKey("oakfield-school", "pupils", "school.pupil", "P-0001"))


async def test_lists(stub: "IndexServiceAsyncStub", fake: FakeOperations) -> None:
    await stub.ListOwnRecords(pb.ListOwnRecordsRequest(context=messages.context(), page_size=7, page_token="t"))
    changes = await stub.ListChanges(pb.ListChangesRequest(context=messages.context(), cursor="c", page_size=8))
    assert changes.next_cursor == "c1"
    assert [call[2] for call in fake.calls] == [(7, "t"), ("c", 8)]


async def test_check_number(stub: "IndexServiceAsyncStub", fake: FakeOperations) -> None:
    fake.answers["check_number"] = number()
    answer = await stub.CheckChildNumber(pb.CheckChildNumberRequest(context=messages.context(), value="c1"))
    assert (answer.canonical, fake.calls[0][2]) == (str(number()), ("c1",))


METHODS = [each.name for each in pb.DESCRIPTOR.services_by_name["IndexService"].methods]


@pytest.mark.parametrize("method", METHODS)
async def test_empty_request_of_every_method_names_its_context(
    stub: "IndexServiceAsyncStub", fake: FakeOperations, method: str
) -> None:
    request = getattr(pb, f"{method}Request")()
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await getattr(stub, method)(request)
    answer = told_by(caught.value)
    assert (answer.code, answer.reason) == ("INVALID_ARGUMENT", "INVALID_FIELDS")
    assert answer.fields[:2] == ["context.actor.reference", "context.actor.employer"]
    assert not fake.calls


async def test_more_than_eighty_violations_reach_the_caller(
    stub: "IndexServiceAsyncStub", fake: FakeOperations
) -> None:
    bad = CANARY * 10
    details = child_pb2.Demographics(
        given_name=bad, middle_names=bad, family_name=bad, known_as=bad, carer_family_name=bad, postcode=bad, uprn=bad,
        former_family_names=[bad] * 400, birth_date=child_pb2.PartialDate(month=14),
        identifiers=[child_pb2.Identifier(type=child_pb2.IDENTIFIER_TYPE_UPN, value=bad, replaces=[bad] * 10)] * 400,
    )  # fmt: skip
    request = pb.RegisterRecordRequest(record=child_pb2.Record(demographics=details))
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stub.RegisterRecord(request)
    answer = told_by(caught.value)
    assert (answer.reason, len(answer.fields)) == ("INVALID_FIELDS", 50)
    assert int(answer.metadata["violations"]) > 50
    assert CANARY not in str(caught.value) + str(answer)
    assert not fake.calls


async def test_batch_answers_each_item(stub: "IndexServiceAsyncStub", fake: FakeOperations) -> None:
    malformed = messages.record()
    malformed.demographics.birth_date.year = 2090
    records = [messages.record(), malformed, messages.record()]
    fake.answers["register_many"] = [
        Registration(number()),
        InvalidFields([]),
        Error(Reason.STALE_SOURCE_VERSION, "older"),
    ]
    answer = await stub.BatchRegisterRecords(
        pb.BatchRegisterRecordsRequest(context=messages.context(), records=records)
    )
    [(_, _, (items,))] = fake.calls
    assert [isinstance(item, Error) for item in items] == [False, True, False]
    assert [violation.field for violation in items[1].violations] == ["records[1].demographics.birth_date"]
    assert answer.results[0].response.child == reference()
    assert told(answer.results[2].status).reason == "STALE_SOURCE_VERSION"


async def test_batch_of_resolutions(stub: "IndexServiceAsyncStub", fake: FakeOperations) -> None:
    fake.answers["resolve_many"] = [Resolution(number()), Error(Reason.TOO_LITTLE_TO_IDENTIFY, "too little")]
    request = pb.BatchResolveChildrenRequest(context=messages.context(), demographics=[messages.demographics()] * 2)
    answer = await stub.BatchResolveChildren(request)
    assert [each.WhichOneof("outcome") for each in answer.results] == ["response", "status"]


@pytest.mark.parametrize("method", ["BatchResolveChildren", "BatchRegisterRecords"])
async def test_batch_of_more_than_five_hundred(
    stub: "IndexServiceAsyncStub", fake: FakeOperations, method: str
) -> None:
    request = getattr(pb, f"{method}Request")(context=messages.context())
    items = request.records if method == "BatchRegisterRecords" else request.demographics
    for _ in range(501):
        items.add()
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await getattr(stub, method)(request)
    assert told_by(caught.value).reason == "BATCH_TOO_LARGE"
    assert not fake.calls
