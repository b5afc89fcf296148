"""Sizes tell: a sealed set of pointers must not show by its length how many agencies know a child.

Plaintexts are padded to a bucket before they are sealed, so the padding is authenticated with them:
a byte 0x80 and zeros (ISO/IEC 7816-4), which marks its own beginning whatever the plaintext ends with.
"""

from childindex.errors import StoreDamaged

_MARK = b"\x80"
_PAGE = 4096


def bucket(size: int, floor: int) -> int:
    """The bytes that a plaintext of `size` is padded to: `floor` times a power of two; from 4096, whole pages."""
    if size >= _PAGE:
        return (size // _PAGE + 1) * _PAGE
    grown = floor
    while grown <= size:  # one byte is always needed for the mark
        grown *= 2
    return grown


def pad(plaintext: bytes, floor: int) -> bytes:
    """The plaintext, its mark, and zeros up to its bucket."""
    return (plaintext + _MARK).ljust(bucket(len(plaintext), floor), b"\0")


def unpad(padded: bytes) -> bytes:
    """The plaintext of a padded one. Raises `StoreDamaged` when there is no mark."""
    stripped = padded.rstrip(b"\0")
    if not stripped.endswith(_MARK):
        raise StoreDamaged("a sealed value has no padding")
    return stripped[:-1]
