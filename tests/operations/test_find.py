"""Finding and verifying: a number alone opens nothing, and unknown, hidden and wrong are told alike."""

from dataclasses import replace
from pathlib import Path

import pytest

from childindex.caller import ActorRole, Visibility
from childindex.demographics import PartialDate
from childindex.entry import ShieldState
from childindex.errors import Error, Reason
from childindex.number import ChildNumber, NumberType
from childindex.operations import Found, Settings, check_number, find, resolve, verify
from childindex.operations.child import child_of, place_of
from childindex.operations.draft import Draft
from childindex.pointer import RecordKey
from tests.operations.documents import caller
from tests.operations.world import CHILD, OTHER, SAME_MISSPELT, World, world

SCHOOL, SURGERY, SOCIAL = "oakfield-school", "mill-lane-surgery", "borough-social-care"
BORN = CHILD.birth_date
PUPIL = RecordKey(SCHOOL, "pupils", "school.pupil", "1")


async def everybody(here: World) -> ChildNumber:
    for custodian in (SCHOOL, SURGERY, SOCIAL):
        number = await here.register(custodian, CHILD)
    return ChildNumber(number)


async def hide(here: World, key: RecordKey) -> None:
    """What a steward's shielding will do: only the state of the entry."""
    async with here.index.store.snapshot() as view:
        place, _ = await place_of(here.index, view, key)
        assert place is not None
        child = await child_of(here.index, view, place.entry)
        draft = Draft(here.index, view.position)
        draft.put_child(replace(child, profile=replace(child.profile, shield=ShieldState.SHIELDED)))
    await here.index.store.commit(draft.commit())


def holders(found: Found) -> dict[str, Visibility]:
    return {pointer.custodian: pointer.visibility for pointer in found.pointers}


async def test_each_searcher_sees_as_far_as_its_agreement(here: World) -> None:
    number = await everybody(here)
    school = await find(here.index, caller(SCHOOL), number, birth_date=BORN)
    assert holders(school) == {SCHOOL: Visibility.CONTENT, SOCIAL: Visibility.EXISTENCE}
    social = await find(here.index, caller(SOCIAL), number, birth_date=BORN)
    assert holders(social) == dict.fromkeys((SCHOOL, SURGERY, SOCIAL), Visibility.CONTENT)
    (of_social,) = [p for p in school.pointers if p.custodian == SOCIAL]
    assert of_social.pointer is None
    assert of_social.contact.team == "Duty desk"


async def test_a_number_alone_opens_nothing(here: World) -> None:
    number = await everybody(here)
    unknown = ChildNumber.draw(NumberType.PERMANENT)
    other_record = RecordKey(SCHOOL, "pupils", "school.pupil", "999")
    messages = set()
    for given, beside in (
        (number, {}),
        (number, {"birth_date": PartialDate(2015, 3, 15)}),
        (number, {"birth_date": PartialDate(2015, 3)}),
        (number, {"own_record": other_record}),
        (unknown, {"birth_date": BORN}),
    ):
        with pytest.raises(Error) as refused:
            await find(here.index, caller(SCHOOL), given, **beside)
        assert refused.value.reason is Reason.NOT_CONFIRMED
        messages.add((refused.value.message, tuple(refused.value.metadata)))
    assert len(messages) == 1


async def test_an_own_record_stands_for_the_birth_date(here: World) -> None:
    number = await everybody(here)
    assert holders(await find(here.index, caller(SCHOOL), number, own_record=PUPIL))
    theirs = RecordKey(SOCIAL, "cases", "social_care.case", "1")
    assert (await find(here.index, caller(SOCIAL), number, own_record=theirs)).number == number
    with pytest.raises(Error) as refused:
        await find(here.index, caller(SCHOOL), number, own_record=theirs)
    assert refused.value.reason is Reason.NOT_CONFIRMED


async def test_an_automated_actor_never_finds(here: World) -> None:
    number = await everybody(here)
    with pytest.raises(Error) as refused:
        await find(here.index, caller(SCHOOL, role=ActorRole.AUTOMATED), number, birth_date=BORN)
    assert refused.value.reason is Reason.ACTOR_NOT_PERMITTED


