"""The store as operations see it, cut at stages: each method is one visit to the engine."""

from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol

from childindex.store.commit import Commit, Receipt, Table


@dataclass(frozen=True, slots=True)
class Candidates:
    """What one visit found: the chunks of each birth code asked for, and the postings of each blocking key.

    `chunks[i]` holds (key, value) of every chunk of birth code i; `postings[i]` the values of key i, or
    nothing where there were more than the cap; `counts[i]` how many there are (counted up to the cap + 1).
    """

    chunks: list[list[tuple[bytes, bytes]]]
    postings: list[list[bytes]]
    counts: list[int]


class Snapshot(Protocol):
    """A consistent read view; close it before anything but a store stage is awaited."""

    @property
    def position(self) -> int:
        """The journal position of the last commit this view contains."""
        ...

    async def candidates(self, births: Sequence[bytes], blocks: Sequence[bytes], cap: int) -> Candidates:
        """All chunks of the birth codes, and the postings of the blocking keys that have no more than `cap`."""
        ...

    async def read(self, table: Table, keys: Sequence[bytes]) -> list[bytes | None]:
        """The values of the keys, None where absent, in order."""
        ...

    async def scan(self, table: Table, prefix: bytes, after: bytes, limit: int) -> list[tuple[bytes, bytes]]:
        """Up to `limit` (key, value) whose key starts with `prefix` and is greater than `after`, in key order."""
        ...

    async def __aenter__(self) -> "Snapshot": ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Store(Protocol):
    """An engine: snapshots to read from and commits to change it by."""

    def snapshot(self) -> Snapshot:
        """A view of the latest state; enter it with `async with`."""
        ...

    async def commit(self, commit: Commit) -> Receipt:
        """Make the commit durable and visible.

        Raises `Conflict` when a precondition no longer holds, `Error(BUDGET_EXHAUSTED)` when a charge is
        refused, `StoreUnavailable` when nothing can be promised.
        """
        ...

    async def close(self) -> None:
        """Release what the engine holds."""
        ...
