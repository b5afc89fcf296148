"""Every key and every fixed value of the tables, as pure encode and decode: both engines obey this page.

It has more names than a module should, because the layout of a store is one thing and is read as one page.
What is sealed is sealed by the caller: the values here are what stands *inside* the seal, or what needs none.
Keys are big endian, so that bytewise order is numeric order, and at most `MAX_KEY` bytes.

    table     key                                    value
    BIRTH     birth code 8, chunk 8                  chunk of narrow rows of 26 bytes
    BLOCK     blocking key 12                        posting 10, many to a key
    ENTRY     entry 8                                profile: number, state, authority, shield, feature rows
    RECORD    record handle 16                       place 34: entry, slot, source version, digest
    NUMBER    number handle 16                       target 12: entry, or the number that succeeds
    SEALED    entry 8, part 1, slot 2                pointer set, records as given, ... (see `Part`)
    LEXICON   code 8                                 count 4, sealed string
    OWN       custodian handle 16, record handle 16  sealed entry 8
    CHANGE    custodian handle 16, position 8, index 2
    REVIEW    authority handle 16, review 8
    POLICY    version 8
    KEY       entry 8                                wrapped data key
    BUDGET    window 4, account 16, subject 16       nothing
    META      name                                   see `Meta`
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, IntEnum, unique
from struct import Struct
from struct import error as StructError  # noqa: N812  a class, and named as one
from typing import Any

from childindex.errors import StoreDamaged

FORMAT = 1  # any other is refused
MAX_KEY = 511  # bytes; LMDB's own bound
ROW = 26  # bytes of a narrow row
NARROW_OFFSET = 10  # where a narrow row's codes begin
POSTING = 10  # bytes of a posting

_ENTRY = Struct(">Q")
_BIRTH = Struct(">8sQ")
_ROW = Struct("<8H")  # little endian: filtered as a native array, never ordered
_ENTRY_SLOT = Struct(">QH")
_PLACE = Struct(">QHQ16s")
_SEALED = Struct(">QBH")
_COUNT = Struct(">I")
_CHANGE = Struct(">16sQH")
_REVIEW = Struct(">16sQ")
_BUDGET = Struct(">I16s16s")
_PROFILE = Struct(">11sBBBH")  # number, state, shield, bytes of the authority, rows
_PROFILE_ROW = Struct(">HBQH")  # slot, active, source, bytes of the features
_COUNTS = Struct(">HHH")
_TARGET = 12  # an entry and a successor fill the same bytes, so a sealed target's size tells nothing


@unique
class Part(IntEnum):
    """What a SEALED value holds: the pointer set (slot 0), one record as given, or where that record's traces lie;
    stewards' rulings on the child's records, the entries merged into it, and when the last record was removed (these at
    slot 0, absent where there are none).
    """

    POINTERS = 0
    RECORD = 1
    TRACES = 2
    RULINGS = 3
    ABSORBED = 4
    VACATED = 5


@unique
class Meta(Enum):
    """The names in META: format, keyset id, position of the last commit applied, and the Merkle tree of its events."""

    FORMAT = b"format"
    KEYSET = b"keyset"
    POSITION = b"position"
    TREE = b"tree"  # size 8, then the frontier's nodes of 32 bytes


@dataclass(frozen=True, slots=True)
class Narrow:
    """A narrow row: which row of which entry, and its eight 16-bit codes."""

    entry: int
    slot: int
    codes: tuple[int, ...]

    def __repr__(self) -> str:
        return f"Narrow(slot={self.slot})"


@dataclass(frozen=True, slots=True)
class Row:
    """One record's row in a profile. `source` is a 64-bit keyed hash of custodian and system."""

    slot: int
    active: bool
    source: int
    features: bytes

    def __repr__(self) -> str:
        return f"Row(slot={self.slot}, active={self.active})"


