"""A worker's store: reads the tables itself, commits through the writer process, many in flight at once."""

import asyncio
import os
from contextlib import suppress
from itertools import count
from pathlib import Path

from childindex.errors import Error, StoreDamaged, StoreUnavailable
from childindex.store.accepted import encode_commit
from childindex.store.commit import Commit, Receipt
from childindex.store.place import Place
from childindex.store.reader import LmdbSnapshot
from childindex.store.tables import open_index, open_keys
from childindex.store.wire import Outcome, hello, packed, read_answer, unpacker

MOST_IN_FLIGHT = 4096
_PATIENCE = 2.0  # seconds to wait for a writer that is being started afresh; nothing is in flight meanwhile
_PAUSE = 0.05
_READ = 1 << 18


def open_reader(directory: Path, keyset_id: bytes, socket_path: Path) -> "RemoteStore":
    """Open the tables for reading, once the writer is ready; the writer is called at the first commit.

    Raises `StoreDamaged` for another keyset or format.
    """
    return RemoteStore(directory, keyset_id, socket_path)


class RemoteStore:
    """A `Store` of a worker process. Belongs to one event loop."""

    def __init__(self, directory: Path, keyset_id: bytes, socket_path: Path) -> None:
        place = Place(directory)
        place.check()
        self._index = open_index(place.index, keyset_id, readonly=True)
        self._keys = open_keys(place.keys, keyset_id, readonly=True)
        _warm(place.index / "data.mdb")
        self._keyset_id = keyset_id
        self._socket_path = socket_path
        self._numbers = count(1)
        self._waiting: dict[int, asyncio.Future[Receipt]] = {}
        self._writer: asyncio.StreamWriter | None = None
        self._listening: asyncio.Task[None] | None = None
        self._connecting = asyncio.Lock()
        self._closed = False

    def snapshot(self) -> LmdbSnapshot:
        """A view of the latest state; enter it with `async with`."""
        return LmdbSnapshot(self._index, self._keys)

    async def commit(self, commit: Commit) -> Receipt:
        """Make the commit durable and visible; raises as `Store.commit` says.

        A writer lost while the commit was in flight raises `StoreUnavailable`: it may or may not be recorded.
        """
        if len(self._waiting) >= MOST_IN_FLIGHT:
            raise StoreUnavailable("too many changes wait for the writer", retry_after=0.5)
        writer = await self._connected()
        number = next(self._numbers)
        waiting: asyncio.Future[Receipt] = asyncio.get_running_loop().create_future()
        self._waiting[number] = waiting
        try:
            writer.write(packed([number, encode_commit(commit)]))
            return await waiting
        finally:
            self._waiting.pop(number, None)

    async def close(self) -> None:
        """Hang up on the writer and close the tables."""
        self._closed = True
        if self._writer is not None:
            self._writer.close()
        if self._listening is not None:
            self._listening.cancel()
            with suppress(asyncio.CancelledError):
                await self._listening
        self._index.close()
        self._keys.close()

    async def _connected(self) -> asyncio.StreamWriter:
        if self._writer is None:
            async with self._connecting:
                if self._writer is None:
                    await self._connect()
        if self._writer is None:  # lost again between the two
            raise StoreUnavailable("the writer hung up")
        return self._writer

    async def _connect(self) -> None:
        loop = asyncio.get_running_loop()
        until = loop.time() + _PATIENCE
        while True:
            if self._closed:
                raise StoreUnavailable("the store is closed")
            try:
                reader, writer = await asyncio.open_unix_connection(str(self._socket_path))
                break
            except OSError:
                if loop.time() > until:
                    raise StoreUnavailable("the writer does not answer") from None
            await asyncio.sleep(_PAUSE)
        writer.write(packed(hello(self._keyset_id)))
        self._writer = writer
        self._listening = loop.create_task(self._listen(reader, writer))

    async def _listen(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        messages = unpacker()
        try:
            while data := await reader.read(_READ):
                messages.feed(data)
                for number, *rest in messages:
                    self._settle(number, read_answer(rest))
        except (OSError, ValueError, TypeError):
            pass
        finally:
            writer.close()
            self._writer = None
            self._lose()

    def _settle(self, number: int, outcome: Outcome) -> None:
        waiting = self._waiting.pop(number, None)
        if waiting is None or waiting.done():  # its caller has gone
            return
        if isinstance(outcome, Error):
            waiting.set_exception(outcome)
        else:
            waiting.set_result(outcome)

    def _lose(self) -> None:
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(
                    StoreUnavailable("the writer stopped before it answered; the change may or may not be recorded")
                )
        self._waiting.clear()


def _warm(path: Path) -> None:
    """Ask the kernel for the tables: a cold page costs some hundred times a warm one."""
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        raise StoreDamaged("the tables cannot be read") from None
    try:
        os.posix_fadvise(file, 0, 0, os.POSIX_FADV_WILLNEED)
    finally:
        os.close(file)
