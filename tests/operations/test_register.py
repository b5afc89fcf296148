"""Registering: one child one number, whoever registers, however often; on doubt never a merge."""

from dataclasses import replace

import pytest

from childindex import linkage
from childindex.caller import Purpose
from childindex.demographics import Demographics, Identifier, IdentifierType, PartialDate, Sex
from childindex.errors import Error, Reason, StoreDamaged
from childindex.number import ChildNumber, NumberType
from childindex.operations import list_changes, list_own_records, register, resolve
from childindex.operations.child import Child, child_of, entry_of, place_of, records_as_given
from childindex.operations.draft import Draft
from childindex.operations.index import Memory
from childindex.operations.inspect import inspect
from childindex.operations.versions import MOST_VERSIONS
from childindex.pointer import Change, PointerState, RecordKey, Sensitivity
from childindex.store import Commit, Put, Table
from tests.operations.documents import caller
from tests.operations.world import CHILD, OTHER, SAME_MISSPELT, TWIN, World, declared

SCHOOL, SURGERY, SOCIAL = "oakfield-school", "mill-lane-surgery", "borough-social-care"


def kind(number: str) -> NumberType:
    return ChildNumber(number).type


async def sound(here: World) -> None:
    result = await inspect(here.index)
    assert not result.faults, result.faults


async def test_two_custodians_get_one_number_for_one_child(here: World) -> None:
    first = await here.register(SCHOOL, CHILD)
    assert kind(first) is NumberType.PERMANENT
    assert await here.register(SURGERY, SAME_MISSPELT) == first
    assert await here.register(SOCIAL, OTHER) != first
    await sound(here)


async def test_a_custodian_that_may_not_issue_causes_a_provisional_number(here: World) -> None:
    assert kind(await here.register(SOCIAL, CHILD)) is NumberType.PROVISIONAL


async def test_an_issuers_word_makes_the_number_permanent_and_the_holders_are_told(here: World) -> None:
    provisional = await here.register(SOCIAL, CHILD)
    permanent = await here.register(SCHOOL, SAME_MISSPELT)
    assert kind(permanent) is NumberType.PERMANENT
    told = await list_changes(here.index, caller(SOCIAL))
    assert [(c.previous.value, c.current and c.current.value) for c in told.changes] == [(provisional, permanent)]
    assert (await list_changes(here.index, caller(SCHOOL))).changes == ()
    assert (await resolve(here.index, caller(SOCIAL), CHILD)).number == ChildNumber(permanent)
    await sound(here)


@pytest.mark.parametrize("given", ["Baby Girl", f"Infant {CHILD.family_name}"])
async def test_a_placeholder_forename_gets_a_provisional_number_even_from_an_issuer(here: World, given: str) -> None:
    newborn = replace(CHILD, given_name=given, middle_names="", birth_date=PartialDate(2026, 8, 20))
    assert kind(await here.register(SURGERY, newborn)) is NumberType.PROVISIONAL


async def test_a_twin_is_never_merged_automatically(here: World) -> None:
    first = await here.register(SCHOOL, CHILD)
    assert await here.register(SURGERY, TWIN) != first
    await sound(here)


async def test_a_second_active_record_of_one_system_is_never_linked_automatically(here: World) -> None:
    first = await here.register(SCHOOL, CHILD, local_id="1")
    second = await here.register(SCHOOL, CHILD, local_id="2")
    assert second != first
    assert kind(second) is NumberType.PROVISIONAL
    async with here.index.store.snapshot() as view:
        assert len(await view.scan(Table.REVIEW, b"", b"", 10)) == 1


async def test_the_same_record_again_changes_nothing_but_last_seen(here: World) -> None:
    first = await here.register(SCHOOL, CHILD)
    before = await list_own_records(here.index, caller(SCHOOL))
    here.clock.pass_by(hours=5)
    assert await here.register(SCHOOL, CHILD) == first
    after = await list_own_records(here.index, caller(SCHOOL))
    (old,), (new,) = before.records, after.records
    assert (new.last_seen - old.last_seen).total_seconds() == 5 * 3600
    assert replace(new, last_seen=old.last_seen) == old
    await sound(here)


async def test_versions_only_go_forward(here: World) -> None:
    await here.register(SCHOOL, CHILD, version=3)
    for version, details, reason in (
        (2, CHILD, Reason.STALE_SOURCE_VERSION),
        (3, SAME_MISSPELT, Reason.SOURCE_VERSION_REUSED),
    ):
        with pytest.raises(Error) as refused:
            await here.register(SCHOOL, details, version=version)
        assert refused.value.reason is reason