@dataclass(frozen=True, slots=True)
class Profile:
    """The ENTRY value of a child: canonical number (11 symbols), state and shield as in `entry`, authority, rows."""

    number: str
    state: int
    authority: str
    shield: int
    rows: tuple[Row, ...]

    def __repr__(self) -> str:
        return f"Profile(rows={len(self.rows)})"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record lies and which version of it: the RECORD value. `content` is 16 bytes."""

    entry: int
    slot: int
    source_version: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Traces:
    """All that was written to find a row by: birth codes, blocking keys, lexicon codes. Removal goes by this alone."""

    births: tuple[bytes, ...]
    blocks: tuple[bytes, ...]
    codes: tuple[bytes, ...]


# --- numbers as keys ---


def entry_key(entry: int) -> bytes:
    """Key of ENTRY and KEY, value of OWN: an entry id (64 bits)."""
    return _ENTRY.pack(entry)


def decode_entry_key(data: bytes) -> int:
    """The entry id of `entry_key`."""
    return int(_whole(_ENTRY, data)[0])


def policy_key(version: int) -> bytes:
    """Key of POLICY."""
    return _ENTRY.pack(version)


def lexicon_key(code: int) -> bytes:
    """Key of LEXICON: a 64-bit code."""
    return _ENTRY.pack(code)


def birth_key(birth: bytes, chunk: int) -> bytes:
    """Key of BIRTH: a birth code of 8 bytes and the chunk's id (64 bits)."""
    return _BIRTH.pack(_exact(birth, 8), chunk)


def decode_birth_key(key: bytes) -> tuple[bytes, int]:
    """Birth code and chunk id."""
    birth, chunk = _whole(_BIRTH, key)
    return birth, chunk


def sealed_key(entry: int, part: Part, slot: int = 0) -> bytes:
    """Key of SEALED; its first 8 bytes are the prefix of all that is sealed for an entry."""
    return _SEALED.pack(entry, part, slot)


def decode_sealed_key(key: bytes) -> tuple[int, Part, int]:
    """Entry, part and slot."""
    entry, part, slot = _whole(_SEALED, key)
    return entry, Part(part), slot


def own_key(custodian: bytes, record: bytes) -> bytes:
    """Key of OWN: the handles (16 bytes each) of the custodian and of one of its records."""
    return _exact(custodian, 16) + _exact(record, 16)


def change_key(feed: bytes, position: int, index: int) -> bytes:
    """Key of CHANGE: the custodian's handle, the commit's position, and which of its rows."""
    return _CHANGE.pack(_exact(feed, 16), position, index)


def decode_change_key(key: bytes) -> tuple[bytes, int, int]:
    """Feed, position and index."""
    feed, position, index = _whole(_CHANGE, key)
    return feed, position, index


def review_key(authority: bytes, review: int) -> bytes:
    """Key of REVIEW: the authority's handle and the review's id (64 bits)."""
    return _REVIEW.pack(_exact(authority, 16), review)


def decode_review_key(key: bytes) -> tuple[bytes, int]:
    """Authority handle and review id."""
    authority, review = _whole(_REVIEW, key)
    return authority, review


def budget_key(window: int, account: bytes, subject: bytes) -> bytes:
    """Key of BUDGET: the window's number (32 bits), the account and the subject (16 bytes each)."""
    return _BUDGET.pack(window, _exact(account, 16), _exact(subject, 16))


def decode_budget_key(key: bytes) -> tuple[int, bytes, bytes]:
    """Window, account and subject."""
    window, account, subject = _whole(_BUDGET, key)
    return window, account, subject


# --- values ---


def encode_rows(rows: Sequence[Narrow]) -> bytes:
    """A chunk: each row its entry 8, slot 2 (both big endian) and eight codes (little endian)."""
    return b"".join(_ENTRY_SLOT.pack(row.entry, row.slot) + _ROW.pack(*row.codes) for row in rows)


def decode_rows(chunk: bytes) -> list[Narrow]:
    """The rows of a chunk."""
    if len(chunk) % ROW:
        raise StoreDamaged("a chunk of narrow rows has no whole number of rows")
    rows = []
    for at in range(0, len(chunk), ROW):
        entry, slot = _ENTRY_SLOT.unpack_from(chunk, at)
        rows.append(Narrow(entry, slot, _ROW.unpack_from(chunk, at + NARROW_OFFSET)))
    return rows


def posting(entry: int, slot: int) -> bytes:
    """Value of BLOCK: entry and slot of the row that has the blocking key."""
    return _ENTRY_SLOT.pack(entry, slot)


