"""A writer process to test against: started, awaited, killed or stopped, never left behind."""

import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.context import SpawnProcess
from pathlib import Path

from childindex.store import Settings, writer_main
from tests.store.samples import KEYSET

_CONTEXT = multiprocessing.get_context("spawn")
_PATIENCE = 60


@dataclass(frozen=True)
class KillAt:
    """Steps that kill their own process, without any tidying, when a step is reached for the nth time."""

    step: str
    nth: int = 1

    def __call__(self, step: str) -> None:
        """Hear a step."""
        if step == self.step:
            _REACHED[self] = _REACHED.get(self, 0) + 1
            if _REACHED[self] >= self.nth:
                os.kill(os.getpid(), signal.SIGKILL)


_REACHED: dict[KillAt, int] = {}


def socket_of(folder: Path) -> Path:
    """Where the writer of a store listens in these tests."""
    return folder / "run" / "writer.sock"


def start(folder: Path, settings: Settings | None = None) -> SpawnProcess:
    """Start a writer; returns once it is ready, or has died."""
    ready = _CONTEXT.Event()
    process = _CONTEXT.Process(
        target=writer_main,
        args=(folder, KEYSET, socket_of(folder)),
        kwargs={"ready": ready.set, "settings": settings},
        daemon=True,
    )
    process.start()
    until = time.monotonic() + _PATIENCE
    while not ready.wait(0.01) and process.is_alive():
        if time.monotonic() > until:
            process.kill()
            raise AssertionError("the writer did not become ready")
    return process


def stop(process: SpawnProcess) -> int | None:
    """Ask it to drain; its exit code."""
    process.terminate()
    process.join(_PATIENCE)
    return process.exitcode


@contextmanager
def writer(folder: Path, settings: Settings | None = None) -> Iterator[SpawnProcess]:
    """A writer for the length of a block."""
    process = start(folder, settings)
    try:
        yield process
    finally:
        if process.is_alive():
            process.kill()
        process.join(_PATIENCE)
