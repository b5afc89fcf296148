"""Features: a normalised record as content-addressed codes, and their compact form.

A code is a keyed hash of (kind, value) made by the `Coder` that the caller passes in; this room has no key.
"""

import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from childindex.errors import StoreDamaged

Coder = Callable[[str, str], int]
Codes = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Features:
    """Codes by field, in the model's order; `strings` is known for a query only: code -> (kind, value).

    `strings` holds the values that a fuzzy comparison may want of a record: what belongs in the lexicon. `crowds`, too,
    is known for a query only: how many children of the index share an address of it, by code, where those are many.
    """

    codes: Codes
    strings: Mapping[int, tuple[str, str]] = field(default_factory=dict, compare=False)
    crowds: Mapping[int, int] = field(default_factory=dict, compare=False)

    def __repr__(self) -> str:
        return f"Features({sum(map(len, self.codes))} codes)"

    def encode(self) -> bytes:
        """One byte: how many fields; a byte a field: how many codes; then the codes, 8 bytes each, little endian."""
        flat = [code for codes in self.codes for code in codes]
        counts = bytes([len(self.codes), *map(len, self.codes)])
        return counts + struct.pack(f"<{len(flat)}Q", *flat)

    @classmethod
    def decode(cls, data: bytes) -> "Features":
        """The features of their compact form, codes only. Raises `StoreDamaged` when the form is wrong."""
        if not data or len(data) <= data[0] or len(data) != 1 + data[0] + 8 * sum(data[1 : 1 + data[0]]):
            raise StoreDamaged("a feature row does not have the length that it announces")
        counts = data[1 : 1 + data[0]]
        flat = struct.unpack_from(f"<{sum(counts)}Q", data, 1 + len(counts))
        return cls(_split(counts, flat))


def _split(counts: Sequence[int], flat: tuple[int, ...]) -> Codes:
    result: list[tuple[int, ...]] = []
    start = 0
    for count in counts:
        if count:
            result.append(flat[start : start + count])
            start += count
        else:
            result.append(())
    return tuple(result)
