"""Key material in files: whole or not at all, for the owner alone.

The only place of the vault that touches a disk. A file is written beside its name, synced, and given
its name in one step; the directory is synced after. What others may read or write is not opened.
Contents pass as `Secret`, so that a traceback with its locals (a full disk, say) shows none.
"""

import fcntl
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from childindex.errors import Error, Reason
from childindex.vault.secret import Secret

MAX_FILE = 1 << 20  # a key file is some kilobytes; whatever is larger is not one
_OTHERS = 0o077


def make_directory(directory: Path) -> None:
    """The directory, made 0700 where absent. Raises `Error` when it exists and others may enter it."""
    with suppress(FileExistsError):
        directory.mkdir(mode=0o700, parents=True)  # a umask can only take bits away
    check_directory(directory)


def check_directory(directory: Path) -> None:
    """Raises `Error` unless the directory exists, is ours, and is closed to everybody else."""
    try:
        status = directory.stat()
    except OSError:
        status = None
    if status is None or not stat.S_ISDIR(status.st_mode):
        raise refusal(f"no directory of keys at {directory}")
    _check_owner(status, directory, "0700")


def write_new(path: Path, content: Secret) -> None:
    """Write a file that must not exist yet, 0600. Raises `Error` when it does; it is left untouched."""
    temporary = _write_beside(path, content)
    try:
        os.link(temporary, path)  # unlike rename, link never replaces
        taken = False
    except FileExistsError:
        taken = True
    finally:
        temporary.unlink()
    if taken:
        raise refusal(f"{path} exists already and is not overwritten")
    _sync_directory(path.parent)


def replace(path: Path, content: Secret) -> None:
    """Put new content in the place of the old, 0600: a reader sees the one or the other, also after a crash."""
    temporary = _write_beside(path, content)
    try:
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    _sync_directory(path.parent)


def read(path: Path) -> Secret:
    """The content of a key file. Raises `Error` when it is absent, a link, too large, or open to others."""
    check_directory(path.parent)
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        descriptor = -1
    if descriptor < 0:
        raise refusal(f"no readable key file at {path}")
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_FILE:
            raise refusal(f"{path} is not a key file")
        _check_owner(status, path, "0600")
        return Secret(os.read(descriptor, MAX_FILE))
    finally:
        os.close(descriptor)


@contextmanager
def exclusive(directory: Path) -> Iterator[None]:
    """Hold the directory against other processes that would change its keys at the same moment."""
    check_directory(directory)
    descriptor = os.open(directory, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def refusal(message: str) -> Error:
    """The `Error` of keys that cannot be used as they lie there: absent, in the way, or open to others."""
    return Error(Reason.STORE_UNAVAILABLE, message)


def _check_owner(status: os.stat_result, path: Path, wanted: str) -> None:
    if status.st_uid not in {os.geteuid(), 0}:
        raise refusal(f"{path} belongs to another user")
    if status.st_mode & _OTHERS:
        raise refusal(f"{path} is open to others (mode {stat.S_IMODE(status.st_mode):04o}, wanted {wanted})")


def _write_beside(path: Path, content: Secret) -> Path:
    """A synced temporary file in the same directory, so that giving it its name is one atomic step."""
    check_directory(path.parent)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content.reveal())
            file.flush()
            os.fsync(descriptor)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
