"""A simulated power cut: unsynced pages of the tables dropped or torn at random, the journal cut after its last sync.

What a disk may hold after a cut is made from what was synced when: of the journal every byte up to its last fdatasync
and any part or garbage beyond; of the tables, page by page, any version they ever had, or rubbish; of the data keys
the state at their last sync, with pages of a change under way dropped or torn.
"""

import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from childindex import store
from childindex.store import Commit, Delete, Put, Settings, Table
from childindex.store.copies import copy_open
from childindex.store.place import Place
from childindex.store.writer import Writer
from tests.store.samples import KEYSET, marked, registration

PAGE = 4096
SPARE = b"spare"
CUT_AFTER = [
    "keys-synced",
    "segment-written",
    "segment-synced",
    "seal-written",
    "seal-synced",
    "journal-written",
    "journal-synced",
    "keys-deleted",
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
    keys: bytes = b""  # the file of the data keys at its last sync

    def __post_init__(self) -> None:
        self.keys = self.keys_file.read_bytes()
        self.synced = self._written()  # a store that was closed has synced all it wrote

    def _written(self) -> dict[str, int]:
        return {path.name: path.stat().st_size for path in Place(self.folder).journal.iterdir()}

    @property
    def keys_file(self) -> Path:
        return Place(self.folder).keys / "data.mdb"

    def __call__(self, step: str) -> None:
        """Hear a step."""
        if step in ("journal-synced", "seal-synced"):  # a new segment's name is synced only after "segment-synced"
            self.synced = self._written()
        if step in ("keys-synced", "keys-deleted"):
            self.keys = self.keys_file.read_bytes()
        if step == self.last_step:
            self.countdown -= 1
            if self.countdown == 0:
                raise PowerCut


@dataclass
class Promised:
    """What was acknowledged before the cut, and earlier versions of the tables' file."""

    marks: list[bytes] = field(default_factory=list)
    keys: dict[bytes, bytes] = field(default_factory=dict)
    destroyed: set[bytes] = field(default_factory=set)
    versions: list[bytes] = field(default_factory=lambda: [b""])

    def doomed(self, drawn: random.Random) -> list[bytes]:
        """Now and then some spare keys to destroy; nothing is promised of them until that is acknowledged."""
        spare = sorted(key for key in self.keys if key.startswith(SPARE))
        chosen = drawn.sample(spare, k=min(len(spare), drawn.choice([0, 0, 1, 2])))
        for key in chosen:
            del self.keys[key]
        return chosen

    def acknowledge(self, commits: list[Commit], marks: list[bytes], doomed: list[bytes]) -> None:
        self.marks += marks
        self.destroyed |= set(doomed)
        self.keys |= {put.key: put.value for commit in commits for put in commit.puts if put.table is Table.KEY}

    def broken(self, writer: Writer) -> list[bytes]:
        """The marks and keys that are not as promised."""
        with writer.index.env.begin(db=writer.index.of[Table.POLICY]) as view:
            lost = [mark for mark in self.marks if view.get(mark) != b"written"]
        with writer.keys.env.begin(db=writer.keys.of[Table.KEY]) as view:
            lost += [key for key, wrapped in self.keys.items() if view.get(key) != wrapped]
            return lost + [key for key in self.destroyed if view.get(key) is not None]


def with_spare_key(commit: Commit, mark: bytes) -> Commit:
    """A second key, under which nothing is sealed, to destroy later."""
    return replace(commit, puts=(*commit.puts, Put(Table.KEY, SPARE + mark, mark * 20)))


def run_until_cut(folder: Path, disk: Disk, drawn: random.Random) -> Promised:
    """Register and destroy until the cut."""
    settings = Settings(segment_bytes=9000, steps=disk, boot=lambda: "before the cut")
    writer = Writer(folder, KEYSET, settings)
    assert writer.keys.env.flags()["sync"]  # what the steps say of the keys rests on this
    promised = Promised()
    doomed: list[bytes] = []
    try:
        for number in range(1000):
            marks = [b"%d.%d" % (number, n) for n in range(drawn.randint(1, 3))]
            commits = [with_spare_key(marked(registration(drawn), mark), mark) for mark in marks]
            doomed = promised.doomed(drawn)
            commits[0] = replace(commits[0], deletes=tuple(Delete(Table.KEY, key) for key in doomed))
            writer.apply(commits)
            promised.acknowledge(commits, marks, doomed)
            if drawn.random() < 0.2:
                promised.versions.append((Place(folder).index / "data.mdb").read_bytes())
            if drawn.random() < 0.08:
                copy_open(writer.index, Place(folder), KEYSET)
    except PowerCut:
        promised.versions.append((Place(folder).index / "data.mdb").read_bytes())
        change_keys(writer, [*doomed] if disk.last_step == "journal-synced" else [], drawn)
        pull(writer)
    return promised


def change_keys(writer: Writer, doomed: list[bytes], drawn: random.Random) -> None:
    """What the machine was about to do to the keys when it stopped: it may have written any page of this."""
    puts = [Put(Table.KEY, drawn.randbytes(8), drawn.randbytes(60)) for _ in range(drawn.randint(1, 40))]
    writer._change_keys(puts, doomed)


def pull(writer: Writer) -> None:
    """Let go of everything without any tidying."""
    writer.index.close()
    writer.keys.close()
    writer._journal.close()
    writer._hold.release()


def tear_keys(disk: Disk, drawn: random.Random) -> None:
    """The last synced state; of the change under way any page may be there, in part.

    LMDB syncs the pages of a change before it writes the page that leads to them (the first or second of the file,
    within one sector): that one is new only where all others are.
    """
    written, whole = disk.keys_file.read_bytes(), drawn.random() < 0.25
    pages = []
    for at in range(0, len(written), PAGE):
        old, new = (version[at : at + PAGE].ljust(PAGE, b"\0") for version in (disk.keys, written))
        tear = PAGE if at < 2 * PAGE else drawn.choice([0, PAGE, drawn.randrange(PAGE)])
        pages.append(new if whole or old == new else old[:tear] + new[tear:])
    size = len(written) if whole else drawn.choice([len(disk.keys), len(written)])
    disk.keys_file.write_bytes(b"".join(pages)[:size])


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


def survive(folder: Path, seed: int, untouched: Callable[[Path], None] = lambda _: None, step: str = "") -> int | None:
    """One power cut and the start after it; the position that the tables were built from."""
    drawn = random.Random(seed)
    disk = Disk(folder, step or drawn.choice(CUT_AFTER), drawn.randint(1, 12))
    if disk.last_step.startswith(("seal", "segment", "keys-deleted")):
        disk.countdown = min(disk.countdown, 4)
    promised = run_until_cut(folder, disk, drawn)
    tear(disk, promised.versions, drawn)
    untouched(folder)
    writer = Writer(folder, KEYSET, Settings(boot=lambda: "after the cut"))
    assert promised.broken(writer) == []
    writer.apply([marked(registration(drawn), b"after")])  # and it goes on
    writer.close()
    assert store.fsck(folder, KEYSET).problems == []
    return writer.recovery.rebuilt_from


def tear(disk: Disk, versions: list[bytes], drawn: random.Random) -> None:
    """Make of the store what the cut left."""
    place = Place(disk.folder)
    tear_tables(place.index / "data.mdb", versions, drawn)
    tear_journal(place.journal, disk.synced, drawn)
    tear_keys(disk, drawn)


@pytest.mark.parametrize("seed", range(8))
def test_nothing_acknowledged_is_lost(folder: Path, seed: int) -> None:
    assert survive(folder, seed) is not None


@pytest.mark.parametrize("step", CUT_AFTER)
def test_nothing_acknowledged_is_lost_after_a_step(folder: Path, step: str) -> None:
    assert survive(folder, CUT_AFTER.index(step) + 50, step=step) is not None


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
    promised = run_until_cut(folder, disk, drawn)
    tear_tables(Place(folder).index / "data.mdb", promised.versions, drawn)
    assert {problem.fault for problem in store.fsck(folder, KEYSET).problems} == {store.Fault.PAGES}


def test_keys_that_were_not_synced_would_be_missed(folder: Path) -> None:
    """The keys' file is taken back: with the state before the last syncs, what was promised of it is broken."""
    drawn = random.Random(4)
    disk = Disk(folder, "applied", 12)
    before = disk.keys
    promised = run_until_cut(folder, disk, drawn)
    disk.keys = before
    disk.keys_file.write_bytes(before)
    tear(disk, promised.versions, drawn)
    writer = Writer(folder, KEYSET, Settings(boot=lambda: "after the cut"))
    assert set(promised.broken(writer)) == set(promised.keys)
    writer.close()
