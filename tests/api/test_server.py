"""The server around the methods: health, reflection, draining, and the worker process."""

import asyncio
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from childindex.api import Settings, TlsFiles, start
from childindex.api.guard import SERVICE
from childindex.errors import Error
from childindex.v1.index_service_pb2_grpc import IndexServiceStub
from tests.api import messages
from tests.api.conftest import Serve, Service
from tests.api.messages import told_by
from tests.certificates import authority, school_pair, write_server
from tests.fakes import FakeIndex, FakeOperations, number

SERVING, NOT_SERVING = health_pb2.HealthCheckResponse.SERVING, health_pb2.HealthCheckResponse.NOT_SERVING


async def health(service: Service, name: str) -> int:
    """The health of a service, asked by a client that is no custodian."""
    stub: Any = health_pb2_grpc.HealthStub(await service.channel(authority().issue()))
    answer: health_pb2.HealthCheckResponse = await stub.Check(health_pb2.HealthCheckRequest(service=name))
    return answer.status


async def test_health_of_each_service_needs_no_custodian(serve: Serve) -> None:
    service = await serve()
    assert [await health(service, name) for name in ("", SERVICE)] == [SERVING, SERVING]


async def test_health_watcher_hears_of_draining(serve: Serve, fake: FakeOperations) -> None:
    service = await serve()
    fake.delay = 0.3
    channel = await service.channel()
    call = asyncio.ensure_future(IndexServiceStub(channel).ResolveChild(messages.resolve()))
    await fake.entered.wait()
    stub: Any = health_pb2_grpc.HealthStub(await service.channel())
    watch = stub.Watch(health_pb2.HealthCheckRequest(service=SERVICE))
    heard = aiter(watch)
    assert (await anext(heard)).status == SERVING
    draining = asyncio.ensure_future(service.server.drain(drain_seconds=5.0, notice_seconds=0.1))
    assert (await anext(heard)).status == NOT_SERVING
    assert (await call).child.value == str(number())  # what was under way is answered
    watch.cancel()
    await draining
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await IndexServiceStub(await service.channel()).ResolveChild(messages.resolve())
    assert caught.value.code() is grpc.StatusCode.UNAVAILABLE


async def test_notice_period_still_serves(serve: Serve) -> None:
    service = await serve()
    stub = IndexServiceStub(await service.channel())
    await stub.ResolveChild(messages.resolve())
    draining = asyncio.ensure_future(service.server.drain(drain_seconds=1.0, notice_seconds=0.5))
    await asyncio.sleep(0.05)
    assert await health(service, SERVICE) == NOT_SERVING
    await stub.ResolveChild(messages.resolve())
    await draining


async def test_call_that_slips_in_is_told_of_the_draining(serve: Serve, fake: FakeOperations) -> None:
    service = await serve()
    service.server.refuse_calls()
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await IndexServiceStub(await service.channel()).ResolveChild(messages.resolve())
    answer = told_by(caught.value)
    assert (answer.code, answer.reason) == ("UNAVAILABLE", "DRAINING")
    assert answer.retry_seconds is not None
    assert not fake.calls


async def test_calls_that_take_too_long_are_cut(serve: Serve, fake: FakeOperations) -> None:
    service = await serve()
    fake.delay = 60.0
    call = asyncio.ensure_future(IndexServiceStub(await service.channel()).ResolveChild(messages.resolve()))
    await fake.entered.wait()
    await service.server.drain(drain_seconds=0.1)
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    assert caught.value.code() in {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED}


async def services(service: Service) -> list[str]:
    """What reflection lists."""
    make: Any = reflection_pb2_grpc.ServerReflectionStub
    stub = make(await service.channel())
    asked = reflection_pb2.ServerReflectionRequest(list_services="")
    return [
        each.name
        async for answer in stub.ServerReflectionInfo(iter([asked]))
        for each in answer.list_services_response.service
    ]


async def test_reflection_is_a_choice(serve: Serve) -> None:
    assert SERVICE in await services(await serve(reflection=True))
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await services(await serve())
    assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED


async def test_address_that_is_none_is_refused(tls: TlsFiles) -> None:
    with pytest.raises(Error, match=r"cannot listen at 192\.0\.2\.1:1"):
        await start(FakeIndex(), Settings(address="192.0.2.1:1", tls=tls))  # type: ignore[arg-type]  # enough of an index


async def test_connection_without_tls_gets_no_answer(serve: Serve, fake: FakeOperations) -> None:
    service = await serve()
    async with grpc.aio.insecure_channel(f"localhost:{service.server.port}") as channel:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await IndexServiceStub(channel).ResolveChild(messages.resolve(), timeout=2)
    assert caught.value.code() in {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED}
    assert not fake.calls


def test_worker_process_drains_at_sigterm_and_leaves_ctrl_c_alone(tmp_path: Path) -> None:
    write_server(tmp_path)
    command = [sys.executable, "-m", "tests.api.worker", str(tmp_path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    port = int(process.stdout.readline())
    pair = school_pair()
    secret = grpc.ssl_channel_credentials(authority().pem, pair.key, pair.certificate)
    with grpc.secure_channel(f"localhost:{port}", secret) as channel:
        grpc.channel_ready_future(channel).result(10)
        calls = [IndexServiceStub(channel).ResolveChild.future(messages.resolve()) for _ in range(3)]
        process.send_signal(signal.SIGINT)
        IndexServiceStub(channel).ResolveChild(messages.resolve())
        assert process.poll() is None
        calls += [IndexServiceStub(channel).ResolveChild.future(messages.resolve()) for _ in range(3)]
        time.sleep(0.3)  # the calls reach the server, where each takes a second
        process.send_signal(signal.SIGTERM)
        assert [call.result(10).child.value for call in calls] == [str(number())] * 6
    assert process.stdout.read() == "closed\n"
    assert process.wait(10) == 0
