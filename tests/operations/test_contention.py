"""Refused commits: match again on a fresh snapshot as often as settings allow, then say so and when to try again."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from types import TracebackType

import pytest

from childindex.demographics import Demographics
from childindex.errors import Conflict, Error, Reason
from childindex.operations import Index, Settings, list_own_records, register, withdraw
from childindex.operations.inspect import inspect
from childindex.pointer import WithdrawalReason
from childindex.store import Candidates, Commit, Receipt, Snapshot, Store, Table
from tests.operations.documents import caller
from tests.operations.world import CHILD, OTHER, SAME_MISSPELT, World, declared

Meanwhile = Callable[[], Awaitable[object]]

MOST = Settings().attempts


async def nothing() -> None:
    """What happens meanwhile, by default."""


@dataclass
class Contended:
    """A store that refuses the first commits; what others do meanwhile is done on the real one.

    It keeps at which positions entries were read and candidates asked for.
    """

    store: Store
    refusals: int
    meanwhile: Meanwhile = nothing
    matched_at: list[int] = field(default_factory=list)
    read_at: list[int] = field(default_factory=list)

    def snapshot(self) -> Snapshot:
        return Watched(self.store.snapshot(), self)

    async def commit(self, commit: Commit) -> Receipt:
        if self.refusals:
            self.refusals -= 1
            await self.meanwhile()
            raise Conflict
        return await self.store.commit(commit)

    async def close(self) -> None:
        await self.store.close()


@dataclass
class Watched:
    """A snapshot whose uses are heard."""

    view: Snapshot
    heard: Contended

    @property
    def position(self) -> int:
        return self.view.position

    async def candidates(self, births: Sequence[bytes], blocks: Sequence[bytes], cap: int) -> Candidates:
        self.heard.matched_at.append(self.position)
        return await self.view.candidates(births, blocks, cap)

    async def read(self, table: Table, keys: Sequence[bytes]) -> list[bytes | None]:
        if table is Table.RECORD:
            self.heard.read_at.append(self.position)
        return await self.view.read(table, keys)

    async def scan(self, table: Table, prefix: bytes, after: bytes, limit: int) -> list[tuple[bytes, bytes]]:
        return await self.view.scan(table, prefix, after, limit)

    async def __aenter__(self) -> "Watched":
        await self.view.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.view.__aexit__(kind, error, trace)


def contended(here: World, refusals: int, meanwhile: Meanwhile = nothing) -> tuple[Index, Contended]:
    """The same index over a store that refuses so many commits."""
    watched = Contended(here.index.store, refusals, meanwhile)
    return replace(here.index, store=watched), watched


def another_commit(here: World) -> Meanwhile:
    """Somebody else's commit, so that a fresh snapshot has a greater position."""

    async def commit() -> None:
        await list_own_records(here.index, caller("mill-lane-surgery"))

    return commit


async def assert_whole(here: World, entries: int) -> None:
    inspection = await inspect(here.index)
    assert not inspection.faults
    assert inspection.entries == entries


def test_there_are_tries_enough_for_a_race_of_four_custodians() -> None:
    """The hammer races up to four for one new child; whoever loses every time but the last must still get through."""
    assert MOST >= 5


async def test_every_conflict_is_one_more_match_on_a_fresh_snapshot(here: World) -> None:
    index, watched = contended(here, MOST - 1, another_commit(here))
    number = (await register(index, caller(), declared("oakfield-school", CHILD))).number.value
    assert len(watched.matched_at) == MOST
    assert watched.matched_at == sorted(set(watched.matched_at))  # each later than the one before
    assert await here.register("oakfield-school", CHILD) == number
    await assert_whole(here, 1)


async def test_conflicts_at_every_try_are_contention_and_leave_nothing(here: World) -> None:
    index, watched = contended(here, MOST)
    with pytest.raises(Error) as refused:
        await register(index, caller(), declared("oakfield-school", CHILD))
    assert refused.value.reason is Reason.CONTENTION
    assert refused.value.retry_after is not None
    assert refused.value.retry_after > 0
    assert (len(watched.matched_at), watched.refusals) == (MOST, 0)
    await assert_whole(here, 0)
    assert await here.register("oakfield-school", CHILD)  # what the caller is told to do
    await assert_whole(here, 1)


async def test_who_came_first_meanwhile_is_found(here: World) -> None:
    """The surgery registers the child while the school's commit is refused: one child, the surgery's number."""
    numbers: list[str] = []

    async def surgery() -> None:
        numbers.append(await here.register("mill-lane-surgery", SAME_MISSPELT))

    index, _ = contended(here, MOST - 1, surgery)
    number = (await register(index, caller(), declared("oakfield-school", CHILD))).number.value
    assert numbers == [number] * (MOST - 1)
    await assert_whole(here, 1)


@pytest.mark.parametrize("details", [CHILD, SAME_MISSPELT, OTHER], ids=["the same", "corrected", "another child"])
async def test_a_newer_version_is_tried_as_often(here: World, details: Demographics) -> None:
    number = await here.register("oakfield-school", CHILD)
    for refusals in (MOST, MOST - 1):
        index, watched = contended(here, refusals, another_commit(here))
        newer = declared("oakfield-school", details, version=2)
        if refusals < MOST:
            assert ((await register(index, caller(), newer)).number.value == number) is (details is not OTHER)
        else:
            with pytest.raises(Error) as refused:
                await register(index, caller(), newer)
            assert refused.value.reason is Reason.CONTENTION
        assert len(set(watched.read_at)) == MOST
    assert not (await inspect(here.index)).faults


@pytest.mark.parametrize("reason", list(WithdrawalReason))
async def test_withdrawing_is_tried_as_often(here: World, reason: WithdrawalReason) -> None:
    await here.register("oakfield-school", CHILD)
    await here.register("mill-lane-surgery", CHILD)
    key = declared("oakfield-school", CHILD).key
    index, watched = contended(here, MOST, another_commit(here))
    with pytest.raises(Error) as refused:
        await withdraw(index, caller(), key, reason)
    assert refused.value.reason is Reason.CONTENTION
    assert refused.value.retry_after is not None
    (before,) = (await list_own_records(here.index, caller())).records
    index, watched = contended(here, MOST - 1, another_commit(here))
    await withdraw(index, caller(), key, reason)
    assert len(set(watched.read_at)) == MOST
    after = (await list_own_records(here.index, caller())).records
    assert [record.state for record in after] != [before.state]
    await assert_whole(here, 1)


async def test_the_settings_say_how_often(here: World) -> None:
    index, watched = contended(here, 3)
    with pytest.raises(Error) as refused:
        await register(replace(index, settings=Settings(attempts=2)), caller(), declared("oakfield-school", CHILD))
    assert refused.value.reason is Reason.CONTENTION
    assert watched.refusals == 1
