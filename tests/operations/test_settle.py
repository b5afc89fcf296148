"""Settling entries: certain duplicates become one and nothing is lost; doubts go to people, once; nobody is split."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from childindex import linkage, store
from childindex.demographics import Demographics, Identifier, IdentifierType, PartialDate, Sex
from childindex.entry import EntryState, ShieldState
from childindex.errors import Conflict, InvalidFields
from childindex.number import ChildNumber
from childindex.operations import (
    Settings,
    Settlement,
    find,
    foresee,
    list_changes,
    list_own_records,
    live_entries,
    resolve,
    settle,
    settle_each,
    verify,
    withdraw,
)
from childindex.operations.child import RULINGS, Child, child_of, entry_of, place_of
from childindex.operations.draft import Draft
from childindex.operations.forget import forget_vacated
from childindex.operations.inspect import inspect
from childindex.operations.review import open_reviews
from childindex.pointer import ChangeKind, RecordKey, Ruling, WithdrawalReason
from childindex.store import Commit, Put, Table, layout, lineage
from childindex.store.commit import Delete
from childindex.store.layout import Part
from childindex.vault import Handle
from tests.operations.documents import caller
from tests.operations.world import World, declared, world

SCHOOL, SURGERY, SOCIAL = "oakfield-school", "mill-lane-surgery", "borough-social-care"
BORN = PartialDate(2015, 3, 14)
NHS = Identifier(IdentifierType.NHS_NUMBER, "9990000018")

# The surgery and the school write too differently to be one child in England; social care knows both sides.
BEFORE = Demographics(
    given_name="Oliver",
    middle_names="Jasper",
    family_name="Quillfeather",
    birth_date=BORN,
    postcode="ZE9 4QQ",
    carer_family_name="Quillfeather",
    identifiers=(NHS,),
)
AFTER = Demographics(
    given_name="Oliver", family_name="Abernethystoke", birth_date=BORN, sex=Sex.MALE, postcode="AB12 9XY"
)
BETWEEN = replace(BEFORE, postcode="AB12 9XY", sex=Sex.MALE)
TWIN = replace(AFTER, given_name="Barnaby")


@pytest.fixture
async def england(tmp_path: Path) -> AsyncIterator[World]:
    made = await world(tmp_path, Settings(accept_test_identifiers=True), population=12_000_000)
    yield made
    await made.index.store.close()


async def apart(here: World) -> tuple[str, str]:
    """Two live entries of one child, by the order in which its records came: the surgery's number and the school's."""
    surgery = await here.register(SURGERY, BEFORE)
    here.clock.pass_by(hours=1)
    school = await here.register(SCHOOL, AFTER)
    assert await here.register(SOCIAL, BETWEEN) == surgery != school
    return surgery, school


async def file_of(here: World, number: str) -> Child:
    async with here.index.store.snapshot() as view:
        entry = await entry_of(here.index, view, ChildNumber(number))
        assert entry is not None
        return await child_of(here.index, view, entry)


async def all_settled(here: World) -> Settlement:
    found = Settlement()
    for entry in [entry async for entry in live_entries(here.index)]:
        if (await child(here, entry)).live:  # a merger may have superseded it
            found += await settle(here.index, caller(), entry)
    return found


async def child(here: World, entry: int) -> Child:
    async with here.index.store.snapshot() as view:
        return await child_of(here.index, view, entry)


async def sound(here: World, folder: Path) -> None:
    assert not (await inspect(here.index)).faults
    await here.index.store.close()
    assert store.fsck(folder / "store", here.index.vault.keyset_id).problems == []


async def write(here: World, number: str, **changes: object) -> None:
    """Change a child's profile behind the operations' back, as the stewards' desk will."""
    entry = await file_of(here, number)
    draft = Draft(here.index, 0)
    draft.put_child(replace(entry, profile=replace(entry.profile, **changes)))  # type: ignore[arg-type]  # by keyword
    await here.index.commit(draft.commit())


async def rule(here: World, numbers: tuple[str, ...], *rulings: Ruling) -> None:
    """Keep rulings with the children, as the stewards' desk will."""
    draft = Draft(here.index, 0)
    for number in numbers:
        entry = await file_of(here, number)
        name = layout.sealed_key(entry.entry, Part.RULINGS)
        draft.puts.append(
            Put(Table.SEALED, name, entry.key.seal_padded(RULINGS, lineage.encode_rulings(rulings), name))
        )
    await here.index.commit(draft.commit())


def key(custodian: str) -> RecordKey:
    return declared(custodian, AFTER).key


async def test_two_entries_that_are_certainly_one_child_become_one(england: World, tmp_path: Path) -> None:
    surgery, school = await apart(england)
    first = await file_of(england, surgery)
    assert await all_settled(england) == Settlement(merged=1)
    merged = await file_of(england, school)
    assert merged.entry == first.entry
    assert {pointer.key for pointer in merged.pointers} == {key(SURGERY), key(SCHOOL), key(SOCIAL)}
    assert await all_settled(england) == Settlement()
    await sound(england, tmp_path)


