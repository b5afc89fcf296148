"""The methods of `IndexService`: each reads its request, calls one operation and writes the answer."""

from typing import Any

import grpc

from childindex import operations
from childindex.api import responses
from childindex.api.identity import custodian
from childindex.api.requests import Reader
from childindex.operations import Index
from childindex.v1 import index_service_pb2 as pb
from childindex.v1 import index_service_pb2_grpc

_Context = grpc.aio.ServicerContext[Any, Any]


class IndexServicer(index_service_pb2_grpc.IndexServiceServicer):
    """The wire's side of one `Index`."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def _reader(self, context: _Context) -> Reader:
        return Reader(custodian(context.auth_context()), self._index.today())

    async def ResolveChild(self, request: pb.ResolveChildRequest, context: _Context) -> pb.ResolveChildResponse:
        with self._reader(context) as read:
            caller = read.caller(request.context)
            details = read.demographics(request.demographics, "demographics")
        answer = await operations.resolve(self._index, caller, details, explain=request.explain)
        return responses.resolution(answer)

    async def VerifyChildNumber(
        self, request: pb.VerifyChildNumberRequest, context: _Context
    ) -> pb.VerifyChildNumberResponse:
        with self._reader(context) as read:
            caller = read.caller(request.context)
            number = read.number(request.child, "child")
            birth_date = read.complete_date(request.birth_date, "birth_date")
        return responses.verification(await operations.verify(self._index, caller, number, birth_date))

    async def RegisterRecord(self, request: pb.RegisterRecordRequest, context: _Context) -> pb.RegisterRecordResponse:
        with self._reader(context) as read:
            caller = read.caller(request.context)
            declaration = read.declaration(request.record, "record")
        return responses.registration(await operations.register(self._index, caller, declaration))

    async def WithdrawRecord(self, request: pb.WithdrawRecordRequest, context: _Context) -> pb.WithdrawRecordResponse:
        with self._reader(context) as read:
            caller = read.caller(request.context)
            key = read.record_key(request.key, "key")
            reason, ended = read.withdrawal(request)
        await operations.withdraw(self._index, caller, key, reason, ended)
        return pb.WithdrawRecordResponse()

    async def FindRecords(self, request: pb.FindRecordsRequest, context: _Context) -> pb.FindRecordsResponse:
        with self._reader(context) as read:
            caller = read.caller(request.context)
            number = read.number(request.child, "child")
            birth_date, own = read.beside(request)
        answer = await operations.find(self._index, caller, number, birth_date=birth_date, own_record=own)
        return responses.found(answer)

    async def ListOwnRecords(self, request: pb.ListOwnRecordsRequest, context: _Context) -> pb.ListOwnRecordsResponse:
        with self._reader(context) as read:
            caller = read.caller(request.context)
            size = read.page_size(request.page_size)
        return responses.own_records(await operations.list_own_records(self._index, caller, size, request.page_token))

    async def ListChanges(self, request: pb.ListChangesRequest, context: _Context) -> pb.ListChangesResponse:
        with self._reader(context) as read:
            caller = read.caller(request.context)
            size = read.page_size(request.page_size)
        return responses.changes(await operations.list_changes(self._index, caller, request.cursor, size))

    async def BatchResolveChildren(
        self, request: pb.BatchResolveChildrenRequest, context: _Context
    ) -> pb.BatchResolveChildrenResponse:
        with self._reader(context) as read:
            caller = read.caller(request.context)
            items = await read.items(request.demographics, "demographics", Reader.demographics)
        return responses.resolve_results(await operations.resolve_many(self._index, caller, items))

    async def BatchRegisterRecords(
        self, request: pb.BatchRegisterRecordsRequest, context: _Context
    ) -> pb.BatchRegisterRecordsResponse:
        with self._reader(context) as read:
            caller = read.caller(request.context)
            items = await read.items(request.records, "records", Reader.declaration)
        return responses.register_results(await operations.register_many(self._index, caller, items))

    async def CheckChildNumber(
        self, request: pb.CheckChildNumberRequest, context: _Context
    ) -> pb.CheckChildNumberResponse:
        with self._reader(context) as read:
            caller = read.caller(request.context)
        return responses.form(await operations.check_number(self._index, caller, request.value))
