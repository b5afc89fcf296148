"""Requests read into nouns: parsed once, every malformed field told at once with its path in the request.

    with Reader(custodian, today) as read:            # raises InvalidFields when the block ends
        caller = read.caller(request.context)
        details = read.demographics(request.demographics, "demographics")

What a reader returns for a malformed field is a stand-in that nobody sees, because leaving the block raises.
No description holds what was sent: it may be personal data in the wrong field.
"""

import asyncio
import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from enum import IntEnum
from types import TracebackType
from typing import Final, Protocol, Self, TypeVar, cast

from childindex.caller import Actor, ActorRole, Caller, Purpose
from childindex.demographics import (
    MAX_LIST,
    MAX_WEEKS_EXPECTED,
    Demographics,
    Identifier,
    IdentifierType,
    PartialDate,
    Sex,
    violations,
)
from childindex.errors import Error, InvalidFields, Reason, Violation
from childindex.number import ChildNumber, InvalidNumber
from childindex.pointer import Change, Declaration, RecordKey, Sensitivity, WithdrawalReason
from childindex.v1 import child_pb2, index_service_pb2

MAX_BATCH: Final = 500
_MAX_SOURCE_VERSION: Final = 2**63 - 1
_ENOUGH: Final = MAX_LIST + 1  # one more than allowed is refused; millions more are not even looked at
_MAX_YEARS_AHEAD: Final = 30  # an involvement that is to end later is a slip of the pen
_YIELD_EVERY: Final = 50  # items of a batch: a few milliseconds

_OPAQUE: Final = re.compile(r"[A-Za-z0-9._:-]{1,64}", re.ASCII)
_CUSTODIAN: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}", re.ASCII)
_SYSTEM: Final = re.compile(r"[A-Za-z0-9_.-]{1,64}", re.ASCII)
_RECORD_TYPE: Final = re.compile(r"[a-z0-9_.]{1,64}", re.ASCII)
_OPAQUE_FORM: Final = "1 to 64 characters of A-Z, a-z, 0-9, '.', '_', ':' and '-'"

_Member = TypeVar("_Member", bound=IntEnum)
_Message = TypeVar("_Message")
_Noun = TypeVar("_Noun")


class _Date(Protocol):
    year: int
    month: int
    day: int


def partial_date(message: _Date) -> PartialDate:
    """The date as sent; unchecked."""
    return PartialDate(message.year, message.month, message.day)


