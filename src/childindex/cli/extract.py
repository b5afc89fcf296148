"""A custodian's extract: a CSV file read twice, first as a whole for what makes it unreadable, then row by row.

    extract = survey(path)             # raises Misused: wrong encoding, NUL, unbalanced quotes, missing columns ...
    for row in extract.rows(place):    # from a place in the file, such as where an earlier load stopped
        ...

Nothing is sent of a file that cannot be read to its end. Messages name lines and columns, never values.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from hashlib import blake2b, sha256
from pathlib import Path
from typing import Final

from childindex.cli.faults import Misused
from childindex.cli.row import KEY_COLUMNS, RECORD_COLUMNS, Row
from childindex.errors import Violation

ENCODINGS: Final = ("utf-8", "windows-1252", "iso-8859-1")  # a line ends with the one byte 10 in all of them
MOST_LINES: Final = 20  # of one record: more means a quote that is never closed
_BOM: Final = b"\xef\xbb\xbf"
_NEEDED: Final = (*KEY_COLUMNS, "source_version")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row begins: the byte offset, and how many lines lie before it."""

    offset: int
    line: int


@dataclass(frozen=True, slots=True)
class ExtractRow:
    """A row: the line it begins on, where the next begins, its values, and what is wrong with its form."""

    line: int
    following: Place
    values: Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """A file that can be read to its end. `defaults` are values of columns that the file lacks."""

    path: Path
    digest: str
    header: tuple[str, ...]
    first: Place
    count: int
    encoding: str
    defaults: dict[str, str] = field(repr=False)
    repeated: dict[int, int] = field(repr=False)  # line -> line of the earlier row with the same key

    def rows(self, start: Place | None = None) -> Iterator[ExtractRow]:
        """The rows from a place on; from the first without one."""
        for line, following, cells in _records(self.path, self.encoding, start or self.first):
            yield ExtractRow(line, following, self._row(line, cells))

    def left(self, start: Place) -> int:
        """How many rows there are from a place on."""
        return sum(1 for _ in _records(self.path, self.encoding, start))

    def _row(self, line: int, cells: Sequence[str]) -> Row:
        row = Row(self.defaults | dict(zip(self.header, cells, strict=False)))
        if len(cells) != len(self.header):
            row.faults.append(Violation("", f"has {len(cells)} fields where the header has {len(self.header)}"))
        if line in self.repeated:
            row.faults.append(Violation("local_id", f"the same record as in line {self.repeated[line]}"))
        return row


def survey(path: Path, *, encoding: str = ENCODINGS[0], defaults: dict[str, str] | None = None) -> Extract:
    """Read the whole file once. Raises `Misused` where it cannot be an extract, OSError where it cannot be read."""
    start = Place(len(_BOM) if _head(path).startswith(_BOM) else 0, 0)
    records = _records(path, encoding, start)
    line, first, header = next(records, (0, start, []))
    names = tuple(name.strip().lower() for name in header)
    given = {name: value for name, value in (defaults or {}).items() if value and name not in names}
    _check_header(line, names, given)
    count, repeated, seen = 0, {}, dict[bytes, int]()
    for line, _, cells in records:
        count += 1
        earlier = seen.setdefault(_key(names, given, cells), line)
        if earlier != line:
            repeated[line] = earlier
    with path.open("rb") as file:
        digest = sha256(repr((encoding, sorted(given.items()))).encode())
        while block := file.read(1 << 20):
            digest.update(block)
    return Extract(
        path=path,
        digest=digest.hexdigest(),
        header=names,
        first=first,
        count=count,
        encoding=encoding,
        defaults=given,
        repeated=repeated,
    )


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        head = file.read(4)
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise Misused(f"{path.name} is written in UTF-16; save it as CSV in UTF-8")
    if head[:2] == b"PK":
        raise Misused(f"{path.name} is a spreadsheet or an archive; save it as CSV in UTF-8")
    return head


def _check_header(line: int, names: Sequence[str], given: dict[str, str]) -> None:
    if not line:
        raise Misused("the file is empty; its first line must name the columns")
    faults = []
    for place, name in enumerate(names, 1):
        if names.index(name) != place - 1:
            faults.append(Violation(f"column {place}", "the same name as an earlier column"))
        elif name not in RECORD_COLUMNS:
            near = get_close_matches(name, RECORD_COLUMNS, 1, 0.7)
            hint = f"; perhaps {near[0]}" if near else ""
            faults.append(Violation(f"column {place}", f"no column of an extract{hint}"))
    faults += [Violation(name, "column missing") for name in _NEEDED if name not in names and name not in given]
    if faults:
        known = ", ".join(RECORD_COLUMNS)
        raise Misused(f"the header (line {line}) is not that of an extract; the columns are: {known}", faults)


def _key(names: Sequence[str], given: dict[str, str], cells: Sequence[str]) -> bytes:
    values = given | dict(zip(names, cells, strict=False))
    parts = [values.get(column, "").strip() for column in KEY_COLUMNS]
    return blake2b("\0".join(parts).encode(), digest_size=16).digest()


def _records(path: Path, encoding: str, start: Place) -> Iterator[tuple[int, Place, list[str]]]:
    """Each record's first line, the place after it, and its cells; lines without any are passed over."""
    lines = _Lines(path, encoding, start)
    reader = csv.reader(lines, strict=True)
    while True:
        lines.begin()
        try:
            cells = next(reader, None)
        except csv.Error:
            raise Misused(f"{path.name}: the quotes of the record in line {lines.begun} are not balanced") from None
        if cells is None:
            return
        if cells:
            yield lines.begun, lines.place, cells


class _Lines:
    """Decoded lines, and where the next one begins."""

    def __init__(self, path: Path, encoding: str, start: Place) -> None:
        self.place = start
        self.begun = start.line + 1
        self._name = path.name
        self._encoding = encoding
        self._lines = self._read(path)

    def begin(self) -> None:
        """A new record begins on the next line."""
        self.begun = self.place.line + 1

    def __iter__(self) -> Iterator[str]:
        return self._lines

    def _read(self, path: Path) -> Iterator[str]:
        with path.open("rb") as file:
            file.seek(self.place.offset)
            for line in file:
                self.place = Place(self.place.offset + len(line), self.place.line + 1)
                if self.place.line - self.begun >= MOST_LINES:
                    raise csv.Error
                yield self._decoded(line)

    def _decoded(self, line: bytes) -> str:
        where = f"{self._name}: line {self.place.line}"
        if b"\0" in line:
            raise Misused(f"{where} holds a NUL character; the file is damaged or no text")
        try:
            return line.decode(self._encoding)
        except UnicodeDecodeError:
            others = ", ".join(name for name in ENCODINGS if name != self._encoding)
            raise Misused(f"{where} is not {self._encoding}; is it another encoding (--encoding {others})?") from None
