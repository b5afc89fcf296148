"""Verified copies of the index: where a rebuild starts, so that it need not fold the journal from its first day.

A copy counts only once its pages were verified and its mark, with a digest of its bytes, is durable.
The data keys are not in it: they have their own environment, and a copy of the index alone opens nothing.
"""

import json
import os
import shutil
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import lmdb
from lmdb.verify import VerifyError, verify

from childindex.errors import StoreDamaged, StoreUnavailable
from childindex.store.place import Place, sync_folder, write_durably
from childindex.store.tables import Tables, open_index

KEPT = 2
_VERIFIED = "verified"


@dataclass(frozen=True, slots=True)
class Copy:
    """A verified copy: the position it holds and its folder."""

    position: int
    folder: Path


def copy(directory: Path, keyset_id: bytes) -> Copy:
    """Copy the index while it is served, verify the copy, keep the newest two. Not in a process that has it open.

    Raises `StoreDamaged` when the copy does not verify, `StoreUnavailable` when it cannot be written.
    """
    place = Place(directory)
    place.check()
    index = open_index(place.index, keyset_id, readonly=True)
    try:
        return copy_open(index, place, keyset_id)
    finally:
        index.close()


def copy_open(index: Tables, place: Place, keyset_id: bytes) -> Copy:
    """As `copy`, in the process that has the index open."""
    fresh = place.copies / "fresh"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    try:
        index.env.copy(str(fresh), compact=True)
        _sync(fresh / "data.mdb")
    except (OSError, lmdb.Error):
        shutil.rmtree(fresh, ignore_errors=True)
        raise StoreUnavailable("the index cannot be copied; the disk may be full") from None
    if page_faults(fresh):
        raise StoreDamaged("the copy of the index does not verify; run fsck")
    return _keep(fresh, place, keyset_id)


def usable_copies(place: Place, until: int) -> list[Copy]:
    """Copies whose bytes are still those that were verified, newest first, none beyond position `until`."""
    found = []
    for folder in sorted(place.copies.glob("[0-9]*"), reverse=True):
        try:
            told = json.loads((folder / _VERIFIED).read_bytes())
            if told["position"] <= until and told["digest"] == _digest(folder / "data.mdb"):
                found.append(Copy(int(told["position"]), folder))
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return found


def page_faults(folder: Path) -> list[str]:
    """What the offline verifier finds wrong with the pages of an environment nobody writes to."""
    try:
        return [str(fault) for fault in verify(str(folder))]  # type: ignore[no-untyped-call]  # it ships no types
    except (VerifyError, OSError) as error:
        return [str(error)]


def _keep(fresh: Path, place: Place, keyset_id: bytes) -> Copy:
    digest = _digest(fresh / "data.mdb")
    tables = open_index(fresh, keyset_id, readonly=True)
    try:
        with tables.env.begin() as view:
            position = tables.position(view)
    finally:
        tables.close()
    (fresh / "lock.mdb").unlink(missing_ok=True)
    write_durably(fresh / _VERIFIED, json.dumps({"position": position, "digest": digest}).encode())
    folder = place.copies / f"{position:020d}"
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)
    sync_folder(place.copies)
    for older in sorted(place.copies.glob("[0-9]*"))[:-KEPT]:
        shutil.rmtree(older, ignore_errors=True)
    return Copy(position, folder)


def _digest(path: Path) -> str:
    digest = blake2b(digest_size=32)
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _sync(path: Path) -> None:
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(file)
    finally:
        os.close(file)
