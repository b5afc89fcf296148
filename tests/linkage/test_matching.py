from dataclasses import replace
from math import log2
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from childindex import linkage
from childindex.demographics import Demographics, Identifier, IdentifierType, Sex
from childindex.linkage import Candidate, Decision, ProfileRow, wording
from tests.linkage.people import candidate, child, features, match, strings

MODEL = linkage.shipped()
LOCAL = linkage.shipped(5000)
TABLES = Path(linkage.__file__).with_name("tables")
_PRIOR = LOCAL.shape.prior.model_copy(update={"duplicates": 1e-12})  # so that no two entries are one child
APART = linkage.Model.build(LOCAL.shape.model_copy(update={"prior": _PRIOR}), TABLES)
NHS, OTHER_NHS = "943 476 5919", "943 476 5870"


UPN = "B801200005001"


def number(value: str) -> tuple[Identifier, ...]:
    return (Identifier(IdentifierType.UPN if value == UPN else IdentifierType.NHS_NUMBER, value),)


TWO = (*number(NHS), *number(UPN))


def test_the_same_details_are_the_same_child() -> None:
    found = match(MODEL, child(), [child()])
    assert found.decision is Decision.MATCHED
    assert found.scored[0].probability >= 0.999
    assert not found.scored[0].vetoes


@pytest.mark.parametrize(
    "query",
    [
        child("Olivr"),
        child("OLIVER", "BRAITHWAITE"),
        child(family="Braithwaite-Holt"),
        child("Braithwaite", "Oliver"),
        child(born="2014-05-18"),
        child("Olivr", postcode="ZE1 1AB"),
        child(postcode="M2 3BD", middle_names="Peregrine"),
    ],
)
def test_an_error_does_not_hide_a_child(query: Demographics) -> None:
    known = child(middle_names="Peregrine")
    assert match(LOCAL, query, [known]).decision is Decision.MATCHED


def test_nobody_is_matched_in_an_empty_index() -> None:
    found = match(MODEL, child())
    assert (found.decision, found.scored, found.absent_probability) == (Decision.UNMATCHED, (), 1.0)


def test_strangers_are_not_matched() -> None:
    assert match(LOCAL, child(), [child("Zed", "Ng", "2011-03-30", postcode="M2 3BD")]).decision is Decision.UNMATCHED


def test_a_sibling_at_the_same_address_is_no_review() -> None:
    found = match(LOCAL, child("Amelia", sex=Sex.FEMALE), [child(born="2011-09-30")])
    assert found.decision is Decision.UNMATCHED
    assert found.scored[0].rival == "sibling"


@pytest.mark.parametrize("model", [MODEL, LOCAL])
@pytest.mark.parametrize(
    "names",
    [
        ("Oliver", "Jack"),
        ("Isabella", "Isabelle"),
        ("Hassan", "Hussain"),
        ("Mya", "Maya"),
        ("Jayden", "Kayden"),
        ("Ahmed", "Ahmad"),
        ("Oliver", "Olivia"),
        ("Daniel", "Danielle"),
        ("Ella", "Ellie"),
        ("Lily", "Lilly"),
    ],
)
def test_twins_are_never_merged_automatically(model: linkage.Model, names: tuple[str, str]) -> None:
    for one, other in (names, names[::-1]):
        for sex in (Sex.MALE, Sex.FEMALE, Sex.UNSPECIFIED):
            found = match(model, child(other, sex=sex), [child(one)])
            assert found.decision is not Decision.MATCHED
            assert found.scored[0].rival == "twin"


def test_twins_of_different_sex_in_one_system_are_not_even_reviewed() -> None:
    query, known = child("Amelia", sex=Sex.FEMALE), child()
    asked, lexicon = features(LOCAL, query), strings(LOCAL, [known])
    found = [
        LOCAL.inquire(asked, [candidate(LOCAL, 1, known, source=source)], source=7).match(lexicon).scored[0].probability
        for source in (7, 8)
    ]
    assert found[0] < LOCAL.thresholds.possible < found[1] < 0.1


