"""The writer process: a blocking loop around `Writer`. Batches form by themselves while the disk syncs.

It reads all that is ready, applies it as one batch, answers, and reads again. SIGTERM drains: what has arrived is
applied and answered, nothing more is read. It also stops when its parent has died, or no other could be started.
"""

import os
import selectors
import signal
import socket
import stat
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import msgpack

from childindex.errors import StoreUnavailable
from childindex.store.accepted import decode_commit
from childindex.store.commit import Commit
from childindex.store.journal import WriterFailed
from childindex.store.wire import MOST_WAITING, answer, hello, packed, unpacker
from childindex.store.writer import Settings, Writer

MOST_COMMITS = 1024  # of one batch: bounds how long the first waits for the last
MOST_QUEUED = 8192  # of one worker, before the writer stops reading from it
LONGEST_SOCKET = 107  # bytes that the kernel takes for a Unix socket's path
_READ = 1 << 18
_IDLE_SECONDS = 1.0
_FLUSH_SECONDS = 5.0


def writer_main(
    directory: Path,
    keyset_id: bytes,
    socket_path: Path,
    *,
    settings: Settings | None = None,
    ready: Callable[[], None] = lambda: None,
) -> None:
    """Run the writer of a store until SIGTERM or the death of the parent; call `ready` once it listens.

    To be run in a process of its own, in the main thread. Raises `StoreUnavailable` when another writer runs or the
    disk fails (start another), `StoreDamaged` when the store cannot be recovered (starting another will not help).
    """
    settings = settings or Settings()
    writer = Writer(directory, keyset_id, settings)
    try:
        service = _Service(writer, keyset_id, _listen(socket_path), settings.steps)
        ready()
        try:
            service.run()
        finally:
            service.close()
            socket_path.unlink(missing_ok=True)
    finally:
        writer.close()


def _listen(path: Path) -> socket.socket:
    if len(os.fsencode(path)) > LONGEST_SOCKET:
        raise StoreUnavailable(f"the writer's socket path is longer than {LONGEST_SOCKET} bytes: {path}")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if stat.S_IMODE(path.parent.stat().st_mode) & 0o077:
        raise StoreUnavailable(
            f"{path.parent} must be open to its owner only (mode 0700): it holds the writer's socket"
        )
    path.unlink(missing_ok=True)  # the writer's lock is ours: whoever left this socket is dead
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
    listener.bind(str(path))
    listener.listen(128)
    listener.setblocking(False)
    return listener


@dataclass(slots=True, eq=False)
class _Worker:
    """One connection: what it asked and what it has not yet been told."""

    socket: socket.socket
    messages: msgpack.Unpacker = field(default_factory=unpacker)
    greeted: bool = False
    asked: deque[tuple[int, Commit]] = field(default_factory=deque)
    told: bytearray = field(default_factory=bytearray)