async def test_a_shielded_child_is_answered_as_unknown_but_to_those_who_hold_its_record(here: World) -> None:
    number = ChildNumber(await here.register(SCHOOL, CHILD))
    await here.register(SOCIAL, CHILD)
    await hide(here, PUPIL)
    assert (await resolve(here.index, caller(SURGERY), CHILD)).number is None
    assert not (await verify(here.index, caller(SURGERY), number, BORN)).verified
    with pytest.raises(Error) as refused:
        await find(here.index, caller(SURGERY), number, birth_date=BORN)
    assert refused.value.reason is Reason.NOT_CONFIRMED
    for beside in ({"own_record": PUPIL}, {"birth_date": BORN}):
        own = await find(here.index, caller(SCHOOL), number, **beside)
        assert holders(own) == {SCHOOL: Visibility.CONTENT}
    assert (await resolve(here.index, caller(SCHOOL), CHILD)).number == number
    assert (await verify(here.index, caller(SCHOOL), number, BORN)).verified


async def test_no_explanation_tells_of_a_hidden_child(here: World) -> None:
    steward = caller(SOCIAL, role=ActorRole.STEWARD)
    unknown = (await resolve(here.index, steward, CHILD, explain=True)).explanation
    await here.register(SCHOOL, CHILD)
    assert (await resolve(here.index, steward, CHILD, explain=True)).explanation != unknown
    await hide(here, PUPIL)
    assert (await resolve(here.index, steward, CHILD, explain=True)).explanation == unknown


async def test_a_record_that_may_be_a_shielded_childs_is_born_shielded(here: World) -> None:
    hidden = await here.register(SCHOOL, CHILD)
    await hide(here, PUPIL)
    planted = await here.register(SURGERY, SAME_MISSPELT)
    assert planted != hidden
    assert (await resolve(here.index, caller(SOCIAL), SAME_MISSPELT)).number is None
    assert not (await verify(here.index, caller(SOCIAL), ChildNumber(planted), BORN)).verified


@pytest.mark.parametrize("shielded", ["1", "2"])
async def test_an_open_entry_of_the_same_child_hides_no_shielded_one(here: World, shielded: str) -> None:
    """Held twice by a school, a child has two entries; one is shielded: what fits both is born shielded, whichever."""
    for local_id in ("1", "2"):
        await here.register(SCHOOL, CHILD, local_id=local_id)
    await hide(here, replace(PUPIL, local_id=shielded))
    await here.register(SURGERY, CHILD)
    async with here.index.store.snapshot() as view:
        place, _ = await place_of(here.index, view, RecordKey(SURGERY, "patients", "health.gp_patient", "1"))
        assert place is not None
        born = await child_of(here.index, view, place.entry)
    assert born.profile.shield == ShieldState.BORN_SHIELDED
    assert len(born.pointers) == 1


async def test_a_planted_record_betrays_no_shield(here: World, tmp_path: Path) -> None:
    """Whoever plants a record sees what it would see if nobody like it were known."""
    await here.register(SCHOOL, CHILD)
    await hide(here, PUPIL)
    elsewhere = await world(tmp_path / "elsewhere")
    seen = []
    for index in (here, elsewhere):
        first = await index.register(SURGERY, CHILD, local_id="1")
        second = await index.register(SURGERY, CHILD, local_id="1", version=2)
        again = await index.register(SURGERY, replace(CHILD, postcode="ZE2 2ZZ"), local_id="1", version=3)
        told = await resolve(index.index, caller(SURGERY), CHILD)
        checked = await verify(index.index, caller(SURGERY), ChildNumber(first), BORN)
        found = await find(index.index, caller(SURGERY), ChildNumber(first), birth_date=BORN)
        other = await index.register(SURGERY, CHILD, local_id="2")
        seen.append(
            (first[0], second == first, again == first, told.number == ChildNumber(first), checked.verified,
             holders(found), other == first, other[0])
        )  # fmt: skip
    await elsewhere.index.store.close()
    assert seen[0] == seen[1]


