"""Loading an extract: rows become records, batches go out several at a time, outcomes come back in the file's order.

What stops a load, a crash too, leaves a progress file: the digest of the extract and of the index's address and
authority, how far the file is done, and the counts. It holds nothing of any row. The next load of the same file goes
on there; and should the progress file be lost, every record is declared again, which changes nothing.
"""

import csv
import json
import os
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Final, TextIO

from childindex.cli import columns
from childindex.cli.extract import Extract, ExtractRow, Place
from childindex.cli.faults import advised
from childindex.cli.row import DETAIL_COLUMNS
from childindex.client import Client, ClientError, Record, Registered
from childindex.errors import Violation

SAVED_EVERY: Final = 500  # rows
REJECT_HEADER: Final = ("line", "column", "reason")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a load has come: the place of the next row, outcomes so far, and bytes of the reject file they fill.

    `left_out` counts, by column, the values that the index left out of accepted rows because they say nothing.
    """

    digest: str
    offset: int
    line: int
    accepted: int = 0
    provisional: int = 0
    rejected: int = 0
    reject_bytes: int = 0
    left_out: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path, start: "Progress") -> "Progress":
        """The progress kept at `path` if it is of the same load as `start`, else `start`."""
        try:
            kept = cls(**json.loads(path.read_bytes()))
        except (OSError, ValueError, TypeError):
            return start
        return kept if kept.digest == start.digest else start

    def write(self, path: Path) -> None:
        """Keep it at `path`, whole or not at all."""
        fresh = path.with_name(path.name + ".new")
        fresh.write_text(json.dumps(asdict(self)), encoding="ascii")
        fresh.replace(path)

    @property
    def done(self) -> int:
        """Rows done."""
        return self.accepted + self.rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """One load of an extract: where its progress and its rejects are kept, and how it is sent."""

    extract: Extract
    progress: Path
    rejects: Path
    identity: str  # of index and custodian: progress made with another counts for nothing
    afresh: bool = False
    batch_size: int = 100
    in_flight: int = 4

    def begun(self) -> Progress:
        """Where to begin: where the last load of this extract into this index stopped, else at the first row."""
        digest = sha256(f"{self.identity}\0{self.extract.digest}".encode()).hexdigest()
        start = Progress(digest, self.extract.first.offset, self.extract.first.line)
        return start if self.afresh else Progress.read(self.progress, start)


def identity(target: str, credentials: Path) -> str:
    """What tells one index and one custodian from others: the address, the authority and the client's certificate."""
    parts = [sha256((credentials / name).read_bytes()).hexdigest() for name in ("ca.pem", "client.pem")]
    return "\0".join((target, *parts))


def load(client: Client, plan: Load, told: Callable[[Progress], None] = lambda _: None) -> Progress:
    """Declare every row that is not yet done; `told` hears of the progress now and then.

    Raises `ClientError` when the index refuses a whole batch or cannot be reached; what was done stays done.
    """
    with _Rejects(plan.rejects, plan.begun()) as rejects:
        run = _Run(plan, rejects)
        try:
            run.run(client, told)
        finally:
            run.save()
    told(run.progress)
    return run.progress


