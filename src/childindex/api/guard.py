"""What surrounds every call: caller, deadline, load, parsing, errors, timing. One interceptor, in numbered steps."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final, Never, TypeAlias, cast

import grpc
from google.protobuf.message import DecodeError, Message

from childindex import telemetry
from childindex.api.admission import Admission, Limits
from childindex.api.identity import custodian
from childindex.api.status import CODES, fault, status_of
from childindex.errors import Error, Reason

SERVICE: Final = "childindex.v1.IndexService"
_DETAILS_AT: Final = {"ResolveChild": "demographics", "RegisterRecord": "record.demographics"}  # the child's
_DETAILS: Final = "grpc-status-details-bin"
_WRITES: Final = frozenset({"RegisterRecord", "WithdrawRecord", "BatchRegisterRecords"})

_Context: TypeAlias = grpc.aio.ServicerContext[Any, Any]
_Handler: TypeAlias = "grpc.RpcMethodHandler[Any, Any]"  # generic only in the stubs
_Behaviour = Callable[[Message, _Context], Awaitable[Message]]
_Continuation: TypeAlias = "Callable[[grpc.HandlerCallDetails], Awaitable[_Handler | None]]"


class Guard(grpc.aio.ServerInterceptor):
    """Guards the methods of `SERVICE`; the health and reflection services need the certificate but no custodian."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._guarded: dict[str, _Handler] = {}
        self.admission = Admission(limits)

    async def intercept_service(
        self, continuation: _Continuation, handler_call_details: grpc.HandlerCallDetails
    ) -> _Handler:
        """The guarded handler of the method called."""
        path = handler_call_details.method
        if path in self._guarded:
            return self._guarded[path]
        handler = await continuation(handler_call_details)
        if handler is None:
            return _UNKNOWN
        if not path.startswith(f"/{SERVICE}/"):
            return handler
        return self._guarded.setdefault(path, self._wrap(path.rpartition("/")[2], handler))

    def _wrap(self, method: str, handler: _Handler) -> _Handler:
        """The handler given raw bytes, so that corrupt ones are refused in our own words."""
        behaviour = cast(_Behaviour, handler.unary_unary)
        parse = cast(Callable[[bytes], Message], handler.request_deserializer)
        least = self._limits.least_seconds_to_write if method in _WRITES else self._limits.least_seconds

        async def guarded(data: bytes, context: _Context) -> Message:
            started = time.perf_counter()
            code = grpc.StatusCode.OK
            try:
                caller = custodian(context.auth_context())  # 1. who calls, before anything is spent on it
                self.admission.require_time(context.time_remaining(), least)  # 2. time enough
                with self.admission.admitted(caller, len(data)):  # 3. and room enough
                    return await behaviour(self._parsed(data, parse), context)  # 4. a message of the type, answered
            except asyncio.CancelledError:
                code = grpc.StatusCode.CANCELLED
                raise
            except grpc.aio.AbortError:
                code = context.code()
                raise
            except Exception as error:  # 5. every error leaves with a reason, and with nothing else
                refusal = error if isinstance(error, Error) else _incident(method, error)
                code = CODES[refusal.reason]
                await _abort(context, refusal, method)
            finally:
                telemetry.call(method, code.name, time.perf_counter() - started)  # 6. timed, labels from closed lists

        return grpc.unary_unary_rpc_method_handler(guarded, None, handler.response_serializer)

    def _parsed(self, data: bytes, parse: Callable[[bytes], Message]) -> Message:
        if len(data) > self._limits.request_bytes:
            raise Error(
                Reason.BATCH_TOO_LARGE,
                f"a request holds at most {self._limits.request_bytes} bytes",
                metadata={"limit_bytes": str(self._limits.request_bytes)},
            )
        try:
            return parse(data)
        except DecodeError:
            raise Error(Reason.MALFORMED_REQUEST, "the bytes are not a request of this method") from None


def _incident(method: str, unexpected: Exception) -> Error:
    """The refusal that stands for an unexpected exception, logged by its type and place: its text may be personal."""
    error = fault()
    telemetry.incident(error.metadata["incident"], method, unexpected)
    return error


async def _abort(context: _Context, error: Error, method: str = "") -> Never:
    status = status_of(error, details_at=_DETAILS_AT.get(method, ""))
    await context.abort(CODES[error.reason], status.message, ((_DETAILS, status.SerializeToString()),))


async def _refuse_unknown(requests: object, context: _Context) -> None:
    telemetry.call("unknown", grpc.StatusCode.UNIMPLEMENTED.name, 0.0)
    await _abort(context, Error(Reason.UNKNOWN_METHOD, "this service has no such method"))


_UNKNOWN: Final[_Handler] = grpc.stream_stream_rpc_method_handler(_refuse_unknown)  # answers calls of every kind
