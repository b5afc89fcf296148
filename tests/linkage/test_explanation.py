from math import log2
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from childindex import linkage
from childindex.demographics import Demographics, Sex
from childindex.linkage import Change, Compared, Decision, Match, Scored, wording
from childindex.linkage.specification import ModelShape
from tests.linkage.people import child, match

LOCAL = linkage.shipped(5000)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (child(), "This is the same child"),
        (child("Jack"), "the forenames are two names"),
        (child("Isabelle", sex=Sex.UNSPECIFIED), "the forenames are two names"),
        (child("Zed", "Ng", "2011-03-30"), "No child in the index fits; against the nearest (under 0.1% sure): "),
    ],
)
def test_one_plain_sentence(query: Demographics, said: str) -> None:
    sentence = wording.sentence(LOCAL.shape, match(LOCAL, query, [child()]))
    assert said in sentence
    assert sentence.endswith(".")


def test_a_sentence_names_no_value() -> None:
    for query in (child(), child("Jack"), child("Olivr", "Braithwate", "2014-05-18", postcode="ZE1 1AB")):
        sentence = wording.sentence(LOCAL.shape, match(LOCAL, query, [child()])).lower()
        assert not any(value in sentence for value in ("oliv", "braith", "2014", "zz1", "jack"))


def test_doubts_are_told_by_what_else_is_likeliest() -> None:
    def said(*scored: Scored, stranger: float) -> str:
        return wording.sentence(LOCAL.shape, Match(Decision.POSSIBLE, scored, 0.5, "model", stranger))

    lines = (Compared("surname", "exact", 0.9, 0.1, 0.0, 3.0), Compared("postcode", "other", 0.1, 0.9, 0.0, -3.2))
    best = Scored(1, 0, 0.6, -20.0, 0.1, lines, (), (), "twin", 0.3)
    second = Scored(2, 0, 0.35, -20.0, 0.1, lines, (), ())
    assert "it may be the child's twin." in said(best, stranger=0.1)
    assert "another child fits too (35% sure)." in said(best, second, stranger=0.05)
    sister = Scored(2, 0, 0.001, -20.0, 0.1, lines, (), (), "sibling", 0.31)
    assert "it may be another child's sibling." in said(best, sister, stranger=0.05)
    little = said(best, second, stranger=0.4)
    assert "too little is known; against it: the address is in another postcode area (-3.2 bits)." in little


def test_what_speaks_for_a_child_is_never_told_as_against_it() -> None:
    lines = (Compared("surname", "exact", 0.9, 0.1, 0.0, 3.0), Compared("sex", "equal", 1.0, 0.5, 0.0, 1.0))
    for decision, said in (
        (Decision.POSSIBLE, "This may be a known child (1.5% sure), for a person to decide: too little is known."),
        (Decision.UNMATCHED, "No child in the index fits; too little is known of the nearest (1.5% sure)."),
    ):
        best = Scored(1, 0, 0.015, -20.0, -16.0, lines, (), ())
        assert wording.sentence(LOCAL.shape, Match(decision, (best,), 0.9, "model", 0.9)) == said


@pytest.mark.parametrize(
    ("probability", "said"),
    [
        (0.0, "under 0.1%"), (0.00099, "under 0.1%"), (0.001, "0.1%"), (0.29, "29%"), (0.57, "57%"), (0.02129, "2.1%"),
        (0.98999, "98.9%"), (0.99, "99%"), (0.99356, "99.356%"), (0.9999999, "99.999%"), (1.0, "99.999%"),
    ],
)  # fmt: skip
def test_certainty_is_cut_and_never_rounded_up(probability: float, said: str) -> None:
    assert wording.sure(probability) == said


def test_no_candidates_is_said_plainly() -> None:
    assert wording.sentence(LOCAL.shape, match(LOCAL, child())).startswith("No child in the index")


