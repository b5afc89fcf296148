"""The file provider of keysets: one sealed-off directory, one file, changed only whole."""

from pathlib import Path

from childindex.errors import StoreDamaged
from childindex.vault import keyfile
from childindex.vault.keyset import Keyset, Purpose, decode, encode

FILE = "keyset.json"


def create(directory: Path) -> Keyset:
    """A fresh keyset in `directory` (made 0700; the file 0600). Raises `Error` when there is one already."""
    keyset = Keyset.generate()
    keyfile.make_directory(directory)
    keyfile.write_new(directory / FILE, encode(keyset))
    return keyset


def load(directory: Path) -> Keyset:
    """The keyset of the directory. Raises `Error` when absent or open to others, `StoreDamaged` when damaged."""
    return decode(keyfile.read(directory / FILE))


def rotate(directory: Path, purpose: Purpose) -> Keyset:
    """Add a new primary key for the purpose; what the old one sealed still opens. Raises `Error` for INDEX.

    Running vaults learn of it by themselves when they meet a value that names the new key.
    """
    with keyfile.exclusive(directory):
        keyset = load(directory).rotated(purpose)
        keyfile.replace(directory / FILE, encode(keyset))
    return keyset


def destroy(directory: Path, key_id: bytes) -> Keyset:
    """Remove a key that is no longer primary: all that it sealed is lost for ever. Raises `Error`."""
    with keyfile.exclusive(directory):
        keyset = load(directory).destroyed(key_id)
        keyfile.replace(directory / FILE, encode(keyset))
    return keyset


def stamp(directory: Path) -> tuple[int, int]:
    """What changes whenever the keyset file is replaced: its inode and time. Raises `StoreDamaged` when it is gone."""
    try:
        status = (directory / FILE).stat()
    except OSError:
        status = None
    if status is None:
        raise StoreDamaged("the keyset file is gone")
    return status.st_ino, status.st_mtime_ns
