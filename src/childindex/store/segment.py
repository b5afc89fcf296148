"""One segment of the journal: frames, each of which says what it is and checks itself.

    begin   format, keyset id, link to the segment before, the event tree so far
    batch   the accepted commits of one batch
    seal    last position, SHA-256 of all bytes before the seal, the event tree; nothing follows it

A frame is: magic, kind, length of the body, first position, commits, first leaf, leaves, time; a BLAKE2b digest
(16 bytes) over those and the body; the body. A segment's link is SHA-256 of its seal's frame, so that the chain
of links commits to every byte before it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum, unique
from functools import partial
from hashlib import blake2b, sha256
from pathlib import Path
from struct import Struct

from childindex.errors import StoreDamaged
from childindex.store.layout import FORMAT
from childindex.store.merkle import Tree

LINK = 32
MOST_BODY = 1 << 27  # bytes; a longer body was never written
_MAGIC = b"CIJ\x01"
_CHECK = 16
_FRAME = Struct(">4sBxxxIQIQIQ")
_BEGIN = Struct(">I8s32s")
_SEAL = Struct(">Q32s")


@unique
class Kind(IntEnum):
    """What a frame holds."""

    BEGIN = 1
    BATCH = 2
    SEAL = 3


class Torn(StoreDamaged):
    """No whole frame stands at `offset`: the end of the journal after a crash, or damage."""

    def __init__(self, name: str, offset: int) -> None:
        super().__init__(f"journal segment {name} is damaged at byte {offset}")
        self.offset = offset


@dataclass(frozen=True, slots=True)
class Begin:
    """How a segment begins: its first position, the keyset, the link to the segment before, the event tree so far."""

    first: int
    keyset_id: bytes
    link: bytes
    tree: Tree

    def frame(self, time: int) -> "Frame":
        """The frame that opens the segment."""
        body = _BEGIN.pack(FORMAT, self.keyset_id, self.link) + self.tree.encode()
        return Frame(Kind.BEGIN, self.first, 0, self.tree.size, 0, time, body)

    @classmethod
    def decode(cls, frame: "Frame") -> "Begin":
        """The beginning in a frame; raises `StoreDamaged` for another format."""
        if frame.kind is not Kind.BEGIN:
            raise StoreDamaged(f"a journal segment begins with {frame.kind.name}")
        version, keyset_id, before = _BEGIN.unpack_from(frame.body)
        if version != FORMAT:
            raise StoreDamaged(f"the journal has format {version}; this program reads format {FORMAT}")
        return cls(frame.first, keyset_id, before, Tree.decode(frame.body[_BEGIN.size :]))


@dataclass(frozen=True, slots=True)
class Frame:
    """A batch at position `first` of so many commits, its events at `leaf` of the tree on. Time in ms since 1970."""

    kind: Kind
    first: int
    commits: int
    leaf: int
    leaves: int
    time: int
    body: bytes

    HEAD = _FRAME.size + _CHECK

    def encode(self) -> bytes:
        """The frame's bytes."""
        plain = _FRAME.pack(
            _MAGIC, self.kind, len(self.body), self.first, self.commits, self.leaf, self.leaves, self.time
        )
        return b"".join((plain, _check(plain, self.body), self.body))

    @property
    def size(self) -> int:
        """Bytes of the frame in its segment."""
        return self.HEAD + len(self.body)

    @property
    def last(self) -> int:
        """Position of the batch's last commit."""
        return self.first + self.commits - 1


@dataclass(frozen=True, slots=True)
class Seal:
    """How a segment ended: its last position, the digest of its bytes, and the event tree with the root of all."""

    last: int
    content: bytes
    tree: Tree

    def frame(self, time: int) -> Frame:
        """The seal as the frame that closes its segment."""
        body = _SEAL.pack(self.last, self.content) + self.tree.encode()
        return Frame(Kind.SEAL, self.last + 1, 0, self.tree.size, 0, time, body)

    @classmethod
    def decode(cls, frame: Frame) -> "Seal":
        """The seal in a frame."""
        last, content = _SEAL.unpack_from(frame.body)
        return cls(last, content, Tree.decode(frame.body[_SEAL.size :]))


def link(seal: Frame) -> bytes:
    """What the next segment's header says of this one."""
    return sha256(seal.encode()).digest()


def read_frames(path: Path, start: int = 0) -> Iterator[tuple[int, Frame]]:
    """The frames from byte `start` on, each with its offset; raises `Torn` where bytes are no whole frame."""
    with path.open("rb") as file:
        file.seek(start)
        offset = start
        while head := file.read(Frame.HEAD):
            frame = _decode(head, file.read)
            if frame is None:
                raise Torn(path.name, offset)
            yield offset, frame
            offset += frame.size


def whole_frame_after(path: Path, offset: int) -> bool:
    """Whether a whole frame stands anywhere after `offset`: then what is broken there is no torn tail."""
    data = path.read_bytes()
    at = data.find(_MAGIC, offset + 1)
    while at >= 0:
        body = at + Frame.HEAD
        if _decode(data[at:body], partial(_slice, data, body)) is not None:
            return True
        at = data.find(_MAGIC, at + 1)
    return False


def _decode(head: bytes, read: Callable[[int], bytes]) -> Frame | None:
    plain = head[: _FRAME.size]
    if len(head) != Frame.HEAD:
        return None
    magic, kind, size, first, commits, leaf, leaves, time = _FRAME.unpack(plain)
    if magic != _MAGIC or kind not in tuple(Kind) or size > MOST_BODY:
        return None
    body = read(size)
    if len(body) != size or head[_FRAME.size :] != _check(plain, body):
        return None
    return Frame(Kind(kind), first, commits, leaf, leaves, time, body)


def _slice(data: bytes, start: int, size: int) -> bytes:
    return data[start : start + size]


def _check(*parts: bytes) -> bytes:
    digest = blake2b(digest_size=_CHECK)
    for part in parts:
        digest.update(part)
    return digest.digest()
