"""gRPC figures beside a bare echo with the same TLS, in one run: `python -m bench.service [--children 2000]`.

Two server processes (a worker of the service, and a server that returns the bytes it was sent), one client process.
What counts is the ratio to the echo: its absolute times are the machine's and the library's, not ours.
"""

import argparse
import asyncio
import signal
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import grpc
import uvloop

from bench import founding
from bench.operations import SCHOOL, SURGERY, fill
from childindex import store
from childindex.api import server
from childindex.api.tls import TlsFiles
from childindex.demographics import Demographics
from childindex.operations import Index
from childindex.v1 import child_pb2, index_service_pb2, index_service_pb2_grpc
from childindex.vault.authority import DevelopmentAuthority

ECHO = "/bench.Echo/Say"
CALLS = 400
AT_ONCE = 32
BATCH = 100
HOST = "localhost"


def _tls(folder: Path) -> TlsFiles:
    return TlsFiles(folder / "ca.pem", folder / "server.pem", folder / "server.key")


async def _serve_echo(folder: Path, port: Connection) -> None:
    async def say(request: bytes, context: Any) -> bytes:
        return request

    handler = grpc.method_handlers_generic_handler("bench.Echo", {"Say": grpc.unary_unary_rpc_method_handler(say)})
    serving = grpc.aio.server()
    serving.add_generic_rpc_handlers((handler,))
    port.send(serving.add_secure_port(f"{HOST}:0", _tls(folder / "tls").credentials()))
    await serving.start()
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await stop.wait()
    await serving.stop(1)


def _echo(folder: Path, port: Connection) -> None:
    uvloop.run(_serve_echo(folder, port))


def _index(folder: Path, port: Connection) -> None:
    async def open_index() -> Index:
        vault = founding.keys(folder)
        return founding.over(store.open_local(folder / "store", vault.keyset_id), vault)

    server.run(open_index, server.Settings(address=f"{HOST}:0", tls=_tls(folder / "tls")), port.send)


@contextmanager
def running(target: Callable[[Path, Connection], None], folder: Path) -> Iterator[int]:
    """A server process; gives its port, ends it afterwards."""
    context = get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=target, args=(folder, there), daemon=True)
    process.start()
    try:
        yield here.recv()
    finally:
        process.terminate()
        process.join(20)


def request(details: Demographics) -> index_service_pb2.ResolveChildRequest:
    """A resolve of these details."""
    born = details.birth_date
    return index_service_pb2.ResolveChildRequest(
        context=_context(),
        demographics=child_pb2.Demographics(
            given_name=details.given_name,
            family_name=details.family_name,
            birth_date=child_pb2.PartialDate(year=born.year, month=born.month, day=born.day),
            sex=child_pb2.Sex.ValueType(details.sex),
            postcode=details.postcode,
        ),
    )


def _context() -> child_pb2.RequestContext:
    actor = child_pb2.Actor(reference="loader", role=child_pb2.ACTOR_ROLE_AUTOMATED, employer=SURGERY)
    return child_pb2.RequestContext(actor=actor, purpose=child_pb2.PURPOSE_RECORD_KEEPING, request_id="bench")


def _channel(folder: Path, port: int) -> grpc.aio.Channel:
    client = folder / "client"
    credentials = grpc.ssl_channel_credentials(
        (client / "ca.pem").read_bytes(), (client / "client.key").read_bytes(), (client / "client.pem").read_bytes()
    )
    return grpc.aio.secure_channel(f"{HOST}:{port}", credentials)


async def _timed(call: Callable[[int], Awaitable[object]], at_once: int) -> tuple[float, float]:
    """The median of a call in microseconds, and calls a second, with so many under way."""
    times: list[float] = []
    numbers = iter(range(CALLS))

    async def caller() -> None:
        for number in numbers:
            start = time.perf_counter()
            await call(number)
            times.append(time.perf_counter() - start)

    await call(0)
    start = time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(at_once)))
    return statistics.median(times) * 1e6, CALLS / (time.perf_counter() - start)


async def measure(
    folder: Path, ports: tuple[int, int], asked: Sequence[Demographics]
) -> list[tuple[str, float, float]]:
    """Name, median microseconds a call, and children (or echoes) a second."""
    requests = [request(details) for details in asked]
    echo_channel, index_channel = (_channel(folder, port) for port in ports)
    async with echo_channel, index_channel:
        say: Any = echo_channel.unary_unary(ECHO)
        stub: Any = index_service_pb2_grpc.IndexServiceStub(index_channel)
        payload = [one.SerializeToString() for one in requests]
        batches = [
            index_service_pb2.BatchResolveChildrenRequest(
                context=_context(), demographics=[one.demographics for one in (requests * 2)[at : at + BATCH]]
            )
            for at in range(0, len(requests), BATCH)
        ]
        figures = []
        for at_once in (1, AT_ONCE):
            echo = await _timed(lambda n: say(payload[n % len(payload)]), at_once)
            resolve = await _timed(lambda n: stub.ResolveChild(requests[n % len(requests)]), at_once)
            figures += [(f"echo, {at_once} at once", *echo), (f"ResolveChild, {at_once} at once", *resolve)]
        start = time.perf_counter()
        for batch in batches:
            await stub.BatchResolveChildren(batch)
        each = (time.perf_counter() - start) / (len(batches) * BATCH)
        figures.append((f"BatchResolveChildren of {BATCH}, each", each * 1e6, 1 / each))
    return figures


async def _prepare(folder: Path, children: int) -> list[Demographics]:
    vault = await founding.found(folder, [SCHOOL, SURGERY])
    opened = store.open_local(folder / "store", vault.keyset_id)
    asked = await fill(founding.over(opened, vault), children)
    await opened.close()
    now = datetime.now(UTC)
    authority = DevelopmentAuthority.create(folder / "authority", now)
    authority.issue_server([HOST], now).write(folder / "tls", "server")
    authority.issue_custodian(SURGERY, now).write(folder / "client", "client")
    return asked


def run(children: int) -> list[tuple[str, float, float]]:
    """Make an index, serve it beside the echo, measure."""
    with tempfile.TemporaryDirectory(prefix="bench-") as place:
        folder = Path(place) / "index"
        asked = asyncio.run(_prepare(folder, children))
        with running(_echo, folder) as echo, running(_index, folder) as index:
            return asyncio.run(measure(folder, (echo, index), asked))


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the figures and their ratios to the echo."""
    parser = argparse.ArgumentParser(prog="bench.service")
    parser.add_argument("--children", type=int, default=2000)
    figures = run(parser.parse_args(arguments).children)
    for name, microseconds, rate in figures:
        print(f"{name:45} {microseconds:9.0f} us {rate:9.0f}/s")
    for echo, resolve in (figures[:2], figures[2:4]):
        print(f"{resolve[0]}: {resolve[1] / echo[1]:.1f} times the echo's time, {echo[2] / resolve[2]:.1f} of its cost")


if __name__ == "__main__":
    main()
