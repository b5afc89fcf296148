"""Messages between the workers and the writer process: msgpack arrays one after another on a Unix stream.

worker -> writer   [format, keyset id] once; then [id, commit]
writer -> worker   [id, position], or [id, reason, message, metadata, seconds to wait or nil]
"""

from typing import Any

import msgpack

from childindex.errors import Conflict, Error, Reason, StoreDamaged, StoreUnavailable
from childindex.store.commit import Receipt
from childindex.store.layout import FORMAT

MOST_WAITING = 64 << 20  # bytes of messages that one side keeps for the other

Outcome = Receipt | Error


def unpacker() -> msgpack.Unpacker:
    """A reader of messages that arrive in pieces; raises ValueError for what is no message."""
    return msgpack.Unpacker(max_buffer_size=MOST_WAITING)


def packed(message: list[Any]) -> bytes:
    """A message as bytes."""
    data: bytes = msgpack.packb(message)
    return data


def hello(keyset_id: bytes) -> list[Any]:
    """What a worker says first; the writer hangs up when it is not what the writer itself would say."""
    return [FORMAT, keyset_id]


def answer(number: int, outcome: Outcome) -> list[Any]:
    """The message that tells a commit's outcome."""
    if isinstance(outcome, Receipt):
        return [number, outcome.position]
    return [number, outcome.reason.value, outcome.message, outcome.metadata, outcome.retry_after]


def read_answer(fields: list[Any]) -> Outcome:
    """The outcome in the rest of an answer; raises ValueError or TypeError when it is none."""
    if len(fields) == 1:
        return Receipt(int(fields[0]))
    name, message, metadata, retry_after = fields
    reason = Reason(name)
    if reason is Reason.CONTENTION:
        return Conflict()
    if reason is Reason.STORE_UNAVAILABLE:
        return StoreUnavailable(message, retry_after=retry_after)
    if reason is Reason.STORE_DAMAGED:
        return StoreDamaged(message)
    return Error(reason, message, metadata=metadata, retry_after=retry_after)
