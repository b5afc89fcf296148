"""Locks, marks and small durable files."""

from pathlib import Path

import pytest

from childindex.errors import StoreDamaged, StoreUnavailable
from childindex.store.place import Hold, Mark, Place, boot_id, write_durably


def test_a_lock_is_held_by_one(tmp_path: Path) -> None:
    first = Hold(tmp_path, "writer")
    with pytest.raises(StoreUnavailable, match="another writer"):
        Hold(tmp_path, "writer")
    other = Hold(tmp_path, "supervisor")
    first.release()
    first.release()
    again = Hold(tmp_path, "writer")
    again.release()
    other.release()


def test_marks_come_back(tmp_path: Path) -> None:
    for mark in (Mark("boot", clean=False), Mark("boot", clean=True)):
        mark.write(tmp_path)
        assert Mark.read(tmp_path) == mark
    assert [path.name for path in tmp_path.iterdir()] == ["mark"]


@pytest.mark.parametrize("content", [b"", b"\0\0\0", b"[]", b'{"boot": 1}', b"{"])
def test_a_mark_that_cannot_be_read_is_no_mark(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "mark").write_bytes(content)
    assert Mark.read(tmp_path) is None
    assert Mark.read(tmp_path / "absent") is None


def test_a_small_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_durably(path, b"old" * 1000)
    write_durably(path, b"new")
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o077 == 0


def test_the_boot_has_a_name() -> None:
    assert boot_id()
    assert boot_id() == boot_id()


def test_no_store_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(StoreDamaged, match="no store"):
        Place(tmp_path).check()
