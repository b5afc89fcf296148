"""Authenticated sealing: AES-256-GCM-SIV (RFC 8452) with a random nonce and mandatory associated data.

    sealed = format (1) | key id (4) | nonce (12) | ciphertext | tag (16)

GCM-SIV is resistant to a repeated nonce: should two random ones ever meet, all that shows is whether the
two plaintexts were equal. RFC 8452 section 9 allows 2^48 random nonces and more under one key.
The header and the domain (which room and part the value belongs to) are bound with the associated data,
so a value moved to another place, or named after another key, does not open.
"""

import os
from collections.abc import Mapping
from contextlib import suppress

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from childindex.errors import StoreDamaged
from childindex.vault.framing import frame
from childindex.vault.keyset import UnknownKey
from childindex.vault.secret import Secret, guarded

FORMAT = 1
KEY_ID = slice(1, 5)
_NONCE = slice(5, 17)
_HEADER = 5
_BODY = 17
OVERHEAD = _BODY + 16


@guarded
class Sealer:
    """The keys of one domain: seals under the primary key, opens under the key that the value names."""

    __slots__ = ("_ciphers", "_domain", "_header")

    def __init__(self, domain: bytes, keys: Mapping[bytes, Secret], primary: bytes) -> None:
        """`domain` says what is sealed here; `keys` maps key id (4 bytes) to 32 secret bytes."""
        self._domain = domain
        self._ciphers = {key_id: AESGCMSIV(secret.reveal()) for key_id, secret in keys.items()}
        self._header = bytes([FORMAT]) + primary

    def seal(self, plaintext: bytes, associated: bytes) -> bytes:
        """The plaintext sealed and bound to `associated` (never empty): other bytes at every call."""
        header = self._header
        nonce = os.urandom(12)
        bound = _bound(self._domain, header, associated)
        return header + nonce + self._ciphers[header[KEY_ID]].encrypt(nonce, plaintext, bound)

    def open(self, sealed: bytes, associated: bytes) -> bytes:
        """The plaintext again. Raises `StoreDamaged` unless it was sealed here, for this place, and is untouched."""
        bound = _bound(self._domain, sealed[:_HEADER], associated)
        if len(sealed) >= OVERHEAD and sealed[0] == FORMAT:
            cipher = self._ciphers.get(sealed[KEY_ID])
            if cipher is None:
                raise UnknownKey
            with suppress(InvalidTag):
                return cipher.decrypt(sealed[_NONCE], sealed[_BODY:], bound)
        # One sentence for every cause: which check failed is nobody's business. Raised outside the handler,
        # so that no context travels with it.
        raise StoreDamaged("a sealed value does not open")


def _bound(domain: bytes, header: bytes, associated: bytes) -> bytes:
    if not associated:
        raise ValueError("associated data is mandatory: it binds a sealed value to its place")
    return frame(domain, header, associated)