async def test_an_update_that_comes_to_resemble_a_shielded_child_is_shielded_with_it(here: World) -> None:
    await here.register(SCHOOL, CHILD)
    await hide(here, PUPIL)
    newborn = replace(CHILD, given_name="Baby", middle_names="", postcode="ZE1 1ZZ", family_name="Otherwise")
    number = ChildNumber(await here.register(SURGERY, newborn, local_id="1"))
    await here.register(SURGERY, replace(CHILD, postcode="ZE1 1ZZ"), local_id="1", version=2)
    assert (await resolve(here.index, caller(SOCIAL), CHILD)).number is None
    assert not (await verify(here.index, caller(SOCIAL), number, BORN)).verified


async def test_verify_needs_number_and_birth_date_together(here: World) -> None:
    number = await everybody(here)
    assert (await verify(here.index, caller(SCHOOL), number, BORN)).verified
    for given, born in (
        (number, PartialDate(2015, 3, 15)),
        (number, PartialDate(2015)),
        (ChildNumber.draw(NumberType.PERMANENT), BORN),
        (ChildNumber.draw(NumberType.TEST), BORN),
    ):
        assert not (await verify(here.index, caller(SCHOOL), given, born)).verified


async def test_a_superseded_number_leads_on(here: World) -> None:
    provisional = ChildNumber(await here.register(SOCIAL, CHILD))
    permanent = ChildNumber(await here.register(SCHOOL, CHILD))
    answer = await verify(here.index, caller(SCHOOL), provisional, BORN)
    assert (answer.verified, answer.current) == (True, permanent)
    assert (await verify(here.index, caller(SCHOOL), permanent, BORN)).current is None
    assert (await find(here.index, caller(SCHOOL), provisional, birth_date=BORN)).number == permanent


async def test_checking_a_number_is_about_its_form_only(here: World) -> None:
    drawn = ChildNumber.draw(NumberType.PERMANENT)
    assert await check_number(here.index, caller(SCHOOL), f" {str(drawn).lower()} ") == drawn
    wrong = drawn.value[:-1] + ("0" if drawn.value[-1] != "0" else "1")
    assert await check_number(here.index, caller(SCHOOL), wrong) is None
    assert await check_number(here.index, caller(SCHOOL), ChildNumber.draw(NumberType.TEST).value) is None
    with pytest.raises(Error):
        await check_number(here.index, caller("stranger"), drawn.value)


async def test_budgets_count_distinct_children_and_unknown_ones_cost_as_much(tmp_path: Path) -> None:
    here = await world(tmp_path, Settings(budget=3))
    try:
        await here.register(SCHOOL, CHILD)
        asker = caller(SURGERY)
        for _ in range(5):  # the same child again is free
            await resolve(here.index, asker, CHILD)
        await resolve(here.index, asker, OTHER)
        await resolve(here.index, asker, replace(OTHER, given_name="Somebody"))
        with pytest.raises(Error) as refused:
            await resolve(here.index, asker, replace(OTHER, given_name="Else"))
        assert refused.value.reason is Reason.BUDGET_EXHAUSTED
        await resolve(here.index, asker, CHILD)
    finally:
        await here.index.store.close()


async def test_guesses_of_a_birth_date_cost_and_so_do_other_actors_of_one_custodian(tmp_path: Path) -> None:
    here = await world(tmp_path, Settings(budget=10, custodian_budget=12))
    try:
        number = ChildNumber(await here.register(SCHOOL, CHILD))
        for day in range(1, 11):
            await verify(here.index, caller(SURGERY), number, PartialDate(2015, 5, day))
        with pytest.raises(Error) as professional:
            await verify(here.index, caller(SURGERY), number, BORN)
        another = replace(caller(SURGERY), actor=replace(caller(SURGERY).actor, reference="officer-8"))
        await verify(here.index, another, number, PartialDate(2015, 6, 1))
        await verify(here.index, another, number, PartialDate(2015, 6, 2))
        with pytest.raises(Error) as custodian:
            await verify(here.index, another, number, PartialDate(2015, 6, 3))
        assert professional.value.reason is custodian.value.reason is Reason.BUDGET_EXHAUSTED
    finally:
        await here.index.store.close()
