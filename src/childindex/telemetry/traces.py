"""Exceptions without what they say: types, and the places in the code they passed."""

import re
import traceback
from collections.abc import Iterator
from types import TracebackType

_MAX_FAULTS = 6
_MAX_FRAMES = 30
_CODE_NAME = re.compile(r"[A-Za-z0-9_.<>]{1,120}", re.ASCII)

Trace = list[dict[str, object]]


def trace(error: BaseException) -> Trace:
    """The exception, then its causes or contexts and the members of groups: each `type` and `frames`, innermost last.

    A frame is `module:function:line`. Messages, arguments, notes, source lines and local values are left out.
    """
    return [
        {"type": _name(f"{type(each).__module__}.{type(each).__qualname__}"), "frames": _frames(each.__traceback__)}
        for each in _family(error)
    ]


def _family(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting and len(seen) < _MAX_FAULTS:
        each = waiting.pop(0)
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        if isinstance(each, BaseExceptionGroup):
            waiting.extend(each.exceptions)
        waiting.append(each.__cause__ or (None if each.__suppress_context__ else each.__context__))


def _frames(passed: TracebackType | None) -> list[str]:
    frames = [
        f"{_name(str(frame.f_globals.get('__name__', '?')))}:{_name(frame.f_code.co_qualname)}:{line}"
        for frame, line in traceback.walk_tb(passed)
    ]
    return frames[-_MAX_FRAMES:]


def _name(text: str) -> str:
    """A name as it stands in code; anything else could be data."""
    return text if _CODE_NAME.fullmatch(text) else "?"
