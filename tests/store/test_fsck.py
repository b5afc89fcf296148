"""Every kind of damage is found and named; a sound store, stopped or running, has none."""

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import lmdb
import pytest

from childindex import store
from childindex.errors import StoreDamaged, StoreUnavailable
from childindex.store import Commit, Fault, Put, Reference, Report, Settings, Table
from childindex.store.layout import Meta, Part, encode_counted, entry_key, lexicon_key, posting, sealed_key
from childindex.store.merkle import EMPTY
from childindex.store.place import Place
from childindex.store.segment import Begin, Frame, Seal, read_frames
from childindex.store.tables import Tables, open_index, open_keys
from childindex.store.writer import Writer
from tests.store.samples import KEYSET, registration


@pytest.fixture
def grown(folder: Path) -> Path:
    """A store with some registrations over several segments, cleanly stopped."""
    drawn = random.Random(3)
    writer = Writer(folder, KEYSET, Settings(segment_bytes=5000))
    for _ in range(8):
        writer.apply([registration(drawn), registration(drawn)])
    writer.close()
    return folder


def faults(report: Report) -> set[Fault]:
    return {problem.fault for problem in report.problems}


def change(folder: Path, do: Callable[[Tables, "lmdb.Transaction[bytes]"], object]) -> None:
    tables = open_index(Place(folder).index, KEYSET, readonly=False)
    with tables.env.begin(write=True) as write:
        do(tables, write)
    tables.close()


def rewrite(path: Path, altered: Callable[[Frame], Frame | None]) -> None:
    frames = [altered(frame) for _, frame in read_frames(path)]
    path.write_bytes(b"".join(frame.encode() for frame in frames if frame is not None))


def test_a_sound_store(grown: Path) -> None:
    report = store.fsck(grown, KEYSET)
    assert report.problems == []
    assert report.sound
    assert report.position == report.tree.size == 16
    assert report.rows["ENTRY"] == report.rows["NUMBER"] == 16
    assert report.rows["BLOCK"] == 128
    assert not list(grown.glob("fsck-*"))


def test_not_in_the_process_that_has_it_open(grown: Path) -> None:
    store_open = store.open_local(grown, KEYSET)
    with pytest.raises(StoreUnavailable, match="opened"):
        store.fsck(grown, KEYSET)
    store_open.writer.close()


@pytest.mark.parametrize("table", [Table.ENTRY, Table.BLOCK, Table.LEXICON, Table.CHANGE, Table.BUDGET, Table.OWN])
def test_a_row_too_few_or_too_many_is_no_fold(grown: Path, table: Table) -> None:
    def lose(tables: Tables, write: "lmdb.Transaction[bytes]") -> None:
        with write.cursor(db=tables.of[table]) as cursor:
            cursor.last()
            cursor.delete()

    def gain(tables: Tables, write: "lmdb.Transaction[bytes]") -> None:
        write.put(b"\xff" * 8, b"\0\0\0\1 surplus", db=tables.of[table])

    change(grown, gain if table is not Table.BLOCK else lose)
    assert Fault.FOLD in faults(store.fsck(grown, KEYSET))
    change(grown, lose)
    change(grown, lose)
    assert Fault.FOLD in faults(store.fsck(grown, KEYSET))


def test_a_changed_byte_is_no_fold(grown: Path) -> None:
    def alter(tables: Tables, write: "lmdb.Transaction[bytes]") -> None:
        with write.cursor(db=tables.of[Table.SEALED]) as cursor:
            cursor.first()
            key, value = cursor.item()
            write.put(key, value[:-1] + bytes([value[-1] ^ 1]), db=tables.of[Table.SEALED])

    change(grown, alter)
    report = store.fsck(grown, KEYSET)
    assert [problem.where for problem in report.problems] == ["SEALED at row 1"]


def test_what_points_at_nothing(grown: Path) -> None:
    writer = Writer(grown, KEYSET)
    writer.apply(
        [
            Commit(puts=(Put(Table.BLOCK, b"b", posting(5, 0)), Put(Table.SEALED, sealed_key(5, Part.POINTERS), b"s"))),
            Commit(references=(Reference(lexicon_key(99), 1, b"s"),)),
        ]
    )
    writer.close()
    assert faults(store.fsck(grown, KEYSET)) == {Fault.POSTING, Fault.KEY}
    change(
        grown, lambda tables, write: write.put(lexicon_key(99), encode_counted(0, b"s"), db=tables.of[Table.LEXICON])
    )
    assert faults(store.fsck(grown, KEYSET)) == {Fault.POSTING, Fault.KEY, Fault.COUNT, Fault.FOLD}