async def test_the_superseded_number_leads_on_everywhere(england: World) -> None:
    surgery, school = map(ChildNumber, await apart(england))
    await all_settled(england)
    index = england.index
    for details in (BEFORE, BETWEEN, AFTER):
        assert (await resolve(index, caller(SOCIAL), details)).number == surgery
    told = await verify(index, caller(SCHOOL), school, BORN)
    assert (told.verified, told.current) == (True, surgery)
    found = await find(index, caller(SOCIAL), school, birth_date=BORN)
    assert found.number == surgery
    assert {pointer.custodian for pointer in found.pointers} == {SURGERY, SCHOOL, SOCIAL}
    for custodian in (SURGERY, SCHOOL, SOCIAL):
        (own,) = (await list_own_records(index, caller(custodian))).records
        assert own.number == surgery
    (change,) = (await list_changes(index, caller(SCHOOL))).changes
    assert (change.kind, change.previous, change.current) == (ChangeKind.SUPERSEDED, school, surgery)
    for custodian in (SURGERY, SOCIAL):
        assert (await list_changes(index, caller(custodian))).changes == ()


async def test_records_go_on_living_in_the_merged_entry(england: World, tmp_path: Path) -> None:
    surgery, _ = await apart(england)
    await all_settled(england)
    moved = replace(AFTER, postcode="ZE7 7AA")
    assert await england.register(SCHOOL, AFTER) == surgery
    assert await england.register(SCHOOL, moved, version=2) == surgery
    assert (await resolve(england.index, caller(SOCIAL), moved)).number == ChildNumber(surgery)
    for custodian in (SCHOOL, SURGERY, SOCIAL):
        await withdraw(england.index, caller(custodian), key(custodian), WithdrawalReason.ENTERED_IN_ERROR)
    england.clock.pass_by(days=31)
    assert await forget_vacated(england.index, caller()) == 1
    async with england.index.store.snapshot() as view:
        for table in (Table.BIRTH, Table.BLOCK, Table.LEXICON, Table.OWN):
            assert await view.scan(table, b"", b"", 10) == [], table
    await sound(england, tmp_path)


async def test_what_was_absorbed_is_kept_so_that_it_can_be_undone(england: World) -> None:
    _, school = await apart(england)
    before = await file_of(england, school)
    await all_settled(england)
    merged = await file_of(england, school)
    async with england.index.store.snapshot() as view:
        name = layout.sealed_key(merged.entry, Part.ABSORBED)
        (sealed,) = await view.read(Table.SEALED, [name])
        assert sealed is not None
        (absorbed,) = lineage.decode_absorbed(merged.key.open_padded(b"absorbed", sealed, name))
        old = await child_of(england.index, view, before.entry)
    assert (absorbed.entry, absorbed.number.value, absorbed.records) == (before.entry, school, (key(SCHOOL),))
    assert old.profile.state == EntryState.SUPERSEDED
    assert (old.pointers, old.profile.rows) == ((), ())


async def test_a_permanent_number_never_gives_way_to_a_provisional_one(england: World) -> None:
    provisional = await england.register(SOCIAL, BEFORE, involved_until=PartialDate(2020, 1, 1))
    england.clock.pass_by(hours=1)
    permanent = await england.register(SCHOOL, AFTER)
    assert await england.register(SOCIAL, BETWEEN, local_id="2") == provisional
    assert provisional.startswith("P")
    assert await all_settled(england) == Settlement(merged=1)
    assert (await resolve(england.index, caller(SURGERY), BEFORE)).number == ChildNumber(permanent)


async def test_foreseeing_changes_nothing(england: World) -> None:
    surgery, school = await apart(england)
    async with england.index.store.snapshot() as view:
        position, reviews = view.position, await open_reviews(england.index, view)
    for number in (surgery, school):
        entry = (await file_of(england, number)).entry
        assert await foresee(england.index, [entry], reviews) == Settlement(merged=1)
    async with england.index.store.snapshot() as view:
        assert view.position == position


@pytest.mark.parametrize(
    "change",
    [{"shield": ShieldState.SHIELDED}, {"shield": ShieldState.BORN_SHIELDED}],
    ids=["shielded", "born shielded"],
)
@pytest.mark.parametrize("which", [0, 1])
async def test_what_waits_for_a_person_is_not_merged(
    england: World, tmp_path: Path, change: dict[str, object], which: int
) -> None:
    numbers = await apart(england)
    await write(england, numbers[which], **change)
    assert await all_settled(england) == Settlement(together=1, known=1)
    assert await all_settled(england) == Settlement(known=2)  # raised once
    entries = {(await file_of(england, number)).entry for number in numbers}
    assert len(entries) == 2
    async with england.index.store.snapshot() as view:
        assert (await open_reviews(england.index, view)).pairs == {frozenset(entries)}
    await sound(england, tmp_path)


