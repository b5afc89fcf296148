"""The keys of one child: whatever is sealed under them is gone when their wrapped form is destroyed.

Both are random, never derived, so no other secret can bring them back. The data key seals pointers and records
as given; the audit key seals the events of the journal, which are kept by a retention of their own.
"""

from childindex.vault.framing import frame
from childindex.vault.padding import pad, unpad
from childindex.vault.seal import Sealer
from childindex.vault.secret import Secret, guarded

KEY_BYTES = 32
POINTER_FLOOR = 256

# A child's values name the first of its own keys. The id is the same for every child: one drawn for each
# would mark all events of a child in the journal as one child's.
_FIRST = (1).to_bytes(4, "big")


@guarded
class ChildKey:
    """The data key and the audit key of one child."""

    __slots__ = ("_audit", "_data")

    def __init__(self, entry: bytes, data: Secret, audit: Secret) -> None:
        self._data = Sealer(frame(b"child data", entry), {_FIRST: data}, _FIRST)
        self._audit = Sealer(frame(b"child audit", entry), {_FIRST: audit}, _FIRST)

    def seal(self, part: bytes, plaintext: bytes, associated: bytes) -> bytes:
        """Sealed under the data key, bound to the child, the part and `associated` (not empty)."""
        return self._data.seal(plaintext, _place(part, associated))

    def open(self, part: bytes, sealed: bytes, associated: bytes) -> bytes:
        """What `seal` sealed for this child, part and place. Raises `StoreDamaged`."""
        return self._data.open(sealed, _place(part, associated))

    def seal_padded(self, part: bytes, plaintext: bytes, associated: bytes) -> bytes:
        """`seal`, its size hidden in a bucket: 256, 512, ... 4096, then whole pages of 4096 bytes."""
        return self.seal(part, pad(plaintext, POINTER_FLOOR), associated)

    def open_padded(self, part: bytes, sealed: bytes, associated: bytes) -> bytes:
        """What `seal_padded` sealed. Raises `StoreDamaged`."""
        return unpad(self.open(part, sealed, associated))

    def seal_audit(self, plaintext: bytes, associated: bytes) -> bytes:
        """Sealed under the audit key, its size in a bucket, bound to the child and `associated` (not empty)."""
        return self._audit.seal(pad(plaintext, POINTER_FLOOR), associated)

    def open_audit(self, sealed: bytes, associated: bytes) -> bytes:
        """What `seal_audit` sealed. Raises `StoreDamaged`."""
        return unpad(self._audit.open(sealed, associated))


def _place(part: bytes, associated: bytes) -> bytes:
    if not part or not associated:
        raise ValueError("a part and associated data are mandatory: they bind a sealed value to its place")
    return frame(part, associated)
