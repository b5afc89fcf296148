"""A slow, obvious scorer, written from the model's shape alone, agrees with the fast one on random records."""

from collections.abc import Callable
from math import isfinite, log2
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from childindex import linkage
from childindex.errors import StoreDamaged
from childindex.linkage import Candidate, Model, ProfileRow, Record
from childindex.linkage.comparison import Tables, reached
from childindex.linkage.comparison_shapes import ComparisonShape, LevelShape
from childindex.linkage.compiled import MILLI, NEVER, Comparison, millibits, weight
from childindex.linkage.frequencies import Variants
from childindex.linkage.prepared import NULL
from tests.linkage.people import candidate, child, code, features, strings

MODEL = linkage.shipped()
COMPILED: dict[str, Comparison] = {c.shape.name: c for c in MODEL._matcher._scorer.comparisons}


def obvious(model: Model, query: Record, row: Record) -> tuple[dict[str, str], int]:
    """Levels by comparison and the weight in millibits of `row` for `query`, straight from the model's words."""
    found = {part.name: _level(part, query, row) for part in model.shape.comparisons}
    reached_levels = {name: pair for name, pair in found.items() if pair is not None}
    covered = {name for level, _ in reached_levels.values() for name in level.covers}
    kept = {name: pair for name, pair in reached_levels.items() if name not in covered}
    total = sum(weight(level.m, level.u) + part for level, part in kept.values())
    levels = {name: level.name for name, (level, _) in kept.items()}
    taken = _taken(model, query, row, kept, covered)
    return levels | ({"names_together": "expected"} if taken else {}), total - taken


def _taken(model: Model, query: Record, row: Record, kept: dict[str, tuple[LevelShape, int]], covered: set[str]) -> int:
    """What two names that are borne together say less than each alone."""
    forename, surname = kept.get("forename"), kept.get("surname")
    if forename is None or (surname is None and "surname" not in covered):
        return 0
    if surname is not None and surname[0].test == "else":
        return 0
    assert model.together is not None
    told = [
        millibits(model.together.communities.bits(one, other))
        for record in (query, row)
        for one in record.of("forename_written")
        for other in record.of("surname")
    ]
    return max(told, default=0)


def _level(part: ComparisonShape, query: Record, row: Record) -> tuple[LevelShape, int] | None:
    if not any(query.of(left) and row.of(right) for left, right in part.compares):
        return None
    for level in part.levels:
        parts = list(_parts(part, level, query, row))
        if parts:
            return level, max(parts)
    raise AssertionError("the last level is reached by all")


def _parts(part: ComparisonShape, level: LevelShape, query: Record, row: Record) -> list[int]:
    """The term-frequency parts of all the ways in which a pair reaches a level."""
    if level.test == "else":
        return [0]
    if level.test == "equal":
        return [_bits(level, left, a) for left, right in level.pairs for a in query.of(left) if a in row.of(right)]
    if level.test == "all_equal":
        shared = [(left, set(query.of(left)).intersection(row.of(right))) for left, right in level.pairs]
        whole = all(values for _, values in shared)
        return [sum(max(_bits(level, left, value) for value in values) for left, values in shared)] if whole else []
    if level.gate and not any(a in row.of(right) for left, right in level.gate for a in query.of(left)):
        return []
    tables = COMPILED[part.name].tables
    pairs = [(a, b) for left, right in part.compares for a in query.of(left) for b in row.of(right) if a != b]
    return [_fuzzy_bits(level, tables, a, b) for a, b in pairs if reached(a, b, [level], tables) == 0]


def _bits(level: LevelShape, field: str, value: str) -> int:
    table = MODEL._frequencies.get(field)
    return millibits(level.frequency * table.bits(value)) if table and level.frequency else 0


def _fuzzy_bits(level: LevelShape, tables: Tables, one: str, other: str) -> int:
    bits = 0.0
    if tables.frequencies is not None and level.frequency:
        words = [value for text in (one, other) for value in (text, *text.split())]
        bits = level.frequency * min(map(tables.frequencies.bits, words))
    return millibits(bits + tables.variants.bits(one, other) if level.test in ("variant", "spelling") else bits)


def some(*values: str) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), max_size=1).map(tuple)


NAMES = ("Oliver", "Olivr", "Olive", "Noll", "O", "Amy", "Ami", "Braithwaite", "Smith-Jones", "Jones", "Al Hassan",
         "Hassan", "Baby", "Mary Jane", "Maryjane", "Muhammad", "Mohamed", "Simran", "Simrann", "Kaur")  # fmt: skip