def test_a_lost_data_key(grown: Path) -> None:
    keys = open_keys(Place(grown).keys, KEYSET, readonly=False)
    with keys.env.begin(write=True, db=keys.of[Table.KEY]) as write, write.cursor() as cursor:
        cursor.first()
        cursor.delete()
    keys.close()
    report = store.fsck(grown, KEYSET)
    assert [problem.fault for problem in report.problems] == [Fault.KEY, Fault.KEY]  # its pointer set and its record


def test_the_tables_ahead_of_the_journal(grown: Path) -> None:
    change(grown, lambda tables, write: write.put(Meta.POSITION.value, entry_key(17), db=tables.of[Table.META]))
    assert {Fault.SEQUENCE, Fault.FOLD} <= faults(store.fsck(grown, KEYSET))


def test_another_event_tree(grown: Path) -> None:
    change(grown, lambda tables, write: write.put(Meta.TREE.value, EMPTY.encode(), db=tables.of[Table.META]))
    assert Fault.TREE in faults(store.fsck(grown, KEYSET))


def test_a_flipped_bit_in_the_journal(grown: Path) -> None:
    path = sorted(Place(grown).journal.iterdir())[1]
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 4
    path.write_bytes(data)
    assert Fault.FRAME in faults(store.fsck(grown, KEYSET))


def test_a_rewritten_journal_whose_checksums_are_right(grown: Path) -> None:
    """Whoever rewrites a segment and its checksums still breaks the seal, the link, or the tree."""
    path = sorted(Place(grown).journal.iterdir())[1]
    whole = path.read_bytes()

    def forged_seal(frame: Frame) -> Frame:
        if frame.kind.name != "SEAL":
            return frame
        seal = Seal.decode(frame)
        return Seal(seal.last, b"\0" * 32, seal.tree).frame(frame.time)

    def forged_beginning(frame: Frame) -> Frame:
        if frame.kind.name != "BEGIN":
            return frame
        begin = Begin.decode(frame)
        return Begin(begin.first, begin.keyset_id, begin.link, EMPTY).frame(frame.time)

    rewrite(path, forged_seal)
    assert {Fault.SEAL, Fault.LINK} <= faults(store.fsck(grown, KEYSET))
    path.write_bytes(whole)
    rewrite(path, forged_beginning)
    assert {Fault.SEAL, Fault.SEQUENCE, Fault.TREE} & faults(store.fsck(grown, KEYSET))
    path.write_bytes(whole)
    rewrite(path, lambda frame: None if frame.kind.name == "BATCH" else frame)
    assert Fault.SEQUENCE in faults(store.fsck(grown, KEYSET))


@pytest.mark.parametrize("folder_name", ["index", "keys"])
def test_damaged_pages(grown: Path, folder_name: str) -> None:
    path = grown / folder_name / "data.mdb"
    data = bytearray(path.read_bytes())
    data[4096 * 3 : 4096 * 4] = b"\xee" * 4096
    data[4096 * 2 : 4096 * 3] = b"\xee" * 4096
    path.write_bytes(data)
    assert Fault.PAGES in faults(store.fsck(grown, KEYSET))


def test_another_keyset_is_refused(grown: Path) -> None:
    with pytest.raises(StoreDamaged, match="another keyset"):
        store.fsck(grown, b"keyset-2")


def test_tables_that_are_not_there_are_told_with_what_to_do(grown: Path) -> None:
    """As after a restore, until the service has started."""
    shutil.rmtree(grown / "index")
    (problem,) = store.fsck(grown, KEYSET).problems
    assert problem.fault is Fault.PAGES
    assert problem.where.startswith("index: is not there; it is built")


def test_a_journal_without_data_keys_asks_for_the_backup_not_for_a_new_index(grown: Path) -> None:
    shutil.rmtree(grown / "keys")
    with pytest.raises(StoreDamaged, match="restore the backup's half of keys"):
        store.fsck(grown, KEYSET)
