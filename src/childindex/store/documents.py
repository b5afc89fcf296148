"""What is sealed for a child, as bytes: the pointer set and the record as given. Pure; msgpack arrays in fixed order.

A document begins with its version, so that a later layout can still read an older one.
Times are milliseconds since 1970 in UTC.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgpack

from childindex.demographics import Demographics, Identifier, IdentifierType, PartialDate, Sex
from childindex.errors import StoreDamaged
from childindex.pointer import (
    Change,
    Declaration,
    Pointer,
    PointerState,
    Provenance,
    RecordKey,
    Sensitivity,
)

_VERSION = 1
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def encode_pointers(pointers: Sequence[Pointer]) -> bytes:
    """A child's pointer set."""
    return _packed([_VERSION, [_pointer(pointer) for pointer in pointers]])


def decode_pointers(data: bytes) -> tuple[Pointer, ...]:
    """The pointer set; raises `StoreDamaged`."""
    try:
        version, pointers = _unpacked(data)
        _known(version)
        return tuple(_read_pointer(*fields) for fields in pointers)
    except (ValueError, TypeError, OverflowError):
        raise StoreDamaged("a pointer set cannot be read") from None


def encode_record(declaration: Declaration) -> bytes:
    """A record as its custodian gave it."""
    given = declaration
    return _packed(
        [
            _VERSION,
            _key(given.key),
            given.source_version,
            _demographics(given.demographics),
            given.change,
            _date(given.involved_from),
            None if given.involved_until is None else _date(given.involved_until),
            given.sensitivity,
            given.consent_reference,
        ]
    )


def decode_record(data: bytes) -> Declaration:
    """The record as given; raises `StoreDamaged`."""
    try:
        version, key, source_version, demographics, change, start, end, sensitivity, consent = _unpacked(data)
        _known(version)
        return Declaration(
            key=RecordKey(*key),
            source_version=source_version,
            demographics=_read_demographics(*demographics),
            change=Change(change),
            involved_from=PartialDate(*start),
            involved_until=None if end is None else PartialDate(*end),
            sensitivity=Sensitivity(sensitivity),
            consent_reference=consent,
        )
    except (ValueError, TypeError):
        raise StoreDamaged("a record as given cannot be read") from None


def _pointer(pointer: Pointer) -> list[Any]:
    told = pointer.provenance
    return [
        _key(pointer.key),
        pointer.slot,
        pointer.source_version,
        pointer.state,
        _time(pointer.first_seen),
        _time(pointer.last_seen),
        [told.actor_reference, told.actor_role, told.request_id, _time(told.received)],
        _date(pointer.involved_from),
        None if pointer.involved_until is None else _date(pointer.involved_until),
        pointer.sensitivity,
        pointer.consent_reference,
    ]


def _read_pointer(*fields: Any) -> Pointer:
    key, slot, version, state, first, last, told, start, end, sensitivity, consent = fields
    reference, role, request, received = told
    return Pointer(
        key=RecordKey(*key),
        slot=slot,
        source_version=version,
        state=PointerState(state),
        first_seen=_read_time(first),
        last_seen=_read_time(last),
        provenance=Provenance(reference, role, request, _read_time(received)),
        involved_from=PartialDate(*start),
        involved_until=None if end is None else PartialDate(*end),
        sensitivity=Sensitivity(sensitivity),
        consent_reference=consent,
    )


def _demographics(given: Demographics) -> list[Any]:
    return [
        given.given_name,
        given.middle_names,
        given.family_name,
        given.known_as,
        given.former_family_names,
        given.carer_family_name,
        _date(given.birth_date),
        _date(given.expected_birth_date),
        given.sex,
        given.postcode,
        given.uprn,
        [_identifier(identifier) for identifier in given.identifiers],
    ]


def _read_demographics(*fields: Any) -> Demographics:
    given, middle, family, known_as, former, carer, birth, expected, sex, postcode, uprn, identifiers = fields
    return Demographics(
        given_name=given,
        middle_names=middle,
        family_name=family,
        known_as=known_as,
        former_family_names=tuple(former),
        carer_family_name=carer,
        birth_date=PartialDate(*birth),
        expected_birth_date=PartialDate(*expected),
        sex=Sex(sex),
        postcode=postcode,
        uprn=uprn,
        identifiers=tuple(_read_identifier(*parts) for parts in identifiers),
    )


def _identifier(given: Identifier) -> list[Any]:
    """Two parts, as it always was, and a third where it replaces others."""
    return [given.type, given.value, *([given.replaces] if given.replaces else [])]


def _read_identifier(kind: int, value: str, replaces: Sequence[str] = ()) -> Identifier:
    return Identifier(IdentifierType(kind), value, tuple(replaces))


def _key(key: RecordKey) -> list[str | int]:
    return [key.custodian, key.system, key.record_type, key.local_id, *([key.use] if key.retired else [])]


def _date(date: PartialDate) -> list[int]:
    return [date.year, date.month, date.day]


def _time(moment: datetime) -> int:
    return (moment - _EPOCH) // _MILLISECOND


def _read_time(milliseconds: int) -> datetime:
    return _EPOCH + milliseconds * _MILLISECOND


def _known(version: int) -> None:
    if version != _VERSION:
        raise StoreDamaged(f"a sealed document has version {version}; this program reads {_VERSION}")


def _packed(document: list[Any]) -> bytes:
    packed: bytes = msgpack.packb(document, unicode_errors="surrogatepass")
    return packed


def _unpacked(data: bytes) -> list[Any]:
    document = msgpack.unpackb(data, unicode_errors="surrogatepass")
    if not isinstance(document, list):
        raise ValueError("not an array")
    return document
