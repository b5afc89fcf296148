"""The service as a process of its own, as an operator would run it."""

import contextlib
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from bench.demo.ground import Ground
from childindex.cli.faults import Misused

_START_SECONDS: Final = 180.0
_POLL_SECONDS: Final = 0.1


@contextmanager
def service(ground: Ground) -> Iterator["subprocess.Popen[bytes]"]:
    """The running service; drained and ended with the block. Raises `Misused` with its own words when it cannot start.

    It has a session of its own: Ctrl-C reaches the demonstration alone, which asks it to stop, once.
    """
    log = ground.folder / "service.log"
    with log.open("ab") as stderr:  # never cut: if another service runs here, it is its log too
        before = stderr.tell()
        process = subprocess.Popen(  # noqa: S603  our own interpreter and program
            [sys.executable, "-m", "childindex", "serve", "--var", str(ground.var)],
            stdin=subprocess.DEVNULL,
            stderr=stderr,
            start_new_session=True,
        )
    try:
        _wait_until_serving(ground, process, log, before)
        yield process
    finally:
        stop(process)


def stop(process: "subprocess.Popen[bytes]") -> int:
    """Ask the service to drain, wait, and answer its exit code; Ctrl-C meanwhile cuts the waiting short."""
    while process.poll() is None:
        process.send_signal(signal.SIGTERM)
        with contextlib.suppress(KeyboardInterrupt):
            process.wait()
    return process.returncode


def _wait_until_serving(ground: Ground, process: "subprocess.Popen[bytes]", log: Path, before: int) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not _listens(ground):
        if process.poll() is not None or time.monotonic() > deadline:
            raise Misused(f"the service does not start: {_last_words(log, before)}")
        time.sleep(_POLL_SECONDS)


def _listens(ground: Ground) -> bool:
    try:
        socket.create_connection((ground.config.listen_address, ground.config.listen_port), timeout=1.0).close()
    except OSError:
        return False
    return True


def _last_words(log: Path, before: int) -> str:
    """The last line that is meant for people, else the last event's sentence; what stood there before is not ours."""
    lines = log.read_bytes()[before:].decode(errors="replace").splitlines()
    for line in reversed(lines):
        if not line.startswith("{"):
            return line.removeprefix("childindex: ")
    return str(json.loads(lines[-1]).get("sentence", "")) if lines else f"see {log}"
