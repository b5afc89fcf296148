"""The vault: one object before all keys of an index, in terms of what is hashed and sealed, never of ciphers."""

import os
from collections.abc import Callable, Sequence
from enum import Enum, unique
from pathlib import Path
from typing import TypeVar

from childindex.pointer import RecordKey
from childindex.vault import provider
from childindex.vault.child import ChildKey
from childindex.vault.codes import Codes, Handle
from childindex.vault.framing import frame
from childindex.vault.keyset import KEY_BYTES, Keyset, Purpose, UnknownKey
from childindex.vault.padding import pad, unpad
from childindex.vault.place import PlaceSealer
from childindex.vault.rows import RowCipher
from childindex.vault.seal import KEY_ID, Sealer
from childindex.vault.secret import Secret, guarded

T = TypeVar("T")


@unique
class Sealed(Enum):
    """Where a sealed value lives, and the smallest size it is padded to. Each has a key of its own."""

    LEXICON = ("lexicon", 32)
    CHANGE = ("change", 64)
    REVIEW = ("review", 256)
    POLICY = ("policy", 256)
    AUDIT = ("audit", 256)
    TOKEN = ("token", 32)
    NUMBER = ("number", 16)
    OWN = ("own", 16)
    ENVELOPE = ("envelope", 16)
    ERASURE = ("erasure", 64)
    META = ("meta", 32)

    @property
    def floor(self) -> int:
        """The smallest bucket, in bytes; see `padding.bucket`."""
        return self.value[1]