def test_when_both_twins_are_known_each_is_itself() -> None:
    found = match(LOCAL, child("Jack"), [child()], [child("Jack")])
    assert (found.decision, found.scored[0].entry) == (Decision.MATCHED, 2)


@pytest.mark.parametrize(
    ("query", "veto"),
    [
        (child("Jack"), "forename_disagrees"),
        (child(identifiers=number(OTHER_NHS)), "identifiers_conflict"),
        (child(born="2008-05-17"), "birth_date_disagrees"),
        (child(born="2011-11-03", identifiers=number(NHS)), "birth_date_disagrees"),
        (child(born="", postcode="M2 3BD"), "birth_date_missing"),
        (child("Twin 2", identifiers=number(NHS)), "placeholder_of_a_twin"),
    ],
)
def test_what_no_probability_overrules(query: Demographics, veto: str) -> None:
    found = match(LOCAL, query, [child(identifiers=number(NHS))])
    assert veto in found.scored[0].vetoes
    assert found.decision is not Decision.MATCHED


def test_a_twin_that_bears_the_co_twins_number_is_for_a_person() -> None:
    twins = [child(identifiers=number(NHS))], [child("Barnaby", identifiers=number(OTHER_NHS))]
    found = match(LOCAL, child("Barnaby", identifiers=number(NHS)), *twins)
    assert found.decision is Decision.POSSIBLE
    assert match(LOCAL, child("Barnaby", identifiers=number(NHS)), twins[0]).decision is Decision.POSSIBLE


@pytest.mark.parametrize("model", [MODEL, LOCAL])
@pytest.mark.parametrize("names", [("Oliver", "Barnaby"), ("Baby", "Oliver"), ("Mary", "Anne")])
def test_twins_with_a_middle_name_of_the_family_are_never_merged(model: linkage.Model, names: tuple[str, str]) -> None:
    one, other = (child(name, "Smith", middle_names="Quillfeather") for name in names)
    assert match(model, one, [other]).decision is not Decision.MATCHED
    first, second = (child(name, "Smith", middle_names=middle) for name, middle in zip(names, names[::-1], strict=True))
    if "Baby" not in names:
        assert match(model, first, [second]).decision is not Decision.MATCHED


@pytest.mark.parametrize("name", ["Baby", ""])
def test_an_identifier_stands_in_for_a_forename_where_nobody_else_is_likely(name: str) -> None:
    query, known = child(name, identifiers=number(NHS)), child(identifiers=number(NHS))
    assert match(LOCAL, query, [known], indexed=0.999).decision is Decision.MATCHED
    assert match(LOCAL, query, [known], [child("Zed")], indexed=0.999).decision is Decision.POSSIBLE


def test_one_identifier_does_not_stand_in_for_another_forename_two_do() -> None:
    """One number may have been picked by surname and birth date."""
    for numbers, decision in ((number(NHS), Decision.POSSIBLE), (TWO, Decision.MATCHED)):
        found = match(LOCAL, child("Jack", identifiers=numbers), [child(identifiers=numbers)], indexed=0.999)
        assert found.decision is decision


def test_without_a_birth_date_an_address_or_two_identifiers_must_agree() -> None:
    assert match(LOCAL, child(born=""), [child()]).decision is Decision.MATCHED
    for numbers, decision in ((number(NHS), Decision.POSSIBLE), (TWO, Decision.MATCHED)):
        query, known = child(born="", identifiers=numbers), child(postcode="M2 3BD", identifiers=numbers)
        assert match(LOCAL, query, [known]).decision is decision


@pytest.mark.parametrize("known", ["Baby", "Twin 1", "Zed"])
def test_a_placeholder_with_a_co_twin_is_for_a_person(known: str) -> None:
    found = match(LOCAL, child("Baby"), [child()], [child(known)], indexed=0.999)
    assert found.decision is Decision.POSSIBLE
    assert "placeholder_forename" in found.scored[0].vetoes