async def test_a_sweep_counts_a_pair_once_though_it_is_found_from_either_side(england: World) -> None:
    for number in await apart(england):
        await write(england, number, shield=ShieldState.SHIELDED)
    entries = [entry async for entry in live_entries(england.index)]
    for told in (Settlement(together=1), Settlement(known=1)):  # raised, and then under review
        async with england.index.store.snapshot() as view:
            reviews = await open_reviews(england.index, view)
        assert await foresee(england.index, entries, reviews) == told
        assert await settle_each(england.index, caller(), entries, reviews) == told


async def beside(here: World, numbers: tuple[str, ...], **changes: object) -> str:
    """An entry of its own for what lies between others, changed so; no review is open."""
    for number in numbers:
        await write(here, number, shield=ShieldState.SHIELDED)
    own = await here.register(SOCIAL, BETWEEN, local_id="9", involved_until=PartialDate(2020, 1, 1))
    for number in (*numbers, own):
        await write(here, number, shield=ShieldState.OPEN, state=EntryState.LIVE)
    await write(here, own, **changes)
    async with here.index.store.snapshot() as view:
        reviews = await view.scan(Table.REVIEW, b"", b"", 10)
    await here.index.commit(Commit(deletes=tuple(Delete(Table.REVIEW, name) for name, _ in reviews)))
    return own


WAITING = [{"shield": ShieldState.SHIELDED}, {"shield": ShieldState.BORN_SHIELDED}]


@pytest.mark.parametrize("change", WAITING, ids=["shielded", "born shielded"])
async def test_the_record_of_a_child_that_waits_for_a_person_proves_no_merger(
    england: World, change: dict[str, object]
) -> None:
    """Else a school would learn the number of whom only a shielded child's record ties to its pupil."""
    surgery = await england.register(SURGERY, BEFORE)
    school = await england.register(SCHOOL, AFTER)
    await beside(england, (surgery, school), **change)
    assert (await all_settled(england)).merged == 0
    assert (await list_changes(england.index, caller(SCHOOL))).changes == ()
    assert (await file_of(england, surgery)).entry != (await file_of(england, school)).entry


@pytest.mark.parametrize("change", WAITING, ids=["shielded", "born shielded"])
async def test_what_is_certain_without_it_is_merged_beside_a_child_that_waits(
    england: World, change: dict[str, object]
) -> None:
    numbers = await apart(england)
    waiting = await beside(england, numbers, **change)
    assert (await all_settled(england)).merged == 1
    one, other, third = [(await file_of(england, number)).entry for number in (*numbers, waiting)]
    assert one == other != third


async def test_a_doubt_about_a_shielded_child_is_told_to_its_own_authority_alone(england: World) -> None:
    surgery, school = await apart(england)
    await write(england, school, shield=ShieldState.SHIELDED, authority="elsewhere")
    assert (await all_settled(england)).together == 1
    async with england.index.store.snapshot() as view:
        ((name, _),) = await view.scan(Table.REVIEW, b"", b"", 10)
    assert name.startswith(england.index.vault.handle(Handle.AUTHORITY, "elsewhere"))
    assert (await file_of(england, surgery)).profile.authority != "elsewhere"


async def test_a_disputed_entry_is_not_merged(england: World) -> None:
    """Whose record's latest version points elsewhere may hold two children's records."""
    surgery, school = await apart(england)
    await england.register(SCHOOL, replace(AFTER, given_name="Sophia", sex=Sex.FEMALE), version=2)
    assert (await file_of(england, school)).disputed
    assert (await all_settled(england)).merged == 0
    assert (await file_of(england, surgery)).entry != (await file_of(england, school)).entry


async def test_a_dispute_bars_a_merger_that_its_own_details_would_not(england: World) -> None:
    _, school = await apart(england)
    rows = (await file_of(england, school)).profile.rows
    await write(england, school, rows=tuple(replace(row, features=b"") for row in rows))
    assert (await file_of(england, school)).disputed
    assert (await all_settled(england)) == Settlement(together=1, apart=1, known=1)


