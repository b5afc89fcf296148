"""The server's side of mutual TLS, from files that may be renewed while it serves."""

from dataclasses import dataclass
from pathlib import Path

import grpc


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """PEM files: the authority whose clients are accepted, the server's certificate chain and its key."""

    authority: Path
    certificate: Path
    key: Path

    def credentials(self) -> grpc.ServerCredentials:
        """What gRPC needs of them; a client without a certificate of the authority does not get past the handshake.

        The files are looked at before each handshake. New ones serve the connections that follow; while they cannot
        be read, the ones before go on serving. Raises OSError when they cannot be read at first.
        """
        return grpc.dynamic_ssl_server_credentials(
            self.configuration(),
            _Renewal(self).next,  # type: ignore[arg-type]  # None means unchanged, which the stubs forget
            require_client_authentication=True,
        )

    def stamp(self) -> tuple[tuple[int, int], ...]:
        """What changes when a file does: its time and inode. Raises OSError."""
        found = (path.stat() for path in (self.authority, self.certificate, self.key))
        return tuple((each.st_mtime_ns, each.st_ino) for each in found)

    def configuration(self) -> grpc.ServerCertificateConfiguration:
        """What the files hold now. Raises OSError."""
        pair = (self.key.read_bytes(), self.certificate.read_bytes())
        return grpc.ssl_server_certificate_configuration([pair], self.authority.read_bytes())


class _Renewal:
    """Answers gRPC's question before a handshake: are there newer files?"""

    def __init__(self, files: TlsFiles) -> None:
        self._files = files
        self._stamp = files.stamp()

    def next(self) -> grpc.ServerCertificateConfiguration | None:
        """The newer ones, None when there are none that can be read. Called from gRPC's own threads."""
        try:
            stamp = self._files.stamp()
            if stamp == self._stamp:
                return None
            newer = self._files.configuration()
        except OSError:
            return None
        self._stamp = stamp
        return newer
