"""The store in one process: reader and inline writer. For the library, tests, benches and small tools."""

from pathlib import Path

import lmdb

from childindex.errors import Error, StoreUnavailable
from childindex.store.commit import Commit, Receipt
from childindex.store.place import Mark, Place, boot_id, sync_folder
from childindex.store.reader import LmdbSnapshot
from childindex.store.tables import create_index, create_keys
from childindex.store.writer import Settings, Writer


def init(directory: Path, keyset_id: bytes) -> None:
    """Make an empty store for a keyset; raises `StoreUnavailable` where something is already, or nothing can be."""
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(directory.iterdir()):
            raise StoreUnavailable(f"{directory} is not empty; an index is made in an empty folder only")
        _make(Place(directory), keyset_id)
    except (OSError, lmdb.Error) as error:
        raise StoreUnavailable(f"the store cannot be made in {directory}: {error}") from None


def _make(place: Place, keyset_id: bytes) -> None:
    place.copies.mkdir(mode=0o700)
    create_keys(place.keys, keyset_id)
    create_index(place.index, keyset_id)
    Mark(boot_id(), clean=True).write(place.index)
    place.journal.mkdir(mode=0o700)
    sync_folder(place.root)


def open_local(directory: Path, keyset_id: bytes, settings: Settings | None = None) -> "LocalStore":
    """Open the store in this process alone, recovering first if needed.

    Raises `StoreUnavailable` when a writer already runs on it, `StoreDamaged` for another keyset, a foreign format,
    or damage.
    """
    return LocalStore(Writer(directory, keyset_id, settings))


class LocalStore:
    """A `Store` whose commits block the caller while the disk syncs."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer

    def snapshot(self) -> LmdbSnapshot:
        """A view of the latest state; enter it with `async with`."""
        return LmdbSnapshot(self.writer.index, self.writer.keys)

    async def commit(self, commit: Commit) -> Receipt:
        """Make the commit durable and visible; raises as `Store.commit` says."""
        (outcome,) = await self.commit_all([commit])
        if isinstance(outcome, Error):
            raise outcome
        return outcome

    async def commit_all(self, commits: list[Commit]) -> list[Receipt | Error]:
        """Commit a batch behind one sync, each with its own outcome."""
        return self.writer.apply(commits)

    async def close(self) -> None:
        """Sync the tables and leave the mark of a clean stop."""
        self.writer.close()