async def test_records_that_contradict_each_other_are_for_a_person(
    england: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await apart(england)
    monkeypatch.setattr(linkage.Settler, "agree", lambda *_: False)
    assert (await all_settled(england)) == Settlement(together=1, known=1)


async def test_a_cannot_link_holds_for_ever(england: World) -> None:
    numbers = await apart(england)
    await rule(england, numbers, Ruling(key(SURGERY), key(SCHOOL), same=False))
    assert await all_settled(england) == Settlement()
    assert (await file_of(england, numbers[0])).entry != (await file_of(england, numbers[1])).entry


async def test_a_record_ruled_apart_stays_apart_when_it_comes_again(england: World) -> None:
    number = await england.register(SURGERY, BEFORE)
    await rule(england, (number,), Ruling(key(SOCIAL), key(SURGERY), same=False))
    assert await england.register(SCHOOL, BEFORE) == number
    assert await england.register(SOCIAL, BEFORE) != number


@pytest.mark.parametrize("details", [AFTER, TWIN])
async def test_a_must_link_is_for_the_desk_to_carry_out(england: World, details: Demographics) -> None:
    """A ruling binds what settling says, but what no evidence bears is not merged unseen."""
    one = await england.register(SURGERY, BEFORE)
    other = await england.register(SCHOOL, details)
    await rule(england, (one, other), Ruling(key(SURGERY), key(SCHOOL), same=True))
    assert await all_settled(england) == Settlement(together=1, known=1)
    assert (await file_of(england, one)).entry != (await file_of(england, other)).entry


async def test_rulings_that_contradict_each_other_are_told(england: World) -> None:
    numbers = await apart(england)
    pair = key(SURGERY), key(SCHOOL)
    await rule(england, numbers, Ruling(*pair, same=True), Ruling(*pair, same=False))
    with pytest.raises(InvalidFields) as refused:
        await all_settled(england)
    assert "Oliver" not in str(refused.value)


async def test_rulings_move_with_the_records(england: World) -> None:
    numbers = await apart(england)
    ruling = Ruling(key(SCHOOL), declared(SCHOOL, TWIN, local_id="9").key, same=False)
    await rule(england, (numbers[1],), ruling)
    assert await all_settled(england) == Settlement(merged=1)
    merged = await file_of(england, numbers[0])
    async with england.index.store.snapshot() as view:
        name = layout.sealed_key(merged.entry, Part.RULINGS)
        (sealed,) = await view.read(Table.SEALED, [name])
    assert sealed is not None
    assert lineage.decode_rulings(merged.key.open_padded(RULINGS, sealed, name)) == (ruling,)


async def test_twins_are_never_merged(england: World) -> None:
    await apart(england)
    twin = await england.register(SCHOOL, TWIN, local_id="2")
    await all_settled(england)
    assert {pointer.key.local_id for pointer in (await file_of(england, twin)).pointers} == {"2"}


async def test_an_entry_that_settles_into_two_is_told_and_not_split(england: World, tmp_path: Path) -> None:
    """A record joined the entry by one that has since been put right."""
    surgery, _ = await apart(england)
    await all_settled(england)
    await withdraw(england.index, caller(SOCIAL), key(SOCIAL), WithdrawalReason.ENTERED_IN_ERROR)
    assert await all_settled(england) == Settlement(apart=1)
    assert await all_settled(england) == Settlement(known=1)
    assert {pointer.key for pointer in (await file_of(england, surgery)).pointers} == {key(SURGERY), key(SCHOOL)}
    await sound(england, tmp_path)


async def test_who_is_in_stays_though_it_would_not_join_again(england: World) -> None:
    """Held twice by the school: with which of the two the surgery's record settles decides nothing of where it is."""
    number = await england.register(SURGERY, BETWEEN)
    assert await england.register(SCHOOL, BETWEEN) == number
    assert await england.register(SCHOOL, BETWEEN, local_id="2") != number
    found = await all_settled(england)
    assert (found.merged, found.together, found.apart) == (0, 0, 0)
    assert len((await file_of(england, number)).pointers) == 2


async def test_a_registration_at_the_same_moment_stops_a_merger(england: World) -> None:
    """What was decided without the twin's record does not hold beside it: it is decided again."""
    surgery, _ = await apart(england)
    seen: list[str] = []
    index = england.index

    class Raced:
        """The store, on which a twin is registered just before the first commit."""

        snapshot = staticmethod(index.store.snapshot)
        close = staticmethod(index.store.close)

        async def commit(self, commit: store.Commit) -> store.Receipt:
            if not seen:
                seen.append(await england.register(SCHOOL, TWIN, local_id="2"))
                with pytest.raises(Conflict):
                    await index.store.commit(commit)
                raise Conflict
            return await index.store.commit(commit)

    entry = (await file_of(england, surgery)).entry
    assert (await settle(replace(index, store=Raced()), caller(), entry)).merged == 1
    assert seen
    assert not (await inspect(index)).faults


async def test_places_of_all_records_are_where_they_say(england: World) -> None:
    surgery, _ = await apart(england)
    await all_settled(england)
    entry = (await file_of(england, surgery)).entry
    async with england.index.store.snapshot() as view:
        for custodian in (SURGERY, SCHOOL, SOCIAL):
            place, _ = await place_of(england.index, view, key(custodian))
            assert place is not None
            assert place.entry == entry
