"""The writer: one batch of commits from preconditions to receipts. Pure blocking; whoever owns the loop calls `apply`.

Between steps 3 and 4 a commit is durable; after step 5 it is visible; only then is it answered.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import lmdb

from childindex.errors import Conflict, Error, StoreUnavailable
from childindex.store.accepted import Accepted, grown
from childindex.store.commit import Commit, Put, Receipt, Table, digest
from childindex.store.fold import fold, key_deletes
from childindex.store.journal import SEGMENT_BYTES, Journal, WriterFailed
from childindex.store.merkle import Tree
from childindex.store.place import Hold, Mark, Place, boot_id
from childindex.store.preconditions import Budgets, Guards
from childindex.store.recovery import ready
from childindex.store.tables import MAP_SIZE, open_index, open_keys
from childindex.store.validity import require_valid

Outcome = Receipt | Error


def _unheard(_: object) -> None:
    """Hears, and does nothing; a named function, so that settings can be handed to a spawned process."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What an observer is told of a batch: its commits, how many were refused, and the seconds it took."""

    commits: int
    refused: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a writer works. `clock` is seconds since 1970; `steps` hears each step by name, which fault tests use."""

    map_size: int = MAP_SIZE
    segment_bytes: int = SEGMENT_BYTES
    clock: Callable[[], float] = time.time
    boot: Callable[[], str] = boot_id
    steps: Callable[[str], None] = _unheard
    observe: Callable[[Applied], None] = _unheard


@dataclass(slots=True)
class _Batch:
    """A batch while it is checked: what was accepted, what each commit is answered, and what later commits must see."""

    first: int
    outcomes: list[Outcome] = field(default_factory=list)
    accepted: list[Accepted] = field(default_factory=list)
    keys: list[Put] = field(default_factory=list)
    changed: dict[tuple[Table, bytes], bytes | None] = field(default_factory=dict)
    added: set[bytes] = field(default_factory=set)  # codes that an earlier commit of the batch counts up
    destroyed: set[bytes] = field(default_factory=set)  # data keys that an earlier commit of the batch deletes
    removed: set[bytes] = field(default_factory=set)  # and those it counts down


class Writer:
    """Owns the journal and the only write transaction of the tables. One at a time on a store."""

    def __init__(self, directory: Path, keyset_id: bytes, settings: Settings | None = None) -> None:
        """Take the writer's lock, recover if needed, and open. Raises `StoreUnavailable` or `StoreDamaged`."""
        self._settings = settings or Settings()
        self._place = Place(directory)
        self._place.check()
        self._hold = Hold(directory, "writer")
        try:
            self._open(keyset_id)
        except BaseException as error:
            self._hold.release()
            if isinstance(error, OSError):
                raise StoreUnavailable(f"the store cannot be written: {error.strerror}") from None
            raise

    def _open(self, keyset_id: bytes) -> None:
        place, settings = self._place, self._settings
        recovery = ready(place, keyset_id, boot=settings.boot(), map_size=settings.map_size)
        self.recovery = recovery
        Mark(settings.boot(), clean=False).write(place.index)
        self.index = open_index(place.index, keyset_id, readonly=False, map_size=settings.map_size)
        self.keys = open_keys(place.keys, keyset_id, readonly=False)
        self._journal = Journal(
            place.journal, keyset_id, recovery.end, segment_bytes=settings.segment_bytes, steps=settings.steps
        )
        self._guards = Guards(self._journal.position)
        self._budgets = Budgets(self._charged, clock=settings.clock)
        self._behind: tuple[int, tuple[Accepted, ...], Tree] | None = None

    @property
    def position(self) -> int:
        """The last durable position."""
        return self._journal.position

    def apply(self, commits: Sequence[Commit]) -> list[Outcome]:
        """Make the commits durable and visible, in order; each answered with its receipt or its refusal.

        Raises `WriterFailed` when the writer must be started afresh: nothing of this batch is promised.
        """
        began = time.perf_counter()
        outcomes = self._apply(commits)
        refused = sum(not isinstance(outcome, Receipt) for outcome in outcomes)
        self._settings.observe(Applied(len(commits), refused, time.perf_counter() - began))
        return outcomes

    def _apply(self, commits: Sequence[Commit]) -> list[Outcome]:
        try:
            self._catch_up()
        except StoreUnavailable as unavailable:
            return [unavailable] * len(commits)
        batch = self._check(commits)  # 1. preconditions, each seeing the batch's earlier commits
        if not batch.accepted:
            return batch.outcomes
        try:
            self._record(batch)
        except StoreUnavailable as unavailable:
            self._guards.drop()
            self._budgets.drop()
            if isinstance(unavailable, WriterFailed):
                raise
            return [unavailable if isinstance(outcome, Receipt) else outcome for outcome in batch.outcomes]
        return batch.outcomes

    def close(self) -> None:
        """Sync the tables, leave the mark of a clean stop, and let the lock go."""
        failed = self._journal.failed
        self._journal.close()
        with suppress(lmdb.Error, OSError):  # without its mark the next start is the more careful
            if not failed:
                self.index.env.sync(True)
                Mark(self._settings.boot(), clean=True).write(self._place.index)
        self.index.close()
        self.keys.close()
        self._hold.release()

    def _record(self, batch: _Batch) -> None:
        accepted = tuple(batch.accepted)
        steps = self._settings.steps
        if batch.keys:  # 2. data keys first: what is sealed must never be durable without its key
            self._change_keys(batch.keys, [])
            steps("keys-synced")
        tree = grown(self._journal.tree, accepted)
        self._journal.append(accepted, tree, int(self._settings.clock() * 1000))  # 3. durable
        self._guards.keep()
        self._budgets.keep()
        self._behind = (batch.first, accepted, tree)
        self._catch_up()

    def _catch_up(self) -> None:
        """Fold what is durable into the tables; once the disk was full, this is tried again before any other batch."""
        if self._behind is None:
            return
        first, accepted, tree = self._behind
        if doomed := key_deletes(accepted):  # 4. keys die before the position moves on, so that a replay repeats it
            self._change_keys([], doomed)
            self._settings.steps("keys-deleted")
        try:
            fold(self.index, first, accepted, tree)  # 5. visible
        except lmdb.Error as error:
            raise _unavailable(error) from None
        self._behind = None
        self._settings.steps("applied")

    def _change_keys(self, puts: Sequence[Put], deletes: Sequence[bytes]) -> None:
        try:
            with self.keys.env.begin(write=True, db=self.keys.of[Table.KEY]) as change:
                for put in puts:
                    change.put(put.key, put.value)
                for key in deletes:
                    change.delete(key)
        except lmdb.Error as error:
            raise _unavailable(error) from None

    def _check(self, commits: Sequence[Commit]) -> _Batch:
        batch = _Batch(self._journal.position + 1)
        with self.index.env.begin() as view, self.keys.env.begin() as keys:

            def stored(table: Table, key: bytes) -> bytes | None:
                if table is Table.KEY:
                    return keys.get(key, db=self.keys.of[table])
                return view.get(key, db=self.index.of[table])

            for commit in commits:
                try:
                    position = batch.first + len(batch.accepted)
                    self._accept(batch, commit, stored)
                    self._guards.stage(position, commit.touches)
                    batch.outcomes.append(Receipt(position))
                except Error as refusal:
                    batch.outcomes.append(refusal)
        return batch

    def _accept(self, batch: _Batch, commit: Commit, stored: Callable[[Table, bytes], bytes | None]) -> None:
        require_valid(commit)
        if not self._guards.hold(commit.snapshot, commit.guards):
            raise Conflict
        changed = batch.changed
        for expect in commit.expects:
            place = (expect.table, expect.key)
            value = changed[place] if place in changed else stored(*place)
            if (None if value is None else digest(value)) != expect.digest:
                raise Conflict
        for reference in commit.references:
            if reference.delta > 0 and not reference.sealed and not self._has_string(batch, reference.code, stored):
                raise Conflict
        if any(put.table is Table.KEY and put.key in batch.destroyed for put in commit.puts):
            raise Conflict  # the key would be destroyed after it is put
        charged = self._budgets.spend(commit.charges)
        self._note(batch, commit, charged)

    def _has_string(self, batch: _Batch, code: bytes, stored: Callable[[Table, bytes], bytes | None]) -> bool:
        """Whether a code may be counted up without its string: another commit might have counted it away."""
        return code not in batch.removed and (code in batch.added or stored(Table.LEXICON, code) is not None)

    def _note(self, batch: _Batch, commit: Commit, charged: tuple[bytes, ...]) -> None:
        for delete in commit.deletes:
            batch.changed[delete.table, delete.key] = None
            if delete.table is Table.KEY:
                batch.destroyed.add(delete.key)
        for put in commit.puts:
            batch.changed[put.table, put.key] = put.value
            if put.table is Table.KEY:
                batch.keys.append(put)
        for reference in commit.references:
            (batch.added if reference.delta > 0 else batch.removed).add(reference.code)
        batch.accepted.append(Accepted.of(commit, charged))

    def _charged(self, window: int) -> list[bytes]:
        prefix = window.to_bytes(4, "big")
        with self.index.env.begin(db=self.index.of[Table.BUDGET]) as view, view.cursor() as cursor:
            cursor.set_range(prefix)
            return [key for key in cursor.iternext(values=False) if key.startswith(prefix)]


def _unavailable(error: lmdb.Error) -> StoreUnavailable:
    if isinstance(error, lmdb.PanicError):  # LMDB refuses all more until it is opened again
        return WriterFailed("the tables failed; the writer must be started afresh")
    return StoreUnavailable("the tables cannot be written; the disk may be full")