async def test_a_change_keeps_the_old_value_findable_and_a_correction_does_not(here: World) -> None:
    for number, (change, child) in enumerate([(Change.CHANGED, CHILD), (Change.CORRECTED, OTHER)]):
        newer = replace(child, postcode="ZE3 3ZZ", family_name=f"Abernethy{'ab'[number]}stoke")
        first = await here.register(SCHOOL, child, local_id=str(number))
        assert await here.register(SCHOOL, newer, local_id=str(number), version=2, change=change) == first
        assert (await resolve(here.index, caller(SURGERY), newer)).number == ChildNumber(first)
        file = await file_of(here, declared(SCHOOL, child, str(number)).key)
        assert [row.active for row in file.profile.rows] == ([False, True] if change is Change.CHANGED else [True])
        await sound(here)


async def file_of(here: World, key: RecordKey) -> Child:
    async with here.index.store.snapshot() as view:
        place, _ = await place_of(here.index, view, key)
        assert place is not None
        return await child_of(here.index, view, place.entry)


async def reviews(here: World) -> int:
    async with here.index.store.snapshot() as view:
        return len(await view.scan(Table.REVIEW, b"", b"", 100))


@pytest.mark.parametrize("change", [Change.CHANGED, Change.CORRECTED])
@pytest.mark.parametrize("others", [True, False])
async def test_an_update_to_another_childs_details_moves_nobody(here: World, change: Change, *, others: bool) -> None:
    """A reused local id or a slip: the number must go on meaning the child it was issued for."""
    one = await here.register(SCHOOL, CHILD, local_id="1")
    if others:
        await here.register(SURGERY, CHILD, local_id="1")
    two = await here.register(SCHOOL, OTHER, local_id="1", version=2, change=change)
    assert two != one
    assert await reviews(here) == 1  # that an id in use came to another child is for a person
    assert await here.register(SOCIAL, OTHER, local_id="9") == two
    assert (await resolve(here.index, caller(SURGERY), OTHER)).number == ChildNumber(two)
    left = None if change is Change.CORRECTED and not others else ChildNumber(one)  # nobody says any more that it is
    assert (await resolve(here.index, caller(SURGERY), CHILD)).number == left
    moved = replace(OTHER, postcode="ZE3 3AA")
    assert await here.register(SCHOOL, moved, local_id="1", version=3, change=change) == two
    assert await reviews(here) == 1
    await sound(here)


async def test_a_slip_put_right_is_forgotten(here: World) -> None:
    one = await here.register(SOCIAL, CHILD)
    await here.register(SOCIAL, OTHER, version=2)
    await here.register(SOCIAL, CHILD, version=3)
    permanent = await here.register(SCHOOL, CHILD)
    assert (kind(one), kind(permanent)) == (NumberType.PROVISIONAL, NumberType.PERMANENT)
    assert all(row.features for row in (await file_of(here, declared(SOCIAL, CHILD).key)).profile.rows)
    await sound(here)


async def test_an_update_to_the_twins_details_goes_to_a_steward(here: World) -> None:
    one = await here.register(SCHOOL, CHILD)
    await here.register(SURGERY, CHILD)
    await here.register(SURGERY, TWIN, version=2)
    assert await reviews(here) == 1
    assert (await resolve(here.index, caller(SOCIAL), TWIN)).number != ChildNumber(one)
    await sound(here)


async def test_a_newborn_gets_its_name_and_with_it_a_permanent_number(here: World) -> None:
    newborn = replace(CHILD, given_name="Baby", middle_names="", birth_date=PartialDate(2026, 8, 20))
    named = replace(CHILD, birth_date=PartialDate(2026, 8, 20))
    provisional = await here.register(SURGERY, newborn)
    permanent = await here.register(SURGERY, named, version=2)
    assert (kind(provisional), kind(permanent)) == (NumberType.PROVISIONAL, NumberType.PERMANENT)
    assert await reviews(here) == 0
    assert await here.register(SCHOOL, named) == permanent
    await sound(here)


