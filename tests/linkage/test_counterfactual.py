"""What would have changed a decision is what does change it, and nothing smaller does."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from childindex import linkage
from childindex.demographics import Demographics, Sex
from childindex.identifiers import Identifier, IdentifierType
from childindex.linkage import Change, Decision
from childindex.linkage.comparison_shapes import ComparisonShape
from childindex.linkage.counterfactual import Redecided, Standing, _alternatives, smallest_change, with_level
from childindex.linkage.prepared import NULL
from childindex.linkage.scoring import RowScore
from tests.linkage.people import candidate, child, features, match, strings

LOCAL = linkage.shipped(5000)
NHS = (Identifier(IdentifierType.NHS_NUMBER, "943 476 5919"),)


def change(query: Demographics, *entries: Demographics) -> Change | None:
    candidates = [candidate(LOCAL, number, record) for number, record in enumerate(entries, start=1)]
    return LOCAL.inquire(features(LOCAL, query), candidates).change(strings(LOCAL, entries))


def test_a_veto_alone_stands_between() -> None:
    known = child(middle_names="Peregrine", identifiers=NHS)
    inquiry = LOCAL.inquire(features(LOCAL, known), [candidate(LOCAL, 1, known, source=7)], source=7)
    found = inquiry.change({})
    assert found is not None
    assert (found.veto, found.comparison, found.decision) == ("same_system", "", Decision.MATCHED)
    (best,) = inquiry.match({}).scored
    assert (best.vetoes, best.probability) == (("same_system",), found.probability)


def test_nothing_to_change_where_nobody_is_like_the_child() -> None:
    assert change(child()) is None
    assert change(child(), child("Zed", "Ng", "2001-01-30", postcode="M2 3BD", sex=Sex.FEMALE)) is None


CHILDREN = st.builds(
    lambda given, family, born, postcode, sex: child(given, family, born, postcode=postcode, sex=sex),
    st.sampled_from(GIVEN := ["Oliver", "Olivr", "Oli", "Jack"]),
    st.sampled_from(FAMILY := ["Braithwaite", "Braithwate", "Holt", "Smith"]),
    st.sampled_from(BORN := ["2014-05-17", "2014-05-18", "2014-07-18", "2014-01-01"]),
    st.sampled_from(POSTCODE := ["ZE1 1AA", "ZE1 1AB", "M2 3BD", ""]),
    st.sampled_from([Sex.MALE, Sex.FEMALE]),
)


def test_the_change_told_is_what_deciding_again_gives() -> None:
    """Where the level is an equal value, the record can really be written so: the decision follows, and its chance."""
    query, other, held = child("Olivr"), child("Oli", "Smith", postcode=""), 0
    for name, family, born, postcode in product(GIVEN[:3], FAMILY[:3], BORN[:3], POSTCODE):
        known = child(name, family, born, postcode=postcode)
        before, found = match(LOCAL, query, [known], [other]), change(query, known, other)
        if found is None or found.veto or before.scored[0].entry != 1:
            continue
        assert (found.decision is Decision.MATCHED) != (before.decision is Decision.MATCHED)
        if found.comparison in ("postcode", "birth_date") and found.level == "exact":
            same = replace(known, **{found.comparison: getattr(query, found.comparison)})
            after = match(LOCAL, query, [same], [other])
            assert after.decision is found.decision
            (best,) = (each for each in after.scored if each.entry == 1)
            assert best.probability == pytest.approx(found.probability, rel=1e-9)
            held += 1
    assert held


@given(CHILDREN, CHILDREN)
@settings(max_examples=40)
def test_no_smaller_change_turns_the_decision(query: Demographics, known: Demographics) -> None:
    """The slow way: write the record in every other way that the sample knows, one field at a time."""
    before, found = match(LOCAL, query, [known]), change(query, known)
    assume(found is not None and not found.veto)
    assert found is not None
    for field, values in FIELDS:
        for value in values:
            after = match(LOCAL, query, [replace(known, **{field: value})])  # type: ignore[arg-type]  # by name
            if (after.decision is Decision.MATCHED) != (before.decision is Decision.MATCHED):
                moved = after.scored[0].total_bits - before.scored[0].total_bits
                assert abs(moved) >= abs(found.bits) - 0.002


FIELDS: list[tuple[str, list[object]]] = [
    ("postcode", ["ZE1 1AA", "ZE1 1AB", "ZE1 2ZZ", "ZE1 9AA", "ZE8 9ZZ", "M2 3BD"]),
    ("birth_date", [child(born=born).birth_date for born in ("2014-05-17", "2014-05-18", "2014-01-01", "2013-05-17")]),
    ("sex", [Sex.MALE, Sex.FEMALE]),
]


def test_the_smallest_of_several_is_told() -> None:
    """A decision that turns at any gain of two bits or more turns at the least of them."""
    prepared = LOCAL._matcher._scorer.prepare(features(LOCAL, child()).codes, features(LOCAL, child()).strings)
    scored = LOCAL._matcher._scorer
    row = features(LOCAL, child("Jack", postcode="M2 3BD")).codes
    lexicon = strings(LOCAL, [child("Jack", postcode="M2 3BD")])
    stands = scored.finish(scored.draft(prepared, row), row, lexicon)
    moves: list[int] = []

    def rescored(score: RowScore) -> Redecided:
        moves.append(score.totals[0] - stands.totals[0])
        return Redecided(Decision.MATCHED if moves[-1] >= 2000 else Decision.POSSIBLE, 1.0, True)

    found = smallest_change(scored, prepared, Standing(Decision.POSSIBLE, stands, (), rescored, never))
    assert found is not None
    assert [abs(moved) for moved in moves] == sorted(abs(moved) for moved in moves)
    assert found.bits * 1000 == moves[-1] >= 2000 > max(moves[:-1])


def test_a_comparison_that_a_level_counts_too_is_not_changed_by_itself() -> None:
    """Names in each other's places are one level of the forename: the surname cannot change while it stands."""
    scorer, asked = LOCAL._matcher._scorer, features(LOCAL, child("Braithwaite", "Oliver"))
    prepared, row = scorer.prepare(asked.codes, asked.strings), features(LOCAL, child()).codes
    score = scorer.finish(scorer.draft(prepared, row), row, strings(LOCAL, [child()]))
    assert scorer.comparisons[0].shape.levels[score.levels[0]].name == "swapped"
    changed = {index for _, index, _, _ in _alternatives(scorer, prepared, score)}
    names = {scorer.comparisons[index].shape.name for index in changed}
    assert "birth_date" in names
    assert names.isdisjoint({"forename", "surname"})