@pytest.mark.parametrize(
    ("comparison", "level", "said"),
    [
        ("forename", "initial", "the forename is an initial of the other"),
        ("nhs_number", "equal", "the NHS number is the same"),
        ("no_words", "one_edit", "the no words is one edit"),
        ("kinship", "explained_by_kin", "a known brother, sister or twin explains what differs"),
        ("profile", "best_of_12", "it is the nearest of 12 versions of the child's details"),
    ],
)
def test_a_reason_is_said_in_the_words_of_the_model(comparison: str, level: str, said: str) -> None:
    best = Scored(1, 0, 0.9999, -20.0, 30.0, (Compared(comparison, level, 0.9, 0.1, 0.0, 3.0),), (), ())
    found = wording.sentence(LOCAL.shape, Match(Decision.MATCHED, (best,), 0.0, "model"))
    assert found == f"This is the same child (99.99% sure): {said} (+3.0 bits)."


NAMES = st.sampled_from(["Oliver", "Olivr", "Olivia", "Jack", "Baby", ""])
FAMILIES = st.sampled_from(["Braithwaite", "Braithwate", "Holt", "Braithwaite-Holt"])
BORN = st.sampled_from(["2014-05-17", "2014-05-18", "2014-00-00", "2011-09-30", ""])
PLACES = st.sampled_from(["ZE1 1AA", "ZE1 1AB", "M2 3BD", ""])
SEXES = st.sampled_from([Sex.MALE, Sex.FEMALE, Sex.UNSPECIFIED])
CHILDREN = st.builds(
    lambda given, family, born, place, sex, carer: child(
        given, family, born, postcode=place, sex=sex, carer_family_name=carer
    ),
    NAMES, FAMILIES, BORN, PLACES, SEXES, FAMILIES,
)  # fmt: skip


@given(
    CHILDREN,
    st.lists(st.lists(CHILDREN, min_size=1, max_size=3), max_size=14),
    st.sampled_from([100, 5000, 12_000_000]),
)
@settings(max_examples=60)
def test_the_probabilities_follow_from_the_lines_that_are_told(
    query: Demographics, entries: list[list[Demographics]], population: int
) -> None:
    found = match(linkage.shipped(population), query, *entries)
    kin = others = 0.0
    for each in found.scored:
        assert milli(each.total_bits) == milli(each.prior_bits) + sum(milli(line.bits) for line in each.comparisons)
        same, *rivals, unrelated = each.classes
        assert (same.name, same.bits, same.probability) == ("same", each.total_bits, each.probability)
        for chance in (same, *rivals):
            assert chance.probability == pytest.approx(2.0**chance.bits * found.stranger_probability)
        assert unrelated.probability == pytest.approx(1.0 - same.probability - sum(r.probability for r in rivals))
        strongest = max(rivals, key=lambda chance: chance.bits)
        assert (each.rival, each.rival_probability) == (strongest.name, strongest.probability)
        assert strongest.bits - milli(prior_of(strongest.name, population)) / 1000 == pytest.approx(
            sum(line.rival_bits for line in each.comparisons), abs=1e-9
        )
        kin += sum(r.probability for r in rivals)
        others += same.probability
    if len(found.scored) < 10:  # nobody is left out of what is told
        assert found.absent_probability == pytest.approx(kin + found.stranger_probability)
        assert others + found.absent_probability == pytest.approx(1.0)


def milli(bits: float) -> int:
    assert bits == pytest.approx(round(bits * 1000) / 1000, abs=1e-9)
    return round(bits * 1000)


def prior_of(rival: str, population: int) -> float:
    (shape,) = (each for each in linkage.shipped().shape.rivals if each.name == rival)
    return round(log2(shape.per_child / population) * 1000) / 1000


def test_every_veto_of_the_shipped_model_has_its_reason() -> None:
    shape = linkage.shipped().shape
    vetoes = {veto.name for veto in shape.vetoes} | {shape.same_system.veto}
    for part in shape.comparisons:
        vetoes |= {part.null_veto, part.nearer_veto, *(level.veto for level in part.levels)}
        vetoes |= {level.twin_veto for level in part.levels}
    mistakes = {rival.name for rival in shape.rivals} - {rival.name for rival in shape.kin}
    assert set(shape.reasons) == vetoes - {""} | mistakes
    assert all(reason == reason.strip() and not reason.endswith(".") for reason in shape.reasons.values())


