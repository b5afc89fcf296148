"""Registering: one child one number, whoever registers, however often; on doubt never a merge."""

from dataclasses import replace

import pytest

from childindex.caller import Purpose
from childindex.demographics import Demographics, PartialDate
from childindex.errors import Error, Reason
from childindex.number import ChildNumber, NumberType
from childindex.operations import list_changes, list_own_records, register, resolve
from childindex.operations.inspect import inspect
from childindex.pointer import Change, Sensitivity
from childindex.store import Table
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


async def test_a_placeholder_forename_gets_a_provisional_number_even_from_an_issuer(here: World) -> None:
    newborn = replace(CHILD, given_name="Baby Girl", middle_names="", birth_date=PartialDate(2026, 8, 20))
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
    moved = replace(CHILD, postcode="ZZ3 3ZZ", family_name="Abernethy-Stoke")
    for change, found in ((Change.CHANGED, True), (Change.CORRECTED, False)):
        folder = "1" if found else "2"
        child = replace(CHILD, family_name=f"Quillfeather{folder}x", given_name="Tamsin" if found else "Ottoline")
        newer = replace(moved, given_name=child.given_name)
        number = await here.register(SCHOOL, child, local_id=folder)
        assert await here.register(SCHOOL, newer, local_id=folder, version=2, change=change) == number
        assert (await resolve(here.index, caller(SURGERY), newer)).number == ChildNumber(number)
        old = await resolve(here.index, caller(SURGERY), child)
        assert (old.number == ChildNumber(number)) is found
        await sound(here)


async def test_an_update_that_points_elsewhere_goes_to_a_steward_and_moves_nothing(here: World) -> None:
    one = await here.register(SCHOOL, CHILD, local_id="1")
    await here.register(SURGERY, CHILD, local_id="1")
    await here.register(SCHOOL, OTHER, local_id="2")
    assert await here.register(SURGERY, OTHER, local_id="1", version=2, change=Change.CORRECTED) == one
    async with here.index.store.snapshot() as view:
        assert len(await view.scan(Table.REVIEW, b"", b"", 10)) == 1
    await sound(here)


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
