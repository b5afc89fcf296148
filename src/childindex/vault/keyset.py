"""A keyset: every root key of one index, each with its id, purpose and state. Pure; see `keyfile` for disks.

A key is named by its id in every ciphertext it makes. One key of each purpose is primary and makes new
ciphertexts; the others, enabled, still open what they made. Rotation adds a primary. The index key cannot
rotate: codes and blocking keys are compared, not opened, so another key means another index.
"""

import hashlib
import json
import secrets
from dataclasses import dataclass, replace
from enum import StrEnum, unique
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from childindex.errors import Error, Reason, StoreDamaged
from childindex.vault.secret import Secret, guarded

FORMAT = 1
KEY_BYTES = 32
_ID_BYTES = 4
_KEYSET_ID_BYTES = 8


class UnknownKey(StoreDamaged):
    """A ciphertext names a key that is not in the keyset as it was last read."""

    def __init__(self) -> None:
        super().__init__("a sealed value does not open")


@unique
class Purpose(StrEnum):
    """What a root key is for. No key serves two purposes."""

    INDEX = "index"  # keyed hashes: codes, blocking keys, birth codes, handles
    ROWS = "rows"  # the keystream of feature rows
    SEALING = "sealing"  # sealed values of the index
    PLACE = "place"  # values sealed under a key derived from a record key
    EPOCH = "epoch"  # wraps each child's own keys; destroyed with the last backup of its time


@unique
class State(StrEnum):
    """Whether a key makes new ciphertexts or only opens old ones."""

    PRIMARY = "primary"
    ENABLED = "enabled"


@guarded
@dataclass(frozen=True, slots=True)
class Key:
    """One root key: its id (4 bytes, unique in the keyset), purpose, state and 32 secret bytes."""

    id: bytes
    purpose: Purpose
    state: State
    secret: Secret

    def derive(self, label: str) -> Secret:
        """The sub key of this key for one use: HKDF-SHA-256 (RFC 5869), the label as its info."""
        info = f"childindex vault {FORMAT} {self.purpose} {label}".encode()
        return Secret(HKDF(SHA256(), KEY_BYTES, salt=None, info=info).derive(self.secret.reveal()))


@guarded
@dataclass(frozen=True, slots=True)
class Keyset:
    """All root keys of one index under a random public id (8 bytes) that the store remembers."""

    id: bytes
    keys: tuple[Key, ...]

    @classmethod
    def generate(cls) -> "Keyset":
        """A fresh keyset with one primary key for every purpose."""
        keyset = cls(secrets.token_bytes(_KEYSET_ID_BYTES), ())
        for purpose in Purpose:
            keyset = keyset._with(purpose)
        return keyset

    def primary(self, purpose: Purpose) -> Key:
        """The key that makes new ciphertexts for the purpose."""
        return next(key for key in self.keys if key.purpose is purpose and key.state is State.PRIMARY)

    def of(self, purpose: Purpose) -> tuple[Key, ...]:
        """Every key of the purpose, oldest first."""
        return tuple(key for key in self.keys if key.purpose is purpose)

    def rotated(self, purpose: Purpose) -> "Keyset":
        """This keyset with a new primary key for the purpose; the old one stays, to open what it sealed."""
        if purpose is Purpose.INDEX:
            raise Error(Reason.INTERNAL, "the index key cannot rotate: that is a new index, built from sealed records")
        return self._with(purpose)

    def destroyed(self, key_id: bytes) -> "Keyset":
        """This keyset without the key: all that it sealed is lost for ever. Refuses a primary key."""
        key = next((key for key in self.keys if key.id == key_id), None)
        if key is None:
            raise Error(Reason.INTERNAL, "no such key in the keyset")
        if key.state is State.PRIMARY:
            raise Error(Reason.INTERNAL, "a primary key is not destroyed: rotate first, then seal its values anew")
        return replace(self, keys=tuple(other for other in self.keys if other is not key))

    def _with(self, purpose: Purpose) -> "Keyset":
        taken = {key.id for key in self.keys}
        key_id = next(drawn for drawn in iter(lambda: secrets.token_bytes(_ID_BYTES), b"") if drawn not in taken)
        older = tuple(replace(key, state=State.ENABLED) if key.purpose is purpose else key for key in self.keys)
        newest = Key(key_id, purpose, State.PRIMARY, Secret(secrets.token_bytes(KEY_BYTES)))
        return replace(self, keys=(*older, newest))


def encode(keyset: Keyset) -> Secret:
    """The keyset as its file holds it: one line of JSON, ending in a checksum against damage (not forgery)."""
    body: dict[str, object] = {
        "format": FORMAT,
        "keyset": keyset.id.hex(),
        "keys": [
            {"id": key.id.hex(), "purpose": key.purpose, "state": key.state, "secret": key.secret.reveal().hex()}
            for key in keyset.keys
        ],
    }
    body["checksum"] = hashlib.sha256(json.dumps(body).encode()).hexdigest()
    return Secret(json.dumps(body).encode() + b"\n")


def decode(content: Secret) -> Keyset:
    """The keyset of a file's content. Raises `StoreDamaged` when it is of another format, or not as it was written."""
    keyset = _read(content)
    if isinstance(keyset, str):
        raise StoreDamaged(keyset)
    return keyset


def _read(content: Secret) -> Keyset | str:
    """The keyset, or what is wrong with it: nothing is raised where the file's content lies in the locals."""
    try:
        parsed = json.loads(content.reveal())
    except (ValueError, RecursionError):
        return "the keyset file is damaged"
    if not isinstance(parsed, dict) or parsed.get("format") != FORMAT:
        return f"the keyset file is not of format {FORMAT}"
    keyset = _build(parsed)
    # Written again, it must be the same to the byte: no damage, however small, goes unseen.
    if keyset is None or encode(keyset).reveal() != content.reveal():
        return "the keyset file is damaged"
    for purpose in Purpose:
        if sum(key.state is State.PRIMARY for key in keyset.of(purpose)) != 1:
            return f"the keyset file has not one primary key for {purpose}"
    return keyset


def _build(parsed: dict[str, Any]) -> Keyset | None:
    try:
        keys = tuple(
            Key(
                bytes.fromhex(key["id"]),
                Purpose(key["purpose"]),
                State(key["state"]),
                Secret(bytes.fromhex(key["secret"])),
            )
            for key in parsed["keys"]
        )
        keyset = Keyset(bytes.fromhex(parsed["keyset"]), keys)
    except (KeyError, TypeError, ValueError):
        return None
    whole = len(keyset.id) == _KEYSET_ID_BYTES and len({key.id for key in keys}) == len(keys)
    sized = all(len(key.id) == _ID_BYTES and len(key.secret.reveal()) == KEY_BYTES for key in keys)
    return keyset if whole and sized else None
