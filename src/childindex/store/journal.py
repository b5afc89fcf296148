"""The journal: append-only segments, the durable truth of the store.

A batch is promised only after `append` returned: its frame is written and fdatasync has answered. Segments are sealed
at a size and linked by hash. After a crash only the last frame can be broken, because each is synced before the next
is written: a broken end is cut, anything broken before a whole frame is damage and is refused.
"""

import errno
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import zip_longest
from pathlib import Path

from childindex.errors import StoreDamaged, StoreUnavailable
from childindex.store.accepted import Accepted, decode_batch, encode_batch, grown
from childindex.store.merkle import EMPTY, Tree
from childindex.store.place import sync_folder, write_all, write_durably
from childindex.store.segment import (
    LINK,
    MOST_BODY,
    Begin,
    Frame,
    Kind,
    Seal,
    Torn,
    link,
    read_frames,
    whole_frame_after,
)

SEGMENT_BYTES = 64 << 20
SUFFIX = ".journal"
_MOST_BEGIN = 4096  # bytes: more than any beginning has
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_FLAGS = os.O_RDWR | os.O_APPEND | os.O_CLOEXEC


class WriterFailed(StoreUnavailable):
    """The state of the disk is unknown: the writer must stop and be started afresh."""


@dataclass(frozen=True, slots=True)
class End:
    """Where the journal ends: the last position, the event tree there, and the last segment with its size in bytes.

    `path` is None when the next batch begins a segment; `link` is then what its header says of the one before.
    """

    position: int = 0
    tree: Tree = EMPTY
    path: Path | None = None
    size: int = 0
    link: bytes = bytes(LINK)


def segments(folder: Path) -> list[Path]:
    """The segments in order of position."""
    return sorted(folder.glob("*" + SUFFIX))


def find_end(folder: Path, keyset_id: bytes, *, cut: bool) -> End:
    """Read the last segment and find where the journal ends; with `cut`, take a torn tail off.

    Raises `StoreDamaged` for damage that is no torn tail, for another format or another keyset.
    """
    for path in reversed(segments(folder)):
        try:
            return _read_end(path, keyset_id, cut=cut)
        except _Unbegun:
            if cut:  # a segment whose beginning was being written when the machine stopped
                path.unlink()
                sync_folder(folder)
    return End()


def read_batches(folder: Path, after: int) -> Iterator[Frame]:
    """The frames of batches that hold positions greater than `after`, in order, each following the one before.

    Raises `StoreDamaged` where they do not, or where a frame is broken (a torn tail must have been cut).
    """
    paths = segments(folder)
    starts = [int(path.stem) for path in paths]
    if starts and starts[0] > after + 1:
        raise StoreDamaged(f"the journal begins at position {starts[0]}, after {after + 1}")
    expected = 0
    for path, end in zip_longest(paths, starts[1:]):
        if end is not None and end <= after + 1:
            continue
        for _, frame in read_frames(path):
            if expected and frame.first != expected:
                raise StoreDamaged(f"the journal misses position {expected}")
            expected = frame.last + 1
            if frame.kind is Kind.BATCH and frame.last > after:
                yield frame


def renew_end(end: End) -> None:
    """Write the last segment anew, after a writer that did not stop cleanly; raises OSError.

    A sync that failed is reported once, and the kernel then takes the lost pages for written. What is read back may
    stand in memory alone: only bytes that were written afresh and synced without fault are known to be on the disk.
    """
    if end.path is not None:
        write_durably(end.path, end.path.read_bytes())


