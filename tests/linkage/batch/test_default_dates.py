"""Dates that a custodian writes where it knows no day are found in its records, and none in a list that has none."""

from collections.abc import Sequence
from datetime import date, timedelta
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.population import Settings, generate
from childindex import linkage
from childindex.linkage import Model, batch
from childindex.linkage.batch.defaults import _at_least, endings, learned

MODEL = linkage.shipped()
NAMES = "oliver amelia jack isla harry ava noah mia leo ivy arthur lily freya ruby george alfie".split()


def births(count: int, seed: int) -> list[str]:
    """Birth dates of eighteen years, each day as likely as any other."""
    days = np.random.Generator(np.random.PCG64(seed)).integers(0, 18 * 365, count)
    return [(date(2003, 2, 3) + timedelta(int(day))).isoformat() for day in days]


def defaulted(dates: Sequence[str], share: float, ending: str, seed: int = 5) -> list[str]:
    """Some of the dates as one writes them who knows their year, or their month."""
    draw = np.random.Generator(np.random.PCG64(seed)).random(len(dates))
    return [each[: -len(ending)] + ending if at < share else each for each, at in zip(dates, draw, strict=True)]


def records(dates: Sequence[str]) -> dict[str, list[str]]:
    return {"given_name": [NAMES[at % len(NAMES)] for at in range(len(dates))], "birth_date": list(dates)}


def found(dates: Sequence[str], model: Model = MODEL) -> tuple[str, ...]:
    vocabulary = batch.Vocabulary(model)
    return learned(model, vocabulary, vocabulary.table(records(dates)))


@pytest.mark.parametrize("count", [1, 3, 10, 30, 100, 400, 3_000])
def test_nothing_is_found_where_children_are_born_on_any_day(count: int) -> None:
    assert {endings(births(count, seed)) for seed in range(1, 60)} == {()}


def test_nothing_is_found_in_the_lists_of_custodians_who_know_their_children() -> None:
    """The first of January, which they write now and then, is everybody's default already."""
    for seed in (1, 2, 3):
        for extract in generate(Settings(seed=seed, children=1500)).extracts.values():
            written = extract.recording.columns.birth_date
            assert found([text if len(text) == 10 else "" for text in written]) == ()


@pytest.mark.parametrize("share", [0.05, 0.3, 0.9])
@pytest.mark.parametrize("ending", ["-07-01", "-15", "-01", "-04-06"])
def test_what_is_written_by_default_is_found_and_nothing_else(share: float, ending: str) -> None:
    for seed in range(1, 6):
        assert endings(defaulted(births(4_000, seed), max(share, 0.12 if len(ending) == 3 else 0), ending)) == (ending,)


def test_two_customs_are_found_beside_each_other() -> None:
    both = defaulted(defaulted(births(6_000, 1), 0.1, "-15"), 0.1, "-07-01", seed=6)
    assert endings(both) == ("-07-01", "-15")
    assert endings(defaulted(defaulted(births(6_000, 2), 0.2, "-01"), 0.2, "-07-01", seed=6)) == ("-07-01", "-01")


def test_a_child_written_many_times_is_no_custom() -> None:
    source = records([*births(2_000, 1), *["2011-05-09"] * 200])
    source["given_name"][2_000:] = ["zebulon"] * 200
    vocabulary = batch.Vocabulary(MODEL)
    assert learned(MODEL, vocabulary, vocabulary.table(source)) == ()


def test_what_is_everybodys_is_not_learned_of_one() -> None:
    assert found(defaulted(births(3_000, 1), 0.2, "-01-01")) == ()


@given(st.integers(1, 60), st.integers(1, 60), st.floats(0.001, 0.4))
def test_the_tail_is_the_sum_of_its_terms(count: int, whole: int, share: float) -> None:
    count = min(count, whole)
    slowly = sum(comb(whole, at) * share**at * (1 - share) ** (whole - at) for at in range(count, whole + 1))
    told = _at_least(count, whole, share)
    assert told == pytest.approx(slowly, rel=1e-6) or (told == 1.0 and count <= whole * share)


def test_training_keeps_them_by_custodian_and_forgets_what_holds_no_more() -> None:
    clean, july = records(births(800, 1)), records(defaulted(births(800, 2), 0.2, "-07-01"))
    options = batch.Options(sample=5_000, custodians=["school", "hostel"])
    trained = batch.train(MODEL, [clean, july], options=options).model
    assert trained.shape.defaults == {"": ("-01-01",), "hostel": ("-07-01",)}
    assert trained.version != batch.train(MODEL, [clean, july], options=batch.Options(sample=5_000)).model.version
    backwards = {name: cells[::-1] for name, cells in july.items()}
    assert batch.train(MODEL, [clean, backwards], options=options).model.digest == trained.digest
    options = batch.Options(sample=5_000, custodians=["hostel", "surgery"])
    assert batch.train(trained, [clean, clean], options=options).model.shape.defaults == MODEL.shape.defaults


def test_files_are_linked_by_what_their_custodians_know() -> None:
    """Two children of one name, home and the same first of July are one no more than the year says."""
    known = Model.build(MODEL.shape.model_copy(update={"defaults": {"hostel": ("-07-01",)}}), MODEL.tables)
    one = {"given_name": ["Ann"], "family_name": ["Lee"], "birth_date": ["2011-07-01"], "postcode": ["LS1 4AB"]}
    by_date, by_year = (
        batch.link(known, one, one, custodians=custodians).totals[0, 0]
        for custodians in (["school", "school"], ["hostel", "hostel"])
    )
    assert by_date - by_year > 8_000


def test_a_model_that_heeds_none_learns_none() -> None:
    dates = defaulted(births(2_000, 1), 0.3, "-07-01")
    shape = MODEL.shape.model_copy(update={"defaults": {}})
    fields = {**shape.fields, "known_date": shape.fields["birth_date"]}
    plain = Model.build(shape.model_copy(update={"fields": fields}), MODEL.tables)
    assert found(dates, plain) == ()
    assert found(dates) == ("-07-01",)
