"""Segments: what was appended comes back, a torn end is cut, damage is refused, a full disk takes nothing away."""

import errno
import os
import random
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from childindex.errors import StoreDamaged, StoreUnavailable
from childindex.store import journal as subject
from childindex.store.accepted import Accepted, decode_batch, grown
from childindex.store.journal import End, Journal, WriterFailed, find_end, read_batches, segments
from childindex.store.place import write_all
from childindex.store.segment import LINK, Begin, Frame, Kind, Seal, link, read_frames
from tests.store.samples import KEYSET, event


def opened(folder: Path, segment_bytes: int = 1 << 20) -> Journal:
    return Journal(folder, KEYSET, find_end(folder, KEYSET, cut=True), segment_bytes=segment_bytes)


def write(journal: Journal, batches: int, seed: int = 1, size: int = 100) -> list[tuple[Accepted, ...]]:
    drawn = random.Random(seed)
    written = []
    for _ in range(batches):
        batch = tuple(Accepted(events=(event(drawn, size),)) for _ in range(drawn.randint(1, 3)))
        journal.append(batch, grown(journal.tree, batch), 1_700_000_000_000)
        written.append(batch)
    return written


def read(folder: Path, after: int = 0) -> list[tuple[Accepted, ...]]:
    return [decode_batch(frame.body) for frame in read_batches(folder, after)]


def test_batches_come_back_across_segments_and_openings(tmp_path: Path) -> None:
    written = []
    for seed in range(4):
        journal = opened(tmp_path, segment_bytes=1500)
        written += write(journal, 6, seed)
        position, tree = journal.position, journal.tree
        journal.close()
    assert len(segments(tmp_path)) > 3
    assert read(tmp_path) == written
    assert position == sum(map(len, written))
    end = find_end(tmp_path, KEYSET, cut=False)
    assert (end.position, end.tree) == (position, tree)


def test_reading_starts_after_a_position(tmp_path: Path) -> None:
    journal = opened(tmp_path, segment_bytes=1000)
    written = write(journal, 12)
    ends = [sum(map(len, written[: n + 1])) for n in range(len(written))]
    for index, end in enumerate(ends):
        assert read(tmp_path, end) == written[index + 1 :]


def test_segments_are_linked_and_sealed(tmp_path: Path) -> None:
    journal = opened(tmp_path, segment_bytes=800)
    write(journal, 10)
    before = bytes(LINK)
    for path in segments(tmp_path)[:-1]:
        frames = list(read_frames(path))
        begin, (at, last) = Begin.decode(frames[0][1]), frames[-1]
        seal = Seal.decode(last)
        assert begin.link == before
        assert seal.content == sha256(path.read_bytes()[:at]).digest()
        assert last.kind is Kind.SEAL
        before = link(last)
    assert Begin.decode(next(read_frames(segments(tmp_path)[-1]))[1]).link == before


@settings(max_examples=60)
@given(cut=st.integers(1, 400), garbage=st.binary(max_size=300))
def test_a_torn_tail_is_cut_at_the_last_whole_batch(
    tmp_path_factory: pytest.TempPathFactory, cut: int, garbage: bytes
) -> None:
    folder = tmp_path_factory.mktemp("journal")
    journal = opened(folder)
    written = write(journal, 4, size=200)
    journal.close()
    (path,) = segments(folder)
    offset, last = list(read_frames(path))[-1]
    whole = path.read_bytes()
    torn = whole[: max(offset, len(whole) - cut)] + garbage
    path.write_bytes(torn)
    expected = written if torn.startswith(whole) else written[:-1]
    reopened = opened(folder)
    assert read(folder) == expected
    assert reopened.position == sum(map(len, expected))
    assert last.kind is Kind.BATCH
    more = write(reopened, 2, seed=9)
    assert read(folder) == expected + more


def test_damage_before_a_whole_frame_is_refused_and_nothing_is_cut(tmp_path: Path) -> None:
    write(opened(tmp_path), 5)
    (path,) = segments(tmp_path)
    whole = path.read_bytes()
    frames = list(read_frames(path))
    for (offset, frame), _ in pairwise(frames):
        for at in (offset, offset + 6, offset + frame.size - 1):  # magic, length, body
            path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x40]) + whole[at + 1 :])
            damaged = path.read_bytes()
            with pytest.raises(StoreDamaged):
                find_end(tmp_path, KEYSET, cut=True)
            assert path.read_bytes() == damaged


