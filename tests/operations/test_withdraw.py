"""Withdrawing: what is ended stays as history; what was wrong, or was by consent, goes without a trace."""

from dataclasses import replace

import pytest

from childindex.demographics import PartialDate
from childindex.errors import Error, InvalidFields, Reason
from childindex.number import ChildNumber
from childindex.operations import (
    Index,
    SignedPolicy,
    adopt_policy,
    list_changes,
    list_own_records,
    register_many,
    resolve,
    withdraw,
)
from childindex.operations.forget import forget_vacated
from childindex.operations.inspect import inspect
from childindex.pointer import PointerState, RecordKey, WithdrawalReason
from childindex.store import Table
from tests.operations.documents import POLICY, caller
from tests.operations.world import CHILD, OTHER, World, declared, signed

SCHOOL, SURGERY = "oakfield-school", "mill-lane-surgery"
PUPIL = RecordKey(SCHOOL, "pupils", "school.pupil", "1")


async def rows(index: Index, table: Table) -> int:
    async with index.store.snapshot() as view:
        return len(await view.scan(table, b"", b"", 100))


async def test_an_ended_record_stays_as_history_and_frees_its_system(here: World) -> None:
    number = await here.register(SCHOOL, CHILD)
    await withdraw(here.index, caller(SCHOOL), PUPIL, WithdrawalReason.ENDED, PartialDate(2026, 8, 31))
    (own,) = (await list_own_records(here.index, caller(SCHOOL))).records
    assert own.state is PointerState.ENDED
    assert (await resolve(here.index, caller(SURGERY), CHILD)).number == ChildNumber(number)
    assert await here.register(SCHOOL, CHILD, local_id="2") == number
    assert not (await inspect(here.index)).faults


@pytest.mark.parametrize("reason", [WithdrawalReason.ENTERED_IN_ERROR, WithdrawalReason.CONSENT_WITHDRAWN])
async def test_what_was_wrong_or_by_consent_goes_without_a_trace(here: World, reason: WithdrawalReason) -> None:
    await here.register(SCHOOL, CHILD)
    await here.register(SCHOOL, replace(CHILD, postcode="ZE2 2ZZ"), version=2)
    await withdraw(here.index, caller(SCHOOL), PUPIL, reason)
    assert (await resolve(here.index, caller(SURGERY), CHILD)).number is None
    assert (await list_own_records(here.index, caller(SCHOOL))).records == ()
    here.clock.pass_by(days=31)
    assert await forget_vacated(here.index, caller()) == int(reason is WithdrawalReason.ENTERED_IN_ERROR)
    for table in (Table.BIRTH, Table.BLOCK, Table.LEXICON, Table.OWN):
        assert await rows(here.index, table) == 0, table
    assert await rows(here.index, Table.RECORD) == 1  # the version alone, so that none comes back late
    assert await rows(here.index, Table.SEALED) == 1  # an empty pointer set
    with pytest.raises(Error) as late:
        await here.register(SCHOOL, CHILD, version=2)
    assert late.value.reason is Reason.STALE_SOURCE_VERSION
    assert "withdrawn in this version" in late.value.message
    await withdraw(here.index, caller(SCHOOL), PUPIL, reason)  # told again after a lost answer
    await here.register(SCHOOL, CHILD, version=3)
    assert not (await inspect(here.index)).faults


async def test_only_an_own_record_can_be_withdrawn(here: World) -> None:
    await here.register(SCHOOL, CHILD)
    for key in (replace(PUPIL, local_id="2"), replace(PUPIL, custodian=SURGERY)):
        with pytest.raises(Error) as refused:
            await withdraw(here.index, caller(SCHOOL), key, WithdrawalReason.ENTERED_IN_ERROR)
        assert refused.value.reason is Reason.NO_SUCH_RECORD


async def test_own_records_come_in_pages_whose_tokens_are_the_callers_alone(here: World) -> None:
    for number in range(7):
        await here.register(SCHOOL, replace(CHILD, given_name=f"Tamsin{'abcdefg'[number]}"), local_id=str(number))
    seen, token = [], ""
    while True:
        page = await list_own_records(here.index, caller(SCHOOL), 3, token)
        seen += [record.key.local_id for record in page.records]
        token = page.next_page_token
        if not token:
            break
    assert sorted(seen) == [str(n) for n in range(7)]
    first = await list_own_records(here.index, caller(SCHOOL), 3)
    with pytest.raises(Error) as anothers:
        await list_own_records(here.index, caller(SURGERY), 3, first.next_page_token)
    with pytest.raises(Error) as of_another_listing:
        await list_changes(here.index, caller(SCHOOL), first.next_page_token)
    assert anothers.value.reason is of_another_listing.value.reason is Reason.INVALID_PAGE_TOKEN
    with pytest.raises(Error):
        await list_own_records(here.index, caller(SCHOOL), 3, "!not a token!")


async def test_a_batch_registers_each_for_itself(here: World) -> None:
    known = declared(SCHOOL, CHILD, "1")
    items = [known, declared(SCHOOL, OTHER, "2"), known, declared(SCHOOL, CHILD, "3", version=1)]
    answers = await register_many(here.index, caller(SCHOOL), [*items, Error(Reason.INVALID_FIELDS, "bad")])
    numbers = [None if isinstance(a, Error) else a.number for a in answers]
    assert numbers[0] == numbers[2] != numbers[1]
    assert numbers[3] not in (None, numbers[0])
    assert isinstance(answers[-1], Error)
    assert not (await inspect(here.index)).faults


async def test_a_policy_needs_two_signers_and_the_next_version(here: World) -> None:
    second = POLICY.replace("version = 1", "version = 2", 1)
    whole = signed(second, here.signers)
    one = SignedPolicy(whole.document, dict(list(whole.signatures.items())[:1]))
    forged = SignedPolicy(whole.document.replace(b"Oakfield", b"Darkwood"), whole.signatures)
    for bad in (one, forged):
        with pytest.raises(Error):
            await adopt_policy(here.index, caller(), bad)
    with pytest.raises(InvalidFields):
        await adopt_policy(here.index, caller(), signed(POLICY, here.signers))
    assert await adopt_policy(here.index, caller(), whole) == 2


async def test_every_call_goes_by_the_policy_at_the_head(here: World) -> None:
    await here.register(SCHOOL, CHILD)
    suspended = POLICY.replace("version = 1", "version = 2", 1).replace(
        'name = "Oakfield School"', 'name = "Oakfield School"\nsuspended = true'
    )
    await here.adopt(suspended)
    with pytest.raises(Error) as refused:
        await here.register(SCHOOL, CHILD)
    assert refused.value.reason is Reason.CUSTODIAN_SUSPENDED
