"""What a supervisor claims before it starts anything: its directory, by a lock, and its address, by a held socket."""

import fcntl
import os
import socket
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from childindex.cli.child import Lock
from childindex.errors import Error, Reason

_POLL_SECONDS: Final = 0.05


def claim_directory(directory: Path, *, patience: float = 2.0) -> Lock:
    """The lock of a directory, held until this process and all that inherit it are gone.

    Waits `patience` seconds, for the processes of a killed supervisor need a moment to die. Raises `Error`
    naming the holder when it is not alone.
    """
    path = directory / "lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    deadline = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            if time.monotonic() > deadline:
                holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip() or "unknown"
                os.close(descriptor)
                raise Error(Reason.STORE_UNAVAILABLE, f"{directory} is already served, by process {holder}") from None
            time.sleep(_POLL_SECONDS)
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
    return Lock(descriptor)


@dataclass(frozen=True, slots=True)
class Claim:
    """An address nobody else serves: bound but not listening, so that connections go to the workers alone."""

    address: str
    port: int
    sockets: tuple[socket.socket, ...]

    def close(self) -> None:
        """Give the address up."""
        for each in self.sockets:
            each.close()


def claim_address(address: str) -> Claim:
    """Claim `host:port`; port 0 takes a free one. Raises `Error` when it cannot be had or somebody serves it.

    A server that shares its port (SO_REUSEPORT) could otherwise be joined silently, and would get some of our calls.
    """
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit():
        raise Error(Reason.STORE_UNAVAILABLE, f"{address} is not of the form host:port")
    try:
        found = socket.getaddrinfo(host.strip("[]"), int(port), type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError:
        raise Error(Reason.STORE_UNAVAILABLE, f"{address} is not an address of this machine") from None
    sockets: list[socket.socket] = []
    try:
        for family, kind, protocol, _, place in dict.fromkeys(found):
            chosen = sockets[0].getsockname()[1] if sockets else place[1]
            sockets.append(_held(socket.socket(family, kind, protocol), (place[0], chosen, *place[2:])))
    except OSError as error:
        for each in sockets:
            each.close()
        raise Error(Reason.STORE_UNAVAILABLE, f"{address} cannot be served: {os.strerror(error.errno or 0)}") from None
    chosen = sockets[0].getsockname()[1]
    return Claim(f"{host}:{chosen}", chosen, tuple(sockets))


def _held(held: socket.socket, place: tuple[object, ...]) -> socket.socket:
    """Bind alone, which fails beside any other server, and only then allow our own workers beside it."""
    try:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # what lingers of closed connections is no server
        held.bind(place)
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)  # or another could bind beside us in the same way
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    except OSError:
        held.close()
        raise
    return held
