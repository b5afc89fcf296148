"""Which feeds are in, the signed policy says; how likely a child is known follows, and nothing that is stored."""

from collections.abc import Mapping
from datetime import date

import pytest

from childindex import linkage
from childindex.caller import ActorRole
from childindex.demographics import Demographics
from childindex.errors import InvalidFields
from childindex.operations import resolve, resolve_many
from childindex.operations.directory import Document
from childindex.operations.policy import Policy
from tests.operations.documents import POLICY, caller
from tests.operations.world import CHILD, OTHER, SAME_MISSPELT, World

SCHOOL, SURGERY, SOCIAL = "oakfield-school", "mill-lane-surgery", "borough-social-care"
STEWARD = caller(SOCIAL, role=ActorRole.STEWARD)


def loaded(*kinds: str, version: int = 2) -> str:
    named = ", ".join(f'"{kind}"' for kind in kinds)
    return POLICY.replace("version = 1", f"version = {version}\nloaded = [{named}]", 1)


def beside(text: str) -> Mapping[str, frozenset[str]]:
    document = Document.parse(text.encode())
    policy = Policy(document)
    return {each.id: policy.loaded_beside(each) for each in document.custodians}


def test_a_custodian_asks_what_the_others_have_brought() -> None:
    found = beside(loaded("school", "general_practice"))
    assert found[SCHOOL] == {"general_practice"}
    assert found[SURGERY] == {"school"}
    assert found[SOCIAL] == {"school", "general_practice"}
    assert set(beside(POLICY).values()) == {frozenset()}


def test_another_of_ones_own_kind_counts_and_a_suspended_one_does_not() -> None:
    second = '[[custodians]]\nid = "hill-school"\nname = "Hill School"\nkind = "school"\nauthority = "northshire"\n'
    second += 'territory = "England"\naccountable_officer = "Head"\ncontact = { team = "Office" }\n'
    two = loaded("school").replace("[[agreements]]", second + "[[agreements]]", 1)
    assert beside(two)[SCHOOL] == {"school"}
    assert beside(two.replace('name = "Hill School"', 'name = "Hill School"\nsuspended = true'))[SCHOOL] == frozenset()


def test_a_kind_that_does_not_exist_is_refused_by_name() -> None:
    with pytest.raises(InvalidFields) as refused:
        Document.parse(loaded("academy").encode())
    assert [each.field for each in refused.value.violations] == ["loaded.0"]


async def prior(here: World, details: Demographics) -> float:
    told = (await resolve(here.index, STEWARD, details, explain=True)).explanation
    assert told is not None
    return told.candidates[0].prior_bits


def bits(here: World, indexed: float) -> float:
    return linkage.shipped(here.index.model.shape.population)._matcher._prior(indexed) / 1000


async def test_the_explanation_begins_with_the_prior_of_what_is_loaded(here: World) -> None:
    await here.register(SCHOOL, CHILD)
    assert await prior(here, CHILD) == bits(here, 0.9)
    await here.adopt(loaded("general_practice"))
    assert await prior(here, CHILD) == bits(here, here.index.model.indexed({"general_practice"}, 11.47))
    await here.adopt(loaded("social_care", version=3))
    assert await prior(here, CHILD) == bits(here, 0.9)  # the steward's own kind, and nobody else's


async def test_the_prior_does_not_follow_what_is_in_the_index(here: World) -> None:
    await here.adopt(loaded("school", "general_practice"))
    await here.register(SCHOOL, CHILD)
    before = await prior(here, CHILD)
    await here.register(SURGERY, OTHER)
    await here.register(SURGERY, SAME_MISSPELT, local_id="2")
    assert await prior(here, CHILD) == before


def priors_asked_with(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    asked = []
    inquire = linkage.Model.inquire

    def watched(model: linkage.Model, *of: object, **by: object) -> object:
        asked.append(by.get("indexed"))
        return inquire(model, *of, **by)  # type: ignore[arg-type]  # passed on

    monkeypatch.setattr(linkage.Model, "inquire", watched)
    return asked


async def test_a_resolve_alone_in_a_batch_and_a_registration_ask_with_one_prior(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await here.adopt(loaded("school", "general_practice"))
    await here.register(SCHOOL, CHILD)
    asked = priors_asked_with(monkeypatch)
    await resolve(here.index, caller(SURGERY), SAME_MISSPELT)
    await resolve_many(here.index, caller(SURGERY), [SAME_MISSPELT])
    await here.register(SURGERY, SAME_MISSPELT)
    years = linkage.children.age(SAME_MISSPELT, date(2026, 9, 1))
    assert asked[:3] == [here.index.model.indexed({"school"}, years)] * 3


async def test_a_record_that_is_known_is_renewed_without_the_prior_of_first_records(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await here.adopt(loaded("school"))
    await here.register(SURGERY, CHILD)
    asked = priors_asked_with(monkeypatch)
    await here.register(SURGERY, SAME_MISSPELT, version=2)
    assert asked
    assert set(asked) == {None}