@guarded
class Vault:
    """Every keyed hash and every seal of one index. Safe to share within a process; each process opens its own."""

    __slots__ = ("_directory", "_keys", "_stamp")

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        # The stamp is taken first: a file replaced in between is then read once too often, never once too seldom.
        self._stamp = provider.stamp(directory)
        self._keys = _Keys(provider.load(directory))

    @classmethod
    def create(cls, directory: Path) -> "Vault":
        """Make a keyset in `directory` (0700, file 0600) and open it. Raises `Error` when one is there already."""
        provider.create(directory)
        return cls(directory)

    @classmethod
    def open(cls, directory: Path) -> "Vault":
        """Open the keyset in `directory`. Raises `Error` when absent or open to others, `StoreDamaged` when damaged."""
        return cls(directory)

    @property
    def keyset_id(self) -> bytes:
        """The keyset's public id (8 bytes): the store remembers it and refuses any other."""
        return self._keys.keyset_id

    def code(self, kind: str, value: str) -> int:
        """The 64-bit code of a normalised value of a kind."""
        return self._keys.codes.code(kind, value)

    def block_key(self, rule: str, parts: tuple[str, ...]) -> bytes:
        """The 12-byte blocking key of a rule over its parts."""
        return self._keys.codes.block_key(rule, parts)

    def birth_code(self, iso_date: str) -> bytes:
        """The 8-byte code of a whole birth date, `YYYY-MM-DD`."""
        return self._keys.codes.birth_code(iso_date)

    def handle(self, kind: Handle, *parts: str) -> bytes:
        """The 16-byte opaque handle of the parts."""
        return self._keys.codes.handle(kind, *parts)

    def seal(self, room: Sealed, plaintext: bytes, associated: bytes) -> bytes:
        """The plaintext padded and sealed for its room and place; `associated` (not empty) names the place."""
        return self._keys.rooms[room].seal(pad(plaintext, room.floor), associated)

    def open_sealed(self, room: Sealed, sealed: bytes, associated: bytes) -> bytes:
        """What `seal` sealed for this room and place. Raises `StoreDamaged`."""
        return self._opened(lambda keys: unpad(keys.rooms[room].open(sealed, associated)))

    def seal_place(self, key: RecordKey, plaintext: bytes) -> bytes:
        """The plaintext sealed under a key derived from the record key: without it, the keyset does not open it."""
        return self._keys.places.seal(key, plaintext)

    def open_place(self, key: RecordKey, sealed: bytes) -> bytes:
        """What `seal_place` sealed for the record key. Raises `StoreDamaged`."""
        return self._opened(lambda keys: keys.places.open(key, sealed))

    def new_child_key(self, entry: bytes) -> tuple[ChildKey, bytes]:
        """Random keys for a child, and their wrapped form for the key environment, bound to the entry id."""
        secret = Secret(os.urandom(2 * KEY_BYTES))
        return _child_key(entry, secret), self._keys.epochs.seal(secret.reveal(), entry)

    def child_key(self, entry: bytes, wrapped: bytes) -> ChildKey:
        """The child's keys from their wrapped form. Raises `StoreDamaged` for another entry's."""
        return _child_key(entry, Secret(self._opened(lambda keys: keys.epochs.open(wrapped, entry))))

    def rewrap_child_key(self, entry: bytes, wrapped: bytes) -> bytes:
        """The child's keys under the present epoch key; the same bytes when they are so already."""
        if wrapped[KEY_ID] == self._keys.epoch_id:
            return wrapped
        secret = self._opened(lambda keys: keys.epochs.open(wrapped, entry))
        return self._keys.epochs.seal(secret, entry)

    def encrypt_rows(self, plaintext: bytes) -> bytes:
        """A new version of a row or chunk of rows, 16 bytes longer. Hidden, not authenticated: see `bind_row`."""
        return self._keys.rows.encrypt(plaintext)

    def decrypt_rows(self, values: Sequence[bytes]) -> list[bytes]:
        """The rows of a whole query, in one call of the cipher. Raises `StoreDamaged` for one cut short."""
        return self._opened(lambda keys: keys.rows.decrypt(values))

    def bind_row(self, value: bytes, place: bytes) -> bytes:
        """An encrypted row followed by a tag (`ROW_TAG` bytes) that binds it to its place, such as its entry id."""
        return self._keys.rows.bind(value, place)

    def check_row(self, bound: bytes, place: bytes) -> None:
        """Raises `StoreDamaged` unless `bound` is untouched and in its place; for rows that an answer rests on."""
        self._opened(lambda keys: keys.rows.check(bound, place))

    def _opened(self, act: Callable[["_Keys"], T]) -> T:
        """What `act` gives; once more with the keyset read afresh when it met a key that came by rotation."""
        try:
            return act(self._keys)
        except UnknownKey:
            stamp = provider.stamp(self._directory)
            if stamp == self._stamp:
                raise
        self._keys, self._stamp = _Keys(provider.load(self._directory)), stamp
        return act(self._keys)


@guarded
class _Keys:
    """All that is derived from one reading of the keyset."""

    __slots__ = ("codes", "epoch_id", "epochs", "keyset_id", "places", "rooms", "rows")

    def __init__(self, keyset: Keyset) -> None:
        self.keyset_id = keyset.id
        self.codes = Codes(keyset.primary(Purpose.INDEX))
        self.rows = RowCipher(keyset.of(Purpose.ROWS), keyset.primary(Purpose.ROWS).id)
        self.places = PlaceSealer(keyset.of(Purpose.PLACE), keyset.primary(Purpose.PLACE).id)
        self.epoch_id = keyset.primary(Purpose.EPOCH).id
        self.epochs = _sealer(keyset, Purpose.EPOCH, "child keys")
        self.rooms = {room: _sealer(keyset, Purpose.SEALING, room.value[0]) for room in Sealed}


def _sealer(keyset: Keyset, purpose: Purpose, label: str) -> Sealer:
    keys = {key.id: key.derive(label) for key in keyset.of(purpose)}
    return Sealer(frame(b"vault", label.encode()), keys, keyset.primary(purpose).id)


def _child_key(entry: bytes, secret: Secret) -> ChildKey:
    data, audit = secret.reveal()[:KEY_BYTES], secret.reveal()[KEY_BYTES:]
    return ChildKey(entry, Secret(data), Secret(audit))