def decode_posting(value: bytes) -> tuple[int, int]:
    """Entry and slot; narrow rows begin with the same 10 bytes."""
    entry, slot = _whole(_ENTRY_SLOT, value)
    return entry, slot


def encode_profile(profile: Profile) -> bytes:
    """Value of ENTRY."""
    authority = profile.authority.encode()
    number = _exact(profile.number.encode("ascii"), 11)
    head = _PROFILE.pack(number, profile.state, profile.shield, len(authority), len(profile.rows))
    parts = [head, authority]
    for row in profile.rows:
        parts += (_PROFILE_ROW.pack(row.slot, row.active, row.source, len(row.features)), row.features)
    return b"".join(parts)


def decode_profile(value: bytes) -> Profile:
    """The profile; raises `StoreDamaged` when bytes are missing or left over."""
    try:
        number, state, shield, size, count = _PROFILE.unpack_from(value)
        at = _PROFILE.size + size
        authority = value[_PROFILE.size : at].decode()
        rows = []
        for _ in range(count):
            slot, active, source, length = _PROFILE_ROW.unpack_from(value, at)
            at += _PROFILE_ROW.size + length
            rows.append(Row(slot, bool(active), source, value[at - length : at]))
    except (StructError, UnicodeDecodeError):
        raise StoreDamaged("an entry cannot be read") from None
    if at != len(value):
        raise StoreDamaged("an entry has not the length it states")
    return Profile(number.decode("ascii"), state, authority, shield, tuple(rows))


def encode_place(place: Place) -> bytes:
    """Value of RECORD."""
    return _PLACE.pack(place.entry, place.slot, place.source_version, _exact(place.content, 16))


def decode_place(value: bytes) -> Place:
    """The place of a record."""
    return Place(*_whole(_PLACE, value))


def encode_traces(traces: Traces) -> bytes:
    """What stands inside a sealed TRACES value: three counts of two bytes, then births 8, blocks 12 and codes 8."""
    parts = (traces.births, traces.blocks, traces.codes)
    return _COUNTS.pack(*map(len, parts)) + b"".join(key for part in parts for key in part)


def decode_traces(value: bytes) -> Traces:
    """The traces; raises `StoreDamaged` when bytes are missing or left over."""
    if len(value) < _COUNTS.size:
        raise StoreDamaged("the traces of a record cannot be read")
    at, parts = _COUNTS.size, []
    for count, size in zip(_COUNTS.unpack_from(value), (8, 12, 8), strict=True):
        parts.append(tuple(value[start : start + size] for start in range(at, at + count * size, size)))
        at += count * size
    if at != len(value):
        raise StoreDamaged("the traces of a record have not the length they state")
    return Traces(*parts)


def encode_target(target: int | str) -> bytes:
    """Value of NUMBER: an entry id, or the canonical number (11 symbols) that succeeds."""
    if isinstance(target, int):
        return (b"E" + _ENTRY.pack(target)).ljust(_TARGET, b"\0")
    return b"S" + _exact(target.encode("ascii"), 11)


def decode_target(value: bytes) -> int | str:
    """Entry id or successor."""
    if len(value) == _TARGET and value[:1] == b"E":
        return int(_ENTRY.unpack_from(value, 1)[0])
    if len(value) == _TARGET and value[:1] == b"S":
        return value[1:].decode("ascii")
    raise StoreDamaged("a number's target cannot be read")


def encode_counted(count: int, sealed: bytes) -> bytes:
    """Value of LEXICON: how many rows use the code, and its sealed string."""
    return _COUNT.pack(count) + sealed


def decode_counted(value: bytes) -> tuple[int, bytes]:
    """Count and sealed string."""
    if len(value) < _COUNT.size:
        raise StoreDamaged("a lexicon value is too short")
    return int(_COUNT.unpack_from(value)[0]), value[_COUNT.size :]


def _exact(data: bytes, size: int) -> bytes:
    if len(data) != size:
        raise ValueError(f"{size} bytes are needed here, not {len(data)}")
    return data


def _whole(struct: Struct, data: bytes) -> tuple[Any, ...]:
    if len(data) != struct.size:
        raise StoreDamaged(f"a key or value of {len(data)} bytes should have {struct.size}")
    return struct.unpack(data)
