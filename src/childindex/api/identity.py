"""Who calls: the custodian named by the one URI of the client certificate that the TLS handshake verified."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from childindex.errors import Error, Reason

_URN: Final = re.compile(r"urn:childindex:custodian:([a-z0-9][a-z0-9-]{0,63})", re.ASCII)


def custodian(peer: Mapping[str, Iterable[bytes]]) -> str:
    """The custodian id of a peer, given gRPC's `auth_context()` of the connection.

    Raises NO_CALLER_IDENTITY unless the certificate has exactly one URI and that is a custodian's: with two, which
    of them calls would be for the caller to choose.
    """
    uris = list(peer.get("peer_uri", ()))
    if len(uris) == 1 and (named := _URN.fullmatch(uris[0].decode("ascii", "replace"))):
        return named[1]
    raise Error(Reason.NO_CALLER_IDENTITY, "the client certificate does not name exactly one custodian")
