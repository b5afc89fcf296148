"""Where the processes of one service share their numbers: files in a directory that children inherit by environment."""

import os
from pathlib import Path

_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"  # the client library's own name for it
_KINDS = ("counter", "histogram", "gauge_livemostrecent")
_BYTES = 1 << 18  # four times what all labels together need


def directory() -> Path | None:
    """The directory in use, None where this process is alone."""
    shared = os.environ.get(_VARIABLE)
    return Path(shared) if shared else None


def begin(shared: Path) -> None:
    """Use `shared`, which is made and emptied of what earlier processes left. Raises OSError."""
    shared.mkdir(mode=0o700, parents=True, exist_ok=True)
    for left_over in shared.glob("*.db"):
        left_over.unlink()
    os.environ[_VARIABLE] = str(shared)


def choose() -> None:
    """Make the client library share, or not: its own choice was made whenever somebody first imported it.

    The files are allocated here in full. They are mapped into memory, and a write to a mapped page for which the disk
    has no room left kills the process; a process that finds no room keeps its numbers to itself instead.
    """
    from prometheus_client import values  # noqa: PLC0415  the import reads the environment: as late as possible

    if _reserved():
        values.ValueClass = values.MultiProcessValue()  # type: ignore[no-untyped-call]  # the library leaves it untyped
    else:
        values.ValueClass = values.MutexValue


def _reserved() -> bool:
    shared = directory()
    if shared is None:
        return False
    try:
        for kind in _KINDS:
            with (shared / f"{kind}_{os.getpid()}.db").open("ab") as file:
                os.posix_fallocate(file.fileno(), 0, _BYTES)
    except OSError:
        return False
    return True
