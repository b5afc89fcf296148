"""Before a writer starts: cut the journal's torn tail, and bring the tables to the journal's end.

The tables are written unsynced, which the death of any process survives. A stop of the *machine* does not: when the
boot has changed without a mark of a clean stop, the tables are not even opened (a torn LMDB file may take the process
with it) but built anew, from the newest verified copy or from nothing, and the journal.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path

from childindex.errors import StoreDamaged
from childindex.store.accepted import decode_batch, grown
from childindex.store.commit import Table
from childindex.store.copies import usable_copies
from childindex.store.fold import fold, key_deletes
from childindex.store.journal import End, find_end, read_batches, renew_end
from childindex.store.place import Hold, Mark, Place, boot_id, sync_folder
from childindex.store.tables import MAP_SIZE, Tables, create_index, open_index, open_keys


@dataclass(frozen=True, slots=True)
class Recovery:
    """What was done: where the journal ends, from which position the tables were built anew if so, batches replayed."""

    end: End
    rebuilt_from: int | None
    replayed: int

    @property
    def position(self) -> int:
        """The last position, of journal and tables alike."""
        return self.end.position


def recover(directory: Path, keyset_id: bytes) -> Recovery:
    """Recover without starting a writer. Raises `StoreUnavailable` when one runs, `StoreDamaged` when it cannot."""
    place = Place(directory)
    place.check()
    hold = Hold(directory, "writer")
    try:
        return ready(place, keyset_id, boot=boot_id(), map_size=MAP_SIZE)
    finally:
        hold.release()


def ready(place: Place, keyset_id: bytes, *, boot: str, map_size: int) -> Recovery:
    """Make journal and tables whole and equal; the caller holds the writer's lock.

    Raises `StoreDamaged` for damage that a crash does not explain; nothing is thrown away then.
    """
    open_keys(place.keys, keyset_id, readonly=False).close()  # 1. the keyset and the format, before anything is changed
    end = find_end(place.journal, keyset_id, cut=True)  # 2. the journal's end, known to be on the disk
    if not _clean(place):
        renew_end(end)
    if not _trustworthy(place, boot):
        return _rebuild(place, keyset_id, end, boot=boot, map_size=map_size)
    index = open_index(place.index, keyset_id, readonly=False, map_size=map_size)
    try:
        return Recovery(end, None, _replay(place, keyset_id, index, end))  # 3. what the tables lack
    finally:
        index.close()


def _clean(place: Place) -> bool:
    mark = Mark.read(place.index)
    return mark is not None and mark.clean


def _trustworthy(place: Place, boot: str) -> bool:
    """Whether the tables are what was written: stopped cleanly, or at least written under this very boot."""
    mark = Mark.read(place.index)
    return mark is not None and (mark.clean or bool(boot and mark.boot == boot))


def _rebuild(place: Place, keyset_id: bytes, end: End, *, boot: str, map_size: int) -> Recovery:
    fresh = place.root / "index.new"
    shutil.rmtree(fresh, ignore_errors=True)
    copies = usable_copies(place, end.position)
    if copies:
        start = copies[0].position
        fresh.mkdir(mode=0o700)
        shutil.copyfile(copies[0].folder / "data.mdb", fresh / "data.mdb")
    else:
        start = 0
        create_index(fresh, keyset_id, map_size=map_size)
    index = open_index(fresh, keyset_id, readonly=False, map_size=map_size)
    try:
        replayed = _replay(place, keyset_id, index, end)
        index.env.sync(True)
    finally:
        index.close()
    Mark(boot, clean=True).write(fresh)
    shutil.rmtree(place.index, ignore_errors=True)
    fresh.rename(place.index)
    sync_folder(place.root)
    return Recovery(end, start, replayed)


def _replay(place: Place, keyset_id: bytes, index: Tables, end: End) -> int:
    """Fold what the journal holds beyond the tables, and check that both then say the same."""
    with index.env.begin() as view:
        position, tree = index.position(view), index.tree(view)
    if position > end.position:
        raise StoreDamaged(f"the tables hold position {position}, but the journal ends at {end.position}")
    replayed = 0
    for frame in read_batches(place.journal, position):
        batch = decode_batch(frame.body)
        tree = grown(tree, batch)
        _destroy_keys(place, keyset_id, key_deletes(batch))
        try:
            fold(index, frame.first, batch, tree)
        except ValueError as error:
            raise StoreDamaged(str(error)) from None
        position, replayed = frame.last, replayed + 1
    if (position, tree) != (end.position, end.tree):
        raise StoreDamaged("the tables' event tree is not the journal's")
    return replayed


def _destroy_keys(place: Place, keyset_id: bytes, doomed: list[bytes]) -> None:
    if not doomed:
        return
    keys = open_keys(place.keys, keyset_id, readonly=False)
    try:
        with keys.env.begin(write=True, db=keys.of[Table.KEY]) as change:
            for key in doomed:
                change.delete(key)
    finally:
        keys.close()
