"""The restore drill: both halves of a backup of a running index make it again; neither does alone."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from childindex import linkage, store
from childindex.errors import Error
from childindex.operations import Index, Settings, register
from childindex.vault import Vault
from tests.deploy.tools import DEPLOY
from tests.operations.documents import caller
from tests.operations.world import CHILD, OTHER, declared, world

SETTINGS = 'environment = "development"\ndirectory = "."\n'


def back_up(var: Path, to: Path) -> "subprocess.CompletedProcess[str]":
    """As an operator would."""
    command = [sys.executable, *map(str, (DEPLOY / "backup.py", var, to / "records", to / "keys"))]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def halves(to: Path) -> tuple[Path, Path]:
    """The only finished backup's folders."""
    (records,), (keys,) = (to / "records").iterdir(), (to / "keys").iterdir()
    assert records.name == keys.name
    assert not records.suffix
    return records, keys


def restored(folder: Path, *parts: Path) -> Path:
    """An index's folder made of these parts."""
    for part in parts:
        shutil.copytree(part, folder, dirs_exist_ok=True)
    return folder


async def test_a_running_index_comes_back_from_both_halves(tmp_path: Path) -> None:
    var, to = tmp_path / "var", tmp_path / "to"
    var.mkdir(mode=0o700)
    (var / "childindex.toml").write_text(SETTINGS)
    here = await world(var)
    try:
        number = await here.register("oakfield-school", CHILD)
        done = back_up(var, to)
        assert done.returncode == 0, done.stderr
        later = await here.register("oakfield-school", OTHER, local_id="2")
    finally:
        await here.index.store.close()
    again = restored(tmp_path / "again", *halves(to))
    vault = Vault.open(again / "keys")
    assert store.recover(again / "store", vault.keyset_id).rebuilt_from is not None
    assert store.fsck(again / "store", vault.keyset_id).sound
    opened = store.open_local(again / "store", vault.keyset_id)
    index = Index(opened, vault, linkage.shipped(5_000), Settings(), here.clock)
    try:
        surgery = caller("mill-lane-surgery")
        found = await register(index, surgery, declared("mill-lane-surgery", CHILD))
        assert found.number.value == number  # recognised, and its sealed file opened with its own key
        new = await register(index, surgery, declared("mill-lane-surgery", OTHER, local_id="2"))
        assert new.number.value != later  # what came after the backup is gone, as the instructions say
    finally:
        await opened.close()


async def test_neither_half_opens_alone(tmp_path: Path) -> None:
    var, to = tmp_path / "var", tmp_path / "to"
    var.mkdir(mode=0o700)
    (var / "childindex.toml").write_text(SETTINGS)
    here = await world(var)
    await here.register("oakfield-school", CHILD)
    await here.index.store.close()
    assert back_up(var, to).returncode == 0
    records, keys = halves(to)
    with pytest.raises(Error):
        Vault.open(records / "keys")
    keyset_id = Vault.open(keys / "keys").keyset_id
    with pytest.raises(Error):
        store.recover(restored(tmp_path / "of keys", keys) / "store", keyset_id)
    with pytest.raises(Error):
        store.recover(restored(tmp_path / "of records", records) / "store", keyset_id)
    assert not list((records).rglob("keyset*"))
    assert all(file.stat().st_mode & 0o077 == 0 for file in keys.rglob("*"))


def test_what_cannot_be_finished_has_no_final_name(tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "childindex.toml").write_text(SETTINGS)
    assert back_up(tmp_path / "var", tmp_path / "to").returncode != 0
    assert [folder.suffix for folder in (tmp_path / "to" / "records").iterdir()] == [".part"]


def test_an_index_that_is_not_there_is_told_without_a_traceback(tmp_path: Path) -> None:
    ran = back_up(tmp_path / "nowhere", tmp_path / "backup")
    assert ran.returncode == 1
    assert "there is no index in" in ran.stderr
    assert "no backup was made" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_place_that_cannot_be_written_is_told_without_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "backup").write_text("a file stands where the folder should")
    ran = back_up(tmp_path / "nowhere", tmp_path / "backup")
    assert (ran.returncode, "no backup was made" in ran.stderr, "Traceback" in ran.stderr) == (1, True, False)
