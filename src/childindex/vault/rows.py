"""Feature rows in counter mode, all rows of a query in one call of the cipher.

    row version = key id (4) | salt (12) | plaintext xor keystream
    keystream   = AES-256(key, counter | salt) for counter = 1, 2, ...

This is counter mode (NIST SP 800-38A section 6.5). Its one demand is that no counter block ever serves twice
under a key: within a version the counter differs, between versions the salt, 96 random bits drawn anew for
every version. Among n versions some two share a salt with probability at most n^2 / 2^97: one in eight
thousand million at 2^32 versions, some three hundred for every child of a country, and even odds only at 2^48.
Rotate the key before 2^32.

Counter mode hides and does not authenticate: whoever can write the data file can flip bits of a row unseen.
What an answer depends on is therefore bound to its place by `bind` and checked with `check`.
"""

import os
from collections.abc import Callable, Sequence
from functools import lru_cache
from hashlib import blake2b
from hmac import compare_digest
from threading import Lock

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import ECB

from childindex.errors import StoreDamaged
from childindex.vault.framing import frame
from childindex.vault.keyset import Key, UnknownKey
from childindex.vault.secret import Secret, guarded

ROW_TAG = 8

_BLOCK = 16
_HEADER = 16
_KEY_ID = slice(0, 4)
_WORD = np.dtype(np.uint64)
_COUNTER = np.dtype(np.uint32)

BlockCipher = Callable[[bytearray], bytes]  # encrypts whole blocks of 16 bytes, each alone


@guarded
class RowCipher:
    """Encrypts row versions under the primary key and decrypts many at once; binds them to their places."""

    __slots__ = ("_ciphers", "_primary", "_tags")

    def __init__(self, keys: Sequence[Key], primary: bytes) -> None:
        self._ciphers = {key.id: _block_cipher(key.derive("keystream")) for key in keys}
        self._tags = {
            key.id: blake2b(key=key.derive("tag").reveal(), digest_size=ROW_TAG, person=b"childindex row")
            for key in keys
        }
        self._primary = primary

    def encrypt(self, plaintext: bytes) -> bytes:
        """A new version of a row or chunk: 16 bytes longer, and different at every call."""
        header = self._primary + os.urandom(12)
        return header + _apply(self._ciphers[self._primary], [header + plaintext])[0]

    def decrypt(self, values: Sequence[bytes]) -> list[bytes]:
        """The plaintexts in order, from one cipher call for each key among them, and that is one key but in rotation.

        Raises `StoreDamaged` for a value that is too short or names a key that is not here.
        """
        if not values:
            return []
        named = {value[_KEY_ID] for value in values}
        if min(map(len, values)) < _HEADER:
            raise StoreDamaged("an encrypted row is cut short")
        if not named <= self._ciphers.keys():
            raise UnknownKey
        if len(named) == 1:
            return _apply(self._ciphers[named.pop()], values)
        streams = {
            key_id: iter(_apply(self._ciphers[key_id], [value for value in values if value[_KEY_ID] == key_id]))
            for key_id in named
        }
        return [next(streams[value[_KEY_ID]]) for value in values]

    def bind(self, value: bytes, place: bytes) -> bytes:
        """The encrypted value and its tag: keyed BLAKE2b (RFC 7693) over the place and the value, framed."""
        return value + self._tag(value, place)

    def check(self, bound: bytes, place: bytes) -> None:
        """Raises `StoreDamaged` unless `bound` came from `bind` for this place and is untouched."""
        if len(bound) < _HEADER + ROW_TAG or not compare_digest(bound[-ROW_TAG:], self._tag(bound[:-ROW_TAG], place)):
            raise StoreDamaged("an encrypted row is not as it was written, or not where")

    def _tag(self, value: bytes, place: bytes) -> bytes:
        hasher = self._tags.get(value[_KEY_ID])
        if hasher is None:
            raise UnknownKey
        if not place:
            raise ValueError("a place is mandatory: it is what a row is bound to")
        tag = hasher.copy()
        tag.update(frame(place, value))
        return tag.digest()


def _block_cipher(secret: Secret) -> BlockCipher:
    """AES-256 itself. ECB is unfit for data (S305); here it only turns counter blocks into a keystream.

    A context in ECB mode carries no state between whole blocks, so one serves for ever; it refuses to be
    used by two threads at once, hence the lock, which costs nothing where there is one.
    """
    context, lock = Cipher(AES256(secret.reveal()), ECB()).encryptor(), Lock()  # noqa: S305

    def encrypt(blocks: bytearray) -> bytes:
        with lock:
            return context.update(blocks)

    return encrypt


def _apply(cipher: BlockCipher, values: Sequence[bytes]) -> list[bytes]:
    """Exclusive-or of every value's body (after its header of 16 bytes) with its keystream.

    The header is a block long, so a value padded to whole blocks lines up with the counter blocks
    0, 1, 2, ... made from its own header; block 0 falls on the header and is thrown away. That costs
    one cipher block a value and saves cutting each apart before the one xor over all of them.
    """
    sizes = [len(value) for value in values]
    counts = [(size + _BLOCK - 1) // _BLOCK for size in sizes]
    # 1. counter blocks: the header repeated, its key id overwritten by the counter
    blocks = bytearray().join([value[:_HEADER] * count for value, count in zip(values, counts, strict=True)])
    np.frombuffer(blocks, _COUNTER)[::4] = np.frombuffer(b"".join([_counters(count) for count in counts]), _COUNTER)
    # 2. one xor over all values, each padded to whole blocks, with the keystream of all from one call
    padded = b"".join([value.ljust(count * _BLOCK, b"\0") for value, count in zip(values, counts, strict=True)])
    mixed = (np.frombuffer(padded, _WORD) ^ np.frombuffer(cipher(blocks), _WORD)).tobytes()
    # 3. the bodies, cut to their lengths
    bodies, at = [], 0
    for size, count in zip(sizes, counts, strict=True):
        bodies.append(mixed[at + _HEADER : at + size])
        at += count * _BLOCK
    return bodies


@lru_cache(maxsize=512)
def _counters(count: int) -> bytes:
    """The counters 0 to count - 1, four bytes each, big endian; remembered, for rows have few different sizes."""
    return np.arange(count, dtype=">u4").tobytes()
