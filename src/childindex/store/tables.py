"""The LMDB environments: the index, written unsynced because the journal is the truth, and the keys, always synced.

Traps that this module knows: an environment of another LMDB data format (`lib_version=0` pins ours); growing a map
under open readers (so the map is a terabyte of address space from the start, and sparse); the cffi build, which is
two to three times slower and is refused; one environment opened twice in a process (refused by the binding).
"""

from dataclasses import dataclass
from pathlib import Path

import lmdb

from childindex.errors import StoreDamaged, StoreUnavailable
from childindex.store.commit import Table
from childindex.store.layout import FORMAT, Meta, entry_key
from childindex.store.merkle import Tree

MAP_SIZE = 1 << 40  # bytes of address space, not of disk
KEYS_MAP_SIZE = 1 << 36
MAX_READERS = 1024
_SPARE = 64  # read transactions kept for the next snapshot

_DATABASES = {table: table.name.lower().encode() for table in Table if table not in (Table.KEY, Table.META)}
_FIXED = frozenset({Table.BLOCK})


@dataclass(frozen=True, slots=True)
class Tables:
    """An open environment and its tables by name."""

    env: lmdb.Environment
    of: "dict[Table, lmdb._Database]"

    def position(self, view: "lmdb.Transaction[bytes]") -> int:
        """The journal position of the last commit applied."""
        return int.from_bytes(self.meta(view, Meta.POSITION), "big")

    def tree(self, view: "lmdb.Transaction[bytes]") -> Tree:
        """The event tree up to that position."""
        return Tree.decode(self.meta(view, Meta.TREE))

    def meta(self, view: "lmdb.Transaction[bytes]", name: Meta) -> bytes:
        """A value of META; raises `StoreDamaged` when it is not there."""
        value = view.get(name.value, db=self.of[Table.META])
        if value is None:
            raise StoreDamaged(f"the store's {name.value.decode()} is missing")
        return value

    def close(self) -> None:
        """Close the environment."""
        self.env.close()


def create_index(folder: Path, keyset_id: bytes, *, map_size: int = MAP_SIZE) -> None:
    """Make an empty index at position 0."""
    folder.mkdir(mode=0o700)
    env = _environment(folder, map_size, sync=False, readonly=False)
    with env:
        databases = _databases(env, create=True)
        with env.begin(write=True, db=databases[Table.META]) as change:
            _identify(change, keyset_id)
            change.put(Meta.POSITION.value, entry_key(0))
            change.put(Meta.TREE.value, Tree().encode())
        env.sync(True)


def create_keys(folder: Path, keyset_id: bytes) -> None:
    """Make an empty key environment."""
    folder.mkdir(mode=0o700)
    with _environment(folder, KEYS_MAP_SIZE, sync=True, readonly=False) as env:
        databases = _key_databases(env, create=True)
        with env.begin(write=True, db=databases[Table.META]) as change:
            _identify(change, keyset_id)


def open_index(folder: Path, keyset_id: bytes, *, readonly: bool, map_size: int = MAP_SIZE) -> Tables:
    """Open the index; raises `StoreDamaged` for a foreign format, another keyset, or what is no index."""
    return _open(folder, keyset_id, readonly=readonly, map_size=map_size, synced=False)


def open_keys(folder: Path, keyset_id: bytes, *, readonly: bool) -> Tables:
    """Open the key environment; raises `StoreDamaged` as `open_index` does."""
    return _open(folder, keyset_id, readonly=readonly, map_size=KEYS_MAP_SIZE, synced=True)


def _open(folder: Path, keyset_id: bytes, *, readonly: bool, map_size: int, synced: bool) -> Tables:
    if not (folder / "data.mdb").is_file():
        raise StoreDamaged(f"there are no tables in {folder.name}/")
    try:
        env = _environment(folder, map_size, sync=synced, readonly=readonly)
    except lmdb.Error as error:
        raise _opening(folder, error) from None
    try:
        databases = _key_databases(env, create=False) if synced else _databases(env, create=False)
        tables = Tables(env, databases)
        _check(tables, keyset_id)
    except lmdb.Error as error:
        env.close()
        raise _opening(folder, error) from None
    except StoreDamaged:
        env.close()
        raise
    return tables


def _opening(folder: Path, error: lmdb.Error) -> StoreDamaged | StoreUnavailable:
    if isinstance(error, lmdb.InvalidError | lmdb.VersionMismatchError | lmdb.NotFoundError | lmdb.CorruptedError):
        return StoreDamaged(f"{folder.name}/ is no store of this program's format: {type(error).__name__}")
    return StoreUnavailable(f"{folder.name}/ cannot be opened: {error}")


def _environment(folder: Path, map_size: int, *, sync: bool, readonly: bool) -> lmdb.Environment:
    if lmdb.Environment.__module__ == "lmdb.cffi":
        raise StoreUnavailable("the cffi build of lmdb is too slow for a service; install the compiled one")
    return lmdb.open(
        str(folder),
        map_size=map_size,
        max_dbs=len(Table),
        max_readers=MAX_READERS,
        max_spare_txns=_SPARE,
        mode=0o600,
        sync=sync,
        readonly=readonly,
        readahead=False,  # lookups are random; reading ahead only evicts what is warm
        lib_version=0,
    )


def _databases(env: lmdb.Environment, *, create: bool) -> "dict[Table, lmdb._Database]":
    found = {
        table: env.open_db(name, create=create, dupsort=table in _FIXED, dupfixed=table in _FIXED)
        for table, name in _DATABASES.items()
    }
    return found | {Table.META: env.open_db(b"meta", create=create)}


def _key_databases(env: lmdb.Environment, *, create: bool) -> "dict[Table, lmdb._Database]":
    return {Table.KEY: env.open_db(b"key", create=create), Table.META: env.open_db(b"meta", create=create)}


def _identify(change: "lmdb.Transaction[bytes]", keyset_id: bytes) -> None:
    change.put(Meta.FORMAT.value, entry_key(FORMAT))
    change.put(Meta.KEYSET.value, keyset_id)


def _check(tables: Tables, keyset_id: bytes) -> None:
    with tables.env.begin() as view:
        found = int.from_bytes(tables.meta(view, Meta.FORMAT), "big")
        if found != FORMAT:
            raise StoreDamaged(f"the store has format {found}; this program reads format {FORMAT}")
        if tables.meta(view, Meta.KEYSET) != keyset_id:
            raise StoreDamaged("the store belongs to another keyset")
