"""Every way to spoil a sealed value that must not open."""

from collections.abc import Callable

import pytest

from childindex.errors import StoreDamaged


def spoiled(sealed: bytes) -> list[bytes]:
    """The value with each byte changed in turn, cut short at every length, and grown by a byte."""
    flipped = [sealed[:i] + bytes([sealed[i] ^ (1 << i % 8)]) + sealed[i + 1 :] for i in range(len(sealed))]
    return [*flipped, *[sealed[:i] for i in range(len(sealed))], sealed + b"\0", b"\0" + sealed]


def refuses_all(open_: Callable[[bytes], object], sealed: bytes) -> None:
    """Assert that the value opens as it is, and spoiled in no way."""
    open_(sealed)
    for value in spoiled(sealed):
        with pytest.raises(StoreDamaged):
            open_(value)
