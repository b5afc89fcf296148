"""Where the store lies on disk: its folders, locks, mark of a clean stop, and writing that outlives a power cut."""

import fcntl
import json
import os
from dataclasses import dataclass
from pathlib import Path

from childindex.errors import StoreDamaged, StoreUnavailable

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Place:
    """The folders of one store."""

    root: Path

    @property
    def journal(self) -> Path:
        """The segments: the durable truth."""
        return self.root / "journal"

    @property
    def index(self) -> Path:
        """The tables folded from the journal."""
        return self.root / "index"

    @property
    def keys(self) -> Path:
        """The wrapped data keys, in an environment of their own."""
        return self.root / "keys"

    @property
    def copies(self) -> Path:
        """Verified copies of the index, from which a rebuild starts."""
        return self.root / "copies"

    def check(self) -> None:
        """Raise `StoreDamaged` where no store is."""
        if self.journal.is_dir() and not self.keys.is_dir():
            raise StoreDamaged(f"{self.root} has a journal and no data keys: restore the backup's half of keys")
        if not self.journal.is_dir():
            raise StoreDamaged(f"there is no store in {self.root}; `childindex init` makes one")


@dataclass(frozen=True, slots=True)
class Mark:
    """How the index was left: under which boot of the machine, and whether all of it had been synced."""

    boot: str
    clean: bool

    def write(self, index: Path) -> None:
        """Leave the mark, durably."""
        write_durably(index / "mark", json.dumps({"boot": self.boot, "clean": self.clean}).encode())

    @classmethod
    def read(cls, index: Path) -> "Mark | None":
        """The mark left, or None when there is none that can be read."""
        try:
            told = json.loads((index / "mark").read_bytes())
            return cls(str(told["boot"]), told["clean"] is True)
        except (OSError, ValueError, KeyError, TypeError):
            return None


def boot_id() -> str:
    """What names this boot of the machine; empty where the system does not tell, which counts as always another."""
    try:
        return _BOOT_ID.read_text().strip()
    except OSError:
        return ""


class Hold:
    """An exclusive lock on a store, held until `release` or the death of the process."""

    def __init__(self, root: Path, role: str) -> None:
        """Take the lock of `role` ("writer", "supervisor"); raises `StoreUnavailable` when another holds it."""
        self._file = os.open(root / f"{role}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._file)
            raise StoreUnavailable(f"another {role} already runs on {root}") from None

    def release(self) -> None:
        """Let the lock go."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def write_durably(path: Path, data: bytes) -> None:
    """Replace a small file so that a reader sees the old or the new, whole, also after a power cut."""
    fresh = path.with_name(path.name + ".new")
    file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        write_all(file, data)
        os.fsync(file)
    finally:
        os.close(file)
    fresh.replace(path)
    sync_folder(path.parent)


def write_all(file: int, data: bytes) -> None:
    """`os.write` until all is written; raises OSError."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(file, rest) :]


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
