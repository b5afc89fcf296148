"""What any engine must do, told by a dictionary: a state machine that commits the same to a store and to the model.

An engine's test subclasses `Conformance` and says how to open the store; the model knows nothing of engines.
"""

import asyncio
from collections import defaultdict
from collections.abc import Coroutine
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, precondition, rule

from childindex.errors import Conflict
from childindex.store import ChangeRow, Commit, Delete, Event, Expect, Put, Reference, Snapshot, Store, Table, digest
from childindex.store.layout import change_key, decode_counted, encode_counted

PLAIN = (Table.ENTRY, Table.RECORD, Table.NUMBER, Table.SEALED, Table.OWN, Table.REVIEW, Table.POLICY, Table.KEY)

keys = st.sampled_from([bytes([n]) * 4 for n in range(5)])
births = st.sampled_from([b"birthda" + bytes([n, m]) for n in range(2) for m in range(3)])
values = st.binary(max_size=6)
postings = st.sampled_from([bytes([n]) * 10 for n in range(5)])
codes = st.sampled_from([bytes([n]) * 8 for n in range(3)])
puts = st.one_of(
    st.builds(Put, st.sampled_from(PLAIN), keys, values),
    st.builds(Put, st.just(Table.BIRTH), births, values),
    st.builds(Put, st.just(Table.BLOCK), keys, postings),
)
deletes = st.one_of(
    st.builds(Delete, st.sampled_from(PLAIN), keys),
    st.builds(Delete, st.just(Table.BIRTH), births),
    st.builds(Delete, st.just(Table.BLOCK), keys, postings),
)
references = st.builds(Reference, codes, st.sampled_from([-2, -1, 1, 2]), st.sampled_from([b"", b"sealed"]))
commits = st.builds(
    Commit,
    puts=st.lists(puts, max_size=4).map(tuple),
    deletes=st.lists(deletes, max_size=3).map(tuple),
    references=st.lists(references, max_size=3).map(tuple),
    events=st.lists(st.builds(Event, st.binary(min_size=16, max_size=16), values), max_size=2).map(tuple),
    changes=st.lists(st.builds(ChangeRow, st.just(b"f" * 16), values), max_size=2).map(tuple),
    touches=st.lists(keys, max_size=2).map(tuple),
)


@dataclass
class Model:
    """The tables as dictionaries."""

    position: int = 0
    rows: dict[tuple[Table, bytes], bytes] = field(default_factory=dict)
    blocks: dict[bytes, set[bytes]] = field(default_factory=lambda: defaultdict(set))
    touched: dict[bytes, int] = field(default_factory=dict)
    floor: int = 0
    destroyed: set[bytes] = field(default_factory=set)

    def lawful(self, commit: Commit) -> Commit:
        """The commit without what nobody may ask: a data key that was destroyed is never put again."""
        doomed = {delete.key for delete in commit.deletes if delete.table is Table.KEY} | self.destroyed
        kept = tuple(put for put in commit.puts if put.table is not Table.KEY or put.key not in doomed)
        return replace(commit, puts=kept)

    def holds(self, commit: Commit) -> bool:
        """Whether the commit's preconditions hold."""
        if commit.guards and commit.snapshot < self.floor:
            return False
        if any(self.touched.get(guard, 0) > commit.snapshot for guard in commit.guards):
            return False
        for expect in commit.expects:
            value = self.rows.get((expect.table, expect.key))
            if (None if value is None else digest(value)) != expect.digest:
                return False
        bare = (reference for reference in commit.references if reference.delta > 0 and not reference.sealed)
        return all((Table.LEXICON, reference.code) in self.rows for reference in bare)

    def apply(self, commit: Commit) -> None:
        """Change the tables."""
        self.position += 1
        for delete in commit.deletes:
            if delete.table is Table.BLOCK:
                self.blocks[delete.key].discard(delete.value)
            else:
                self.rows.pop((delete.table, delete.key), None)
            if delete.table is Table.KEY:
                self.destroyed.add(delete.key)
        for put in commit.puts:
            if put.table is Table.BLOCK:
                self.blocks[put.key].add(put.value)
            else:
                self.rows[put.table, put.key] = put.value
        for up in (True, False):
            for reference in commit.references:
                if (reference.delta > 0) == up:
                    self._count(reference)
        for index, row in enumerate(commit.changes):
            self.rows[Table.CHANGE, change_key(row.feed, self.position, index)] = row.body
        self.touched |= dict.fromkeys(commit.touches, self.position)

    def _count(self, reference: Reference) -> None:
        place = (Table.LEXICON, reference.code)
        count, sealed = decode_counted(self.rows[place]) if place in self.rows else (0, reference.sealed)
        if count + reference.delta > 0:
            self.rows[place] = encode_counted(count + reference.delta, sealed)
        else:
            self.rows.pop(place, None)

    def table(self, table: Table) -> list[tuple[bytes, bytes]]:
        """A table in key order."""
        return sorted((key, value) for (of, key), value in self.rows.items() if of is table)


