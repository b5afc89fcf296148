"""What a command says when it cannot do what was asked: one line with the reason, and an exit code; no traceback.

Exit codes: 0 done; 2 refused or misused; 3 some rows rejected; 4 problems found; 70 a fault of the program;
130 interrupted. A fault of the program is told as types and places in the code: its message may quote personal data.
"""

import sys
from collections.abc import Mapping, Sequence
from typing import Any, Final

import typer
from typer.core import TyperGroup

from childindex.errors import Error, InvalidFields, Violation

REFUSED: Final = 2
SOME_REJECTED: Final = 3
PROBLEMS: Final = 4
FAULT: Final = 70  # EX_SOFTWARE of sysexits.h
INTERRUPTED: Final = 130


class Misused(Exception):
    """The command cannot work with what it was given: a file, an option, a value. The message names it, not its value.

    `violations` tells each field that is wrong.
    """

    def __init__(self, message: str, violations: Sequence[Violation] = ()) -> None:
        super().__init__(message)
        self.violations = tuple(violations)


class Told(TyperGroup):
    """A group whose commands' faults are told in one line."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command; raises `typer.Exit` with the code of its fault."""
        try:
            return super().invoke(ctx)
        except (typer.Exit, typer.Abort, BrokenPipeError):
            raise  # typer knows what to do; a reader that has had enough is no fault
        except Exception as error:
            lines = lines_of(error)
            if lines is None and _is_usage(error):
                raise
            code = FAULT if lines is None else REFUSED
            for line in _trace(error) if lines is None else lines:
                typer.echo(line, err=True)
            raise typer.Exit(code) from None


def lines_of(error: BaseException) -> list[str] | None:
    """What to say of an expected fault, None when it is not one."""
    if isinstance(error, Misused):
        return _listed(f"childindex: {error}", error.violations)
    if isinstance(error, Error):
        found = error.violations if isinstance(error, InvalidFields) else ()
        untold = [each for each in found if each.description not in error.message]  # some messages tell them all
        return _listed(f"childindex: {error.reason}: {error.message}", untold)
    if isinstance(error, OSError) and error.strerror:
        where = f"{error.filename}: " if isinstance(error.filename, str) else ""
        return [f"childindex: {where}{error.strerror}"]
    return _client_lines(error)


def advised(metadata: Mapping[str, str]) -> str:
    """What a refusal advises, in words (`add birth date, postcode`); empty where it advises nothing."""
    names = [name.removeprefix("ADD_") for name in metadata.get("advice", "").split(",") if name]
    return f"add {', '.join(names)}".replace("_", " ").lower() if names else ""


def _client_lines(error: BaseException) -> list[str] | None:
    if "childindex.client" not in sys.modules:  # nobody has asked an index; importing gRPC would cost half a second
        return None
    from childindex.client import ClientError

    if not isinstance(error, ClientError):
        return None
    if advice := advised(error.metadata):
        return [f"childindex: {error}", f"  {advice}"]  # its violation says the same again
    lines = _listed(f"childindex: {error}", error.violations)
    return [*lines, f"  try again in {error.retry_after:g} s"] if error.retry_after else lines


def _listed(line: str, violations: Sequence[Violation]) -> list[str]:
    return [line, *(f"  {each.field}: {each.description}" for each in violations)]


def _trace(error: BaseException) -> list[str]:
    from childindex.telemetry.traces import trace

    lines = ["childindex: a fault of the program; please report these lines"]
    for each in trace(error):
        frames = each["frames"]
        assert isinstance(frames, list)
        lines += [f"  {each['type']}", *(f"    {frame}" for frame in frames)]
    return lines


def _is_usage(error: BaseException) -> bool:
    """Whether typer itself tells this one."""
    return hasattr(error, "exit_code") and hasattr(error, "format_message")
