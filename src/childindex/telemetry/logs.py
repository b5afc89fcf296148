"""Every log event, by name, and the only way to write one: JSON lines to standard error.

An event is a member of `Log` with its fixed sentence; its fields come from an allow list and are numbers or members of
closed sets. Anything else is withheld and counted, so that no name, number or date of a child can reach a log by way of
a careless line. Faults are logged as types and places in the code, never with their messages or local values, which may
quote data. `take_over` puts what other libraries and the interpreter itself would print under the same rule.
"""

import logging
import re
import sys
import threading
from collections.abc import Callable, Mapping
from enum import Enum, unique
from typing import Any, Final

import structlog

from childindex.errors import Error, Reason
from childindex.telemetry import labels, metrics
from childindex.telemetry.traces import trace

_FOREVER = 10**9  # seconds; also refuses what is not finite
_INFO, _WARNING, _ERROR = logging.INFO, logging.WARNING, logging.ERROR


@unique
class Log(Enum):
    """What can be logged: level and sentence."""

    STARTING = (_INFO, "the service starts")
    SERVING = (_INFO, "the service accepts calls")
    METRICS_SERVED = (_INFO, "metrics are served")
    WORKER_STARTED = (_INFO, "a worker has started")
    WORKER_DIED = (_WARNING, "a worker has died and is replaced")
    WRITER_STARTED = (_INFO, "the writer has started")
    WRITER_DIED = (_WARNING, "the writer has died and is replaced")
    DRAINING = (_INFO, "the service finishes its calls and takes no new ones")
    DRAIN_CUT = (_WARNING, "the time to finish calls is over; the rest are cancelled")
    STOPPED = (_INFO, "the service has stopped")
    START_REFUSED = (_ERROR, "the service cannot start")
    CALL_FAILED = (_ERROR, "a call failed by a fault of the service")
    CALL_SLOW = (_WARNING, "a call took unusually long")
    RECOVERED = (_INFO, "the store was brought up to its journal")
    JOURNAL_TORN = (_WARNING, "an unfinished end of the journal was cut off; nothing in it was acknowledged")
    SEGMENT_CLOSED = (_INFO, "a journal segment is full and closed")
    STORE_UNAVAILABLE = (_ERROR, "the store takes no changes")
    STORE_AVAILABLE = (_INFO, "the store takes changes again")
    STORE_DAMAGED = (_ERROR, "something stored cannot be read")
    MAP_FILLING = (_WARNING, "the store's map is nearly full")
    POLICY_LOADED = (_INFO, "a policy is in force")
    FOREIGN = (_WARNING, "another library had something to say; its words are withheld")
    UNCAUGHT = (_ERROR, "a fault that nobody caught")


def _integer(least: int, most: int) -> Callable[[object], object]:
    return lambda value: value if type(value) is int and least <= value <= most else None


def _seconds(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return round(float(value), 6) if 0 <= value < _FOREVER else None


def _of(names: frozenset[str]) -> Callable[[object], object]:
    return lambda value: value if isinstance(value, str) and value in names else None


def _method(value: object) -> object:
    return labels.method(value) if isinstance(value, str) else None


def _incident(value: object) -> object:
    return value if isinstance(value, str) and re.fullmatch(r"[0-9a-f]{6,32}", value) else None


def _library(value: object) -> object:
    """The top-level package a record comes from, if it is one that is loaded."""
    name = value.partition(".")[0] if isinstance(value, str) else ""
    return name if name in sys.modules or name == "root" else None


_FIELDS: Final[Mapping[str, Callable[[object], object]]] = {
    "method": _method,
    "code": _of(labels.CODES),
    "reason": _of(frozenset(Reason)),
    "incident": _incident,
    "seconds": _seconds,
    "pid": _integer(1, 2**22),
    "port": _integer(0, 65535),
    "position": _integer(0, 2**63 - 1),
    "count": _integer(0, 2**63 - 1),
    "bytes": _integer(0, 2**63 - 1),
    "workers": _integer(0, 4096),
    "exit": _integer(-64, 255),
    "library": _library,
}


def log(event: Log, /, **fields: object) -> None:
    """Write an event. Fields that are unknown, or hold what their name does not allow, are withheld and counted."""
    _write(event, _allowed(fields))


def fault(event: Log, error: BaseException, /, **fields: object) -> None:
    """Write an event with the types and code places of an exception and of what caused it."""
    if isinstance(error, Error):
        fields.setdefault("reason", error.reason)
    _write(event, {**_allowed(fields), "trace": trace(error)})


def incident(identifier: str, method: str, error: BaseException) -> None:
    """A call failed by a fault of the service: the caller was told this incident's identifier (hexadecimal) only."""
    fault(Log.CALL_FAILED, error, incident=identifier, method=method)


def take_over(level: int = logging.INFO) -> None:
    """Log from `level` on (else from warnings on); bring foreign logs, warnings and uncaught faults under the rule."""
    global _least  # noqa: PLW0603  a process has one log
    _least = level
    logging.basicConfig(handlers=[_Foreign()], level=logging.WARNING, force=True)
    logging.captureWarnings(capture=True)
    sys.excepthook = lambda kind, error, _: None if issubclass(kind, KeyboardInterrupt) else fault(Log.UNCAUGHT, error)
    threading.excepthook = lambda args: fault(Log.UNCAUGHT, args.exc_value or args.exc_type())
    sys.unraisablehook = lambda args: fault(Log.UNCAUGHT, args.exc_value or args.exc_type())


class _Foreign(logging.Handler):
    """Says that another library logged, and where a fault it logged came from."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if error is None:
            log(Log.FOREIGN, library=record.name)
        else:
            fault(Log.FOREIGN, error, library=record.name)


class _Stderr:
    """One line, one write: workers share the stream."""

    def info(self, line: str) -> None:
        try:
            sys.stderr.write(line + "\n")
            sys.stderr.flush()
        except (OSError, ValueError):
            pass  # nobody listens any more; the call goes on

    warning = error = info


_least = logging.WARNING
_line = structlog.wrap_logger(
    _Stderr(),
    processors=[
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        structlog.processors.JSONRenderer(),
    ],
    wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
)


def _allowed(fields: Mapping[str, object]) -> dict[str, object]:
    kept: dict[str, object] = {}
    for name, value in fields.items():
        allowed = _FIELDS[name](value) if name in _FIELDS else None
        if allowed is not None:
            kept[name] = allowed
    withheld = len(fields) - len(kept)
    if withheld:
        kept["withheld"] = withheld
        metrics.current().fields_dropped.inc(withheld)
    return kept


def _write(event: Log, fields: dict[str, Any]) -> None:
    level, sentence = event.value
    if level >= _least:
        _line.log(level, event.name, sentence=sentence, **fields)
