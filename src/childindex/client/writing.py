"""Requests: nouns written as messages."""

from datetime import date

from childindex.caller import Actor, Purpose
from childindex.client.records import OwnKey, Record
from childindex.demographics import Demographics, PartialDate
from childindex.number import ChildNumber
from childindex.v1 import child_pb2 as pb


def context(actor: Actor, purpose: Purpose, request_id: str) -> pb.RequestContext:
    """On whose behalf, and why."""
    return pb.RequestContext(
        actor=pb.Actor(
            reference=actor.reference,
            role=pb.ActorRole.ValueType(actor.role),
            employer=actor.employer,
            acting_for=actor.acting_for,
        ),
        purpose=pb.Purpose.ValueType(purpose),
        request_id=request_id,
    )


def demographics(details: Demographics) -> pb.Demographics:
    """The details of a child."""
    return pb.Demographics(
        given_name=details.given_name,
        middle_names=details.middle_names,
        family_name=details.family_name,
        known_as=details.known_as,
        former_family_names=details.former_family_names,
        carer_family_name=details.carer_family_name,
        birth_date=_optional(details.birth_date),
        expected_birth_date=_optional(details.expected_birth_date),
        sex=pb.Sex.ValueType(details.sex),
        postcode=details.postcode,
        uprn=details.uprn,
        identifiers=[
            pb.Identifier(type=pb.IdentifierType.ValueType(each.type), value=each.value, replaces=each.replaces)
            for each in details.identifiers
        ],
    )


def record(declared: Record) -> pb.Record:
    """A record as it is declared."""
    return pb.Record(
        key=key(declared.key),
        source_version=declared.source_version,
        change=pb.Change.ValueType(declared.change),
        demographics=demographics(declared.demographics),
        involved_from=_optional(declared.involved_from),
        involved_until=None if declared.involved_until is None else day(declared.involved_until),
        sensitivity=pb.Sensitivity.ValueType(declared.sensitivity),
        consent_reference=declared.consent_reference,
    )


def key(own: OwnKey) -> pb.RecordKey:
    """The key of a record."""
    return pb.RecordKey(system=own.system, record_type=own.record_type, local_id=own.local_id)


def reference(number: ChildNumber | str) -> pb.ChildReference:
    """A child by number. Raises `InvalidNumber` before anything is sent if it has not the form of one."""
    parsed = number if isinstance(number, ChildNumber) else ChildNumber.parse(number)
    return pb.ChildReference(value=str(parsed))


def day(given: PartialDate | date) -> pb.PartialDate:
    """A date."""
    known = PartialDate.of(given) if isinstance(given, date) else given
    return pb.PartialDate(year=known.year, month=known.month, day=known.day)


def _optional(given: PartialDate) -> pb.PartialDate | None:
    return day(given) if given else None
