"""Why the way to the index does not open: gRPC tells of a failed handshake as of any lost connection.

So after such a failure one handshake is made apart from gRPC, whose outcome says which certificate is wrong.
"""

import os
import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_TARGET: Final = re.compile(r"(?:dns:(?:///)?)?(\[[^\]]+\]|[^:/\[\]]+):(\d{1,5})")
_ALERT: Final = re.compile("ALERT.*(CERTIFICATE|UNKNOWN_CA)")  # as OpenSSL names what an index may answer
_LONGEST: Final = 2.0  # seconds
_REFUSED: Final = "the index refused client.pem: it accepts certificates in force of its own authority only"


def fault(  # noqa: PLR0913  an address and three PEM texts
    target: str, *, authority: bytes, certificate: bytes, key: bytes, server_name: str | None, timeout: float
) -> str:
    """What is wrong with the certificates, empty where nothing is or nothing can be told (no index there at all).

    `timeout` in seconds bounds the whole question.
    """
    found = _TARGET.fullmatch(target)
    if found is None:
        return ""
    host, port = found[1].strip("[]"), int(found[2])
    try:
        context = _context(authority, certificate, key)
    except ssl.SSLError:
        return "ca.pem, client.pem and client.key are not an authority, a certificate and the key of that certificate"
    except (OSError, AttributeError):  # no place in memory to hand a key over by: not on Linux
        return ""
    return _outcome((host, port), context, server_name or host, min(timeout, _LONGEST) / 2)


def _outcome(address: tuple[str, int], context: ssl.SSLContext, name: str, wait: float) -> str:
    try:
        # An index that just stops closes connections too, but not twice: by then it no longer listens.
        refused = all(_closed(address, context, name, wait) for _ in range(2))
    except ssl.SSLCertVerificationError as error:
        return f"the certificate of the index is not to be trusted by ca.pem: {error.verify_message}"
    except OSError as error:  # an SSLError is one
        refused = bool(_ALERT.search(getattr(error, "reason", None) or ""))
    return _REFUSED if refused else ""


def _closed(address: tuple[str, int], context: ssl.SSLContext, name: str, wait: float) -> bool:
    """Whether the index closes the connection once it has seen the client's certificate, without a word of HTTP/2."""
    with (
        socket.create_connection(address, timeout=wait) as plain,
        context.wrap_socket(plain, server_hostname=name) as tls,
    ):
        try:
            return not tls.recv(1)
        except ConnectionResetError:
            return True


def _context(authority: bytes, certificate: bytes, key: bytes) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=authority.decode("ascii", errors="replace"))
    context.set_alpn_protocols(["h2"])
    with _in_memory(certificate) as certificate_path, _in_memory(key) as key_path:
        context.load_cert_chain(certificate_path, key_path, password="")  # or it asks at the terminal
    return context


@contextmanager
def _in_memory(content: bytes) -> Iterator[str]:
    """A path to the content that is no file: a key is not written to a disk."""
    descriptor = os.memfd_create("pem")
    try:
        os.write(descriptor, content)
        yield f"/proc/self/fd/{descriptor}"
    finally:
        os.close(descriptor)