class Journal:
    """The journal open for appending; one writer, under the store's lock."""

    def __init__(
        self,
        folder: Path,
        keyset_id: bytes,
        end: End,
        *,
        segment_bytes: int = SEGMENT_BYTES,
        steps: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Open at `end`, as `find_end` told it with `cut`."""
        self._folder = folder
        self._keyset_id = keyset_id
        self._segment_bytes = segment_bytes
        self._steps = steps
        self._end = end
        self._file = -1
        self.failed = False  # what the disk holds is unknown
        self._content = sha256()
        if end.path is not None:
            self._file = os.open(end.path, _FLAGS)
            self._content.update(end.path.read_bytes())

    @property
    def position(self) -> int:
        """The last position that is durable."""
        return self._end.position

    @property
    def tree(self) -> Tree:
        """The event tree at that position."""
        return self._end.tree

    def append(self, batch: tuple[Accepted, ...], tree: Tree, time: int) -> Frame:
        """Write the batch and wait for the disk; `tree` is the event tree after it, time in ms since 1970.

        Raises `StoreUnavailable` when the disk is full: nothing of the batch remains. Raises `WriterFailed` when
        what the disk holds is unknown.
        """
        if self.failed:
            raise WriterFailed("the journal failed earlier; the writer must be started afresh")
        leaf = self.tree.size
        body = encode_batch(batch)
        frame = Frame(Kind.BATCH, self.position + 1, len(batch), leaf, tree.size - leaf, time, body)
        if len(body) > MOST_BODY:
            raise StoreUnavailable("a batch is too large for the journal")
        if self._file >= 0 and self._end.size >= self._segment_bytes:
            self._seal(time)
        if self._file < 0:
            self._begin(time)
        self._write(frame.encode(), "journal")
        self._end = replace(self._end, position=frame.last, tree=tree)
        return frame

    def close(self) -> None:
        """Close the segment; the next writer goes on with it."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _seal(self, time: int) -> None:
        seal = Seal(self.position, self._content.digest(), self.tree).frame(time)
        self._write(seal.encode(), "seal")
        self.close()
        self._end = End(self.position, self.tree, link=link(seal))

    def _begin(self, time: int) -> None:
        first = self.position + 1
        path = self._folder / segment_name(first)
        self._file = os.open(path, _FLAGS | os.O_CREAT | os.O_TRUNC, 0o600)
        self._content = sha256()
        begin = Begin(first, self._keyset_id, self._end.link, self.tree)
        self._end = replace(self._end, path=path, size=0)
        try:
            self._write(begin.frame(time).encode(), "segment")
            sync_folder(self._folder)
        except StoreUnavailable:
            self.close()
            path.unlink()
            raise
        except OSError as error:
            raise self._fail(error) from None

    def _write(self, data: bytes, what: str) -> None:
        try:
            write_all(self._file, data)
        except OSError as error:
            raise self._cut(error) from None
        self._steps(f"{what}-written")
        try:
            os.fdatasync(self._file)
        except OSError as error:  # the kernel may have dropped the pages and forgotten the fault: nobody can know
            raise self._fail(error) from None
        self._content.update(data)
        self._end = replace(self._end, size=self._end.size + len(data))
        self._steps(f"{what}-synced")

    def _cut(self, error: OSError) -> StoreUnavailable:
        if error.errno not in _NO_ROOM:
            return self._fail(error)
        try:
            os.ftruncate(self._file, self._end.size)
        except OSError as worse:
            return self._fail(worse)
        return StoreUnavailable("the disk is full: nothing can be recorded")

    def _fail(self, error: OSError) -> WriterFailed:
        self.failed = True
        self.close()
        return WriterFailed(f"the journal cannot be written: {error.strerror}")


def segment_name(first: int) -> str:
    """The file name of the segment that begins at position `first`."""
    return f"{first:020d}{SUFFIX}"


class _Unbegun(Exception):
    """The segment has not even a whole beginning: nothing of it was ever promised."""


def _read_end(path: Path, keyset_id: bytes, *, cut: bool) -> End:
    """Start from the tree where the segment begins, add every batch's events, stop at a seal or at a torn tail."""
    end = End(path=path)
    try:
        for offset, frame in read_frames(path):
            end = replace(_after(end, frame, keyset_id), size=offset + frame.size)
    except Torn as torn:
        _refuse_damage(path, torn)
        if cut and torn.offset:
            _truncate(path, torn.offset)
    if not end.size:
        raise _Unbegun
    return end if end.path else replace(end, size=0)


def _after(end: End, frame: Frame, keyset_id: bytes) -> End:
    if not end.size:
        begin = Begin.decode(frame)
        if begin.keyset_id != keyset_id:
            raise StoreDamaged("the journal belongs to another keyset")
        return replace(end, position=begin.first - 1, tree=begin.tree)
    if end.path is None:
        raise StoreDamaged(f"something follows the seal of the journal segment that ends at {end.position}")
    if frame.kind is Kind.SEAL:
        return End(end.position, end.tree, link=link(frame))
    return replace(end, position=frame.last, tree=grown(end.tree, decode_batch(frame.body)))


def _refuse_damage(path: Path, torn: Torn) -> None:
    """A broken frame is a torn tail only if no whole one follows, and a broken beginning only if nothing could."""
    if whole_frame_after(path, torn.offset) or (not torn.offset and path.stat().st_size > _MOST_BEGIN):
        raise torn


def _truncate(path: Path, size: int) -> None:
    file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        os.ftruncate(file, size)
        os.fsync(file)
    finally:
        os.close(file)
