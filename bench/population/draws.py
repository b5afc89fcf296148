"""Random numbers that depend on the seed and on what they are for, and on nothing else.

Only uniform numbers are drawn (the PCG64 stream is stable between numpy versions, its distributions are not); every
purpose has a stream of its own, so that a custodian added or a column dropped changes nothing elsewhere.
"""

import hashlib

import numpy as np

Floats = np.ndarray[tuple[int], np.dtype[np.float64]]
Ints = np.ndarray[tuple[int], np.dtype[np.int64]]


class Draws:
    """A stream of uniform numbers for one purpose."""

    def __init__(self, seed: int, *purpose: str) -> None:
        digest = hashlib.blake2b("\x1f".join((str(seed), *purpose)).encode(), digest_size=16).digest()
        self._stream = np.random.Generator(np.random.PCG64(int.from_bytes(digest, "big")))

    def uniform(self, count: int) -> Floats:
        """`count` numbers in [0, 1)."""
        return self._stream.random(count)

    def below(self, limit: int, count: int) -> Ints:
        """`count` whole numbers in [0, limit)."""
        return np.minimum((self._stream.random(count) * limit).astype(np.int64), limit - 1)

    def order(self, count: int) -> Ints:
        """A random order of `count` things."""
        return np.argsort(self._stream.random(count), kind="stable").astype(np.int64)

    def bits(self, bits: int) -> int:
        """A whole number of so many random bits."""
        return int.from_bytes(self._stream.bytes((bits + 7) // 8), "big") >> (-bits % 8)
