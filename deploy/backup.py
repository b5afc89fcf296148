"""Back up an index, running or not: `backup.py VAR RECORDS KEYS`.

RECORDS gets the journal, the verified copies and the configuration: sealed, and useless without KEYS. KEYS gets the
keyset and every child's wrapped data key: small, and useless without RECORDS. Keep the two on different media, under
different people. Each run makes a new folder, named by its time, in both; one that is not complete is named `.part`.

The order matters and is that of the store's own writes backwards: the copies first, then the journal, which is never
behind them, then the data keys, which are never behind the journal.
"""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import lmdb


def back_up(var: Path, records: Path, keys: Path) -> tuple[Path, Path]:
    """Make a backup; answers its two folders. Raises OSError, `lmdb.Error`, CalledProcessError."""
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    kept, unlocking = _begun(records, stamp), _begun(keys, stamp)
    childindex = Path(sys.executable).with_name("childindex")
    subprocess.run([childindex, "copy", "--var", var], check=True, stdout=subprocess.DEVNULL)  # noqa: S603  our own
    shutil.copytree(var / "store" / "copies", kept / "store" / "copies")
    shutil.copytree(var / "store" / "journal", kept / "store" / "journal")
    shutil.copy2(var / "childindex.toml", kept)
    _copy_data_keys(var / "store" / "keys", unlocking / "store" / "keys")
    shutil.copytree(var / "keys", unlocking / "keys")
    return _finished(kept), _finished(unlocking)


def _begun(folder: Path, stamp: str) -> Path:
    part = folder / f"{stamp}.part"
    part.mkdir(mode=0o700, parents=True)
    return part


def _copy_data_keys(source: Path, target: Path) -> None:
    """A consistent copy of the environment while it is written to; a plain copy of its file would not be one."""
    target.mkdir(mode=0o700, parents=True)
    environment = lmdb.open(str(source), readonly=True, max_dbs=16, lib_version=0)
    try:
        environment.copy(str(target), compact=True)
    finally:
        environment.close()


def _finished(part: Path) -> Path:
    """Everything on the disk, then the name that says so."""
    for path in [*part.rglob("*"), part]:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    return part.rename(part.with_suffix(""))


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    os.umask(0o077)
    try:
        finished = back_up(*map(Path, sys.argv[1:]))
    except subprocess.CalledProcessError:
        sys.exit("backup.py: no backup was made: `childindex copy` failed, which has said why")
    except (OSError, shutil.Error, lmdb.Error) as fault:  # files and their places; nothing of what is in them
        sys.exit(f"backup.py: no backup was made: {fault}")
    for made in finished:
        print(made)  # noqa: T201  the answer of the command
