"""One worker's server: grpc.aio with mutual TLS, health, reflection by choice, bounds, and a graceful end."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

import grpc
import uvloop
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_health.v1.health import SERVICE_NAME as HEALTH
from grpc_health.v1.health import aio as health_aio
from grpc_reflection.v1alpha import reflection

from childindex.api.admission import Limits
from childindex.api.guard import SERVICE, Guard
from childindex.api.servicer import IndexServicer
from childindex.api.tls import TlsFiles
from childindex.errors import Error, Reason
from childindex.operations import Index
from childindex.v1 import index_service_pb2_grpc

_HARD_FACTOR: Final = 2  # beyond this many times a limit gRPC itself refuses, without details
_MAX_RESPONSE_BYTES: Final = 16 * 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a worker serves. Times are in seconds.

    SO_REUSEPORT spreads connections, not calls, so their age is capped: an old one is closed and opened anew.
    While draining, health says NOT_SERVING for `notice_seconds` before the port closes; calls under way then have
    `drain_seconds` to finish.
    """

    address: str
    tls: TlsFiles
    limits: Limits = field(default_factory=Limits)
    reflection: bool = False
    connection_age: float = 300.0
    drain_seconds: float = 10.0
    notice_seconds: float = 0.0


class Server:
    """A server that serves; made by `start`."""

    def __init__(self, server: grpc.aio.Server, guard: Guard, health: health_aio.HealthServicer, port: int) -> None:
        self._server = server
        self._guard = guard
        self._health = health
        self.port = port

    @property
    def calls(self) -> int:
        """How many calls are being answered now."""
        return self._guard.admission.calls

    async def drain(self, *, drain_seconds: float, notice_seconds: float = 0.0) -> None:
        """End gracefully: tell it by health, take no more calls, let those under way finish within their time."""
        await self._health.enter_graceful_shutdown()
        await asyncio.sleep(notice_seconds)
        self.refuse_calls()
        await self._server.stop(drain_seconds)

    def refuse_calls(self) -> None:
        """Answer calls from now on with DRAINING: those that slip in while the port closes."""
        self._guard.admission.drain()


async def start(index: Index, settings: Settings) -> Server:
    """Serve the index at the address. Raises `Error` when the address cannot be bound."""
    guard = Guard(settings.limits)
    server = grpc.aio.server(
        interceptors=[guard],
        options=_options(settings),
        maximum_concurrent_rpcs=settings.limits.calls * _HARD_FACTOR,
    )
    index_service_pb2_grpc.add_IndexServiceServicer_to_server(IndexServicer(index), server)
    health = health_aio.HealthServicer()
    health_pb2_grpc.add_HealthServicer_to_server(health, server)
    await health.set(SERVICE, health_pb2.HealthCheckResponse.SERVING)
    if settings.reflection:
        reflection.enable_server_reflection((SERVICE, HEALTH, reflection.SERVICE_NAME), server)
    try:
        port = server.add_secure_port(settings.address, settings.tls.credentials())
    except RuntimeError:
        raise Error(Reason.STORE_UNAVAILABLE, f"cannot listen at {settings.address}") from None
    await server.start()
    return Server(server, guard, health, port)


def run(
    open_index: Callable[[], Awaitable[Index]], settings: Settings, ready: Callable[[int], None] = lambda port: None
) -> None:
    """A worker process: serve, call `ready` with the port, at SIGTERM drain and close the store.

    Ctrl-C reaches every process of a terminal; what it means is for whoever started this one to say.
    """
    uvloop.run(_serve(open_index, settings, ready))


async def _serve(open_index: Callable[[], Awaitable[Index]], settings: Settings, ready: Callable[[int], None]) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    index = await open_index()
    try:
        server = await start(index, settings)
        ready(server.port)
        await stop.wait()
        await server.drain(drain_seconds=settings.drain_seconds, notice_seconds=settings.notice_seconds)
    finally:
        await index.store.close()


def _options(settings: Settings) -> list[tuple[str, int]]:
    age = int(settings.connection_age * 1000)
    return [
        ("grpc.so_reuseport", 1),
        ("grpc.max_receive_message_length", settings.limits.request_bytes * _HARD_FACTOR),
        ("grpc.max_send_message_length", _MAX_RESPONSE_BYTES),
        ("grpc.max_metadata_size", 16 * 1024),
        ("grpc.max_connection_age_ms", age),
        ("grpc.max_connection_age_grace_ms", int(settings.drain_seconds * 1000)),
        ("grpc.keepalive_time_ms", 60_000),
        ("grpc.keepalive_timeout_ms", 20_000),
        ("grpc.http2.min_recv_ping_interval_without_data_ms", 10_000),
        ("grpc.keepalive_permit_without_calls", 1),
    ]