@pytest.mark.parametrize(
    ("query", "never_told"),
    [
        (child(), {"forename": {"exchanged", "exchanged_back"}, "postcode": {"property"}}),
        (
            child(family="", uprn="10022", middle_names="Piers"),
            {"forename": {"swapped", "swapped_back"}},
        ),
        (child(middle_names="Peregrine", uprn="100023336956"), {}),
    ],
)
def test_no_level_is_told_for_which_the_record_that_asks_lacks_the_field(
    query: Demographics, never_told: dict[str, set[str]]
) -> None:
    scorer, asked, known = LOCAL._matcher._scorer, features(LOCAL, query), child(middle_names="Piers", uprn="10021")
    prepared, row = scorer.prepare(asked.codes, asked.strings), features(LOCAL, known).codes
    score = scorer.finish(scorer.draft(prepared, row), row, strings(LOCAL, [known]))
    told: dict[str, set[str]] = {"forename": set(), "postcode": set()}
    for _, index, level, _ in _alternatives(scorer, prepared, score):
        shape = scorer.comparisons[index].shape
        told.setdefault(shape.name, set()).add(shape.levels[level].name)
    everything = {
        name: {level.name for level in shape_of(name).levels} - {"exact"} for name in ("forename", "postcode")
    }
    for name, levels in everything.items():
        assert told[name] - {"exact"} == levels - never_told.get(name, set())


def shape_of(comparison: str) -> ComparisonShape:
    (shape,) = (each for each in LOCAL.shape.comparisons if each.name == comparison)
    return shape


def test_what_would_have_barred_the_link_is_told() -> None:
    known = child(middle_names="Peregrine", identifiers=NHS)
    found = change(known, known)
    assert found is not None
    assert (found.comparison, found.decision, found.vetoes) == (
        "birth_date",
        Decision.POSSIBLE,
        ("birth_date_disagrees",),
    )


def never(veto: str) -> Redecided:
    raise AssertionError(veto)


@given(CHILDREN, CHILDREN, st.sampled_from(["", "Peregrine"]))
@settings(max_examples=60)
def test_a_score_changed_to_what_it_is_stays_the_same(query: Demographics, known: Demographics, middle: str) -> None:
    """In every class: what is weighed here again is what the scorer weighed."""
    query, known = replace(query, middle_names=middle), replace(known, middle_names=middle)
    scorer, asked, row = LOCAL._matcher._scorer, features(LOCAL, query), features(LOCAL, known).codes
    prepared = scorer.prepare(asked.codes, asked.strings)
    score = scorer.finish(scorer.draft(prepared, row), row, strings(LOCAL, [known]))
    for index, (level, part) in enumerate(zip(score.levels, score.parts, strict=True)):
        if level != NULL:
            assert with_level(scorer, score, (index, level, part)) == score
