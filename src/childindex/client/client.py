"""The client: one method for each thing an agency asks."""

import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from types import TracebackType
from typing import Self, TypeVar, cast

import grpc
from google.protobuf.message import Message

from childindex.caller import Actor, Purpose
from childindex.client import reading, writing
from childindex.client.answers import Found, Registered, Resolved, Verified
from childindex.client.bulk import pipelined
from childindex.client.connection import Connection, Credentials
from childindex.client.errors import ClientError, of_call, of_status, untrusted
from childindex.client.feeds import Changes, OwnRecord
from childindex.client.records import OwnKey, Record
from childindex.client.retry import Retry
from childindex.demographics import Demographics, PartialDate
from childindex.number import ChildNumber
from childindex.pointer import WithdrawalReason
from childindex.v1 import child_pb2
from childindex.v1 import index_service_pb2 as pb
from childindex.v1.index_service_pb2_grpc import IndexServiceStub

_Request = TypeVar("_Request", bound=Message)
_Response = TypeVar("_Response", bound=Message)


class Client:
    """An agency's way to ask the index, on behalf of `actor` and for `purpose`; safe to share between threads.

    `timeout` and `batch_timeout` are the seconds a call may take with all its retries. Every method raises
    `ClientError` when the index refuses or cannot be reached, and `childindex.number.InvalidNumber` before
    anything is sent when a number is none.
    """

    def __init__(  # noqa: PLR0913  the last five have defaults and names
        self,
        target: str,
        credentials: Credentials,
        actor: Actor,
        purpose: Purpose,
        *,
        timeout: float = 10.0,
        batch_timeout: float = 60.0,
        retry: Retry | None = None,
        channels: int = 1,
        server_name: str | None = None,
    ) -> None:
        self._connection = Connection(target, credentials, channels=channels, server_name=server_name)
        self._actor = actor
        self._purpose = purpose
        self._timeout = timeout
        self._batch_timeout = batch_timeout
        self._retry = retry or Retry()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def resolve(
        self, details: Demographics, *, explain: bool = False, timeout: float | None = None, request_id: str = ""
    ) -> Resolved:
        """Ask whether the index confirms one child for the details; `explain` needs the grant EXPLAIN."""
        request = pb.ResolveChildRequest(
            context=self._context(request_id), demographics=writing.demographics(details), explain=explain
        )
        return reading.resolved(self._call(lambda stub: stub.ResolveChild, request, timeout))

    def verify(
        self,
        number: ChildNumber | str,
        birth_date: date | PartialDate,
        *,
        timeout: float | None = None,
        request_id: str = "",
    ) -> Verified:
        """Check that a number and a complete birth date belong together: the everyday check of a number received."""
        request = pb.VerifyChildNumberRequest(
            context=self._context(request_id), child=writing.reference(number), birth_date=writing.day(birth_date)
        )
        return reading.verified(self._call(lambda stub: stub.VerifyChildNumber, request, timeout))

    def register(self, record: Record, *, timeout: float | None = None, request_id: str = "") -> Registered:
        """Declare a record; answers the child's number. The same version may be declared again at will."""
        request = pb.RegisterRecordRequest(context=self._context(request_id), record=writing.record(record))
        return reading.registered(self._call(lambda stub: stub.RegisterRecord, request, timeout))

    def withdraw(
        self,
        key: OwnKey,
        reason: WithdrawalReason,
        *,
        ended: date | PartialDate | None = None,
        timeout: float | None = None,
        request_id: str = "",
    ) -> None:
        """Retract a record, or end it: `ended` is the last day of involvement and goes with ENDED only."""
        request = pb.WithdrawRecordRequest(
            context=self._context(request_id),
            key=writing.key(key),
            reason=pb.WithdrawalReason.ValueType(reason),
            ended=None if ended is None else writing.day(ended),
        )
        self._call(lambda stub: stub.WithdrawRecord, request, timeout)

    def find(
        self,
        number: ChildNumber | str,
        *,
        birth_date: date | PartialDate | None = None,
        own_record: OwnKey | None = None,
        timeout: float | None = None,
        request_id: str = "",
    ) -> Found:
        """Ask who holds records for the child: beside the number either the birth date or a record of one's own."""
        request = pb.FindRecordsRequest(
            context=self._context(request_id),
            child=writing.reference(number),
            birth_date=None if birth_date is None else writing.day(birth_date),
            own_record=None if own_record is None else writing.key(own_record),
        )
        return reading.found(self._call(lambda stub: stub.FindRecords, request, timeout))

    def own_records(self, *, page_size: int = 500, timeout: float | None = None) -> Iterator[OwnRecord]:
        """All records the caller has declared, page after page; `timeout` is for each page."""
        token = ""
        while True:
            request = pb.ListOwnRecordsRequest(context=self._context(), page_size=page_size, page_token=token)
            page = self._call(lambda stub: stub.ListOwnRecords, request, timeout)
            yield from map(reading.own_record, page.records)
            if not (token := page.next_page_token):
                return

    def changes(
        self, cursor: str = "", *, page_size: int = 100, timeout: float | None = None, request_id: str = ""
    ) -> Changes:
        """What happened to the numbers of the caller's records since `cursor`; empty means from the beginning."""
        request = pb.ListChangesRequest(context=self._context(request_id), cursor=cursor, page_size=page_size)
        return reading.changes(self._call(lambda stub: stub.ListChanges, request, timeout))

    def resolve_batch(
        self, details: Sequence[Demographics], *, timeout: float | None = None
    ) -> list[Resolved | ClientError]:
        """Resolve up to 500 children in one call; each place has its answer or its refusal."""

        def send(items: Sequence[Demographics], left: float) -> list[Resolved | ClientError]:
            request = pb.BatchResolveChildrenRequest(
                context=self._context(), demographics=map(writing.demographics, items)
            )
            answer = self._call(lambda stub: stub.BatchResolveChildren, request, left)
            return [
                of_status(each.status) if each.HasField("status") else reading.resolved(each.response)
                for each in answer.results
            ]

        return self._retry.items(send, details, timeout or self._batch_timeout)

    def register_batch(
        self, records: Sequence[Record], *, timeout: float | None = None
    ) -> list[Registered | ClientError]:
        """Declare up to 500 records in one call; each place has its answer or its refusal."""

        def send(items: Sequence[Record], left: float) -> list[Registered | ClientError]:
            request = pb.BatchRegisterRecordsRequest(context=self._context(), records=map(writing.record, items))
            answer = self._call(lambda stub: stub.BatchRegisterRecords, request, left)
            return [
                of_status(each.status) if each.HasField("status") else reading.registered(each.response)
                for each in answer.results
            ]

        return self._retry.items(send, records, timeout or self._batch_timeout)

    def register_all(
        self, records: Iterable[Record], *, batch_size: int = 100, in_flight: int = 4
    ) -> Iterator[tuple[Record, Registered | ClientError]]:
        """Declare any number of records, several batches at a time; outcomes come in the order of the records.

        Raises the `ClientError` of a batch that is refused whole. Give each record once: of two versions
        under way together the older may be refused as stale.
        """
        return pipelined(self.register_batch, records, batch_size=batch_size, in_flight=in_flight)

    def _context(self, request_id: str = "") -> child_pb2.RequestContext:
        return writing.context(self._actor, self._purpose, request_id or uuid.uuid4().hex)

    def _call(
        self,
        method: "Callable[[IndexServiceStub], grpc.UnaryUnaryMultiCallable[_Request, _Response]]",
        request: _Request,
        timeout: float | None,
    ) -> _Response:
        """Send one request, again where it may be: the same bytes, so the same request id."""

        def attempt(left: float) -> _Response:
            try:
                return method(self._connection.stub())(request, timeout=left)
            except grpc.RpcError as failed:
                error = of_call(cast(grpc.Call, failed))
                if error.unanswered and (fault := self._connection.fault(left)):
                    raise untrusted(fault) from None
                raise error from None

        return self._retry.run(attempt, timeout or self._timeout)
