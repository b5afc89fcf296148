"""Values sealed under a key derived from a record key: they open for who brings the record key.

The keyset alone does not open them, and neither does the record key alone. The key is the keyed BLAKE2b hash
(RFC 7693) of the framed record key, so it is the same at every call; the nonce is random.
"""

from hashlib import blake2b

from childindex.pointer import RecordKey
from childindex.vault.framing import frame_text
from childindex.vault.keyset import KEY_BYTES, Key, UnknownKey
from childindex.vault.seal import KEY_ID, Sealer
from childindex.vault.secret import Secret, guarded

_DOMAIN = b"record place"


@guarded
class PlaceSealer:
    """Seals and opens under keys that it derives from record keys."""

    __slots__ = ("_hashers", "_primary")

    def __init__(self, keys: tuple[Key, ...], primary: bytes) -> None:
        self._hashers = {
            key.id: blake2b(key=key.derive("record").reveal(), digest_size=KEY_BYTES, person=b"childindex place")
            for key in keys
        }
        self._primary = primary

    def seal(self, key: RecordKey, plaintext: bytes) -> bytes:
        """The plaintext sealed for the record key."""
        return self._sealer(key, self._primary).seal(plaintext, _DOMAIN)

    def open(self, key: RecordKey, sealed: bytes) -> bytes:
        """What was sealed for the record key. Raises `StoreDamaged`."""
        return self._sealer(key, sealed[KEY_ID]).open(sealed, _DOMAIN)

    def _sealer(self, key: RecordKey, key_id: bytes) -> Sealer:
        hasher = self._hashers.get(key_id)
        if hasher is None:
            raise UnknownKey
        derived = hasher.copy()
        use = (str(key.use),) if key.retired else ()
        derived.update(frame_text(key.custodian, key.system, key.record_type, key.local_id, *use))
        return Sealer(_DOMAIN, {key_id: Secret(derived.digest())}, key_id)
