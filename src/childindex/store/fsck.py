"""Is the store what it says? The journal is read from its first byte and folded again; the tables must be that fold.

Runs beside a live writer (against one snapshot) or alone. It changes nothing but a scratch folder of its own.
"""

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum, unique
from hashlib import sha256
from pathlib import Path

import lmdb

from childindex.errors import StoreDamaged, StoreUnavailable
from childindex.store.accepted import Accepted, decode_batch, grown
from childindex.store.commit import Table
from childindex.store.copies import page_faults
from childindex.store.fold import fold
from childindex.store.journal import segments
from childindex.store.layout import decode_counted
from childindex.store.merkle import EMPTY, Tree
from childindex.store.place import Hold, Place
from childindex.store.segment import LINK, Begin, Frame, Kind, Seal, Torn, link, read_frames
from childindex.store.tables import Tables, create_index, open_index, open_keys

_MOST_OF_A_KIND = 20  # of one fault; more say nothing more
_NOT_BUILT = "is not there; it is built from the newest copy and the journal when the service starts"
_ENTRY = 8  # bytes of the entry id with which postings and sealed keys begin


@unique
class Fault(StrEnum):
    """What can be wrong."""

    PAGES = "pages"  # the tables' pages are not sound
    FRAME = "frame"  # bytes of the journal are no whole frame
    SEQUENCE = "sequence"  # positions or leaves do not follow one another
    LINK = "link"  # a segment does not name the one before it
    SEAL = "seal"  # a seal does not fit its segment
    TREE = "tree"  # the event tree is not that of the events
    FOLD = "fold"  # the tables are not the fold of the journal
    COUNT = "count"  # a lexicon value nobody counts
    POSTING = "posting"  # a posting of an entry that is not there
    KEY = "key"  # something sealed for an entry without a data key


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault and where it is; never a value."""

    fault: Fault
    where: str


@dataclass(slots=True)
class Report:
    """What fsck found: the position checked, the event tree there, rows a table, and the problems (none: sound)."""

    position: int = 0
    tree: Tree = EMPTY
    rows: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    def add(self, fault: Fault, where: str) -> None:
        """Note a problem, unless there are many of its kind already."""
        if sum(problem.fault is fault for problem in self.problems) < _MOST_OF_A_KIND:
            self.problems.append(Problem(fault, where))


def fsck(directory: Path, keyset_id: bytes) -> Report:
    """Check the whole store. Raises `StoreDamaged` when it is too damaged, or too foreign, to be opened at all."""
    place = Place(directory)
    place.check()
    report = Report()
    scratch = Path(tempfile.mkdtemp(prefix="fsck-", dir=directory))
    try:
        _check_pages(place, scratch, keyset_id, report)
        if not any(problem.fault is Fault.PAGES for problem in report.problems):  # opening torn pages may crash
            _check_tables(place, scratch, keyset_id, report)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return report


def _check_pages(place: Place, scratch: Path, keyset_id: bytes, report: Report) -> None:
    """1. Sound pages: of the files themselves when nobody writes, else of a copy of one snapshot."""
    try:
        hold = Hold(place.root, "writer")
    except StoreUnavailable:
        _check_live_pages(place, scratch, keyset_id, report)
        return
    try:
        for folder in (place.index, place.keys):
            for found in page_faults(folder) if folder.exists() else [_NOT_BUILT]:
                report.add(Fault.PAGES, f"{folder.name}: {found}")
    finally:
        hold.release()


def _check_live_pages(place: Place, scratch: Path, keyset_id: bytes, report: Report) -> None:
    for folder, opened in ((place.index, open_index), (place.keys, open_keys)):
        copied = scratch / folder.name
        copied.mkdir()
        tables = opened(folder, keyset_id, readonly=True)
        try:
            tables.env.copy(str(copied))
        finally:
            tables.close()
        for found in page_faults(copied):
            report.add(Fault.PAGES, f"{folder.name}: {found}")


def _check_tables(place: Place, scratch: Path, keyset_id: bytes, report: Report) -> None:
    index = open_index(place.index, keyset_id, readonly=True)
    keys = open_keys(place.keys, keyset_id, readonly=True)
    create_index(scratch / "fold", keyset_id)
    folded = open_index(scratch / "fold", keyset_id, readonly=False)
    try:
        with index.env.begin() as view:
            report.position, report.tree = index.position(view), index.tree(view)
            _fold_again(place, keyset_id, folded, report)
            with folded.env.begin() as expected:
                _compare(index, view, expected, report, folded)
            with keys.env.begin(db=keys.of[Table.KEY]) as held:
                _check_references(index, view, held, report)
    finally:
        for tables in (folded, keys, index):
            tables.close()


def _fold_again(place: Place, keyset_id: bytes, folded: Tables, report: Report) -> None:
    """2. The journal, from its first byte to the snapshot's position: whole, linked, sealed; folded as it is read."""
    tree = EMPTY
    try:
        for first, batch in _batches(place, keyset_id, report):
            tree = grown(tree, batch)
            fold(folded, first, batch, tree)
    except (StoreDamaged, ValueError) as error:
        report.add(Fault.FRAME if isinstance(error, Torn) else Fault.SEQUENCE, str(error))
        return
    if tree != report.tree:
        report.add(Fault.TREE, f"at position {report.position}")


