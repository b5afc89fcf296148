"""Components: which records are settled together."""

from itertools import permutations

import pytest

from childindex.demographics import Demographics, PartialDate
from childindex.operations import component, live_entries
from childindex.operations.component import components_of
from childindex.operations.files import Files, Held
from childindex.operations.reconcile import plan_of
from childindex.operations.review import open_reviews
from tests.operations.world import World

AMELIA = Demographics(
    given_name="Amelia", family_name="Quillfeather", birth_date=PartialDate(2015, 3, 14), postcode="ZE9 4QQ"
)
SCHOOL, SURGERY, SOCIAL = "oakfield-school", "mill-lane-surgery", "borough-social-care"


async def test_who_is_reached_one_way_only_is_settled_with_who_reaches_him(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A record whose only version is disputed finds others, and has no row to be found by."""
    assert await here.register(SCHOOL, AMELIA) == await here.register(SURGERY, AMELIA)
    (entry,) = [entry async for entry in live_entries(here.index)]

    async def one_way(files: Files, record: Held) -> list[int]:
        return [entry] if record.key.custodian == SURGERY else []

    monkeypatch.setattr(component, "_near", one_way)
    async with here.index.store.snapshot() as snapshot:
        files = Files(here.index, snapshot)
        held = sorted(await files.of(entry), key=lambda each: each.key.custodian, reverse=True)
        assert [each.key.custodian for each in held] == [SCHOOL, SURGERY]  # the one who reaches nobody comes first
        (found,) = await components_of(files, held)
        files.records[entry] = tuple(held)
        plan = await plan_of(files, entry, await open_reviews(here.index, snapshot))
    assert found.handles == {each.live.handle for each in held}
    assert [set(cluster) for cluster in plan.clusters] == [{each.key for each in held}]
    assert plan.findings == ()


async def test_two_who_reach_a_third_are_settled_with_it_together(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other, third = [await here.register(custodian, AMELIA) for custodian in (SCHOOL, SURGERY, SOCIAL)]
    assert one == other == third
    (entry,) = [entry async for entry in live_entries(here.index)]
    async with here.index.store.snapshot() as snapshot:
        files = Files(here.index, snapshot)
        held = {each.key.custodian: each for each in await files.of(entry)}

    async def reaches(files: Files, record: Held) -> list[int]:
        files.records[entry] = (record, held[SOCIAL])  # each of the others finds the third, and nobody finds them
        return [] if record.key.custodian == SOCIAL else [entry]

    monkeypatch.setattr(component, "_near", reaches)
    for order in permutations(held.values()):
        (found,) = await components_of(files, order)
        assert found.handles == {each.live.handle for each in held.values()}
        assert [each.live.handle for each in found.core] == sorted(found.handles)
        assert found.whole