SOURCES = st.fixed_dictionaries({
    **{column: some(*NAMES) for column in ("given_name", "family_name", "known_as", "carer_family_name")},
    "middle_names": some(*NAMES),
    "former_family_names": st.lists(st.sampled_from(NAMES), max_size=3).map(tuple),
    "birth_date": some(
        "2014-05-03", "2014-03-05", "2014-05-13", "2014-05-00", "2014-01-01", "2011-09-30", "2014-11-03"
    ),
    "sex": some("male", "female", "indeterminate"),
    "postcode": some("M14 5AB", "M14 5AD", "M14 5XY", "M14 9AB", "M2 1XY", "LS1 4AB", "LSI 4AB", "nonsense"),
    "uprn": some("100023336956", "200"),
    "nhs_number": some("9434765919", "9434765870"),
    "upn": some("A123456789012"),
})  # fmt: skip


@given(SOURCES, SOURCES)
@settings(max_examples=200)
def test_the_fast_scorer_agrees_with_the_obvious_one(
    left: dict[str, tuple[str, ...]], right: dict[str, tuple[str, ...]]
) -> None:
    query, row = MODEL.normalise(left), MODEL.normalise(right)
    mine, theirs = MODEL.features(query, code), MODEL.features(row, code)
    candidate = Candidate(1, (ProfileRow(0, True, 0, theirs),))
    known = {at: value for at, (_, value) in theirs.strings.items()}
    inquiry = MODEL.inquire(mine, [candidate])
    found = inquiry.match({at: known[at] for at in inquiry.wanted()})
    expected, total = obvious(MODEL, query, row)
    prior = round(found.scored[0].prior_bits * MILLI) if found.scored else 0
    if not found.scored:
        assert total + PRIOR < -14 * MILLI
        return
    best = found.scored[0]
    assert {line.comparison: line.level for line in best.comparisons} == expected
    assert round(best.total_bits * MILLI) == prior + total


@given(SOURCES, SOURCES)
@settings(max_examples=100)
def test_a_rival_counts_what_it_shares_of_the_term_frequency(
    left: dict[str, tuple[str, ...]], right: dict[str, tuple[str, ...]]
) -> None:
    scorer = MODEL._matcher._scorer
    mine, theirs = (MODEL.features(MODEL.normalise(each), code) for each in (left, right))
    draft = scorer.draft(scorer.prepare(mine.codes, mine.strings), theirs.codes)
    score = scorer.finish(draft, theirs.codes, {at: value for at, (_, value) in theirs.strings.items()})
    reached = [
        (comparison.shape.levels[at], part)
        for comparison, at, part in zip(scorer.comparisons, score.levels, score.parts, strict=True)
        if at != NULL
    ]
    assert score.totals[0] == sum(weight(level.m, level.u) + part for level, part in reached) - score.taken
    lines = [
        (comparison, at, part)
        for comparison, at, part in zip(scorer.comparisons, score.levels, score.parts, strict=True)
        if at != NULL
    ]
    agree = {comparison.shape.name for comparison, at, _ in lines if at == 0}
    for place, rival in enumerate(MODEL.shape.rivals, start=1):
        expected = sum(
            comparison.weights[at][place] + round(part * comparison.shape.levels[at].kin_frequency)
            for comparison, at, part in lines
        )
        holds = not rival.where or not agree.isdisjoint(rival.where)
        assert score.totals[place] == (expected - score.taken if holds else NEVER)


_INDEXED, _MISSED = MODEL.shape.prior.indexed, MODEL.shape.prior.missed
PRIOR = millibits(log2(_INDEXED / MODEL.shape.population / (1 - _INDEXED + _INDEXED * _MISSED)))


@given(SOURCES, SOURCES)
@settings(max_examples=80)
def test_a_draft_bounds_its_score_and_asks_for_every_string(
    left: dict[str, tuple[str, ...]], right: dict[str, tuple[str, ...]]
) -> None:
    scorer = MODEL._matcher._scorer
    mine = MODEL.features(MODEL.normalise(left), code)
    theirs = MODEL.features(MODEL.normalise(right), code)
    prepared = scorer.prepare(mine.codes, mine.strings)
    draft = scorer.draft(prepared, theirs.codes)
    wanted = scorer.wants(draft, theirs.codes)
    strings = {at: theirs.strings[at][1] for at in wanted}
    assert scorer.finish(draft, theirs.codes, strings).totals[0] <= draft.bound


