"""A simulated power cut: unsynced pages of the tables dropped or torn at random, the journal cut after its last sync.

What a disk may hold after a cut is made from what was synced when: of the journal every byte up to its last fdatasync
and any part or garbage beyond; of the tables, page by page, any version they ever had, or rubbish.
"""

import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from childindex import store
from childindex.store import Settings, Table
from childindex.store.copies import copy_open
from childindex.store.place import Place
from childindex.store.writer import Writer
from tests.store.samples import KEYSET, marked, registration

PAGE = 4096
CUT_AFTER = [
    "keys-synced",
    "segment-written",
    "seal-written",
    "seal-synced",
    "journal-written",
    "journal-synced",
    "applied",
]


class PowerCut(Exception):
    """The machine stops here."""


@dataclass
class Disk:
    """Hears the writer's steps, remembers what was synced, and stops the machine after the nth of a step."""

    folder: Path
    last_step: str
    countdown: int
    synced: dict[str, int] = field(default_factory=dict)

    def __call__(self, step: str) -> None:
        """Hear a step."""
        if step in ("journal-synced", "seal-synced"):
            self.synced = {path.name: path.stat().st_size for path in Place(self.folder).journal.iterdir()}
        if step == self.last_step:
            self.countdown -= 1
            if self.countdown == 0:
                raise PowerCut


def run_until_cut(folder: Path, disk: Disk, drawn: random.Random) -> tuple[list[bytes], list[bytes]]:
    """Register until the cut; returns the marks acknowledged and earlier versions of the tables' file."""
    settings = Settings(segment_bytes=9000, steps=disk, boot=lambda: "before the cut")
    writer = Writer(folder, KEYSET, settings)
    acknowledged: list[bytes] = []
    versions: list[bytes] = [b""]
    try:
        for number in range(1000):
            marks = [b"%d.%d" % (number, n) for n in range(drawn.randint(1, 3))]
            writer.apply([marked(registration(drawn), mark) for mark in marks])
            acknowledged += marks
            if drawn.random() < 0.2:
                versions.append((Place(folder).index / "data.mdb").read_bytes())
            if drawn.random() < 0.08:
                copy_open(writer.index, Place(folder), KEYSET)
    except PowerCut:
        versions.append((Place(folder).index / "data.mdb").read_bytes())
        writer.index.close()
        writer.keys.close()
        writer._journal.close()
        writer._hold.release()
    return acknowledged, versions


def tear_tables(path: Path, versions: list[bytes], drawn: random.Random) -> None:
    """Page by page, any version, a torn mixture of two, or rubbish."""
    pages = []
    for at in range(0, len(versions[-1]), PAGE):
        one, other = (drawn.choice(versions)[at : at + PAGE].ljust(PAGE, b"\0") for _ in range(2))
        tear = drawn.choice([0, PAGE, PAGE, drawn.randrange(PAGE)])
        page = one[:tear] + other[tear:]
        pages.append(drawn.randbytes(PAGE) if drawn.random() < 0.05 else page)
    path.write_bytes(b"".join(pages))


def tear_journal(folder: Path, synced: dict[str, int], drawn: random.Random) -> None:
    """Every synced byte stays; beyond, some of what was written and perhaps garbage. A name not synced may be gone."""
    newest = max(folder.iterdir(), default=None)
    for path in list(folder.iterdir()):
        data = path.read_bytes()
        if synced.get(path.name) == len(data) and path != newest:
            continue  # nothing was being written to it
        if path.name not in synced and drawn.random() < 0.4:
            path.unlink()
            continue
        kept = synced.get(path.name, 0)
        tail = data[kept : kept + drawn.randint(0, max(0, len(data) - kept))]
        garbage = drawn.choice([b"", bytes(drawn.randint(0, 3000)), drawn.randbytes(drawn.randint(0, 3000))])
        path.write_bytes(data[:kept] + tail + garbage)


def survive(folder: Path, seed: int, untouched: Callable[[Path], None] = lambda _: None) -> int | None:
    """One power cut and the start after it; the position that the tables were built from."""
    drawn = random.Random(seed)
    disk = Disk(folder, drawn.choice(CUT_AFTER), drawn.randint(1, 12))
    if disk.last_step.startswith(("seal", "segment")):
        disk.countdown = min(disk.countdown, 4)
    acknowledged, versions = run_until_cut(folder, disk, drawn)
    place = Place(folder)
    tear_tables(place.index / "data.mdb", versions, drawn)
    tear_journal(place.journal, disk.synced, drawn)
    untouched(folder)
    writer = Writer(folder, KEYSET, Settings(boot=lambda: "after the cut"))
    with writer.index.env.begin(db=writer.index.of[Table.POLICY]) as view:
        assert [mark for mark in acknowledged if view.get(mark) != b"written"] == []
    writer.apply([marked(registration(drawn), b"after")])  # and it goes on
    writer.close()
    assert store.fsck(folder, KEYSET).problems == []
    return writer.recovery.rebuilt_from


@pytest.mark.parametrize("seed", range(8))
def test_nothing_acknowledged_is_lost(folder: Path, seed: int) -> None:
    assert survive(folder, seed) is not None


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_in_many_cuts(tmp_path: Path) -> None:
    starts = []
    for seed in range(100, 700):
        folder = tmp_path / str(seed)
        store.init(folder, KEYSET)
        starts.append(survive(folder, seed))
        shutil.rmtree(folder)
    assert None not in starts
    assert any(start == 0 for start in starts)
    assert any(start for start in starts if start)  # some were built from a copy


def test_a_second_cut_during_the_rebuild(folder: Path) -> None:
    def half_built(at: Path) -> None:
        (at / "index.new").mkdir()
        (at / "index.new" / "data.mdb").write_bytes(random.Random(1).randbytes(PAGE * 5))
        shutil.rmtree(Place(at).index)

    assert survive(folder, 5, half_built) is not None


def test_the_simulation_does_tear(folder: Path) -> None:
    """Without the rebuild these tables would not be sound: the test above has something to survive."""
    drawn = random.Random(3)
    disk = Disk(folder, "applied", 12)
    _, versions = run_until_cut(folder, disk, drawn)
    tear_tables(Place(folder).index / "data.mdb", versions, drawn)
    assert {problem.fault for problem in store.fsck(folder, KEYSET).problems} == {store.Fault.PAGES}
