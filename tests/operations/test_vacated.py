"""A record removed as a slip and sent again finds its child's number, for a stated time; meanwhile nothing is told."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from childindex.entry import EntryState, ShieldState
from childindex.errors import Error, Reason
from childindex.number import ChildNumber
from childindex.operations import Settings, find, live_entries, resolve, settle, settle_each, verify, withdraw
from childindex.operations.child import child_of, entry_of
from childindex.operations.draft import Draft
from childindex.operations.forget import forget_vacated
from childindex.operations.inspect import inspect
from childindex.operations.review import open_reviews
from childindex.operations.settle import Sweep
from childindex.pointer import WithdrawalReason
from childindex.store import Table
from tests.operations.documents import caller
from tests.operations.test_reuse import A, B
from tests.operations.world import World, declared, world

SCHOOL, SURGERY, SOCIAL = "oakfield-school", "mill-lane-surgery", "borough-social-care"
SLIP = WithdrawalReason.ENTERED_IN_ERROR


@pytest.fixture
async def england(tmp_path: Path) -> AsyncIterator[World]:
    made = await world(tmp_path, population=12_000_000)
    yield made
    assert not (await inspect(made.index)).faults
    await made.index.store.close()


async def removed(here: World, local_id: str = "1", reason: WithdrawalReason = SLIP) -> None:
    await withdraw(here.index, caller(SCHOOL), declared(SCHOOL, A, local_id).key, reason)


async def settled(here: World) -> None:
    sweep = Sweep()
    for entry in [entry async for entry in live_entries(here.index)]:
        await settle(here.index, caller(), entry, sweep)


async def state(here: World, number: str) -> EntryState:
    async with here.index.store.snapshot() as view:
        entry = await entry_of(here.index, view, ChildNumber(number))
        assert entry is not None
        return EntryState((await child_of(here.index, view, entry)).profile.state)


@pytest.mark.parametrize("local_id", ["1", "another"])
@pytest.mark.parametrize("custodian", [SCHOOL, SURGERY])
async def test_sent_again_it_finds_its_number(england: World, custodian: str, local_id: str) -> None:
    number = await england.register(SCHOOL, A)
    await removed(england)
    assert await england.register(custodian, A, local_id=local_id, version=2) == number
    assert await state(england, number) is EntryState.LIVE


async def test_until_then_nothing_is_told_of_the_child(england: World) -> None:
    number = ChildNumber(await england.register(SCHOOL, A))
    await removed(england)
    assert (await resolve(england.index, caller(SOCIAL), A)).number is None
    assert not (await verify(england.index, caller(SOCIAL), number, A.birth_date)).verified
    with pytest.raises(Error) as refused:
        await find(england.index, caller(SOCIAL), number, birth_date=A.birth_date)
    assert refused.value.reason is Reason.NOT_CONFIRMED


async def test_another_childs_record_does_not_take_it_up(england: World) -> None:
    number = await england.register(SCHOOL, A)
    await removed(england)
    assert await england.register(SCHOOL, B, version=2) != number
    twin = replace(A, given_name="Josephine")
    assert await england.register(SURGERY, twin) != number
    async with england.index.store.snapshot() as view:
        assert not (await open_reviews(england.index, view)).keys  # who is not there is no doubt about anybody
    assert await england.register(SURGERY, A, local_id="2") == number


async def test_what_goes_by_consent_is_not_remembered(england: World) -> None:
    number = await england.register(SCHOOL, A)
    await removed(england, reason=WithdrawalReason.CONSENT_WITHDRAWN)
    assert await england.register(SCHOOL, A, version=2) != number


@pytest.mark.parametrize("days", [29, 31])
async def test_after_the_stated_time_it_is_forgotten(england: World, days: int) -> None:
    number = await england.register(SCHOOL, A)
    await removed(england)
    england.clock.pass_by(days=days)
    async with england.index.store.snapshot() as view:
        reviews = await open_reviews(england.index, view)
    told = await settle_each(england.index, caller(), [], reviews)
    assert told.forgotten == int(days > 30)
    async with england.index.store.snapshot() as view:
        kept = [await view.scan(table, b"", b"", 10) for table in (Table.BIRTH, Table.BLOCK, Table.LEXICON)]
    assert any(kept) is (days < 30)
    assert (await england.register(SCHOOL, A, version=2) == number) is (days < 30)
    assert await forget_vacated(england.index, caller()) == 0


async def test_too_late_also_where_nothing_was_forgotten_yet(england: World) -> None:
    number = await england.register(SCHOOL, A)
    await removed(england)
    index = replace(england.index, settings=Settings(remember_vacated=timedelta(0)))
    here = replace(england, index=index)
    assert await here.register(SCHOOL, A, version=2) != number


@pytest.mark.parametrize("order", ["removed first", "ended first", "removed after", "ended after"])
@pytest.mark.parametrize("beside", [True, False])
async def test_a_new_systems_local_ids_keep_the_number(england: World, order: str, *, beside: bool) -> None:
    number = await england.register(SCHOOL, A, local_id="old")
    if beside:
        assert await england.register(SURGERY, A) == number
    reason = SLIP if order.startswith("removed") else WithdrawalReason.ENDED
    if order.endswith("first"):
        await removed(england, "old", reason)
    await england.register(SCHOOL, A, local_id="new")
    if order.endswith("after"):
        await removed(england, "old", reason)
    await settled(england)
    assert await england.register(SCHOOL, A, local_id="new", version=2) == number


async def test_a_shielded_child_that_was_removed_is_not_taken_up_unseen(england: World) -> None:
    number = await england.register(SCHOOL, A)
    async with england.index.store.snapshot() as view:
        entry = await entry_of(england.index, view, ChildNumber(number))
        assert entry is not None
        child = await child_of(england.index, view, entry)
    draft = Draft(england.index, 0)
    draft.put_child(replace(child, profile=replace(child.profile, shield=ShieldState.SHIELDED)))
    await england.index.commit(draft.commit())
    await removed(england)
    again = await england.register(SURGERY, A)
    assert await england.register(SOCIAL, A) == again != number  # nor does it make anybody else shielded
    await settled(england)
    assert await state(england, number) is EntryState.VACATED
    async with england.index.store.snapshot() as view:
        assert not (await open_reviews(england.index, view)).keys
