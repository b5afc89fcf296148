"""Key files are whole or absent, and for their owner alone."""

import fcntl
import os
import stat
from pathlib import Path

import pytest

from childindex.errors import Error
from childindex.vault import keyfile
from childindex.vault.secret import Secret


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(autouse=True, params=[0o000, 0o022, 0o077], ids=oct)
def umask(request: pytest.FixtureRequest) -> object:
    """The caller's umask makes no difference."""
    old = os.umask(request.param)
    yield
    os.umask(old)


@pytest.fixture
def file(directory: Path) -> Path:
    keyfile.make_directory(directory)
    keyfile.write_new(directory / "key", Secret(b"content"))
    return directory / "key"


def test_file_and_directory_are_for_the_owner_alone(file: Path) -> None:
    assert (mode(file), mode(file.parent)) == (0o600, 0o700)
    keyfile.replace(file, Secret(b"other"))
    assert (mode(file), keyfile.read(file).reveal()) == (0o600, b"other")


def test_a_new_file_never_takes_the_place_of_another(file: Path) -> None:
    with pytest.raises(Error, match="exists already"):
        keyfile.write_new(file, Secret(b"other"))
    assert keyfile.read(file).reveal() == b"content"


def test_no_temporary_file_stays(file: Path) -> None:
    keyfile.replace(file, Secret(b"other"))
    with pytest.raises(Error):
        keyfile.write_new(file, Secret(b"third"))
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize("lax", [0o640, 0o604, 0o620, 0o602, 0o610])
def test_a_file_open_to_others_is_refused(file: Path, lax: int) -> None:
    file.chmod(lax)
    with pytest.raises(Error, match="open to others"):
        keyfile.read(file)


@pytest.mark.parametrize("lax", [0o750, 0o705, 0o701, 0o720])
def test_a_directory_open_to_others_is_refused(file: Path, lax: int) -> None:
    file.parent.chmod(lax)
    for act in (
        lambda: keyfile.read(file),
        lambda: keyfile.make_directory(file.parent),
        lambda: keyfile.write_new(file.parent / "new", Secret(b"")),
        lambda: keyfile.replace(file, Secret(b"other")),
    ):
        with pytest.raises(Error, match="open to others"):
            act()
    file.parent.chmod(0o700)
    assert keyfile.read(file).reveal() == b"content"


def test_what_is_no_plain_file_is_refused(file: Path) -> None:
    link = file.with_name("link")
    link.symlink_to(file)
    (file.parent / "folder").mkdir(mode=0o700)
    for path in (link, file.parent / "folder", file.with_name("absent"), file / "below"):
        with pytest.raises(Error):
            keyfile.read(path)
    os.truncate(file, keyfile.MAX_FILE + 1)
    with pytest.raises(Error, match="not a key file"):
        keyfile.read(file)


def test_only_one_changes_the_keys_of_a_directory_at_a_time(file: Path) -> None:
    with keyfile.exclusive(file.parent):
        other = os.open(file.parent, os.O_RDONLY)
        with pytest.raises(BlockingIOError):
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.close(other)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_another_owner_is_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.chown(file, 12345, 12345)
    with pytest.raises(Error, match="another user"):
        keyfile.read(file)


def test_a_crash_before_the_file_has_its_name_leaves_the_old_one(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: Path, target: Path) -> None:
        raise OSError("no space")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="no space"):
        keyfile.replace(file, Secret(b"other"))
    assert keyfile.read(file).reveal() == b"content"
    assert list(file.parent.iterdir()) == [file]


def test_content_is_synced_before_it_has_its_name_and_the_directory_after(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    sync, rename = os.fsync, Path.replace

    def synced(descriptor: int) -> None:
        steps.append("directory" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        sync(descriptor)

    def renamed(self: Path, target: Path) -> Path:
        steps.append("rename")
        return rename(self, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "replace", renamed)
    keyfile.replace(file, Secret(b"other"))
    assert steps == ["file", "rename", "directory"]
