"""Every way to be refused before an operation runs, over real connections, each with its reason."""

import asyncio
from collections.abc import Callable

import grpc
import pytest
from cryptography import x509
from google.protobuf.message import Message

from childindex import telemetry
from childindex.api.admission import Limits
from childindex.errors import Error, Reason
from childindex.v1 import index_service_pb2 as pb
from childindex.v1.index_service_pb2_grpc import IndexServiceStub
from tests.api import messages
from tests.api.conftest import Serve
from tests.api.messages import Told, told_by
from tests.certificates import URN, Authority, Pair, authority
from tests.fakes import FakeOperations

RESOLVE = "/childindex.v1.IndexService/ResolveChild"
CANARY = "Zebrafinchcanary"


async def refusal(channel: grpc.aio.Channel, request: Message, method: str = "ResolveChild", **options: float) -> Told:
    """What a call is refused with."""
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await getattr(IndexServiceStub(channel), method)(request, **options)
    return told_by(caught.value)


async def raw_refusal(channel: grpc.aio.Channel, path: str, data: bytes) -> Told:
    """What these bytes are refused with."""
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await channel.unary_unary(path)(data)  # type: ignore[arg-type]  # bytes go as they are
    return told_by(caught.value)


@pytest.mark.parametrize(
    "pair",
    [
        pytest.param(lambda: authority().issue(x509.DNSName("oakfield-school")), id="dns-name"),
        pytest.param(lambda: authority().issue(), id="no-alternative-name"),
        pytest.param(lambda: authority().uris(URN + "oakfield-school", URN + "mill-lane-surgery"), id="two-custodians"),
        pytest.param(lambda: authority().uris(URN + "oakfield-school", "urn:other:thing"), id="another-uri-beside"),
        pytest.param(lambda: authority().uris(URN + "Oakfield School"), id="not-an-id"),
        pytest.param(lambda: authority().uris(URN), id="empty-id"),
        pytest.param(lambda: authority().uris("urn:childindex:steward:oakfield-school"), id="other-kind"),
    ],
)
async def test_certificate_without_exactly_one_custodian(serve: Serve, fake: FakeOperations, pair: object) -> None:
    service = await serve()
    channel = await service.channel(pair())  # type: ignore[operator]  # a parametrised factory
    answer = await refusal(channel, messages.resolve())
    assert (answer.code, answer.reason, answer.domain) == ("UNAUTHENTICATED", "NO_CALLER_IDENTITY", "childindex")
    assert not fake.calls


async def test_nobody_is_refused_before_anything_is_read(serve: Serve) -> None:
    service = await serve()
    answer = await raw_refusal(await service.channel(authority().issue()), RESOLVE, b"\xff\xff\xff")
    assert answer.reason == "NO_CALLER_IDENTITY"


@pytest.mark.parametrize("known", [True, False], ids=["wrong-authority", "no-certificate"])
async def test_connection_without_a_certificate_of_the_authority(
    serve: Serve, fake: FakeOperations, known: bool
) -> None:
    service = await serve()
    stranger: Pair = Authority("stranger").custodian("oakfield-school")
    secret = (
        grpc.ssl_channel_credentials(authority().pem, stranger.key, stranger.certificate)
        if known
        else grpc.ssl_channel_credentials(authority().pem)
    )
    channel = await service.opened(secret)
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await IndexServiceStub(channel).ResolveChild(messages.resolve(), timeout=5)
    assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
    assert not fake.calls


async def test_caller_is_the_certificate(serve: Serve, fake: FakeOperations) -> None:
    service = await serve()
    channel = await service.channel(authority().custodian("mill-lane-surgery"))
    await IndexServiceStub(channel).ResolveChild(messages.resolve())
    [(_, caller, _)] = fake.calls
    assert caller.custodian == "mill-lane-surgery"


@pytest.mark.parametrize(
    "data", [b"\xff\xff\xff", b"\x0a\x05ab", b"\x12\x04\x0a\x02\xff\xfe"], ids=["tag", "cut", "utf8"]
)
async def test_corrupt_bytes(serve: Serve, data: bytes) -> None:
    service = await serve()
    answer = await raw_refusal(await service.channel(), RESOLVE, data)
    assert (answer.code, answer.reason) == ("INVALID_ARGUMENT", "MALFORMED_REQUEST")


@pytest.mark.parametrize("path", ["/childindex.v1.IndexService/Guess", "/other.Service/Method"])
async def test_unknown_method(serve: Serve, path: str) -> None:
    service = await serve()
    channel = await service.channel()
    assert (await raw_refusal(channel, path, b"")).reason == "UNKNOWN_METHOD"
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        async for _ in channel.stream_stream(path)():  # nothing is sent: the refusal may overtake what the client sends
            pass
    assert (caught.value.code(), told_by(caught.value).reason) == (grpc.StatusCode.UNIMPLEMENTED, "UNKNOWN_METHOD")


