"""Opening the tables: ours are opened, everything else is refused and says why."""

import subprocess
import sys
from pathlib import Path

import lmdb
import pytest

from childindex.errors import StoreDamaged, StoreUnavailable
from childindex.store import Table
from childindex.store.layout import MAX_KEY, Meta, entry_key
from childindex.store.merkle import EMPTY
from childindex.store.tables import Tables, create_index, create_keys, open_index, open_keys
from tests.store.samples import KEYSET


@pytest.fixture
def index(tmp_path: Path) -> Path:
    folder = tmp_path / "index"
    create_index(folder, KEYSET)
    return folder


def change_meta(folder: Path, name: Meta, value: bytes | None) -> None:
    with lmdb.open(str(folder), max_dbs=20, lib_version=0) as env:
        meta = env.open_db(b"meta")
        with env.begin(write=True, db=meta) as change:
            if value is None:
                change.delete(name.value)
            else:
                change.put(name.value, value)


def test_an_empty_index(index: Path) -> None:
    tables = open_index(index, KEYSET, readonly=False)
    with tables.env.begin() as view:
        assert tables.position(view) == 0
        assert tables.tree(view) == EMPTY
        assert Table.KEY not in tables.of
        assert tables.env.max_key_size() == MAX_KEY
    assert tables.env.flags()["sync"] is False
    assert (index / "data.mdb").stat().st_mode & 0o077 == 0
    tables.close()


def test_keys_are_always_synced(tmp_path: Path) -> None:
    create_keys(tmp_path / "keys", KEYSET)
    tables = open_keys(tmp_path / "keys", KEYSET, readonly=False)
    assert tables.env.flags()["sync"] is True
    assert set(tables.of) == {Table.KEY, Table.META}
    tables.close()


def test_a_foreign_format_is_refused(index: Path) -> None:
    change_meta(index, Meta.FORMAT, entry_key(99))
    with pytest.raises(StoreDamaged, match="format 99"):
        open_index(index, KEYSET, readonly=True)


def test_another_keyset_is_refused(index: Path) -> None:
    with pytest.raises(StoreDamaged, match="another keyset"):
        open_index(index, b"keyset-2", readonly=True)


def test_missing_meta_is_damage(index: Path) -> None:
    change_meta(index, Meta.FORMAT, None)
    with pytest.raises(StoreDamaged, match="format is missing"):
        open_index(index, KEYSET, readonly=True)


def test_an_environment_of_something_else_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    with lmdb.open(str(folder), max_dbs=2, lib_version=0) as env:
        env.open_db(b"other")
    with pytest.raises(StoreDamaged, match="no store"):
        open_index(folder, KEYSET, readonly=True)


def test_an_environment_of_another_lmdb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, opened = tmp_path / "index", lmdb.open
    with monkeypatch.context() as another:
        another.setattr(lmdb, "open", lambda *where, **how: opened(*where, **(how | {"lib_version": 1})))
        create_index(folder, KEYSET)
    with pytest.raises(StoreDamaged, match="no store"):
        open_index(folder, KEYSET, readonly=True)


@pytest.mark.parametrize("content", [b"", b"no tables at all" * 1000])
def test_a_file_of_something_else_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "data.mdb").write_bytes(content)
    with pytest.raises((StoreDamaged, StoreUnavailable)):
        open_index(tmp_path, KEYSET, readonly=True)


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(StoreDamaged, match="no tables"):
        open_index(tmp_path, KEYSET, readonly=True)


def test_twice_in_a_process_is_refused(index: Path) -> None:
    tables = open_index(index, KEYSET, readonly=False)
    with pytest.raises(StoreUnavailable, match="cannot be opened"):
        open_index(index, KEYSET, readonly=False)
    assert isinstance(tables, Tables)
    tables.close()


def test_the_slow_build_is_refused(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = type("Environment", (), {"__module__": "lmdb.cffi"})
    monkeypatch.setattr(lmdb, "Environment", slow)
    with pytest.raises(StoreUnavailable, match="cffi"):
        open_index(index, KEYSET, readonly=True)


def test_the_environment_variable_of_the_binding_changes_nothing(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib; from childindex.store.tables import create_index;"
        "create_index(pathlib.Path(sys.argv[1]), b'keyset-1')"
    )
    folder = tmp_path / "index"
    subprocess.run(
        [sys.executable, "-c", program, str(folder)], env={"LMDB_DEFAULT_LIB_VERSION": "1"}, check=True, timeout=60
    )
    tables = open_index(folder, KEYSET, readonly=True)
    assert tables.env.lib_version()[:2] == (0, 9)
    tables.close()
