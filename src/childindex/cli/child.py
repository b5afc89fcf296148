"""What a supervised process does first: it ties its life to the supervisor's, then plays its role."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable
from multiprocessing import reduction
from multiprocessing.connection import Connection
from typing import Any, Final

from childindex import telemetry
from childindex.cli.signals import STOPPING
from childindex.errors import Error
from childindex.telemetry import Log

_PR_SET_PDEATHSIG: Final = 1  # <sys/prctl.h>

Ready = Callable[[], None]


class Lock:
    """An inherited file descriptor: the lock on it is free when every process that has it is gone."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor

    def __getstate__(self) -> Any:
        return reduction.DupFd(self.descriptor)

    def __setstate__(self, inherited: Any) -> None:
        self.descriptor = inherited.detach()


def child(parent: int, lock: Lock, told: Connection, target: Callable[..., None], args: tuple[Any, ...]) -> None:
    """What runs first in a process: die with the parent, leave Ctrl-C to it, then the role.

    An exception is logged without its text, unless it is an `Error` before `ready`: its words go to the supervisor.
    """
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL) != 0 or os.getppid() != parent:
        os._exit(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)

    def tell(words: str) -> None:
        if not told.closed:
            told.send_bytes(words.encode())
            told.close()

    try:
        target(lambda: tell(""), *args)
    except Exception as error:
        telemetry.fault(Log.UNCAUGHT if told.closed else Log.START_REFUSED, error)
        tell(error.message if isinstance(error, Error) else type(error).__name__)
        sys.exit(1)
