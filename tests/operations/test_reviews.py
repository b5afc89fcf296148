"""Reviews follow the evidence: closed when it decides, open again when it is withdrawn, and they bar nothing."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from childindex.demographics import Demographics, Identifier, IdentifierType, PartialDate, Sex
from childindex.entry import EntryState
from childindex.errors import StoreDamaged
from childindex.number import ChildNumber, NumberType
from childindex.operations import live_entries, settle, settle_each, withdraw
from childindex.operations.child import child_of, entry_of
from childindex.operations.doubts import Doubt, Review
from childindex.operations.inspect import inspect
from childindex.operations.review import open_reviews
from childindex.operations.settle import Settlement, Sweep
from childindex.pointer import WithdrawalReason
from tests.operations.documents import caller
from tests.operations.world import World, declared, world

SCHOOL, SURGERY, SOCIAL = "oakfield-school", "mill-lane-surgery", "borough-social-care"
BILAL = Demographics(
    given_name="Bilal",
    family_name="Chowdhury",
    birth_date=PartialDate(2015, 6, 17),
    sex=Sex.MALE,
    postcode="LS11 5QW",
)
HAMZA = replace(BILAL, given_name="Hamza")
SLIP = WithdrawalReason.ENTERED_IN_ERROR


@pytest.fixture
async def england(tmp_path: Path) -> AsyncIterator[World]:
    made = await world(tmp_path, population=12_000_000)
    yield made
    assert not (await inspect(made.index)).faults
    await made.index.store.close()


async def settled(here: World) -> Settlement:
    total, sweep = Settlement(), Sweep()
    for entry in [entry async for entry in live_entries(here.index)]:
        total += await settle(here.index, caller(), entry, sweep)
    return total


async def open_doubts(here: World) -> list[Doubt]:
    async with here.index.store.snapshot() as view:
        return sorted((doubt for doubt, _ in (await open_reviews(here.index, view)).keys), key=lambda d: d.value)


async def state(here: World, number: str) -> EntryState:
    async with here.index.store.snapshot() as view:
        entry = await entry_of(here.index, view, ChildNumber(number))
        assert entry is not None
        return EntryState((await child_of(here.index, view, entry)).profile.state)


async def gone(here: World, custodian: str, local_id: str, reason: WithdrawalReason = SLIP) -> None:
    await withdraw(here.index, caller(custodian), declared(custodian, BILAL, local_id).key, reason)


async def listed(here: World) -> None:
    """The surgery and the school list both."""
    await here.register(SURGERY, HAMZA, local_id="2")
    await here.register(SCHOOL, BILAL, local_id="1")
    await here.register(SCHOOL, HAMZA, local_id="2")


async def test_later_evidence_closes_a_review_and_its_withdrawal_opens_it_again(england: World) -> None:
    """Are they one child or twins? A surgery and a school that list both say that they are two."""
    await england.register(SURGERY, BILAL, local_id="1")
    doubtful = await england.register(SOCIAL, HAMZA)
    assert await open_doubts(england) == [Doubt.DUPLICATE]
    assert await state(england, doubtful) is EntryState.UNDER_REVIEW
    await settled(england)
    assert await open_doubts(england) == [Doubt.DUPLICATE]  # settling has nothing to add

    await listed(england)
    assert (await settled(england)).closed == 1
    assert await open_doubts(england) == []
    assert await state(england, doubtful) is EntryState.LIVE

    await gone(england, SURGERY, "2")
    await gone(england, SCHOOL, "2")
    assert (await settled(england)).together == 1
    assert await open_doubts(england) == [Doubt.DUPLICATE]


async def test_evidence_that_they_are_one_merges_them_and_closes_it(england: World) -> None:
    ones = Identifier(IdentifierType.NHS_NUMBER, "4176389001")
    others = Identifier(IdentifierType.NHS_NUMBER, "6421907008")
    first = await england.register(SURGERY, replace(BILAL, identifiers=(ones,)))
    second = await england.register(SOCIAL, replace(BILAL, identifiers=(others,)))
    assert first != second
    assert await open_doubts(england) == [Doubt.DUPLICATE]
    await england.register(SOCIAL, replace(BILAL, identifiers=(ones,)), version=2)
    assert (await settled(england)).merged == 1
    assert await open_doubts(england) == []
    assert await england.register(SOCIAL, replace(BILAL, identifiers=(ones,)), version=3) == first


async def test_a_review_bars_nothing_that_it_is_not_about(england: World) -> None:
    """Two records of one child are merged though each of them might be the twin's."""
    await england.register(SOCIAL, HAMZA)
    first = await england.register(SURGERY, BILAL)
    england.clock.pass_by(hours=1)
    assert await england.register(SURGERY, BILAL, local_id="2") != first
    await gone(england, SURGERY, "2", WithdrawalReason.ENDED)
    assert (await settled(england)).merged == 1
    assert await england.register(SURGERY, BILAL, version=2) == first
    assert await open_doubts(england) == [Doubt.DUPLICATE]


async def test_a_number_becomes_permanent_when_the_doubt_is_gone_and_an_issuer_sends_it_again(england: World) -> None:
    await england.register(SOCIAL, HAMZA)
    provisional = await england.register(SURGERY, BILAL, local_id="1")
    assert ChildNumber(provisional).type is NumberType.PROVISIONAL
    assert await england.register(SURGERY, BILAL, local_id="1") == provisional
    await listed(england)
    await settled(england)
    again = await england.register(SURGERY, BILAL, local_id="1")
    assert ChildNumber(again).type is NumberType.PERMANENT


async def test_reviews_of_entries_that_are_no_more_are_closed(england: World) -> None:
    await england.register(SURGERY, BILAL)
    await england.register(SOCIAL, HAMZA)
    await gone(england, SOCIAL, "1")
    async with england.index.store.snapshot() as view:
        reviews = await open_reviews(england.index, view)
    assert (await settle_each(england.index, caller(), [], reviews)).closed == 1
    assert await open_doubts(england) == []


async def test_what_stands_under_the_same_review_is_one(england: World) -> None:
    """Raised at registration and found by settling, from either side, it is one review with one id."""
    await england.register(SURGERY, BILAL)
    await england.register(SOCIAL, HAMZA)
    before = await open_doubts(england)
    assert (await settled(england)).together == 0
    assert await open_doubts(england) == before == [Doubt.DUPLICATE]


def test_a_review_reads_back_and_tells_damage() -> None:
    review = Review(Doubt.DUPLICATE, (2, 1), 0.25, ("forename_disagrees",))
    assert Review.decode(review.encode("model", "2026-09-01")) == review
    for damaged in (b"", b"{}", b'{"doubt": "none", "entries": [], "vetoes": [], "probability": 0}'):
        with pytest.raises(StoreDamaged):
            Review.decode(damaged)
