"""Claims: one supervisor to a directory, nobody else at the address."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from childindex.cli.claims import claim_address, claim_directory
from childindex.errors import Error, Reason


def listener(port: int = 0, *, shared: bool) -> socket.socket:
    """A server on the loopback address, sharing its port or not."""
    server = socket.socket()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, shared)
    server.bind(("127.0.0.1", port))
    server.listen()
    return server


@pytest.fixture
def foreign() -> Iterator[socket.socket]:
    """A server that shares its port with whoever comes."""
    with listener(shared=True) as server:
        yield server


def test_address_that_somebody_serves_is_refused(foreign: socket.socket) -> None:
    with pytest.raises(Error, match="Address already in use") as caught:
        claim_address(f"127.0.0.1:{foreign.getsockname()[1]}")
    assert caught.value.reason is Reason.STORE_UNAVAILABLE


def test_address_is_claimed_once() -> None:
    claim = claim_address("127.0.0.1:0")
    with pytest.raises(Error, match="cannot be served"):
        claim_address(claim.address)
    claim.close()
    claim_address(claim.address).close()


def test_own_workers_listen_beside_the_claim_and_get_every_connection() -> None:
    claim = claim_address("127.0.0.1:0")
    with listener(claim.port, shared=True) as first, listener(claim.port, shared=True) as second:
        for server in (first, second):
            server.setblocking(False)
        clients = [socket.create_connection(("127.0.0.1", claim.port), timeout=5) for _ in range(20)]
        got = 0
        for server in (first, second):
            while True:
                try:
                    server.accept()[0].close()
                    got += 1
                except BlockingIOError:
                    break
        assert got == 20
        for client in clients:
            client.close()
    claim.close()


def test_server_that_does_not_share_finds_a_claim_taken() -> None:
    claim = claim_address("127.0.0.1:0")
    with pytest.raises(OSError, match="in use"):
        listener(claim.port, shared=False)
    claim.close()


def test_address_just_given_up_by_a_server_can_be_claimed() -> None:
    server = listener(shared=False)
    port = server.getsockname()[1]
    client = socket.create_connection(("127.0.0.1", port))
    server.accept()[0].close()  # the server closes first, so its end lingers
    client.close()
    server.close()
    claim = claim_address(f"127.0.0.1:{port}")
    assert claim.port == port
    claim.close()


def test_name_with_several_addresses_has_one_port() -> None:
    claim = claim_address("localhost:0")
    assert {each.getsockname()[1] for each in claim.sockets} == {claim.port}
    assert claim.address == f"localhost:{claim.port}"
    claim.close()


@pytest.mark.parametrize("address", ["50051", "localhost:", "localhost:http", "no such host:1", "192.0.2.1:50051"])
def test_what_is_no_address_here_is_refused(address: str) -> None:
    with pytest.raises(Error):
        claim_address(address)


def test_directory_is_claimed_once(tmp_path: Path) -> None:
    lock = claim_directory(tmp_path)
    with pytest.raises(Error, match=f"already served, by process {os.getpid()}"):
        claim_directory(tmp_path, patience=0.0)
    os.close(lock.descriptor)
    os.close(claim_directory(tmp_path).descriptor)