def test_a_bound_leaves_out_what_a_level_covers() -> None:
    scorer = MODEL._matcher._scorer
    mine, theirs = (
        MODEL.features(MODEL.normalise({"given_name": (given,), "family_name": (family,)}), code)
        for given, family in (("Oliver", "Braithwaite"), ("Braithwaite", "Oliver"))
    )
    draft = scorer.draft(scorer.prepare(mine.codes, mine.strings), theirs.codes)
    strings = {at: value for at, (_, value) in theirs.strings.items()}
    assert scorer.finish(draft, theirs.codes, strings).totals[0] <= draft.bound


def test_of_two_ways_to_a_level_the_rarer_value_counts() -> None:
    scorer = MODEL._matcher._scorer
    common, rare = "Oliver", "Peregrine"
    for one, other in ((common, rare), (rare, common)):
        left, right = MODEL.normalise(named(one, other)), MODEL.normalise(named(other, one))
        mine, theirs = MODEL.features(left, code), MODEL.features(right, code)
        draft = scorer.draft(scorer.prepare(mine.codes, mine.strings), theirs.codes)
        expected, total = obvious(MODEL, left, right)
        assert expected["forename"] == "known_as"
        strings = {at: value for at, (_, value) in theirs.strings.items()}
        assert scorer.finish(draft, theirs.codes, strings).totals[0] == total


def named(given: str, known_as: str) -> dict[str, tuple[str, ...]]:
    return {"given_name": (given,), "known_as": (known_as,)}


def test_a_missing_string_is_told_not_guessed() -> None:
    query = MODEL.features(MODEL.normalise({"family_name": ("Xqzva",), "birth_date": ("2014-05-03",)}), code)
    other = MODEL.features(MODEL.normalise({"family_name": ("Xqzvb",), "birth_date": ("2014-05-03",)}), code)
    scorer = MODEL._matcher._scorer
    draft = scorer.draft(scorer.prepare(query.codes, query.strings), other.codes)
    with pytest.raises(StoreDamaged):
        scorer.finish(draft, other.codes, {})


@pytest.mark.parametrize("m", [0.0, 1e-300, 0.5, 1.0])
@pytest.mark.parametrize("u", [0.0, 1e-300, 0.5, 1.0])
def test_weights_are_finite_at_the_ends_of_the_scale(m: float, u: float) -> None:
    assert isfinite(weight(m, u))
    assert abs(weight(m, u)) <= 24 * MILLI
    assert weight(m, u) == -weight(u, m)


def test_levels_by_code_pair_are_remembered_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("childindex.linkage.compiled._CACHE", 3)
    shape = COMPILED["forename"]
    fresh = Comparison(
        shape.shape,
        shape.weights,
        shape.compares,
        shape.whole,
        shape.fuzzy,
        shape.gate,
        shape.covers,
        shape.tables,
        shape.fuzzy_weights,
        shape.kin_shares,
        shape.unlike,
    )
    for number in range(10):
        fresh.level((0, "oliver"), (number, "olivr"))
        assert len(fresh.seen) <= 3


@pytest.mark.parametrize("remembered", range(4))
def test_a_memory_that_starts_afresh_amid_a_query_leaves_no_string_wanting(
    remembered: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two candidates the first fills the memory, in which the second's level was found when strings were fetched."""
    monkeypatch.setattr("childindex.linkage.compiled._CACHE", remembered)
    monkeypatch.setattr("childindex.linkage.compiled._QUERY", 2)
    model = Model.build(MODEL.shape, Path(linkage.__file__).with_name("tables"))
    query, new, old = (child(given) for given in ("Oliver", "Olivr", "Olivver"))
    lexicon = strings(model, [new, old])
    for records in ([old], [new, old]):
        among = [candidate(model, number, record) for number, record in enumerate(records)]
        inquiry = model.inquire(features(model, query), among)
        assert inquiry.match({code: lexicon[code] for code in inquiry.wanted()}).scored


def test_term_frequencies_count_the_commonest_part() -> None:
    found: Callable[[str, str], tuple[int, int]] = lambda a, b: COMPILED["surname"].level((0, a), (1, b))  # noqa: E731
    common = found("smith jones", "jones")[1]
    assert common == found("jones", "smith jones")[1] == found("xqzv smith", "xqzv jones smith")[1]
    assert common < found("xqzv braithwaite", "xqzv")[1]


def test_variants_are_symmetric_and_not_transitive() -> None:
    of = COMPILED["forename"].tables.variants
    assert isinstance(of, Variants)
    assert of.hold("samuel", "sam")
    assert of.hold("sam", "samantha")
    assert not of.hold("samuel", "samantha")
    assert all(of.hold(other, one) for one, others in of.shares.items() for other in others)
