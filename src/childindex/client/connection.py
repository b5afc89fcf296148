"""The way to the index: mutual TLS, one channel or several."""

import itertools
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Never

import grpc

from childindex.client import handshake
from childindex.v1.index_service_pb2_grpc import IndexServiceStub

_OPTIONS: Final = (
    ("grpc.max_receive_message_length", 16 * 2**20),
    ("grpc.max_send_message_length", 8 * 2**20),
    ("grpc.keepalive_time_ms", 60_000),
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 2_000),
    ("grpc.use_local_subchannel_pool", 1),  # or equal channels would share one connection, and so one worker
    ("grpc.enable_retries", 0),  # `retry` knows better what may be sent again
)


@dataclass(frozen=True, slots=True)
class Credentials:
    """PEM texts: the authority that vouches for the index, the custodian's certificate, and its key."""

    authority: bytes
    certificate: bytes
    key: bytes

    def __repr__(self) -> str:
        return "Credentials(...)"

    def __reduce__(self) -> Never:
        raise TypeError("a key is not pickled")

    @classmethod
    def read(cls, folder: str | Path) -> "Credentials":
        """From a folder with `ca.pem`, `client.pem` and `client.key`. Raises OSError when one is missing."""
        path = Path(folder)
        names = ("ca.pem", "client.pem", "client.key")
        return cls(*((path / name).read_bytes() for name in names))


class Connection:
    """Channels to one address, used in turn: the index spreads connections, not calls, over its workers."""

    def __init__(self, target: str, credentials: Credentials, *, channels: int, server_name: str | None) -> None:
        self._target = target
        self._credentials = credentials
        self._server_name = server_name
        secret = grpc.ssl_channel_credentials(credentials.authority, credentials.key, credentials.certificate)
        named = (("grpc.ssl_target_name_override", server_name),) if server_name else ()
        self._channels = [grpc.secure_channel(target, secret, (*_OPTIONS, *named)) for _ in range(channels)]
        self._stubs = itertools.cycle([IndexServiceStub(channel) for channel in self._channels])

    def stub(self) -> IndexServiceStub:
        """The stub whose turn it is."""
        return next(self._stubs)

    def fault(self, timeout: float) -> str:
        """What keeps the index and this client from trusting one another, empty where it is not that."""
        own = self._credentials
        return handshake.fault(
            self._target,
            authority=own.authority,
            certificate=own.certificate,
            key=own.key,
            server_name=self._server_name,
            timeout=timeout,
        )

    def close(self) -> None:
        """Close the channels; calls under way end."""
        for channel in self._channels:
            channel.close()