def test_placeholders_of_two_twins_are_two() -> None:
    same = match(LOCAL, child("Twin Two", sex=Sex.UNSPECIFIED), [child("TWIN 2")])
    other = match(LOCAL, child("Twin Two", sex=Sex.UNSPECIFIED), [child("TWIN 1")])
    assert {same.decision, other.decision} <= {Decision.POSSIBLE, Decision.UNMATCHED}
    assert same.scored[0].probability > other.scored[0].probability
    assert same.scored[0].rival_probability < other.scored[0].rival_probability
    assert "birth_order_differs" in other.scored[0].vetoes


def test_a_placeholder_beside_a_named_record_does_not_bar_the_link() -> None:
    assert match(LOCAL, child(), [child("Baby"), child()]).decision is Decision.MATCHED


def test_two_entries_of_one_child_do_not_compete() -> None:
    record = child(middle_names="Peregrine", identifiers=number(NHS))
    query = child(middle_names="Peregrine")
    found = match(LOCAL, query, [record], [record])
    assert (found.decision, found.scored[0].entry) == (Decision.MATCHED, 1)
    assert "entries" in {line.comparison for line in found.scored[0].comparisons}
    assert found.scored[0].probability + found.scored[1].probability <= 1.0


def test_two_twins_are_not_two_entries_of_one_child() -> None:
    found = match(LOCAL, child("Oliver", middle_names="J"), [child("Olive")], [child("Oliva")])
    assert found.decision is Decision.POSSIBLE
    assert found.scored[0].probability < 0.9


def test_identifiers_conflict_anywhere_in_the_profile_unless_one_agrees() -> None:
    query = child(identifiers=number(OTHER_NHS))
    conflict = match(LOCAL, query, [child(), child(identifiers=number(NHS))])
    assert "identifiers_conflict" in conflict.scored[0].vetoes
    agreed = match(LOCAL, query, [child(identifiers=number(OTHER_NHS)), child(identifiers=number(NHS))])
    assert agreed.decision is Decision.MATCHED


def test_a_second_active_record_of_one_system_never_links_automatically() -> None:
    record = child(middle_names="Peregrine", identifiers=number(NHS))
    lexicon = strings(LOCAL, [record])
    decisions = {
        (source, active): LOCAL.inquire(
            features(LOCAL, record), [candidate(LOCAL, 1, record, source=7, active=active)], source=source
        )
        .decide(lexicon)
        .decision
        for source in (0, 7, 8)
        for active in (True, False)
    }
    assert decisions.pop((7, True)) is Decision.POSSIBLE
    assert set(decisions.values()) == {Decision.MATCHED}


def test_the_lines_of_a_candidate_sum_to_its_total_exactly() -> None:
    found = match(LOCAL, child("Olivr", born="2014-05-18"), [child(), child("Jack")], [child(family="Holt")])
    for scored in found.scored:
        lines = [scored.prior_bits, *(line.bits for line in scored.comparisons)]
        assert sum(round(bits * 1000) for bits in lines) == round(scored.total_bits * 1000)
        assert scored.total_bits == round(scored.total_bits * 1000) / 1000


def test_probabilities_are_the_joint_posterior() -> None:
    (only,) = match(LOCAL, child(postcode=""), [child(postcode="")]).scored
    alone = match(LOCAL, child(postcode=""), [child(postcode="")])
    same = 2.0**only.total_bits
    whole = same / only.probability
    kin = whole - same - 1.0
    assert kin > 0
    assert alone.absent_probability == pytest.approx((1.0 + kin) / whole)
    assert only.rival_probability == pytest.approx(kin / whole, rel=0.05)
    several = match(LOCAL, child(postcode=""), [child(postcode="")], [child("Olivr", postcode="")], [child("Zed")])
    assert several.absent_probability + sum(each.probability for each in several.scored) == pytest.approx(1.0)