class Reader:
    """Reads the parts of one request of `custodian`, collecting what is wrong with them."""

    def __init__(self, custodian: str, today: date) -> None:
        self._custodian = custodian
        self._today = today
        self._violations: list[Violation] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None and self._violations:
            raise InvalidFields(self._violations)

    def caller(self, message: child_pb2.RequestContext) -> Caller:
        """Who asks, on whose behalf and why."""
        actor = message.actor
        self._match(_OPAQUE, actor.reference, "context.actor.reference", _OPAQUE_FORM)
        self._match(_CUSTODIAN, actor.employer, "context.actor.employer", "a custodian id")
        if actor.acting_for:
            self._match(_OPAQUE, actor.acting_for, "context.actor.acting_for", _OPAQUE_FORM)
        self._match(_OPAQUE, message.request_id, "context.request_id", _OPAQUE_FORM)
        return Caller(
            self._custodian,
            Actor(
                actor.reference,
                self._required(ActorRole, actor.role, "context.actor.role"),
                actor.employer,
                actor.acting_for,
            ),
            self._required(Purpose, message.purpose, "context.purpose"),
            message.request_id,
        )

    def demographics(self, message: child_pb2.Demographics, path: str) -> Demographics:
        """The details of a child, checked by the rules of `childindex.demographics`."""
        identifiers, places = self._identifiers(message.identifiers, f"{path}.identifiers")
        details = Demographics(
            given_name=message.given_name,
            middle_names=message.middle_names,
            family_name=message.family_name,
            known_as=message.known_as,
            former_family_names=tuple(message.former_family_names[:_ENOUGH]),
            carer_family_name=message.carer_family_name,
            birth_date=partial_date(message.birth_date),
            expected_birth_date=partial_date(message.expected_birth_date),
            sex=self._optional(Sex, message.sex, f"{path}.sex", Sex.UNSPECIFIED),
            postcode=message.postcode,
            uprn=message.uprn,
            identifiers=identifiers,
        )
        for found in violations(details, self._today):
            self._violations.append(_replaced(found, places).under(path))
        return details

    def _identifiers(
        self, messages: Sequence[child_pb2.Identifier], path: str
    ) -> tuple[tuple[Identifier, ...], list[int]]:
        """The identifiers of known type, and each one's place in the request."""
        known, places = [], []
        if len(messages) > MAX_LIST:
            self._refuse(path, f"has more than {MAX_LIST} entries")
        for place, message in enumerate(messages[:MAX_LIST]):
            before = len(self._violations)
            kind = self._required(IdentifierType, message.type, f"{path}[{place}].type")
            if len(self._violations) == before:
                known.append(Identifier(kind, message.value, tuple(message.replaces[:_ENOUGH])))
                places.append(place)
        return tuple(known), places

    def record_key(self, message: child_pb2.RecordKey, path: str) -> RecordKey:
        """The key of a record of this custodian."""
        self._match(_SYSTEM, message.system, f"{path}.system", "1 to 64 characters of A-Z, a-z, 0-9, '.', '_' and '-'")
        self._match(
            _RECORD_TYPE, message.record_type, f"{path}.record_type", "1 to 64 characters of a-z, 0-9, '.' and '_'"
        )
        local_id = message.local_id
        if not 1 <= len(local_id) <= 64 or not local_id.isprintable() or local_id != local_id.strip():
            self._refuse(f"{path}.local_id", "must be 1 to 64 printable characters without spaces around them")
        return RecordKey(self._custodian, message.system, message.record_type, local_id)

    def declaration(self, message: child_pb2.Record, path: str) -> Declaration:
        """A record as its custodian declares it."""
        key = self.record_key(message.key, f"{path}.key")
        if not 1 <= message.source_version <= _MAX_SOURCE_VERSION:
            self._refuse(f"{path}.source_version", "must be at least 1 and below 2^63")
        if message.consent_reference:
            self._match(_OPAQUE, message.consent_reference, f"{path}.consent_reference", _OPAQUE_FORM)
        involved_from, involved_until = self._involvement(message, path)
        demographics = self.demographics(message.demographics, f"{path}.demographics")
        self._involved_in_time(involved_from, demographics.birth_date, f"{path}.involved_from")
        return Declaration(
            key=key,
            source_version=message.source_version,
            demographics=demographics,
            change=self._optional(Change, message.change, f"{path}.change", Change.CHANGED),
            involved_from=involved_from,
            involved_until=involved_until,
            sensitivity=self._optional(
                Sensitivity, message.sensitivity, f"{path}.sensitivity", Sensitivity.UNSPECIFIED
            ),
            consent_reference=message.consent_reference,
        )

    def _involvement(self, message: child_pb2.Record, path: str) -> tuple[PartialDate, PartialDate | None]:
        first = self._date(message.involved_from, f"{path}.involved_from")
        if not message.HasField("involved_until"):
            return first, None
        last = self._date(message.involved_until, f"{path}.involved_until")
        if first and last and not first.fault and not last.fault and last.bounds[1] < first.bounds[0]:
            self._refuse(f"{path}.involved_until", "is before involved_from")
        if last and not last.fault and last.bounds[0].year > self._today.year + _MAX_YEARS_AHEAD:
            self._refuse(f"{path}.involved_until", f"lies more than {_MAX_YEARS_AHEAD} years ahead")
        return first, last

    def _involved_in_time(self, first: PartialDate, born: PartialDate, path: str) -> None:
        """Nobody is involved from tomorrow on (a day more for other time zones), nor before there can be a child."""
        if not first or first.fault:
            return
        if first.bounds[0] > self._today + timedelta(days=1):
            self._refuse(path, "lies in the future")
        if not born or born.fault or born.bounds[0] > self._today:
            return  # refused for itself where it is wrong
        if first.bounds[1] < born.bounds[0] - timedelta(weeks=MAX_WEEKS_EXPECTED):
            self._refuse(path, f"lies more than {MAX_WEEKS_EXPECTED} weeks before the birth date")

    def _date(self, message: _Date, path: str) -> PartialDate:
        """A date of which parts may be unknown."""
        day = partial_date(message)
        if day and day.fault:
            self._refuse(path, day.fault)
        return day

    def complete_date(self, message: _Date, path: str) -> PartialDate:
        """A date of which year, month and day are known."""
        day = partial_date(message)
        if not day.complete or day.fault:
            self._refuse(path, day.fault if day.complete else "year, month and day are required")
        return day

    def withdrawal(self, message: index_service_pb2.WithdrawRecordRequest) -> tuple[WithdrawalReason, PartialDate]:
        """Why a record goes, and the last day of involvement, which belongs to ENDED alone."""
        before = len(self._violations)
        reason = self._required(WithdrawalReason, message.reason, "reason")
        known = len(self._violations) == before
        ended = self._date(message.ended, "ended")
        if not known:
            return reason, ended  # nobody can tell what belongs to an unknown reason
        if reason is WithdrawalReason.ENDED and not ended.year:
            self._refuse("ended", "at least the year is required with ENDED")
        if reason is not WithdrawalReason.ENDED and message.HasField("ended"):
            self._refuse("ended", "is allowed with ENDED only")
        return reason, ended

    def beside(self, message: index_service_pb2.FindRecordsRequest) -> tuple[PartialDate | None, RecordKey | None]:
        """What shows that the caller knows the child: its birth date or an own record, exactly one."""
        if message.HasField("birth_date") == message.HasField("own_record"):
            self._refuse("birth_date", "give either birth_date or own_record")
            return None, None
        if message.HasField("own_record"):
            return None, self.record_key(message.own_record, "own_record")
        return self.complete_date(message.birth_date, "birth_date"), None

    async def items(
        self, messages: Sequence[_Message], name: str, read: Callable[["Reader", _Message, str], _Noun]
    ) -> list[_Noun | Error]:
        """The items of a batch, each read or refused for itself. Raises BATCH_TOO_LARGE; yields on the way."""
        if len(messages) > MAX_BATCH:
            raise Error(
                Reason.BATCH_TOO_LARGE,
                f"a batch holds at most {MAX_BATCH} items",
                metadata={"limit": str(MAX_BATCH), "items": str(len(messages))},
            )
        items: list[_Noun | Error] = []
        for place, message in enumerate(messages):
            try:
                with Reader(self._custodian, self._today) as reader:
                    item = read(reader, message, f"{name}[{place}]")
                items.append(item)
            except InvalidFields as refusal:
                items.append(refusal)
            if place % _YIELD_EVERY == _YIELD_EVERY - 1:
                await asyncio.sleep(0)
        return items

    def number(self, message: child_pb2.ChildReference, path: str) -> ChildNumber:
        """The child number a reference stands for."""
        try:
            return ChildNumber.parse(message.value)
        except InvalidNumber as wrong:
            self._refuse(f"{path}.value", wrong.message)
            return cast(ChildNumber, None)

    def page_size(self, size: int) -> int:
        """How many items a page is to hold; 0 leaves it to the index."""
        if size < 0:
            self._refuse("page_size", "must not be negative")
        return size

    def _refuse(self, path: str, description: str) -> None:
        """Note that the field at `path` is malformed."""
        self._violations.append(Violation(path, description))

    def _match(self, form: re.Pattern[str], text: str, path: str, words: str) -> None:
        if not form.fullmatch(text):
            self._refuse(path, f"must be {words}" if text else f"is required: {words}")

    def _required(self, kind: type[_Member], value: int, path: str) -> _Member:
        """The member of a closed list; proto3 lets any integer through, so unknown ones are refused here."""
        if not value:
            self._refuse(path, "is required")
            return next(iter(kind))
        return self._optional(kind, value, path, next(iter(kind)))

    def _optional(self, kind: type[_Member], value: int, path: str, default: _Member) -> _Member:
        if not value:
            return default
        try:
            return kind(value)
        except ValueError:
            self._refuse(path, "is not a value this index knows")
            return default


def _replaced(found: Violation, places: Sequence[int]) -> Violation:
    """A violation of `identifiers[i]` at the place that identifier has in the request."""
    if not (at := re.match(r"identifiers\[(\d+)\]", found.field)):
        return found
    return Violation(f"identifiers[{places[int(at[1])]}]{found.field[at.end() :]}", found.description)