def test_every_level_of_the_shipped_model_has_its_words() -> None:
    shape = linkage.shipped().shape
    levels = {f"{part.name}.{level.name}" for part in shape.comparisons for level in part.levels}
    assert {name for name in shape.words if "." in name} == levels | {"names_together.expected"}
    assert all(words == words.strip() and not words.endswith(".") for words in shape.words.values())


def test_no_words_make_a_preposition_stand_twice() -> None:
    """They follow "is", "been" and "instead of"."""
    assert [words for words in linkage.shipped().shape.words.values() if words.split()[0] in ("of", "is", "been")] == []


def test_words_name_comparisons_and_levels_that_there_are() -> None:
    with pytest.raises(ValueError, match=r"no such comparison or level: forename\.exat"):
        ModelShape.model_validate({**LOCAL.shape.model_dump(), "words": {"forename.exat": "the same"}})


def test_words_are_not_of_the_digest() -> None:
    shape = LOCAL.shape.model_copy(update={"reasons": {}, "words": {}})
    assert linkage.Model.build(shape, TABLES).digest == LOCAL.digest
    assert wording.reason(shape, "forename_disagrees") == "forename disagrees"


@pytest.mark.parametrize(
    ("before", "change", "said"),
    [
        (Decision.POSSIBLE, None, "No single change of a comparison or a veto would have linked it."),
        (Decision.MATCHED, None, "No single change of a comparison or a veto would have undone the link."),
        (
            Decision.POSSIBLE,
            Change("", "", "", "same_system", 0.0, Decision.MATCHED, 0.9995),
            "But for one veto it would",
        ),
        (
            Decision.POSSIBLE,
            Change("birth_date", "one_edit", "exact", "", 9.87, Decision.MATCHED, 0.9999999),
            "Had the birth date been the same instead of one slip away (+9.9 bits), "
            "it would have been linked (99.999% sure).",
        ),
        (
            Decision.UNMATCHED,
            Change("postcode", "", "exact", "", 17.0, Decision.MATCHED, 0.9991),
            "Had the address been known, and in the same postcode (+17.0 bits), "
            "it would have been linked (99.91% sure).",
        ),
        (
            Decision.MATCHED,
            Change("sex", "equal", "different", "", -9.4, Decision.POSSIBLE, 0.5),
            "Had the sex been different instead of the same (-9.4 bits), a person would have had to decide (50% sure).",
        ),
        (
            Decision.MATCHED,
            Change("sex", "equal", "different", "", -9.4, Decision.POSSIBLE, 0.9999, ("twin_known", "same_system")),
            "Had the sex been different instead of the same (-9.4 bits), a person would have had to decide: "
            "the forename does not agree in full, and another likely child, perhaps the twin, agrees in birth date and "
            "home; the system that asks already holds an active record of this child, and lists no child twice.",
        ),
        (
            Decision.MATCHED,
            Change("sex", "equal", "different", "", -9.4, Decision.UNMATCHED, 0.01),
            "Had the sex been different instead of the same (-9.4 bits), nobody would have been linked.",
        ),
        (
            Decision.MATCHED,
            Change("sex", "equal", "different", "", -9.4, Decision.MATCHED, 0.0),
            "Had the sex been different instead of the same (-9.4 bits), another child would have been linked.",
        ),
    ],
)
def test_what_would_have_changed_it_is_one_sentence(before: Decision, change: Change | None, said: str) -> None:
    assert wording.changed(LOCAL.shape, before, change).startswith(said)


def test_what_became_of_a_capped_rule_is_said() -> None:
    shape = LOCAL.shape
    assert wording.capped(shape, shape.scan).endswith("share one likeness; a second was asked for")
    assert wording.capped(shape, "postcode").endswith("; postcode_forename and postcode_surname were followed instead")
    assert wording.capped(shape, "names").endswith("; it proposed nobody")


TABLES = Path(linkage.__file__).parent / "tables"
