"""A worker process whose operations need no index: `python -m tests.api.worker FOLDER`; it prints its port."""

import signal
import sys
from pathlib import Path

import pytest

from childindex.api import Settings, TlsFiles, run
from childindex.operations import Index
from tests.fakes import FakeIndex, FakeOperations

INDEX = FakeIndex()


async def open_index() -> Index:
    """An index without rooms."""
    return INDEX  # type: ignore[return-value]  # as much of an index as the wire needs


def say(word: str) -> None:
    """To the test."""
    sys.stdout.write(word + "\n")
    sys.stdout.flush()


def main() -> None:
    """Serve until SIGTERM; every resolution takes a second."""
    folder = Path(sys.argv[1])
    FakeOperations(delay=1.0).install(pytest.MonkeyPatch())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # as the supervisor has it
    tls = TlsFiles(folder / "ca.pem", folder / "server.pem", folder / "server.key")
    settings = Settings(address="localhost:0", tls=tls, drain_seconds=10.0)
    run(open_index, settings, ready=lambda port: say(str(port)))
    say("closed" if INDEX.store.closed else "left open")


if __name__ == "__main__":
    main()
