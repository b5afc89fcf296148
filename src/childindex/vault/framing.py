"""Many parts into one byte string, and never two lists of parts into the same one.

Every part is preceded by its length, so the string can be read back in only one way: ("ab", "c") and
("a", "bc") differ, and so does a missing part from an empty one. What is hashed or bound as
associated data is framed first, always.
"""

from functools import lru_cache

_LENGTH = 4


def frame(*parts: bytes) -> bytes:
    """Each part after its length (4 bytes, big endian). Injective over lists of byte strings."""
    return b"".join([len(part).to_bytes(_LENGTH, "big") + part for part in parts])


def frame_text(*parts: str) -> bytes:
    """`frame` of the parts in UTF-8. Injective over lists of strings.

    Lone surrogates pass: refusing one would put the whole value into a UnicodeEncodeError.
    """
    return frame(*map(text, parts))


def text(part: str) -> bytes:
    """The bytes of one text, of any text: alone, or last after parts that are framed, it needs no length."""
    return part.encode("utf-8", "surrogatepass")


@lru_cache(maxsize=256)
def head(name: str) -> bytes:
    """`frame_text(name)`, remembered: for the few names of kinds and rules, never for values."""
    return frame_text(name)
