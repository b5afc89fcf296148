"""What a start finds: a clean stop, a killed writer, a stopped machine, copies, and damage that no crash explains."""

import random
import shutil
from pathlib import Path

import pytest

from childindex import store
from childindex.errors import StoreDamaged, StoreUnavailable
from childindex.store import Commit, Delete, Put, Settings, Table
from childindex.store.copies import copy, usable_copies
from childindex.store.place import Mark, Place
from childindex.store.writer import Writer
from tests.store.samples import KEYSET, registration


def settings(boot: str = "boot-1") -> Settings:
    return Settings(boot=lambda: boot, segment_bytes=4000)


def grow(folder: Path, count: int, *, seed: int = 1, boot: str = "boot-1") -> int:
    """Write and stop cleanly; returns the position."""
    drawn = random.Random(seed)
    writer = Writer(folder, KEYSET, settings(boot))
    for _ in range(count):
        writer.apply([registration(drawn), registration(drawn)])
    writer.close()
    return writer.position


def crash(folder: Path, boot: str = "boot-1") -> None:
    """What a killed writer leaves: no mark of a clean stop."""
    Mark(boot, clean=False).write(Place(folder).index)


def start(folder: Path, boot: str = "boot-1") -> Writer:
    return Writer(folder, KEYSET, settings(boot))


def rebuilt_from(folder: Path, boot: str) -> int | None:
    writer = start(folder, boot)
    writer.close()
    assert store.fsck(folder, KEYSET).problems == []
    return writer.recovery.rebuilt_from


def test_after_a_clean_stop_the_tables_are_taken_as_they_are(folder: Path) -> None:
    position = grow(folder, 5)
    writer = start(folder, "boot-2")  # even on another machine
    assert (writer.position, writer.recovery.rebuilt_from, writer.recovery.replayed) == (position, None, 0)
    writer.close()


def test_after_a_killed_writer_what_the_tables_lack_is_replayed(folder: Path, tmp_path: Path) -> None:
    grow(folder, 3)
    shutil.copytree(Place(folder).index, tmp_path / "older")
    position = grow(folder, 4, seed=2)
    shutil.rmtree(Place(folder).index)
    shutil.copytree(tmp_path / "older", Place(folder).index)
    crash(folder)
    writer = start(folder)
    assert (writer.position, writer.recovery.rebuilt_from, writer.recovery.replayed) == (position, None, 4)
    writer.close()
    assert store.fsck(folder, KEYSET).problems == []


def test_after_a_stopped_machine_the_tables_are_built_anew_and_never_opened(folder: Path) -> None:
    position = grow(folder, 5)
    crash(folder)
    (Place(folder).index / "data.mdb").write_bytes(b"\xff" * 100_000)
    assert rebuilt_from(folder, "boot-2") == 0
    assert rebuilt_from(folder, "boot-3") is None
    assert start(folder).position == position


def test_what_an_unclean_writer_left_is_written_anew_before_it_is_trusted(folder: Path) -> None:
    grow(folder, 1)
    newest = max(Place(folder).journal.iterdir())
    content, file = newest.read_bytes(), newest.stat().st_ino
    start(folder).close()
    assert newest.stat().st_ino == file
    crash(folder)
    start(folder).close()
    assert newest.stat().st_ino != file
    assert newest.read_bytes() == content


def test_where_boots_have_no_name_every_unclean_stop_is_of_the_machine(folder: Path) -> None:
    grow(folder, 2)
    crash(folder, "")
    assert rebuilt_from(folder, "") == 0


@pytest.mark.parametrize("lost", ["mark", "index"])
def test_tables_that_are_gone_are_built_anew(folder: Path, lost: str) -> None:
    grow(folder, 3)
    if lost == "mark":
        (Place(folder).index / "mark").unlink()
    else:
        shutil.rmtree(Place(folder).index)
    assert rebuilt_from(folder, "boot-1") == 0


def test_a_rebuild_starts_from_the_newest_copy_that_is_still_whole(folder: Path) -> None:
    positions = []
    for seed in range(3):
        grow(folder, 3, seed=seed)
        positions.append(copy(folder, KEYSET).position)
    grow(folder, 2, seed=9)
    copies = usable_copies(Place(folder), 10**6)
    assert [made.position for made in copies] == positions[:0:-1]  # the newest two are kept
    crash(folder)
    assert rebuilt_from(folder, "boot-2") == positions[2]
    data = copies[0].folder / "data.mdb"
    data.write_bytes(data.read_bytes()[:-1] + b"\x55")
    crash(folder)
    assert rebuilt_from(folder, "boot-3") == positions[1]


def test_a_copy_beyond_the_journal_is_not_used(folder: Path) -> None:
    grow(folder, 1)
    made = copy(folder, KEYSET)
    assert usable_copies(Place(folder), made.position) == [made]
    assert usable_copies(Place(folder), made.position - 1) == []


def test_a_rebuild_that_was_interrupted_is_begun_again(folder: Path) -> None:
    grow(folder, 3)
    crash(folder)
    (folder / "index.new").mkdir()
    (folder / "index.new" / "data.mdb").write_bytes(b"half")
    assert rebuilt_from(folder, "boot-2") == 0


def test_keys_destroyed_stay_destroyed_at_a_rebuild(folder: Path) -> None:
    writer = start(folder)
    writer.apply([Commit(puts=(Put(Table.KEY, b"k", b"w"),)), Commit(deletes=(Delete(Table.KEY, b"k"),))])
    with writer.keys.env.begin(write=True, db=writer.keys.of[Table.KEY]) as change:
        change.put(b"k", b"w")  # as if restored from an older copy of the keys
    writer.close()
    crash(folder)
    writer = start(folder, "boot-2")
    with writer.keys.env.begin(db=writer.keys.of[Table.KEY]) as view:
        assert view.get(b"k") is None
    writer.close()


def test_a_journal_that_lost_its_end_is_refused(folder: Path) -> None:
    grow(folder, 20)
    crash(folder)
    newest = sorted(Place(folder).journal.iterdir())[-1]
    newest.unlink()
    with pytest.raises(StoreDamaged, match="the journal ends at"):
        start(folder)


def test_recovering_needs_the_lock_and_the_keyset(folder: Path) -> None:
    position = grow(folder, 1, boot="")
    writer = start(folder)
    with pytest.raises(StoreUnavailable, match="another writer"):
        store.recover(folder, KEYSET)
    with pytest.raises(StoreUnavailable, match="another writer"):
        store.open_local(folder, KEYSET)
    writer.close()
    with pytest.raises(StoreDamaged, match="another keyset"):
        store.recover(folder, b"keyset-2")
    assert store.recover(folder, KEYSET).position == position


def test_init_refuses_what_is_not_empty(tmp_path: Path) -> None:
    (tmp_path / "something").touch()
    with pytest.raises(StoreUnavailable, match="not empty"):
        store.init(tmp_path, KEYSET)
    with pytest.raises(StoreUnavailable, match="cannot be made"):
        store.init(tmp_path / "something" / "store", KEYSET)