@pytest.mark.parametrize("known", [False, True])
async def test_a_twin_is_named_by_its_own_record_where_nobody_else_is_tied_to_it(here: World, *, known: bool) -> None:
    """The number that others were told for "Twin 1" may be the other twin's by now: then a person looks at it."""
    newborn = replace(CHILD, given_name="Twin 1", middle_names="", known_as="", birth_date=PartialDate(2026, 8, 20))
    newborn = replace(newborn, identifiers=())
    number = await here.register(SCHOOL, newborn)
    if known:
        await tied(here, number, declared(SURGERY, newborn).key)
    named = await here.register(SCHOOL, replace(newborn, given_name="Oliver"), version=2)
    assert (kind(named) is NumberType.PERMANENT) is not known
    assert await reviews(here) == int(known)


async def tied(here: World, number: str, key: RecordKey) -> None:
    """A record of another custodian in a child's file, as a steward puts it there."""
    async with here.index.store.snapshot() as view:
        entry = await entry_of(here.index, view, ChildNumber(number))
        assert entry is not None
        child = await child_of(here.index, view, entry)
    draft = Draft(here.index, 0)
    draft.put_child(child.with_pointer(replace(child.pointers[0], key=key)))
    await here.index.commit(draft.commit())


@pytest.mark.parametrize("named", [{"family_name": "Abernethystoke", "postcode": "LS9 1AA", "identifiers": ()}])
async def test_details_that_are_disputed_make_no_number_permanent(here: World, named: dict[str, object]) -> None:
    """A bed's local id that is used again for the next newborn must not certify the first."""
    newborn = replace(CHILD, given_name="Twin 1", middle_names="", known_as="", birth_date=PartialDate(2026, 8, 20))
    number = await here.register(SCHOOL, newborn)
    oliver = replace(newborn, given_name="Oliver", **named)  # type: ignore[arg-type]  # by keyword
    assert await here.register(SCHOOL, oliver, version=2) == number
    assert kind(number) is NumberType.PROVISIONAL
    again = await here.register(SCHOOL, replace(oliver, sex=Sex.UNSPECIFIED), version=3)
    assert again == number


async def test_history_is_bounded_and_an_address_taken_up_again_is_one_row(here: World) -> None:
    number = await here.register(SCHOOL, CHILD)
    for version in range(2, 60):
        moved = replace(CHILD, postcode=f"ZE{version % 25} 1AA")
        assert await here.register(SCHOOL, moved, version=version) == number
    child = await file_of(here, declared(SCHOOL, CHILD).key)
    assert len(child.profile.rows) <= MOST_VERSIONS + 1
    assert sum(row.active for row in child.profile.rows) == 1
    await sound(here)


async def test_a_future_last_day_ends_nothing_yet(here: World) -> None:
    first = await here.register(SCHOOL, CHILD, local_id="1", involved_until=PartialDate(2030, 1, 1))
    assert await here.register(SCHOOL, CHILD, local_id="2") != first
    (own, _) = (await list_own_records(here.index, caller(SCHOOL))).records
    assert own.state is PointerState.ACTIVE


async def test_a_custodian_declares_only_its_own_records(here: World) -> None:
    with pytest.raises(Error) as refused:
        await register(here.index, caller(SCHOOL), declared(SURGERY, CHILD))
    assert refused.value.reason is Reason.NO_AGREEMENT


async def test_an_index_written_by_another_model_is_refused(here: World) -> None:
    other = replace(here.index, model=linkage.shipped(7_777), memory=Memory())
    with pytest.raises(StoreDamaged):
        await register(other, caller(SCHOOL), declared(SCHOOL, CHILD))
    with pytest.raises(StoreDamaged):
        await inspect(other)


async def test_a_damaged_profile_is_never_an_answer(here: World) -> None:
    await here.register(SCHOOL, CHILD)
    async with here.index.store.snapshot() as view:
        ((key, value),) = await view.scan(Table.ENTRY, b"", b"", 10)
    bent = value[:30] + bytes([value[30] ^ 1]) + value[31:]
    await here.index.store.commit(Commit(puts=(Put(Table.ENTRY, key, bent),)))
    with pytest.raises(StoreDamaged):
        await resolve(here.index, caller(SURGERY), CHILD)


async def test_too_little_to_identify_is_refused_with_advice_from_the_input_alone(here: World) -> None:
    with pytest.raises(Error) as refused:
        await here.register(SCHOOL, Demographics(given_name="Tamsin"))
    assert refused.value.reason is Reason.TOO_LITTLE_TO_IDENTIFY
    assert "ADD_BIRTH_DATE" in refused.value.metadata["advice"]
    assert "Tamsin" not in str(refused.value)