class _Service:
    def __init__(self, writer: Writer, keyset_id: bytes, listener: socket.socket, steps: Callable[[str], None]) -> None:
        self._writer = writer
        self._hello = hello(keyset_id)
        self._listener = listener
        self._steps = steps
        self._workers: list[_Worker] = []
        self._parent = os.getppid()
        self._stopping = False
        self._selector = selectors.DefaultSelector()
        self._selector.register(listener, selectors.EVENT_READ)
        self._wake, woken = socket.socketpair()
        self._woken = woken
        for end in (self._wake, woken):
            end.setblocking(False)
        self._selector.register(self._wake, selectors.EVENT_READ)
        self._before = signal.signal(signal.SIGTERM, self._stop), signal.signal(signal.SIGINT, signal.SIG_IGN)
        self._wakeup = signal.set_wakeup_fd(woken.fileno(), warn_on_full_buffer=False)

    def run(self) -> None:
        """Serve until stopped, then drain."""
        while not self._stopping:
            waiting = any(worker.asked for worker in self._workers)
            self._hear(0 if waiting else _IDLE_SECONDS)
            self._apply()
            self._stopping = self._stopping or os.getppid() != self._parent
        self._hear(0)
        while any(worker.asked for worker in self._workers):
            self._apply()
        self._flush()

    def close(self) -> None:
        """Hang up on everybody and give the signals back."""
        for worker in list(self._workers):
            self._hang_up(worker)
        signal.set_wakeup_fd(self._wakeup)
        signal.signal(signal.SIGTERM, self._before[0])
        signal.signal(signal.SIGINT, self._before[1])
        self._selector.close()
        for end in (self._listener, self._wake, self._woken):
            end.close()

    def _stop(self, _signal: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _hear(self, seconds: float) -> None:
        for key, events in self._selector.select(seconds):
            if key.fileobj is self._listener:
                self._accept()
            elif key.fileobj is self._wake:
                self._wake.recv(64)
            else:
                if events & selectors.EVENT_WRITE:
                    self._send(key.data)
                if events & selectors.EVENT_READ:
                    self._read(key.data)

    def _accept(self) -> None:
        connection, _ = self._listener.accept()
        connection.setblocking(False)
        worker = _Worker(connection)
        self._workers.append(worker)
        self._selector.register(connection, selectors.EVENT_READ, worker)

    def _read(self, worker: _Worker) -> None:
        if len(worker.asked) >= MOST_QUEUED:
            return
        try:
            data = worker.socket.recv(_READ)
            worker.messages.feed(data)
            for message in worker.messages:
                self._take(worker, message)
        except BlockingIOError:
            return
        except (OSError, ValueError, TypeError, msgpack.UnpackException):
            data = b""
        if not data:
            self._hang_up(worker)
            self._writer.index.env.reader_check()  # a worker that was killed left its snapshot's slot behind

    def _take(self, worker: _Worker, message: Any) -> None:
        if worker.greeted:
            number, commit = message
            worker.asked.append((number, decode_commit(commit)))
            return
        if message != self._hello:
            raise ValueError("a worker of another format or keyset")
        worker.greeted = True

    def _apply(self) -> None:
        batch = self._gather()
        if not batch:
            return
        try:
            outcomes = self._writer.apply([commit for _, _, commit in batch])
        except WriterFailed as failed:
            self._answer(batch, [failed] * len(batch))
            self._flush()
            raise
        self._answer(batch, outcomes)

    def _gather(self) -> list[tuple[_Worker, int, Commit]]:
        """The next batch, taken from the workers in turn so that none can crowd out another."""
        batch: list[tuple[_Worker, int, Commit]] = []
        queues = [worker for worker in self._workers if worker.asked]
        while queues and len(batch) < MOST_COMMITS:
            for worker in queues:
                batch.append((worker, *worker.asked.popleft()))
            queues = [worker for worker in queues if worker.asked]
        return batch

    def _answer(self, batch: list[tuple[_Worker, int, Commit]], outcomes: list[Any]) -> None:
        told = set()
        for (worker, number, _), outcome in zip(batch, outcomes, strict=True):
            worker.told += packed(answer(number, outcome))
            told.add(worker)
        self._steps("answering")
        for worker in told:
            self._send(worker)
        self._steps("answered")

    def _send(self, worker: _Worker) -> None:
        if worker not in self._workers:  # it hung up while its commits were applied
            return
        try:
            sent = worker.socket.send(worker.told) if worker.told else 0
            del worker.told[:sent]
        except BlockingIOError:
            pass
        except OSError:
            self._hang_up(worker)
            return
        if len(worker.told) > MOST_WAITING:
            self._hang_up(worker)
            return
        wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if worker.told else 0)
        self._selector.modify(worker.socket, wanted, worker)

    def _flush(self) -> None:
        for worker in list(self._workers):
            worker.socket.settimeout(_FLUSH_SECONDS)
            try:
                worker.socket.sendall(worker.told)
            except OSError:
                continue

    def _hang_up(self, worker: _Worker) -> None:
        if worker in self._workers:
            self._workers.remove(worker)
            self._selector.unregister(worker.socket)
            worker.socket.close()
