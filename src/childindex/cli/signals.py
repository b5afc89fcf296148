"""The signals that end the service, counted while it runs."""

import contextlib
import signal
import socket
from collections.abc import Iterator
from typing import Final

STOPPING: Final = (signal.SIGTERM, signal.SIGINT)


class Signals:
    """How many came; `socket` becomes readable at each."""

    def __init__(self) -> None:
        self.count = 0
        self.socket, self._wake = socket.socketpair()
        self.socket.setblocking(False)
        self._wake.setblocking(False)

    def heard(self) -> None:
        """Make `socket` wait for the next."""
        with contextlib.suppress(BlockingIOError):
            self.socket.recv(64)

    def _note(self, number: int, frame: object) -> None:
        self.count += 1

    def _close(self) -> None:
        self.socket.close()
        self._wake.close()


@contextlib.contextmanager
def counted() -> Iterator[Signals]:
    """Count SIGTERM and SIGINT, and give them back afterwards. For the main thread."""
    signals = Signals()
    before = {number: signal.signal(number, signals._note) for number in STOPPING}
    wake = signal.set_wakeup_fd(signals._wake.fileno(), warn_on_full_buffer=False)
    try:
        yield signals
    finally:
        signal.set_wakeup_fd(wake)
        for number, handler in before.items():
            signal.signal(number, handler)
        signals._close()