def test_a_sibling_does_not_speak_against_a_child_that_moved_with_it() -> None:
    known, brother = child(postcode="M2 3BD"), child("Jack", born="2011-09-30")
    alone, both = match(LOCAL, child(), [known]), match(LOCAL, child(), [known], [brother])
    assert both.scored[0].probability == pytest.approx(alone.scored[0].probability, abs=1e-4)
    stranger = match(LOCAL, child(), [child(family="Ng", postcode="M2 3BD")], [brother])
    by_itself = match(LOCAL, child(), [child(family="Ng", postcode="M2 3BD")])
    assert stranger.scored[0].probability < by_itself.scored[0].probability * 1.0001  # factors are rounded


def test_the_prior_that_the_child_is_indexed_counts() -> None:
    weak = child(postcode="", sex=Sex.UNSPECIFIED)
    chances = [match(MODEL, weak, [weak], indexed=indexed).scored[0].probability for indexed in (0.01, 0.5, 0.99)]
    assert chances == sorted(chances)
    assert len(set(chances)) == 3
    missed = MODEL.shape.prior.missed
    prior = match(MODEL, weak, [weak], indexed=0.5).scored[0].prior_bits
    assert prior == pytest.approx(log2(0.5 / 12_000_000 / (0.5 + 0.5 * missed)), abs=0.00051)
    assert match(MODEL, weak, [weak], indexed=0.0).decision is Decision.UNMATCHED


def test_a_large_profile_attracts_nobody() -> None:
    query = child(postcode="")
    like, unlike = child(), [child(f"{name}ora", "Ng", "2001-01-30", postcode="") for name in "BCDFLMN"]
    alone, crowd = match(LOCAL, query, [like]), match(LOCAL, query, [like, *unlike])
    assert crowd.scored[0].total_bits == pytest.approx(alone.scored[0].total_bits - 3, abs=0.002)
    assert match(LOCAL, query, [like, like]).scored[0].total_bits == alone.scored[0].total_bits


def test_more_evidence_of_the_household_does_not_outweigh_a_nearer_name() -> None:
    query = child("Halah", carer_family_name="Jasim")
    twin, known = child("Hala", carer_family_name="Jasim"), child("Halah")
    both = match(LOCAL, query, [twin], [known])
    assert (both.decision, both.scored[0].entry) == (Decision.MATCHED, 2)
    assert "another_child_nearer_by_forename" in both.scored[1].vetoes
    found = match(LOCAL, child("Olivr", identifiers=number(NHS)), [child(identifiers=number(NHS))], [child("Olivr")])
    assert found.scored[0].entry == 1
    assert "another_child_nearer_by_forename" in found.scored[0].vetoes
    unlikely = match(LOCAL, child("Olivr"), [child()], [child("Olivr", "Ng", "2001-01-30", postcode="M2 3BD")])
    assert unlikely.decision is Decision.MATCHED


@pytest.mark.parametrize(
    ("query", "mine"),
    [
        (child("Neeve"), child("Lillie", middle_names="Neeve")),  # the other twin may go by that name as well
        (child("Oliwyr"), child("Oliver")),
        (child("O"), child("Oliver")),
    ],
)
def test_where_a_twin_is_known_a_weak_forename_is_for_a_person(query: Demographics, mine: Demographics) -> None:
    twin, sibling, neighbour = child("Jack"), child("Jack", born="2011-09-30"), child("Jack", "Ng", postcode="M2 3BD")
    with_twin = match(LOCAL, query, [mine], [twin], indexed=0.9999)
    assert (with_twin.scored[0].entry, "twin_known" in with_twin.scored[0].vetoes) == (1, True)
    assert with_twin.decision is Decision.POSSIBLE
    for other in (sibling, neighbour):
        found = match(LOCAL, query, [mine], [other], indexed=0.9999)
        assert (found.decision, found.scored[0].entry) == (Decision.MATCHED, 1)


def test_a_known_twin_is_no_reason_to_doubt_an_equal_name() -> None:
    assert match(LOCAL, child(), [child()], [child("Jack")]).decision is Decision.MATCHED