class _Run:
    """The rows under way, and what became of those before."""

    def __init__(self, plan: Load, rejects: "_Rejects") -> None:
        self._plan = plan
        self._rejects = rejects
        self.progress = rejects.progress
        self._sent: deque[_Sent] = deque()

    def run(self, client: Client, told: Callable[[Progress], None]) -> None:
        plan = self._plan
        outcomes = client.register_all(self._records(), batch_size=plan.batch_size, in_flight=plan.in_flight)
        for done, (_, outcome) in enumerate(outcomes, 1):
            self._settle(outcome)
            if done % SAVED_EVERY == 0:
                self.save()
            if done % plan.batch_size == 0:
                told(self.progress)
        self._pass_refused()

    def save(self) -> None:
        """Rejects first: the progress says how many of their bytes count."""
        self.progress = replace(self.progress, reject_bytes=self._rejects.size())
        self.progress.write(self._plan.progress)

    def _records(self) -> Iterator[Record]:
        """The records to send; rows that cannot be read wait in their place among them to be told of in order."""
        for row in self._plan.extract.rows(Place(self.progress.offset, self.progress.line)):
            record = columns.record(row.values)
            self._sent.append(_Sent(row, tuple(row.values.faults)))
            if not row.values.faults:
                yield record

    def _settle(self, outcome: Registered | ClientError) -> None:
        self._pass_refused()
        sent = self._sent.popleft()
        if isinstance(outcome, ClientError):
            self._reject(sent.row, _reasons(sent.row, outcome))
        else:
            self._count(sent.row, accepted=1, provisional=int(outcome.provisional))
            self._warn(sent.row, outcome)

    def _pass_refused(self) -> None:
        """Tell of the rows that were never sent, up to the next that was."""
        while self._sent and self._sent[0].faults:
            sent = self._sent.popleft()
            self._reject(sent.row, sent.faults)

    def _reject(self, row: ExtractRow, faults: tuple[Violation, ...]) -> None:
        for fault in faults:
            self._rejects.write(row.line, fault)
        self._count(row, rejected=1)

    def _warn(self, row: ExtractRow, outcome: Registered) -> None:
        told = [columns.column_of(each.field, row.values.text) for each in outcome.warnings]
        named = dict.fromkeys([*told, *(each.field for each in row.values.left_out)])
        counts = self.progress.left_out
        if named:
            left_out = {**counts, **{column: counts.get(column, 0) + 1 for column in named}}
            self.progress = replace(self.progress, left_out=left_out)

    def _count(self, row: ExtractRow, *, accepted: int = 0, provisional: int = 0, rejected: int = 0) -> None:
        now = self.progress
        self.progress = replace(
            now,
            offset=row.following.offset,
            line=row.following.line,
            accepted=now.accepted + accepted,
            provisional=now.provisional + provisional,
            rejected=now.rejected + rejected,
        )


@dataclass(frozen=True, slots=True)
class _Sent:
    row: ExtractRow
    faults: tuple[Violation, ...]


class _Rejects:
    """The reject file: a line for each fault, with line number, column and reason and nothing of the row."""

    def __init__(self, path: Path, progress: Progress) -> None:
        self._path = path
        self.progress = progress
        self._file: TextIO | None = None

    def __enter__(self) -> "_Rejects":
        """Cut off what was told after the last progress was kept: it will be told again."""
        kept = self.progress.reject_bytes
        if kept and self._path.is_file() and self._path.stat().st_size >= kept:
            os.truncate(self._path, kept)
        else:
            self._path.unlink(missing_ok=True)
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def write(self, line: int, fault: Violation) -> None:
        if self._file is None:
            new = not self._path.exists()
            self._file = self._path.open("a", encoding="utf-8", newline="")
            if new:
                csv.writer(self._file, lineterminator="\n").writerow(REJECT_HEADER)
        csv.writer(self._file, lineterminator="\n").writerow((line, fault.field, fault.description))

    def size(self) -> int:
        if self._file is not None:
            self._file.flush()
        return self._path.stat().st_size if self._path.exists() else 0


def _reasons(row: ExtractRow, refusal: ClientError) -> tuple[Violation, ...]:
    """Why the index refused a row, by column; of several columns it advises to fill, the first."""
    if advice := advised(refusal.metadata):
        first = refusal.metadata["advice"].split(",")[0].removeprefix("ADD_").lower()
        column = first if first in DETAIL_COLUMNS else "birth_date"
        return (Violation(column, f"{refusal.reason}: {advice}"),)
    if refusal.violations:
        return tuple(
            Violation(columns.column_of(each.field, row.values.text), each.description) for each in refusal.violations
        )
    return (Violation(_COLUMN_OF_REASON.get(refusal.reason, ""), str(refusal)),)


_COLUMN_OF_REASON: Final = {
    "STALE_SOURCE_VERSION": "source_version",
    "SOURCE_VERSION_REUSED": "source_version",
    "CONSENT_REQUIRED": "record_type",
}
