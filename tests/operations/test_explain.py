"""The explanation of a resolution: exact to a thousandth of a bit, complete, and without a value of anybody's."""

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from childindex import linkage, telemetry
from childindex.caller import ActorRole
from childindex.demographics import Demographics, Sex
from childindex.number import ChildNumber
from childindex.operations import Decision, Explanation, resolve
from childindex.telemetry import metrics
from tests.operations.documents import caller
from tests.operations.world import CHILD, OTHER, SAME_MISSPELT, World

SCHOOL, SURGERY, SOCIAL = "oakfield-school", "mill-lane-surgery", "borough-social-care"
STEWARD = caller(SOCIAL, role=ActorRole.STEWARD)
FORENAMES = "Adam Barnaby Conrad Dominic Edgar Florian Gareth Hector Ivan Jasper Kenneth Lorenz".split()
TWIN = replace(CHILD, given_name="Bartholomew", middle_names="", sex=Sex.MALE, identifiers=(), known_as="")


async def why(here: World, details: Demographics) -> Explanation:
    told = (await resolve(here.index, STEWARD, details, explain=True)).explanation
    assert told is not None
    return told


async def test_probabilities_follow_from_the_lines_told(here: World) -> None:
    await here.register(SCHOOL, CHILD)
    await here.register(SCHOOL, TWIN, local_id="2")
    await here.register(SURGERY, OTHER)
    for details in (SAME_MISSPELT, TWIN, replace(CHILD, given_name="Zed"), OTHER):
        told = await why(here, details)
        for each in told.candidates:
            running = each.prior_bits
            for line in each.comparisons:
                running += line.bits
                assert line.running_bits == pytest.approx(running, abs=0.0005)
            assert each.total_bits == pytest.approx(running, abs=0.0005)
            assert each.probability == pytest.approx(2.0**each.total_bits * told.stranger_probability)
            assert [chance.name for chance in each.classes] == ["SAME", "TWIN", "SIBLING", "UNRELATED"]
            assert sum(chance.probability for chance in each.classes) == pytest.approx(1.0)
        everybody = sum(each.probability for each in told.candidates)
        assert everybody + told.absent_probability + told.others_probability == pytest.approx(1.0)


async def test_those_beyond_the_ten_that_are_told_keep_their_share(here: World) -> None:
    for place, name in enumerate(FORENAMES):
        await here.register(SCHOOL, replace(TWIN, given_name=name), local_id=str(place))
    told = await why(here, replace(TWIN, given_name="Baby boy"))
    assert len(told.candidates) == 10
    everybody = sum(each.probability for each in told.candidates)
    assert told.others_probability == pytest.approx(1.0 - told.absent_probability - everybody)
    assert told.others_probability > 0.1


async def test_what_comes_nearest_is_told(here: World) -> None:
    await here.register(SCHOOL, CHILD)
    twin = await here.register(SCHOOL, TWIN, local_id="2")
    told = await why(here, CHILD)
    assert told.rival is not None
    best, second = told.candidates[:2]
    assert (told.rival.class_name, told.rival.child) == ("TWIN", ChildNumber(twin)) == ("TWIN", second.number)
    assert told.rival.child_margin == pytest.approx(best.total_bits - second.total_bits)
    assert told.rival.class_margin == pytest.approx(best.total_bits - best.classes[1].bits)
    assert (told.match_threshold, told.possible_threshold) == (0.999, 0.02)


async def test_every_veto_has_a_plain_reason_and_the_decision_what_would_have_changed_it(here: World) -> None:
    await here.register(SCHOOL, CHILD)
    told = await why(here, TWIN)
    assert told.decision is not Decision.MATCHED
    (best,) = told.candidates
    assert "forename_disagrees" in best.vetoes
    assert len(best.veto_reasons) == len(best.vetoes)
    assert all("_" not in reason for reason in best.veto_reasons)
    assert told.change_sentence.endswith(".")
    matched = await why(here, SAME_MISSPELT)
    assert matched.change is not None
    assert matched.change.decision is not Decision.MATCHED
    assert matched.change_sentence.startswith("Had the ")


async def test_nobody_like_it_is_told_plainly(here: World) -> None:
    told = await why(here, OTHER)
    assert (told.decision, told.candidates, told.rival, told.change) == (Decision.UNMATCHED, (), None, None)
    assert (told.absent_probability, told.stranger_probability, told.change_sentence) == (1.0, 1.0, "")


async def test_a_cap_is_counted_and_told_by_the_name_of_its_rule(here: World) -> None:
    model = here.index.model
    low = linkage.Model.build(model.shape.model_copy(update={"cap": 1}), TABLES)
    capped = replace(here, index=replace(here.index, model=low))
    metrics.replace()
    telemetry.rules((low.shape.scan, *(rule.name for rule in low.shape.blocking)))
    for place in range(3):
        await here.register(SCHOOL, replace(CHILD, given_name=f"{'BCD'[place]}ora"), local_id=str(place))
    told = await why(capped, CHILD)
    (scan, *keys) = told.caps
    assert scan == "birth date: more than 1 children of this date share one likeness; a second was asked for"
    assert (
        "postcode: more than 1 records share this key; postcode_forename and postcode_surname were followed instead"
        in keys
    )
    counted = metrics.current().registry.get_sample_value
    assert (counted("childindex_blocking_caps_total", {"rule": "postcode"}) or 0) >= 1
    assert (counted("childindex_blocking_caps_total", {"rule": low.shape.scan}) or 0) >= 1


async def test_no_value_of_a_child_is_told(here: World) -> None:
    await here.register(SCHOOL, CHILD)
    told = json.dumps(asdict(await why(here, SAME_MISSPELT)), default=str).lower()
    values = [CHILD.given_name, CHILD.family_name, CHILD.postcode, str(CHILD.birth_date.year)]
    values += [identifier.value for identifier in CHILD.identifiers]
    assert [value for value in values if value and value.lower() in told] == []


async def test_nothing_is_explained_that_was_not_asked(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await here.register(SCHOOL, CHILD)
    monkeypatch.setattr(linkage.Inquiry, "change", never)
    assert (await resolve(here.index, STEWARD, CHILD)).number is not None


def never(*_: object, **__: object) -> None:
    raise AssertionError("the counterfactual is for explanations only")


TABLES = Path(linkage.__file__).parent / "tables"
