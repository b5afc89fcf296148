"""A real server over mutual TLS, with operations that need no index."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import grpc
import pytest

from childindex.api import Server, Settings, TlsFiles, start
from childindex.api.admission import Limits
from tests.certificates import Pair, authority, school_pair, write_server
from tests.fakes import FakeIndex, FakeOperations


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeOperations:
    """The operations behind the wire."""
    operations = FakeOperations()
    operations.install(monkeypatch)
    return operations


@pytest.fixture
def tls(tmp_path: Path) -> TlsFiles:
    """The server's files."""
    return TlsFiles(*write_server(tmp_path))


@dataclass
class Service:
    """A server and the ways to it."""

    server: Server
    stack: AsyncExitStack

    async def channel(self, pair: Pair | None = None) -> grpc.aio.Channel:
        """A channel with a client certificate: the school's unless another is given."""
        pair = pair or school_pair()
        secret = grpc.ssl_channel_credentials(authority().pem, pair.key, pair.certificate)
        return await self.opened(secret)

    async def opened(self, secret: grpc.ChannelCredentials) -> grpc.aio.Channel:
        """A channel with these credentials."""
        channel = grpc.aio.secure_channel(
            f"localhost:{self.server.port}", secret, [("grpc.use_local_subchannel_pool", 1)]
        )
        return await self.stack.enter_async_context(channel)


Serve = Callable[..., Awaitable[Service]]


@pytest.fixture
async def serve(fake: FakeOperations, tls: TlsFiles) -> AsyncIterator[Serve]:
    """Starts servers, and stops them at the end."""
    async with AsyncExitStack() as stack:

        async def started(*, limits: Limits | None = None, reflection: bool = False) -> Service:
            settings = Settings(
                address="localhost:0", tls=tls, limits=limits or Limits(), reflection=reflection, drain_seconds=2.0
            )
            server = await start(FakeIndex(), settings)  # type: ignore[arg-type]  # as much of an index as the wire needs
            stack.push_async_callback(server.drain, drain_seconds=0.0)
            return Service(server, stack)

        yield started
