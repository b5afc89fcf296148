"""Hostels, hotels and refuges: an address that many share links nobody, and a shielded child moves nothing."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from childindex import linkage
from childindex.demographics import Demographics, PartialDate, Sex
from childindex.entry import ShieldState
from childindex.operations import live_entries, resolve, settle
from childindex.operations.child import child_of
from childindex.operations.crowds import crowds_of, look
from childindex.operations.draft import Draft
from childindex.operations.recognise import prepare
from childindex.operations.settle import Settlement, Sweep
from childindex.store import Commit
from tests.operations.documents import caller
from tests.operations.world import World, world

SCHOOL, SURGERY, SOCIAL = "oakfield-school", "mill-lane-surgery", "borough-social-care"
HOTEL, ROOM = "LS1 4AB", "10033544614"
FIRST = linkage.shipped().shape.crowds.first
GIVEN = "Bashir Ilyas Nabil Wasim Zaki Tariq Salim Rafiq".split()
FAMILY = "Wardak Zadran Barakzai Popal Hotak Ludin Ghani Sadat Nuri Yosufi".split()


def guest(number: int, **more: object) -> Demographics:
    """One of the children of a hotel, no two alike."""
    details = Demographics(
        given_name=GIVEN[number % 8],
        family_name=FAMILY[number // 8 % 10],
        birth_date=PartialDate(2008 + number % 9, 1 + number % 12, 1 + number % 28),
        sex=Sex.MALE,
        postcode=HOTEL,
    )
    return replace(details, **more)  # type: ignore[arg-type]  # by field


def jawad(family: str, **more: object) -> Demographics:
    return replace(guest(0), given_name="Jawad", family_name=family, birth_date=PartialDate(2010, 6, 17), **more)  # type: ignore[arg-type]  # by field


@pytest.fixture
async def england(tmp_path: Path) -> World:
    return await world(tmp_path, population=12_000_000)


async def filled(here: World, count: int, **more: object) -> None:
    for number in range(count):
        await here.register(SURGERY, guest(number, **more), local_id=f"guest-{number}")


async def sharers(here: World, details: Demographics) -> list[int]:
    """By address of these details how many are counted."""
    index = here.index
    query = prepare(index, details, asker=SCHOOL)
    async with index.store.snapshot() as snapshot:
        found = await crowds_of(index, snapshot, await look(index, snapshot, query.addresses), {})
    return [found.get(code, 0) for code, _ in query.addresses]


async def shield(here: World, entries: list[int]) -> None:
    for entry in entries:
        async with here.index.store.snapshot() as snapshot:
            child = await child_of(here.index, snapshot, entry)
            draft = Draft(here.index, snapshot.position, 0)
            draft.put_child(replace(child, profile=replace(child.profile, shield=ShieldState.SHIELDED)))
        await here.index.commit(Commit(expects=(), puts=tuple(draft.puts)))


@pytest.mark.parametrize(
    "address", [{}, {"uprn": ROOM}, {"uprn": ROOM, "postcode": ""}], ids=["postcode", "both", "uprn"]
)
async def test_two_boys_of_a_hotel_who_share_forename_and_birth_date_are_two(
    england: World, address: dict[str, object]
) -> None:
    await filled(england, 70, **address)
    one = await england.register(SURGERY, jawad("Karimi", **address), local_id="x")
    assert await england.register(SOCIAL, jawad("Khan", **address), local_id="y") != one
    assert await england.register(SCHOOL, jawad("Karimi", **address), local_id="z") == one


async def test_the_same_two_at_a_home_are_one(england: World) -> None:
    """What the crowd changes: a child of another surname at one home is mostly one child."""
    one = await england.register(SURGERY, jawad("Karimi"), local_id="x")
    assert await england.register(SOCIAL, jawad("Khan"), local_id="y") == one


async def test_a_link_of_before_the_crowd_becomes_a_review(england: World) -> None:
    one = await england.register(SURGERY, jawad("Karimi"), local_id="x")
    assert await england.register(SOCIAL, jawad("Khan"), local_id="y") == one
    before = await settled(england)
    assert before == Settlement()
    await filled(england, 70)
    after = await settled(england)
    assert (after.apart, after.merged) == (1, 0)


async def settled(here: World) -> Settlement:
    sweep, total = Sweep(), Settlement()
    for entry in [each async for each in live_entries(here.index)]:
        total += await settle(here.index, caller(), entry, sweep)
    return total


async def test_children_are_counted_and_not_records(england: World) -> None:
    """Three custodians write of each of few children: as many records as a crowd has, and no crowd."""
    few = FIRST // 2
    for custodian in (SURGERY, SCHOOL, SOCIAL):
        for number in range(few):
            await england.register(custodian, guest(number), local_id=str(number))
    entries = [each async for each in live_entries(england.index)]
    assert len(entries) == few
    assert await sharers(england, guest(0)) == [0]


async def test_shielded_children_are_not_counted_whoever_asks(england: World) -> None:
    await filled(england, FIRST + 3)
    assert await sharers(england, guest(0)) == [FIRST + 3]
    entries = [each async for each in live_entries(england.index)]
    await shield(england, entries[:3])
    assert await sharers(england, guest(0)) == [FIRST]
    await shield(england, entries[3:4])
    assert await sharers(england, guest(0)) == [0]


async def test_a_shielded_child_moves_no_figure_of_an_explanation(tmp_path: Path) -> None:
    """Two indexes, the one with shielded children at the address as well: the answers are the same to the bit."""
    told = []
    for name, hidden in (("without", 0), ("with", 40)):
        (tmp_path / name).mkdir()
        here = await world(tmp_path / name, population=12_000_000)
        await here.register(SURGERY, jawad("Karimi"), local_id="x")
        await filled(here, FIRST + 1)
        open_ones = {each async for each in live_entries(here.index)}
        for number in range(hidden):
            details = guest(
                number, given_name="Yusuf", family_name=f"Hidden{'abcdefgh'[number % 8]}{'ijklm'[number // 8]}"
            )
            await here.register(SOCIAL, details, local_id=f"hidden-{number}")
        await shield(here, [each async for each in live_entries(here.index) if each not in open_ones])
        steward = caller(SCHOOL)
        answer = await resolve(here.index, steward, jawad("Karimi"))
        assert answer.number is not None
        told.append(await sharers(here, jawad("Karimi")))
        await here.index.store.close()
    assert told[0] == told[1] == [FIRST + 2]


@given(st.permutations(range(FIRST + 2)), st.integers(0, 2))
@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_the_count_is_the_same_in_whatever_order_they_came(order: list[int], twice: int) -> None:
    with TemporaryDirectory() as folder:
        here = await world(Path(folder), population=12_000_000)
        for number in order:
            await here.register(SURGERY, guest(number), local_id=str(number))
        for number in order[:twice]:
            await here.register(SCHOOL, guest(number), local_id=str(number))
        assert await sharers(here, guest(0)) == [FIRST + 2]
        await here.index.store.close()
