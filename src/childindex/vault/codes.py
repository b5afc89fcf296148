"""Keyed hashes: how values are found without being kept.

Keyed BLAKE2b (RFC 7693), one sub key and one personalisation for each use, over framed parts. A code is
content-addressed: every worker computes it alone, and without the keyset nobody can try values
against it, not even dates, of which there are fewer than ten thousand.
"""

from enum import Enum, unique
from hashlib import blake2b

from childindex.vault.framing import frame_text, head, text
from childindex.vault.keyset import Key
from childindex.vault.secret import guarded

CODE_BYTES = 8
BLOCK_BYTES = 12
BIRTH_BYTES = 8
HANDLE_BYTES = 16


@unique
class Handle(Enum):
    """What an opaque handle stands for. Handles of two kinds never meet, whatever their parts."""

    RECORD = "record"
    NUMBER = "number"
    CUSTODIAN = "custodian"
    SYSTEM = "system"
    AUTHORITY = "authority"
    ACTOR = "actor"
    CHILD = "child"
    REQUEST = "request"
    REVIEW = "review"


@guarded
class Codes:
    """The keyed hashes of one index key."""

    __slots__ = ("_birth", "_block", "_code", "_handles")

    def __init__(self, key: Key) -> None:
        self._code = _hasher(key, "code", CODE_BYTES)
        self._block = _hasher(key, "block", BLOCK_BYTES)
        self._birth = _hasher(key, "birth", BIRTH_BYTES)
        self._handles = {kind: _hasher(key, f"handle {kind.value}", HANDLE_BYTES) for kind in Handle}

    def code(self, kind: str, value: str) -> int:
        """The 64-bit code of a normalised value. At 50 million values two of one kind share a code with p < 1e-4."""
        hasher = self._code.copy()
        hasher.update(head(kind) + text(value))
        return int.from_bytes(hasher.digest(), "big")

    def block_key(self, rule: str, parts: tuple[str, ...]) -> bytes:
        """The 12-byte blocking key of a rule over its parts."""
        hasher = self._block.copy()
        hasher.update(head(rule) + frame_text(*parts))
        return hasher.digest()

    def birth_code(self, iso_date: str) -> bytes:
        """The 8-byte code of a whole birth date."""
        hasher = self._birth.copy()
        hasher.update(text(iso_date))
        return hasher.digest()

    def handle(self, kind: Handle, *parts: str) -> bytes:
        """The 16-byte handle of the parts: what stands for a record key, a number or a custodian in the store."""
        hasher = self._handles[kind].copy()
        hasher.update(frame_text(*parts))
        return hasher.digest()


def _hasher(key: Key, label: str, size: int) -> blake2b:
    """A hash that has taken its key and waits to be copied: the key itself is kept nowhere."""
    return blake2b(key=key.derive(label).reveal(), digest_size=size, person=b"childindex hash")
