"""Snapshots of the LMDB tables. They answer at once; `async` only so that the same pages serve another engine."""

from collections.abc import Sequence
from types import TracebackType

import lmdb

from childindex.store.commit import Table
from childindex.store.protocol import Candidates
from childindex.store.tables import Tables

_LAST = b"\xff" * 8


class LmdbSnapshot:
    """A read transaction: a view of one position, which costs nothing but old pages while it lives. Close it soon."""

    def __init__(self, index: Tables, keys: Tables) -> None:
        self._index = index
        self._keys = keys
        self._view = index.env.begin()
        self._position: int | None = None

    @property
    def position(self) -> int:
        """The journal position of the last commit this view contains."""
        if self._position is None:
            self._position = self._index.position(self._view)
        return self._position

    async def candidates(self, births: Sequence[bytes], blocks: Sequence[bytes], cap: int) -> Candidates:
        """All chunks of the birth codes, and the postings of the blocking keys that have no more than `cap`."""
        of = self._index.of
        with self._view.cursor(db=of[Table.BIRTH]) as cursor:
            chunks = [_prefixed(cursor, birth) for birth in births]
        postings: list[list[bytes]] = []
        counts: list[int] = []
        with self._view.cursor(db=of[Table.BLOCK]) as cursor:
            for block in blocks:
                count = cursor.count() if cursor.set_key(block) else 0
                counts.append(min(count, cap + 1))
                postings.append(list(cursor.iternext_dup()) if 0 < count <= cap else [])
        return Candidates(chunks, postings, counts)

    async def read(self, table: Table, keys: Sequence[bytes]) -> list[bytes | None]:
        """The values of the keys, None where absent, in order. Of a BLOCK key, its first posting."""
        if table is Table.KEY:
            with self._keys.env.begin() as view:
                return [view.get(key, db=self._keys.of[table]) for key in keys]
        database, get = self._index.of[table], self._view.get
        return [get(key, None, database) for key in keys]

    async def scan(self, table: Table, prefix: bytes, after: bytes, limit: int) -> list[tuple[bytes, bytes]]:
        """Up to `limit` (key, value) whose key starts with `prefix` and is greater than `after`, in key order."""
        if table is Table.KEY:
            with self._keys.env.begin() as view, view.cursor(db=self._keys.of[table]) as cursor:
                return _scanned(cursor, prefix, after, limit)
        with self._view.cursor(db=self._index.of[table]) as cursor:
            return _scanned(cursor, prefix, after, limit)

    def close(self) -> None:
        """Let the view go."""
        self._view.abort()

    async def __aenter__(self) -> "LmdbSnapshot":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _prefixed(cursor: "lmdb.Cursor[bytes]", prefix: bytes) -> list[tuple[bytes, bytes]]:
    found: list[tuple[bytes, bytes]] = []
    if not cursor.set_range(prefix):
        return found
    for key, value in cursor.iternext():
        if not key.startswith(prefix):
            break
        found.append((key, value))
    return found


def _scanned(cursor: "lmdb.Cursor[bytes]", prefix: bytes, after: bytes, limit: int) -> list[tuple[bytes, bytes]]:
    found: list[tuple[bytes, bytes]] = []
    start = max(prefix, after)
    positioned = cursor.set_range(start) if start else cursor.first()
    if not positioned:
        return found
    for key, value in cursor.iternext():
        if len(found) >= limit or not key.startswith(prefix):
            break
        if key > after or not after:
            found.append((key, value))
    return found