def test_a_sibling_speaks_for_an_unknown_twin_as_much_as_for_the_child() -> None:
    """The brother whose new address a record bears is the brother of both."""
    known, brother = child("Elsie", postcode="M2 3BD"), child("Jack", born="2011-09-30")
    query = child("Elsi")
    alone, both = match(LOCAL, query, [known]).scored[0], match(LOCAL, query, [known], [brother]).scored[0]
    raised = [line for line in both.comparisons if line.comparison == "kinship"]
    assert raised[0].bits == raised[0].rival_bits > 5
    assert both.rival == alone.rival == "twin"
    assert both.rival_probability / both.probability == pytest.approx(
        alone.rival_probability / alone.probability, rel=1e-3
    )


def test_two_entries_that_fit_alike_are_for_a_person() -> None:
    one, other = child(identifiers=number(NHS)), child(identifiers=number(OTHER_NHS))
    found = match(LOCAL, child(), [one], [other])
    assert found.decision is Decision.POSSIBLE
    assert "another child fits too (12.6% sure)" in wording.sentence(LOCAL.shape, found)


POOL = [child(given, family, born, postcode=postcode)
        for given in ("Oliver", "Olivr", "Jack", "Baby") for family in ("Braithwaite", "Holt")
        for born in ("2014-05-17", "2014-05-18", "2012-01-01") for postcode in ("ZE1 1AA", "ZE9 9ZZ")]  # fmt: skip
LEXICON = strings(LOCAL, POOL)


@given(st.sampled_from(POOL), st.lists(st.sampled_from(POOL), max_size=6, unique_by=id), st.randoms())
@settings(max_examples=60)
def test_the_order_of_candidates_does_not_matter(query: Demographics, pool: list[Demographics], random: Random) -> None:
    candidates = [candidate(LOCAL, entry, record) for entry, record in enumerate(pool)]
    shuffled = list(candidates)
    random.shuffle(shuffled)
    asked = features(LOCAL, query)
    assert LOCAL.inquire(asked, candidates).match(LEXICON) == LOCAL.inquire(asked, shuffled).match(LEXICON)


@given(st.sampled_from(POOL), st.sampled_from(POOL))
@settings(max_examples=100)
def test_weights_are_symmetric(one: Demographics, other: Demographics) -> None:
    forth = match(LOCAL, one, [other])
    back = match(LOCAL, other, [one])
    assert [s.total_bits for s in forth.scored] == [s.total_bits for s in back.scored]
    assert forth.decision is back.decision


def test_ten_candidates_are_told_and_all_are_counted() -> None:
    found = match(APART, child(), *[[child()]] * 12)
    assert len(found.scored) == 10
    assert found.scored[0].probability == pytest.approx(1 / 12, rel=1e-3)


def test_whoever_is_asked_for_is_overlooked_neither_for_its_rank_nor_for_another_entry_of_the_same_child() -> None:
    twelve = [candidate(LOCAL, entry, child()) for entry in range(12)]
    inquiry = LOCAL.inquire(features(LOCAL, child()), twelve)
    chances = [inquiry.chance({}, frozenset({entry})) for entry in range(12)]
    assert chances == pytest.approx([1 / 12] * 12, rel=1e-3)
    assert inquiry.chance({}, frozenset()) == 0.0


@given(st.sampled_from(POOL), st.lists(st.sampled_from(POOL), max_size=4))
@settings(max_examples=40)
def test_the_chance_of_some_is_that_of_the_match_where_no_two_entries_are_one_child(
    query: Demographics, pool: list[Demographics]
) -> None:
    candidates, asked = [candidate(APART, entry, record) for entry, record in enumerate(pool)], features(APART, query)
    inquiry = APART.inquire(asked, candidates)
    told = inquiry.match(LEXICON)
    for some in (frozenset({0}), frozenset({1, 2})):
        best = max((each.probability for each in told.scored if each.entry in some), default=0.0)
        assert inquiry.chance(LEXICON, some) >= best - 1e-6
        names = {line.level for each in told.scored for line in each.comparisons if line.comparison == "forename"}
        if names <= {"exact"}:  # else one's name may be another child's: what is told is then not the greater chance
            assert inquiry.chance(LEXICON, some) == pytest.approx(best, abs=1e-6)


