"""What is sealed of a child's identity over time, as bytes: stewards' rulings, and the entries merged into it.

Pure; msgpack arrays in fixed order that begin with their version, as in `documents`.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgpack

from childindex.entry import Absorbed
from childindex.errors import StoreDamaged
from childindex.number import ChildNumber, InvalidNumber
from childindex.pointer import RecordKey, Ruling

_VERSION = 1
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def encode_rulings(rulings: Sequence[Ruling]) -> bytes:
    """The rulings on a child's records; each is kept with both children, if they are two."""
    return _packed([[_key(ruling.one), _key(ruling.other), ruling.same] for ruling in rulings])


def decode_rulings(data: bytes) -> tuple[Ruling, ...]:
    """The rulings; raises `StoreDamaged`."""
    try:
        return tuple(Ruling(RecordKey(*one), RecordKey(*other), bool(same)) for one, other, same in _unpacked(data))
    except (ValueError, TypeError):
        raise StoreDamaged("a child's rulings cannot be read") from None


def encode_absorbed(entries: Sequence[Absorbed]) -> bytes:
    """The entries merged into a child's, oldest first; times in milliseconds since 1970 in UTC."""
    return _packed(
        [
            [each.entry, each.number.value, (each.when - _EPOCH) // _MILLISECOND, [_key(key) for key in each.records]]
            for each in entries
        ]
    )


def decode_absorbed(data: bytes) -> tuple[Absorbed, ...]:
    """The entries; raises `StoreDamaged`."""
    try:
        return tuple(
            Absorbed(entry, ChildNumber(number), _EPOCH + when * _MILLISECOND, tuple(RecordKey(*key) for key in keys))
            for entry, number, when, keys in _unpacked(data)
        )
    except (ValueError, TypeError, OverflowError, InvalidNumber):
        raise StoreDamaged("the entries merged into a child's cannot be read") from None


def encode_vacated(when: datetime) -> bytes:
    """When the last record of an entry was removed as a slip."""
    return _packed([(when - _EPOCH) // _MILLISECOND])


def decode_vacated(data: bytes) -> datetime:
    """The time; raises `StoreDamaged`."""
    try:
        (when,) = _unpacked(data)
        return _EPOCH + int(when) * _MILLISECOND
    except (ValueError, TypeError, OverflowError):
        raise StoreDamaged("the time when an entry was vacated cannot be read") from None


def _key(key: RecordKey) -> list[str | int]:
    return [key.custodian, key.system, key.record_type, key.local_id, *([key.use] if key.retired else [])]


def _packed(rows: list[Any]) -> bytes:
    packed: bytes = msgpack.packb([_VERSION, rows])
    return packed


def _unpacked(data: bytes) -> list[Any]:
    version, rows = msgpack.unpackb(data)
    if version != _VERSION:
        raise ValueError("another version")
    if not isinstance(rows, list):
        raise TypeError("no array")
    return rows