def _batches(place: Place, keyset_id: bytes, report: Report) -> Iterator[tuple[int, tuple[Accepted, ...]]]:
    before, position, tree = bytes(LINK), 0, EMPTY
    for path in segments(place.journal):
        content = sha256()
        for offset, frame in read_frames(path):
            if position >= report.position:
                return
            if frame.first != position + 1 or frame.leaf != tree.size:
                report.add(Fault.SEQUENCE, f"{path.name} at byte {offset}")
            if frame.kind is Kind.BEGIN:
                _check_begin(Begin.decode(frame), keyset_id, before, tree, report)
            elif frame.kind is Kind.SEAL:
                _check_seal(Seal.decode(frame), content.digest(), position, tree, report)
                before = link(frame)
            else:
                batch = decode_batch(frame.body)
                position, tree = frame.last, grown(tree, batch)
                _check_frame(frame, len(batch), tree, report)
                yield frame.first, batch
            content.update(frame.encode())
    if position < report.position:
        report.add(Fault.SEQUENCE, f"the journal ends at {position}, the tables at {report.position}")


def _check_begin(begin: Begin, keyset_id: bytes, before: bytes, tree: Tree, report: Report) -> None:
    where = f"segment at position {begin.first}"
    if begin.keyset_id != keyset_id or begin.link != before:
        report.add(Fault.LINK, where)
    if begin.tree != tree:
        report.add(Fault.TREE, where)


def _check_seal(seal: Seal, content: bytes, position: int, tree: Tree, report: Report) -> None:
    if (seal.last, seal.content, seal.tree) != (position, content, tree):
        report.add(Fault.SEAL, f"segment that ends at position {seal.last}")


def _check_frame(frame: Frame, commits: int, tree: Tree, report: Report) -> None:
    if frame.commits != commits or frame.leaf + frame.leaves != tree.size:
        report.add(Fault.SEQUENCE, f"batch at position {frame.first}")


def _compare(
    index: Tables,
    view: "lmdb.Transaction[bytes]",
    expected: "lmdb.Transaction[bytes]",
    report: Report,
    folded: Tables,
) -> None:
    """3. Every table equals the fold, key by key and byte by byte."""
    for table, database in index.of.items():
        with view.cursor(db=database) as stored, expected.cursor(db=folded.of[table]) as again:
            rows = 0
            there, here = iter(again), iter(stored)
            for rows, item in enumerate(here, 1):
                if next(there, None) != item:
                    report.add(Fault.FOLD, f"{table.name} at row {rows}")
                    break
            else:
                if next(there, None) is not None:
                    report.add(Fault.FOLD, f"{table.name} has fewer rows than the journal says")
            report.rows[table.name] = rows


def _check_references(
    index: Tables, view: "lmdb.Transaction[bytes]", held: "lmdb.Transaction[bytes]", report: Report
) -> None:
    """4. What points, points at something: postings at entries, sealed values at data keys; no string is uncounted."""
    entries = index.of[Table.ENTRY]
    with view.cursor(db=index.of[Table.BLOCK]) as cursor:
        for row, posting in enumerate(cursor.iternext(keys=False), 1):
            if view.get(posting[:_ENTRY], db=entries) is None:
                report.add(Fault.POSTING, f"row {row}")
    with view.cursor(db=index.of[Table.SEALED]) as cursor:
        for row, key in enumerate(cursor.iternext(values=False), 1):
            if held.get(key[:_ENTRY]) is None:
                report.add(Fault.KEY, f"row {row} of SEALED")
    with view.cursor(db=index.of[Table.LEXICON]) as cursor:
        for row, value in enumerate(cursor.iternext(keys=False), 1):
            if decode_counted(value)[0] == 0:
                report.add(Fault.COUNT, f"row {row}")
