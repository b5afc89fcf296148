"""A custodian's word on its own record takes effect where the rest speaks for the child; else a person is asked."""

import asyncio
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from childindex.demographics import Demographics, Identifier, IdentifierType, PartialDate, Sex
from childindex.errors import Error, Reason
from childindex.number import ChildNumber
from childindex.operations import find, resolve, verify
from childindex.operations.doubts import Doubt
from childindex.operations.inspect import inspect
from childindex.operations.review import open_reviews
from childindex.pointer import Change
from childindex.vault import Vault
from tests.operations.documents import caller
from tests.operations.world import World, declared, world

SCHOOL, SURGERY, SOCIAL = "oakfield-school", "mill-lane-surgery", "borough-social-care"
N1, N2 = (Identifier(IdentifierType.NHS_NUMBER, number) for number in ("4176389001", "6421907008"))
THEA = Demographics(
    given_name="Thea",
    family_name="Marlowe",
    birth_date=PartialDate(2015, 3, 11),
    sex=Sex.FEMALE,
    postcode="LS11 5QW",
    identifiers=(N1,),
)
CORRECTIONS = {
    "given_name": st.sampled_from(["Alice", "Theodora", "Josephine", "Mabel"]),
    "family_name": st.sampled_from(["Jones", "Okonkwo", "Marlow-Hughes"]),
    "birth_date": st.builds(PartialDate, st.integers(2012, 2018), st.integers(1, 12), st.integers(1, 28)),
    "sex": st.sampled_from([Sex.MALE, Sex.UNSPECIFIED]),
    "postcode": st.sampled_from(["LS12 6AB", "M14 7TT", ""]),
    "identifiers": st.sampled_from([(N2,), ()]),
}
corrected = st.sampled_from(sorted(CORRECTIONS)).flatmap(lambda name: st.tuples(st.just(name), CORRECTIONS[name]))


async def doubts(here: World) -> set[Doubt]:
    async with here.index.store.snapshot() as view:
        return {doubt for doubt, _ in (await open_reviews(here.index, view)).keys}


async def england(folder: Path, vault: Vault | None = None) -> World:
    return await world(folder, population=12_000_000, vault=vault)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(corrected, st.sampled_from(["Thea", "Olivia"]))
def test_one_field_put_right_takes_effect(correction: tuple[str, object], forename: str) -> None:
    """Whatever the field, and however common the name: the child is found by what is right now, under its number."""
    field, value = correction
    before = replace(THEA, given_name=forename)
    after = replace(before, **{field: value})  # type: ignore[arg-type]  # by keyword

    async def told() -> None:
        with tempfile.TemporaryDirectory() as folder:
            here = await england(Path(folder))
            number = await here.register(SURGERY, before)
            assert await here.register(SURGERY, after, version=2, change=Change.CORRECTED) == number
            assert (await resolve(here.index, caller(SOCIAL), after)).number == ChildNumber(number)
            assert await doubts(here) == set()
            assert not (await inspect(here.index)).faults
            await here.index.store.close()

    asyncio.run(told())


async def test_what_was_corrected_finds_nobody_any_more(tmp_path: Path) -> None:
    here = await england(tmp_path)
    before = replace(THEA, identifiers=())
    number = ChildNumber(await here.register(SURGERY, before))
    after = replace(before, birth_date=PartialDate(2015, 7, 24))
    await here.register(SURGERY, after, version=2, change=Change.CORRECTED)
    assert (await resolve(here.index, caller(SOCIAL), before)).number is None
    assert not (await verify(here.index, caller(SOCIAL), number, before.birth_date)).verified
    assert (await verify(here.index, caller(SOCIAL), number, after.birth_date)).verified


async def test_a_number_that_replaces_another_is_known_as_such_from_then_on(tmp_path: Path) -> None:
    here = await england(tmp_path)
    newer = replace(THEA, identifiers=(N2,))
    number = await here.register(SURGERY, THEA)
    assert await here.register(SCHOOL, THEA) == number
    assert await here.register(SURGERY, newer, version=2) == number
    assert await here.register(SOCIAL, newer) == number
    assert await doubts(here) == set()


