"""Whether the files that the configuration names for TLS can be used: told before anything is started with them."""

import ssl
import stat
from pathlib import Path
from typing import Final

from childindex.cli.faults import Misused

_EVERYBODY: Final = stat.S_IRWXO


def require_usable(authority: Path | None, certificate: Path | None, key: Path | None) -> None:
    """Raise `Misused` unless these are PEM files that fit, the key closed to others; OSError where one is unreadable.

    Whether the certificate is in date, and for which names, its clients check.
    """
    if authority is None or certificate is None or key is None:
        return
    for path in (authority, certificate, key):
        path.open("rb").close()  # the fault of one that cannot be read names it; those of OpenSSL do not
    if (mode := stat.S_IMODE(key.stat().st_mode)) & _EVERYBODY:
        raise Misused(f"tls_key: {key} is open to everybody (mode {mode:04o}); 0640 or 0600 is wanted")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(certificate, key, password=b"")  # a key under a password is refused, not asked for
    except (ssl.SSLError, ValueError):
        raise Misused(f"tls_key: {key} is not the unencrypted PEM key of tls_certificate {certificate}") from None
    try:
        context.load_verify_locations(authority)
    except ssl.SSLError:
        raise Misused(f"tls_authority: {authority} holds no PEM certificate") from None