def test_an_entry_without_rows_is_nobody() -> None:
    assert LOCAL.inquire(features(LOCAL, child()), [Candidate(1, ())]).match({}).scored == ()


def test_the_best_row_is_told_by_its_slot() -> None:
    rows = tuple(
        ProfileRow(slot, True, 0, features(LOCAL, record))
        for slot, record in ((4, child("Zed")), (9, child()), (2, child("Jack")))
    )
    inquiry = LOCAL.inquire(features(LOCAL, child()), [Candidate(1, rows)])
    found = inquiry.match(strings(LOCAL, [child("Zed"), child("Jack")]))
    assert found.scored[0].slot == 9


@given(st.sampled_from(POOL), st.lists(st.sampled_from(POOL), max_size=4))
@settings(max_examples=40)
def test_a_decision_is_the_match_without_its_lines(query: Demographics, pool: list[Demographics]) -> None:
    candidates, asked = [candidate(LOCAL, entry, record) for entry, record in enumerate(pool)], features(LOCAL, query)
    inquiry = LOCAL.inquire(asked, candidates)
    told, decided = inquiry.match(LEXICON), inquiry.decide(LEXICON)
    likely = [each.vetoes if each.probability >= LOCAL.thresholds.possible / 100 else () for each in told.scored]
    left = [replace(each, comparisons=(), classes=(), vetoes=v) for each, v in zip(told.scored, likely, strict=True)]
    assert decided == replace(told, scored=tuple(left))


@given(st.sampled_from(POOL), st.lists(st.sampled_from(POOL), max_size=5), st.frozensets(st.integers(0, 4)))
@settings(max_examples=40)
def test_an_inquiry_without_some_entries_is_the_one_that_never_had_them(
    query: Demographics, pool: list[Demographics], away: frozenset[int]
) -> None:
    asked, candidates = features(APART, query), [candidate(APART, entry, record) for entry, record in enumerate(pool)]
    rest = APART.inquire(asked, [each for each in candidates if each.entry not in away])
    left = APART.inquire(asked, candidates).without(away)
    assert left.match(LEXICON) == rest.match(LEXICON)
    assert left.wanted() == rest.wanted()


@given(st.sampled_from(POOL), st.lists(st.sampled_from(POOL), max_size=4))
@settings(max_examples=40)
def test_an_inquiry_is_asked_again_among_others(query: Demographics, pool: list[Demographics]) -> None:
    asked, candidates = features(APART, query), [candidate(APART, entry, record) for entry, record in enumerate(pool)]
    again, fresh = APART.inquire(asked, candidates[:1]).among(candidates), APART.inquire(asked, candidates)
    assert again.match(LEXICON) == fresh.match(LEXICON)
    assert again.wanted() == fresh.wanted()


@given(st.sampled_from(POOL), st.lists(st.sampled_from(POOL), min_size=1, max_size=4))
@settings(max_examples=40)
def test_a_candidate_stands_as_the_match_has_it_where_no_two_entries_are_one_child(
    query: Demographics, pool: list[Demographics]
) -> None:
    candidates = [candidate(APART, entry, record) for entry, record in enumerate(pool)]
    inquiry = APART.inquire(features(APART, query), candidates)
    told = {each.entry: replace(each, comparisons=(), classes=()) for each in inquiry.match(LEXICON).scored}
    assert all(inquiry.standing(LEXICON, entry) == told.get(entry) for entry in range(len(pool) + 1))


def test_a_candidate_stands_apart_from_another_entry_of_the_same_child() -> None:
    asked, twice = features(LOCAL, child()), [candidate(LOCAL, entry, child()) for entry in range(2)]
    inquiry = LOCAL.inquire(asked, twice)
    assert inquiry.decide({}).scored[0].probability > 0.99
    standing = inquiry.standing({}, 0)
    assert standing is not None
    assert standing.probability == pytest.approx(0.5, rel=1e-3)
