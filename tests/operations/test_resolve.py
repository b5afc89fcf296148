"""Resolving: a machine is told one number or nothing; why, only those entitled; journalled before it is told."""

import json
from dataclasses import replace

import pytest

from childindex.caller import ActorRole
from childindex.demographics import Advice, Demographics
from childindex.errors import Error, Reason, StoreUnavailable
from childindex.number import ChildNumber
from childindex.operations import Decision, Resolution, resolve, resolve_many
from childindex.operations.audit import child_of_event, open_event
from childindex.operations.child import key_of
from childindex.store import Commit, Receipt
from tests.operations.documents import caller
from tests.operations.world import CHILD, OTHER, SAME_MISSPELT, World

SCHOOL, SURGERY, SOCIAL = "oakfield-school", "mill-lane-surgery", "borough-social-care"


async def test_a_misspelt_and_moved_child_is_recognised(here: World) -> None:
    number = await here.register(SCHOOL, CHILD)
    moved = replace(SAME_MISSPELT, postcode="ZE7 7AA", middle_names="Rose")
    assert (await resolve(here.index, caller(SURGERY), moved)).number == ChildNumber(number)


async def test_nothing_is_said_of_anybody_else(here: World) -> None:
    await here.register(SCHOOL, CHILD)
    answer = await resolve(here.index, caller(SURGERY), replace(OTHER, postcode=""))
    assert answer.number is None
    assert answer.explanation is None
    assert Advice.ADD_POSTCODE in answer.advice


async def test_advice_is_computed_from_the_input_alone(here: World) -> None:
    asked = replace(OTHER, postcode="")
    before = await resolve(here.index, caller(SURGERY), asked)
    await here.register(SCHOOL, CHILD)
    await here.register(SCHOOL, replace(OTHER, given_name="Bartholomew"), local_id="2")
    assert (await resolve(here.index, caller(SURGERY), asked)) == before


async def test_the_explanation_sums_and_needs_its_grant(here: World) -> None:
    await here.register(SCHOOL, CHILD)
    steward = caller(SOCIAL, role=ActorRole.STEWARD)
    why = (await resolve(here.index, steward, SAME_MISSPELT, explain=True)).explanation
    assert why is not None
    assert why.decision is Decision.MATCHED
    (candidate,) = why.candidates
    total = candidate.prior_bits + sum(line.bits for line in candidate.comparisons)
    assert total == pytest.approx(candidate.total_bits, abs=0.0005)
    with pytest.raises(Error) as refused:
        await resolve(here.index, caller(SCHOOL, role=ActorRole.STEWARD), SAME_MISSPELT, explain=True)
    assert refused.value.reason is Reason.NO_AGREEMENT


async def test_a_batch_answers_each_item(here: World) -> None:
    number = await here.register(SCHOOL, CHILD)
    items = [SAME_MISSPELT, Demographics(given_name="Tamsin"), OTHER] * 12
    answers = await resolve_many(here.index, caller(SURGERY), items)
    for known, little, unknown in zip(answers[::3], answers[1::3], answers[2::3], strict=True):
        assert isinstance(known, Resolution)
        assert known.number == ChildNumber(number)
        assert isinstance(little, Error)
        assert isinstance(unknown, Resolution)
        assert unknown.number is None


async def test_no_answer_without_its_journal_entry(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await here.register(SCHOOL, CHILD)

    async def refuse(commit: Commit) -> Receipt:
        raise StoreUnavailable("full")

    monkeypatch.setattr(here.index.store, "commit", refuse)
    with pytest.raises(StoreUnavailable):
        await resolve(here.index, caller(SURGERY), CHILD)
    answers = await resolve_many(here.index, caller(SURGERY), [CHILD])
    assert isinstance(answers[0], StoreUnavailable)


async def test_the_journal_holds_who_asked_why_and_what_they_were_told(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = await here.register(SCHOOL, CHILD)
    commits = watched(here, monkeypatch)
    await resolve(here.index, caller(SURGERY, request_id="request-77"), CHILD)
    ((event,),) = [commit.events for commit in commits]
    entry = child_of_event(event.body, here.index.vault)
    assert entry is not None
    async with here.index.store.snapshot() as view:
        key = await key_of(here.index, view, int.from_bytes(entry, "big"))
    told = json.loads(open_event(event.body, here.index.vault, key))
    assert (told["custodian"], told["request_id"], told["outcome"]) == (SURGERY, "request-77", "MATCHED")
    assert (told["purpose"], told["policy"], told["action"]) == ("SAFEGUARDING", 1, "resolve")
    assert number.encode() not in event.body
    assert b"Quillfeather" not in event.body


async def test_every_child_that_an_explanation_shows_is_journalled_and_costs(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    twin = replace(CHILD, given_name="Bartholomew", middle_names="", known_as="", identifiers=())
    for place, details in enumerate((CHILD, twin)):
        await here.register(SCHOOL, details, local_id=str(place))
    commits = watched(here, monkeypatch)
    index = replace(here.index, settings=replace(here.index.settings, budget=100))
    for details, outcome in (
        (CHILD, "MATCHED_EXPLAINED"),
        (replace(twin, given_name="Zed"), "NOT_CONFIRMED_EXPLAINED"),
    ):
        commits.clear()
        why = (await resolve(index, caller(SOCIAL, role=ActorRole.STEWARD), details, explain=True)).explanation
        assert why is not None
        assert len(why.candidates) == 2
        (commit,) = commits
        shown = [child_of_event(event.body, here.index.vault) for event in commit.events]
        assert len({entry for entry in shown if entry is not None}) == 2
        assert len({charge.subject for charge in commit.charges}) == len(shown)
        for entry, event in zip(shown, commit.events, strict=True):
            if entry is not None:
                async with here.index.store.snapshot() as view:
                    key = await key_of(here.index, view, int.from_bytes(entry, "big"))
                assert json.loads(open_event(event.body, here.index.vault, key))["outcome"] == outcome


def watched(here: World, monkeypatch: pytest.MonkeyPatch) -> list[Commit]:
    """The commits from here on."""
    commits: list[Commit] = []
    through = here.index.store.commit

    async def record(commit: Commit) -> Receipt:
        commits.append(commit)
        return await through(commit)

    monkeypatch.setattr(here.index.store, "commit", record)
    return commits