async def test_what_others_contradict_takes_effect_and_a_person_is_asked(tmp_path: Path) -> None:
    here = await england(tmp_path)
    number = await here.register(SURGERY, THEA)
    assert await here.register(SCHOOL, THEA) == number
    after = replace(THEA, identifiers=(N2,))
    assert await here.register(SCHOOL, after, version=2, change=Change.CORRECTED) == number
    assert await doubts(here) == {Doubt.MIXED}


TWIN = replace(THEA, given_name="Beatrice", identifiers=())


async def test_a_record_that_comes_to_the_known_twins_name_is_disputed(tmp_path: Path) -> None:
    here = await england(tmp_path)
    one = replace(THEA, identifiers=())
    first, second = await here.register(SURGERY, one, local_id="1"), await here.register(SURGERY, TWIN, local_id="2")
    assert await here.register(SCHOOL, one) == first != second
    await here.register(SCHOOL, TWIN, version=2, change=Change.CORRECTED)
    assert Doubt.DISPUTED in await doubts(here)


@pytest.mark.parametrize("names", [("Grace", "Whitmore"), ("Maisie", "Doyle")])
async def test_a_record_of_which_no_name_is_left_goes_to_a_person(tmp_path: Path, names: tuple[str, str]) -> None:
    """An adoption, or a local id used again for a child born the same day."""
    here = await england(tmp_path)
    await here.register(SOCIAL, replace(THEA, identifiers=()))
    adopted = replace(THEA, given_name=names[0], family_name=names[1], postcode="EX4 4QJ", identifiers=())
    await here.register(SOCIAL, adopted, version=2)
    assert await doubts(here) == {Doubt.DISPUTED}
    assert (await resolve(here.index, caller(SOCIAL), adopted)).number is None


async def test_what_is_disputed_proves_nothing(tmp_path: Path) -> None:
    here = await england(tmp_path)
    number = ChildNumber(await here.register(SCHOOL, THEA))
    await here.register(SURGERY, THEA)
    disputed = replace(THEA, given_name="Rupert", sex=Sex.MALE, birth_date=PartialDate(2015, 3, 12), identifiers=())
    await here.register(SCHOOL, disputed, version=2)
    assert await doubts(here) == {Doubt.DISPUTED}
    assert not (await verify(here.index, caller(SOCIAL), number, disputed.birth_date)).verified
    own = declared(SCHOOL, THEA).key
    for proof in ({"birth_date": disputed.birth_date}, {"own_record": own}):
        with pytest.raises(Error) as refused:
            await find(here.index, caller(SCHOOL), number, **proof)
        assert refused.value.reason is Reason.NOT_CONFIRMED
    assert (await find(here.index, caller(SCHOOL), number, birth_date=THEA.birth_date)).number == number


B = Demographics(
    given_name="Jakub",
    family_name="Nowak",
    birth_date=PartialDate(2016, 5, 2),
    sex=Sex.MALE,
    postcode="LS8 4DT",
)
STEPS = ("postcode", "family_name", "given_name", "sex", "birth_date")


@pytest.mark.parametrize("change", list(Change))
@pytest.mark.parametrize("order", [STEPS, ("postcode", "family_name", "sex", "birth_date", "given_name")])
async def test_no_steps_carry_a_number_to_another_child(tmp_path: Path, change: Change, order: tuple[str, ...]) -> None:
    """Each step continues the last one; but another custodian's record of the child has nothing left in common."""
    here = await england(tmp_path)
    details = replace(THEA, identifiers=())
    number = await here.register(SURGERY, details)
    assert await here.register(SOCIAL, details) == number
    for version, field in enumerate(order, 2):
        details = replace(details, **{field: getattr(B, field)})
        await here.register(SURGERY, details, version=version, change=change)
    assert Doubt.DISPUTED in await doubts(here)
    assert not (await verify(here.index, caller(SCHOOL), ChildNumber(number), B.birth_date)).verified
    assert await here.register(SCHOOL, B) != number
    assert not (await inspect(here.index)).faults