class Conformance(RuleBasedStateMachine):
    """Subclass, and give `start` and `restart`."""

    snapshots: ClassVar[Bundle[int]] = Bundle("snapshots")

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.model = Model()
        self.store = self.start()

    def start(self) -> Store:
        """An empty store, open."""
        raise NotImplementedError

    def restart(self) -> Store:
        """The same store, closed and opened again."""
        raise NotImplementedError

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Wait for the store."""
        return self.loop.run_until_complete(work)

    def teardown(self) -> None:
        """Close."""
        self.run(self.store.close())
        self.loop.close()

    def try_commit(self, commit: Commit) -> None:
        """Commit on both; they must agree."""
        commit = self.model.lawful(commit)
        if self.model.holds(commit):
            receipt = self.run(self.store.commit(commit))
            self.model.apply(commit)
            assert receipt.position == self.model.position
        else:
            try:
                self.run(self.store.commit(commit))
            except Conflict:
                return
            raise AssertionError("a commit was accepted whose preconditions do not hold")

    @rule(target=snapshots)
    def look(self) -> int:
        """Take a snapshot's position."""
        return self.model.position

    @rule(commit=commits)
    def commit_blindly(self, commit: Commit) -> None:
        """A commit without preconditions."""
        self.try_commit(commit)

    @rule(commit=commits, snapshot=snapshots, guards=st.lists(keys, max_size=2).map(tuple))
    def commit_guarded(self, commit: Commit, snapshot: int, guards: tuple[bytes, ...]) -> None:
        """A commit that holds only if nobody touched its guards."""
        self.try_commit(replace(commit, snapshot=snapshot, guards=guards))

    @rule(table=st.sampled_from(PLAIN), key=keys, value=values, seen=st.booleans())
    def commit_expecting(self, table: Table, key: bytes, value: bytes, seen: bool) -> None:
        """A commit that expects what is there, or what is not."""
        there = self.model.rows.get((table, key))
        expected = (digest(there) if there is not None else None) if seen else digest(b"never written")
        self.try_commit(Commit(expects=(Expect(table, key, expected),), puts=(Put(table, key, value),)))

    @precondition(lambda self: self.model.position > 0)
    @rule()
    def stop_and_start(self) -> None:
        """Close and open: nothing is lost; older snapshots no longer guard."""
        self.store = self.restart()
        self.model.floor = self.model.position

    @rule(prefix=st.sampled_from([b"", b"\x01", b"birthda\x00"]), after=st.binary(max_size=9), limit=st.integers(1, 4))
    def scan(self, prefix: bytes, after: bytes, limit: int) -> None:
        """Pages of a table."""
        for table in (Table.OWN, Table.BIRTH, Table.KEY):
            rows = self.model.table(table)
            expected = [row for row in rows if row[0].startswith(prefix) and (row[0] > after or not after)][:limit]
            assert self.run(self._scan(table, prefix, after, limit)) == expected

    @invariant()
    def every_table_is_the_models(self) -> None:
        """What can be read is what was written."""
        self.run(self._compare())

    async def _scan(self, table: Table, prefix: bytes, after: bytes, limit: int) -> list[tuple[bytes, bytes]]:
        async with self.store.snapshot() as view:
            return await view.scan(table, prefix, after, limit)

    async def _compare(self) -> None:
        async with self.store.snapshot() as view:
            assert view.position == self.model.position
            for table in (*PLAIN, Table.LEXICON, Table.CHANGE):
                rows = self.model.table(table)
                assert await view.scan(table, b"", b"", 1000) == rows
                assert await view.read(table, [key for key, _ in rows]) == [value for _, value in rows]
                assert await view.read(table, [b"never written"]) == [None]
            await self._compare_candidates(view)

    async def _compare_candidates(self, view: Snapshot) -> None:
        asked = [b"birthda\x00", b"birthda\x01", b"nobody's"]
        blocks = sorted({bytes([n]) * 4 for n in range(6)})
        cap = 2
        found = await view.candidates(asked, blocks, cap)
        rows = self.model.table(Table.BIRTH)
        assert found.chunks == [[row for row in rows if row[0].startswith(birth)] for birth in asked]
        postings = [sorted(self.model.blocks.get(block, ())) for block in blocks]
        assert found.counts == [min(len(held), cap + 1) for held in postings]
        assert found.postings == [held if len(held) <= cap else [] for held in postings]
