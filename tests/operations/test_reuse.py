"""A local id that comes to another child: recognised afresh, and the one child's number is never told for the other."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from childindex.demographics import Demographics, PartialDate, Sex
from childindex.errors import Error, Reason
from childindex.number import ChildNumber
from childindex.operations import find, list_changes, list_own_records, live_entries, resolve, settle, withdraw
from childindex.operations.child import child_of
from childindex.operations.doubts import Doubt
from childindex.operations.inspect import inspect
from childindex.operations.review import open_reviews
from childindex.operations.settle import Sweep
from childindex.pointer import Change, PointerState, WithdrawalReason
from tests.operations.documents import caller
from tests.operations.world import World, declared, world

SCHOOL, SURGERY, SOCIAL = "oakfield-school", "mill-lane-surgery", "borough-social-care"
CHILDREN = [
    Demographics(given_name=given, family_name=family, birth_date=born, postcode=postcode, sex=sex)
    for given, family, born, postcode, sex in (
        ("Thea", "Marlowe", PartialDate(2010, 1, 10), "LS11 5QW", Sex.FEMALE),
        ("Jakub", "Nowak", PartialDate(2016, 5, 2), "LS8 4DT", Sex.MALE),
        ("Amara", "Eze", PartialDate(2012, 9, 23), "M14 7TT", Sex.FEMALE),
        ("Oliver", "Wright", PartialDate(2014, 3, 9), "B14 7QH", Sex.MALE),
    )
]
A, B = CHILDREN[:2]


@pytest.fixture
async def england(tmp_path: Path) -> AsyncIterator[World]:
    made = await world(tmp_path, population=12_000_000)
    yield made
    assert not (await inspect(made.index)).faults
    await made.index.store.close()


async def settled(here: World) -> None:
    sweep = Sweep()
    for entry in [entry async for entry in live_entries(here.index)]:
        await settle(here.index, caller(), entry, sweep)


async def doubts(here: World) -> set[Doubt]:
    async with here.index.store.snapshot() as view:
        return {doubt for doubt, _ in (await open_reviews(here.index, view)).keys}


@pytest.mark.parametrize("ended", [True, False])
async def test_the_other_child_gets_a_number_of_its_own_and_opens_nothing_of_the_first(
    england: World, *, ended: bool
) -> None:
    first = await england.register(SCHOOL, A, local_id="17")
    assert await england.register(SOCIAL, A) == first
    key = declared(SCHOOL, A, "17").key
    if ended:
        await withdraw(england.index, caller(SCHOOL), key, WithdrawalReason.ENDED)
    second = await england.register(SCHOOL, B, local_id="17", version=2)
    assert second != first
    assert (Doubt.REUSED in await doubts(england)) is not ended  # an id in use that changes hands is for a person
    found = await find(england.index, caller(SCHOOL), ChildNumber(second), own_record=key)
    assert [(p.custodian, p.state) for p in found.pointers] == [(SCHOOL, PointerState.ACTIVE)]
    with pytest.raises(Error) as refused:
        await find(england.index, caller(SCHOOL), ChildNumber(first), own_record=key)
    assert refused.value.reason is Reason.NOT_CONFIRMED


async def test_the_first_childs_record_stays_ended_and_is_told_of_no_more(england: World) -> None:
    first = await england.register(SCHOOL, A, local_id="17")
    await england.register(SURGERY, A)
    await england.register(SCHOOL, B, local_id="17", version=2)
    found = await find(england.index, caller(SCHOOL), ChildNumber(first), birth_date=A.birth_date)
    assert [(p.custodian, p.state) for p in found.pointers if p.custodian == SCHOOL] == [(SCHOOL, PointerState.ENDED)]
    (own,) = (await list_own_records(england.index, caller(SCHOOL))).records
    assert own.number != ChildNumber(first)
    assert (await list_changes(england.index, caller(SCHOOL))).changes == ()


@pytest.mark.parametrize("beside", [True, False])
async def test_a_record_corrected_to_another_child_was_never_the_firsts(england: World, *, beside: bool) -> None:
    first = await england.register(SCHOOL, A, local_id="17")
    if beside:
        assert await england.register(SURGERY, A) == first
    second = await england.register(SCHOOL, B, local_id="17", version=2, change=Change.CORRECTED)
    assert second != first
    if beside:
        found = await find(england.index, caller(SURGERY), ChildNumber(first), birth_date=A.birth_date)
        assert {pointer.custodian for pointer in found.pointers} == {SURGERY}
    else:  # taken up again like a record that was removed as a slip
        assert (await resolve(england.index, caller(SURGERY), A)).number is None
        assert await england.register(SURGERY, A) == first


async def test_a_feed_tells_the_other_childs_record_nothing_of_the_first(england: World) -> None:
    """The first child's number was made permanent before its local id came to the other."""
    await england.register(SOCIAL, A, local_id="3")
    await england.register(SURGERY, A)
    assert len((await list_changes(england.index, caller(SOCIAL))).changes) == 1
    await england.register(SOCIAL, B, local_id="3", version=2)
    assert (await list_changes(england.index, caller(SOCIAL))).changes == ()


async def test_it_joins_a_child_that_is_known(england: World) -> None:
    await england.register(SCHOOL, A, local_id="17")
    known = await england.register(SURGERY, B)
    assert await england.register(SCHOOL, B, local_id="17", version=2) == known


async def test_an_ended_record_that_comes_back_with_its_own_childs_facts_goes_on(england: World) -> None:
    number = await england.register(SCHOOL, A, local_id="17")
    await withdraw(england.index, caller(SCHOOL), declared(SCHOOL, A, "17").key, WithdrawalReason.ENDED)
    assert await england.register(SCHOOL, replace(A, postcode="LS6 2AB"), local_id="17", version=2) == number
    assert await doubts(england) == set()


async def test_ids_that_are_used_again_and_again_keep_every_former_use(england: World) -> None:
    for version, details in enumerate((A, B, A, B), 1):
        await england.register(SCHOOL, details, local_id="17", version=version)
    await settled(england)
    uses: dict[str, list[int]] = {}
    for entry in [entry async for entry in live_entries(england.index)]:
        async with england.index.store.snapshot() as view:
            child = await child_of(england.index, view, entry)
        uses[child.number.value] = sorted(pointer.key.use for pointer in child.pointers)
    assert sorted(uses.values()) == [[0, 2], [1, 3]]


async def rotated(folder: Path, order: Sequence[int], turns: Sequence[int]) -> None:
    """Each child's record gets the next one's local id; told in some order, with others' records beside them or not."""
    here = await world(folder, population=12_000_000)
    children = CHILDREN[: len(order)]
    numbers = [await here.register(SCHOOL, child, local_id=f"{at}") for at, child in enumerate(children)]
    for at in turns:
        assert await here.register(SOCIAL, children[at], local_id=f"{at}") == numbers[at]
    for at in order:
        told = await here.register(SCHOOL, children[(at + 1) % len(order)], local_id=f"{at}", version=2)
        assert told != numbers[at]
    await settled(here)
    for at in range(len(order)):
        told = await here.register(SCHOOL, children[(at + 1) % len(order)], local_id=f"{at}", version=3)
        assert told == numbers[(at + 1) % len(order)]
    assert not (await inspect(here.index)).faults
    await here.index.store.close()


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(2, 4).flatmap(lambda n: st.tuples(st.permutations(range(n)), st.sets(st.integers(0, n - 1)))))
def test_ids_that_rotate_among_pupils_find_each_pupil_again(drawn: tuple[list[int], set[int]]) -> None:
    order, turns = drawn
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(rotated(Path(folder), order, sorted(turns)))