async def test_permission_comes_before_everything(here: World) -> None:
    for who, purpose, reason in (
        ("stranger", Purpose.SAFEGUARDING, Reason.UNKNOWN_CUSTODIAN),
        (SCHOOL, Purpose.HOUSING, Reason.NO_AGREEMENT),
    ):
        with pytest.raises(Error) as refused:
            await register(here.index, caller(who, purpose=purpose), declared(SCHOOL, Demographics()))
        assert refused.value.reason is reason


async def test_sensitive_records_wait_for_consent(here: World) -> None:
    with pytest.raises(Error) as refused:
        await here.register(SCHOOL, CHILD, sensitivity=Sensitivity.SENSITIVE)
    assert refused.value.reason is Reason.CONSENT_REQUIRED


STRANGER = replace(OTHER, given_name="Wilhelmina", family_name="Featherstone", sex=Sex.FEMALE)
NHS = [Identifier(IdentifierType.NHS_NUMBER, number) for number in ("4005678904", "4005678912")]
RENAMED = replace(OTHER, family_name="Abernethystoke", postcode="ZE7 7AA", former_family_names=(OTHER.family_name,))


@pytest.mark.parametrize("number", NHS)
async def test_an_update_must_leave_the_profile_valid(here: World, number: Identifier) -> None:
    """A record may go on by its own word where others say nothing of it, but not beside another NHS number."""
    one = await here.register(SURGERY, replace(OTHER, identifiers=(NHS[0],)))
    assert await here.register(SOCIAL, RENAMED) == one
    newer = replace(RENAMED, former_family_names=(), birth_date=PartialDate(2012, 11, 25), identifiers=(number,))
    assert await here.register(SOCIAL, newer, version=2) == one
    assert await reviews(here) == int(number != NHS[0])
    await sound(here)


@pytest.mark.parametrize("change", list(Change))
@pytest.mark.parametrize("last", list(Change))
async def test_what_was_disputed_and_led_to_what_fits_is_matchable_again(
    here: World, change: Change, last: Change
) -> None:
    """A correction takes effect when it fits."""
    first, renamed = replace(OTHER, given_name="William"), replace(RENAMED, given_name="William")
    one = await here.register(SOCIAL, first)
    between = replace(renamed, given_name="Will", former_family_names=(), birth_date=PartialDate(2012, 11, 25))
    await here.register(SOCIAL, between, version=2, change=change)
    assert await reviews(here) == 1
    assert (await resolve(here.index, caller(SCHOOL), between)).number is None
    assert await here.register(SOCIAL, renamed, version=3, change=last) == one
    file = await file_of(here, declared(SOCIAL, first).key)
    assert not file.disputed
    assert len(file.profile.rows) == 1 + (change is Change.CHANGED) + (last is Change.CHANGED)
    assert sum(row.active for row in file.profile.rows) == 1
    assert [slot for slot, given in (await given_of(here, file)).items() if given == between] == (
        [1] if last is Change.CHANGED else []
    )
    if last is Change.CHANGED:
        assert (await resolve(here.index, caller(SCHOOL), between)).number == ChildNumber(one)
    await sound(here)


async def given_of(here: World, file: Child) -> dict[int, Demographics]:
    async with here.index.store.snapshot() as view:
        records = await records_as_given(here.index, view, file)
    return {slot: given.demographics for slot, given in records.items()}


async def test_what_was_disputed_and_fits_another_child_finds_nobody(here: World) -> None:
    """Else the slip would draw the neighbour's records."""
    whole = replace(OTHER, middle_names="Jasper", carer_family_name="Ostrander-Hale")
    one = await here.register(SOCIAL, whole)
    neighbour = replace(STRANGER, middle_names="Honor", carer_family_name="Featherstone", postcode="ZE5 5AA")
    assert await here.register(SURGERY, neighbour) != one
    slip = replace(OTHER, given_name="", sex=Sex.UNSPECIFIED, postcode="ZE5 5AA")
    await here.register(SOCIAL, slip, version=2)
    before = await resolve(here.index, caller(SCHOOL), slip)
    await here.register(SOCIAL, replace(whole, postcode="ZE5 5AA"), version=3)
    file = await file_of(here, declared(SOCIAL, OTHER).key)
    assert not file.disputed
    assert sum(not row.features for row in file.profile.rows) == 1
    assert before.number != ChildNumber(one) != (await resolve(here.index, caller(SCHOOL), slip)).number
    await sound(here)
