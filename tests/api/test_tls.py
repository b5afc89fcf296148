"""Certificates renewed while the server serves."""

from pathlib import Path

import grpc
import pytest

from childindex.api import TlsFiles
from childindex.v1.index_service_pb2_grpc import IndexServiceStub
from tests.api import messages
from tests.api.conftest import Serve, Service
from tests.certificates import Authority, Pair


def written(files: TlsFiles, authority: Authority, pair: Pair) -> None:
    """Put new files in the place of the old ones, as a renewal does."""
    contents = ((files.authority, authority.pem), (files.certificate, pair.certificate), (files.key, pair.key))
    for path, content in contents:
        fresh = path.with_suffix(".new")
        fresh.write_bytes(content)
        fresh.replace(path)


async def answered(service: Service, authority: Authority, client: Pair) -> bool:
    """Whether a client that trusts this authority, with its certificate, is answered."""
    channel = await service.opened(grpc.ssl_channel_credentials(authority.pem, client.key, client.certificate))
    try:
        await IndexServiceStub(channel).ResolveChild(messages.resolve(), timeout=5)
    except grpc.aio.AioRpcError as error:
        assert error.code() is grpc.StatusCode.UNAVAILABLE  # noqa: PT017  the code tells the handshake from the rest
        return False
    return True


async def test_renewed_files_serve_the_connections_that_follow(serve: Serve, tls: TlsFiles) -> None:
    service = await serve()
    before = await service.channel()
    await IndexServiceStub(before).ResolveChild(messages.resolve())
    renewed = Authority("renewed")
    school = renewed.custodian("oakfield-school")
    assert not await answered(service, renewed, school)
    written(tls, renewed, renewed.server())
    assert await answered(service, renewed, school)
    await IndexServiceStub(before).ResolveChild(messages.resolve())  # the connection that was there goes on


async def test_files_that_cannot_be_read_leave_the_ones_before(
    serve: Serve, tls: TlsFiles, caplog: pytest.LogCaptureFixture
) -> None:
    service = await serve()
    tls.key.unlink()
    await IndexServiceStub(await service.channel()).ResolveChild(messages.resolve())
    assert not caplog.records  # gRPC would log an exception of ours


def test_files_are_needed_at_first(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        TlsFiles(tmp_path / "a", tmp_path / "b", tmp_path / "c").credentials()