def test_damage_in_a_sealed_segment_is_refused_when_read(tmp_path: Path) -> None:
    write(opened(tmp_path, segment_bytes=500), 8)
    first = segments(tmp_path)[0]
    data = bytearray(first.read_bytes())
    data[len(data) // 2] ^= 1
    first.write_bytes(data)
    with pytest.raises(StoreDamaged):
        read(tmp_path)


def test_a_missing_segment_is_refused_when_read(tmp_path: Path) -> None:
    write(opened(tmp_path, segment_bytes=500), 12)
    segments(tmp_path)[1].unlink()
    with pytest.raises(StoreDamaged, match="misses position"):
        read(tmp_path)
    segments(tmp_path)[0].unlink()
    with pytest.raises(StoreDamaged, match="begins at position"):
        read(tmp_path)


@pytest.mark.parametrize("beginning", [b"", b"CIJ", b"\0" * 60])
def test_a_segment_that_had_not_begun_is_taken_away(tmp_path: Path, beginning: bytes) -> None:
    journal = opened(tmp_path, segment_bytes=300)
    written = write(journal, 3)
    position = journal.position
    journal._seal(0)
    (tmp_path / subject.segment_name(position + 1)).write_bytes(beginning)
    reopened = opened(tmp_path)
    assert reopened.position == position
    assert read(tmp_path) == written
    assert read(tmp_path) + write(reopened, 1) == read(tmp_path)


def test_a_large_file_without_a_beginning_is_damage(tmp_path: Path) -> None:
    (tmp_path / subject.segment_name(1)).write_bytes(b"\0" * 10_000)
    with pytest.raises(StoreDamaged):
        find_end(tmp_path, KEYSET, cut=True)


def test_another_keyset_and_another_format_are_refused(tmp_path: Path) -> None:
    write(opened(tmp_path), 1)
    with pytest.raises(StoreDamaged, match="another keyset"):
        find_end(tmp_path, b"keyset-2", cut=True)
    foreign = Frame(Kind.BEGIN, 1, 0, 0, 0, 0, bytes([0, 0, 0, 99]) + bytes(40) + bytes(8))
    segments(tmp_path)[0].write_bytes(foreign.encode())
    with pytest.raises(StoreDamaged, match="format 99"):
        find_end(tmp_path, KEYSET, cut=True)


def test_an_empty_journal_ends_at_nothing(tmp_path: Path) -> None:
    assert find_end(tmp_path, KEYSET, cut=True) == End()
    assert read(tmp_path) == []


def test_a_full_disk_leaves_nothing_of_the_batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = opened(tmp_path)
    written = write(journal, 2)

    def half(file: int, data: bytes) -> None:
        os.write(file, data[: len(data) // 2])
        raise OSError(errno.ENOSPC, "no space")

    with monkeypatch.context() as full:
        full.setattr(subject, "write_all", half)
        with pytest.raises(StoreUnavailable, match="disk is full") as refusal:
            write(journal, 1)
        assert not isinstance(refusal.value, WriterFailed)
    more = write(journal, 2, seed=5)  # space has returned
    assert read(tmp_path) == written + more


def test_a_full_disk_while_a_segment_begins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = opened(tmp_path, segment_bytes=10)
    written = write(journal, 1)

    def no_beginnings(file: int, data: bytes) -> None:
        if data[4] == Kind.BEGIN:
            raise OSError(errno.ENOSPC, "no space")
        write_all(file, data)

    with monkeypatch.context() as full:
        full.setattr(subject, "write_all", no_beginnings)
        for _ in range(2):
            with pytest.raises(StoreUnavailable, match="disk is full"):
                write(journal, 1)
    more = write(journal, 3, seed=5)
    assert read(tmp_path) == written + more
    assert opened(tmp_path).position == sum(map(len, written + more))


def test_after_a_failed_sync_nothing_more_is_accepted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = opened(tmp_path)
    write(journal, 1)

    def fails(_: int) -> None:
        raise OSError(errno.EIO, "input/output error")

    with monkeypatch.context() as broken:
        broken.setattr(os, "fdatasync", fails)
        with pytest.raises(WriterFailed):
            write(journal, 1)
    with pytest.raises(WriterFailed, match="afresh"):
        write(journal, 1)