async def test_request_larger_than_allowed(serve: Serve, fake: FakeOperations) -> None:
    service = await serve(limits=Limits(request_bytes=2000))
    request = messages.resolve()
    request.demographics.known_as = "x" * 2000
    channel = await service.channel()
    answer = await refusal(channel, request)
    assert (answer.code, answer.reason) == ("INVALID_ARGUMENT", "BATCH_TOO_LARGE")
    assert answer.metadata == {"limit_bytes": "2000"}
    request.demographics.known_as = "x" * 10_000
    with pytest.raises(grpc.aio.AioRpcError) as caught:  # far larger ones never reach our code
        await IndexServiceStub(channel).ResolveChild(request)
    assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert not fake.calls


async def test_deadline_too_short_to_write(serve: Serve, fake: FakeOperations) -> None:
    service = await serve(limits=Limits(least_seconds_to_write=30.0, least_seconds=1.0))
    channel = await service.channel()
    answer = await refusal(channel, messages.register(), "RegisterRecord", timeout=20)
    assert (answer.code, answer.reason) == ("DEADLINE_EXCEEDED", "DEADLINE_TOO_SHORT")
    assert answer.metadata == {"least_milliseconds": "30000"}
    assert not fake.calls
    stub = IndexServiceStub(channel)
    await stub.ResolveChild(messages.resolve(), timeout=20)  # a read asks for less time
    await stub.RegisterRecord(messages.register())  # and no deadline is no hurry
    assert [name for name, _, _ in fake.calls] == ["resolve", "register"]


async def test_too_many_calls_at_once(serve: Serve, fake: FakeOperations) -> None:
    service = await serve(limits=Limits(calls=2, retry_after=0.75))
    fake.delay = 30.0
    stub = IndexServiceStub(await service.channel())
    waiting = [asyncio.ensure_future(stub.ResolveChild(messages.resolve())) for _ in range(2)]
    await _until(lambda: len(fake.calls) == 2)
    answer = await refusal(await service.channel(), messages.resolve())
    assert (answer.code, answer.reason, answer.retry_seconds) == ("RESOURCE_EXHAUSTED", "OVERLOADED", 0.75)
    for call in waiting:
        call.cancel()
    fake.delay = 0.0
    await _until(lambda: not service.server.calls)
    await stub.ResolveChild(messages.resolve())  # room again: cancelled calls gave theirs back


async def _until(wanted: Callable[[], bool]) -> None:
    for _ in range(500):
        if wanted():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("never happened")


@pytest.mark.parametrize("reason", list(Reason))
async def test_every_error_of_an_operation_carries_its_reason(
    serve: Serve, fake: FakeOperations, reason: Reason
) -> None:
    service = await serve()
    fake.answers["resolve"] = Error(reason, "told so", metadata={"advice": "ADD_BIRTH_DATE"}, retry_after=1.5)
    answer = await refusal(await service.channel(), messages.resolve())
    assert (answer.reason, answer.message, answer.domain) == (reason.value, "told so", "childindex")
    assert answer.metadata == {"advice": "ADD_BIRTH_DATE"}
    assert answer.retry_seconds == 1.5


@pytest.mark.parametrize(
    ("method", "request_of", "path"),
    [
        ("ResolveChild", messages.resolve, "demographics"),
        ("RegisterRecord", messages.register, "record.demographics"),
    ],
)
async def test_too_little_points_at_the_details_of_the_request(
    serve: Serve, fake: FakeOperations, method: str, request_of: Callable[[], Message], path: str
) -> None:
    service = await serve()
    fake.answers["resolve"] = fake.answers["register"] = Error(Reason.TOO_LITTLE_TO_IDENTIFY, "too little")
    assert (await refusal(await service.channel(), request_of(), method)).fields == [path]


async def test_unexpected_exception_is_an_incident_without_its_text(
    serve: Serve, fake: FakeOperations, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    noted: list[str] = []
    monkeypatch.setattr(telemetry, "incident", lambda incident, method, error: noted.append(incident))
    service = await serve()
    fake.answers["resolve"] = ValueError(f"cannot parse {CANARY}")
    answer = await refusal(await service.channel(), messages.resolve())
    assert (answer.code, answer.reason) == ("INTERNAL", "INTERNAL")
    assert [answer.metadata["incident"]] == noted
    assert CANARY not in str(answer)
    output = capfd.readouterr()
    assert CANARY not in output.out + output.err


async def test_every_call_is_timed_with_closed_labels(
    serve: Serve, fake: FakeOperations, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, str]] = []
    monkeypatch.setattr(telemetry, "call", lambda method, code, seconds: seen.append((method, code)))
    channel = await (await serve()).channel()
    await IndexServiceStub(channel).ResolveChild(messages.resolve())
    await refusal(channel, pb.ResolveChildRequest())
    await raw_refusal(channel, f"/{CANARY}/{CANARY}", b"")
    assert seen == [("ResolveChild", "OK"), ("ResolveChild", "INVALID_ARGUMENT"), ("unknown", "UNIMPLEMENTED")]
