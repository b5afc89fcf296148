"""A supervisor of processes that note what they live through: `python -m tests.cli.supervised FOLDER KIND`."""

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from childindex.cli.claims import claim_directory
from childindex.cli.supervisor import Patience, Role, supervise
from childindex.errors import Error, Reason


def note(folder: Path, *words: object) -> None:
    """Append a line to the folder's diary; one write, so lines do not mix."""
    with (folder / "diary").open("a") as diary:
        diary.write(" ".join(map(str, words)) + "\n")


def steady(ready: Callable[[], None], folder: Path, name: str) -> None:
    """Works until SIGTERM."""
    stopped: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, frame: stopped.append(number))
    note(folder, name, "ready", os.getpid())
    ready()
    while not stopped:
        time.sleep(0.02)
    note(folder, name, "stopped", os.getpid())


def deaf(ready: Callable[[], None], folder: Path, name: str) -> None:
    """Does not hear SIGTERM."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    note(folder, name, "ready", os.getpid())
    ready()
    while True:
        time.sleep(1)


def stillborn(ready: Callable[[], None], folder: Path, name: str) -> None:
    """Cannot start, and says why."""
    note(folder, name, "failed", os.getpid())
    raise Error(Reason.STORE_DAMAGED, "the keyset is another's")


def broken(ready: Callable[[], None], folder: Path, name: str) -> None:
    """Cannot start, by a fault whose text may hold anything."""
    note(folder, name, "failed", os.getpid())
    raise ValueError("Zebrafinchcanary")


def shot(ready: Callable[[], None], folder: Path, name: str) -> None:
    """Is killed before it works, the first time; steady afterwards."""
    note(folder, name, "begun", os.getpid())
    if (folder / "diary").read_text().count(f"{name} begun") == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    steady(ready, folder, name)


KINDS = {"steady": steady, "deaf": deaf, "stillborn": stillborn, "broken": broken, "shot": shot}


def main() -> None:
    """Run until told to stop."""
    folder, kind = Path(sys.argv[1]), sys.argv[2]
    try:
        lock = claim_directory(folder, patience=1.0)
        workers = [Role(name, KINDS[kind], (folder, name)) for name in ("first", "second")]
        note(folder, "supervisor", "starts", os.getpid())
        writer = Role("writer", steady, (folder, "writer"))
        patience = Patience(start=30.0, stop=1.0)
        supervise([[writer], workers], lock, patience=patience, working=lambda: note(folder, "all", "working", 0))
    except Error as error:
        sys.exit(error.message)


if __name__ == "__main__":
    main()
