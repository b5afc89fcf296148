import pytest

from childindex import linkage
from childindex.demographics import Demographics, Sex
from childindex.linkage import Compared, Decision, Match, Scored
from tests.linkage.people import child, match

LOCAL = linkage.shipped(5000)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (child(), "This is the same child"),
        (child("Jack"), "forename disagrees"),
        (child("Isabelle", sex=Sex.UNSPECIFIED), "forename disagrees"),
        (child("Zed", "Ng", "2011-03-30"), "Nobody in the index"),
    ],
)
def test_one_plain_sentence(query: Demographics, said: str) -> None:
    sentence = match(LOCAL, query, [child()]).sentence()
    assert said in sentence
    assert sentence.endswith(".")


def test_a_sentence_names_no_value() -> None:
    for query in (child(), child("Jack"), child("Olivr", "Braithwate", "2014-05-18", postcode="ZZ1 1AB")):
        sentence = match(LOCAL, query, [child()]).sentence().lower()
        assert not any(value in sentence for value in ("oliv", "braith", "2014", "zz1", "jack"))


def test_doubts_are_told_by_their_cause() -> None:
    def said(*scored: Scored) -> str:
        return Match(Decision.POSSIBLE, scored, 0.5, "model").sentence()

    lines = (Compared("surname", "exact", 0.9, 0.1, 0.0, 3.0), Compared("postcode", "other", 0.1, 0.9, 0.0, -3.2))
    best = Scored(1, 0, 0.6, -20.0, 0.1, lines, (), ())
    rival = Scored(1, 0, 0.6, -20.0, 0.1, lines, (), (), "twin", 0.3)
    assert "too little is known; against it postcode other (-3.2 bits)" in said(best)
    assert "it may be the child's twin" in said(rival)
    assert "another child fits nearly as well" in said(best, best)


def test_certainty_is_never_rounded_up() -> None:
    sure = Scored(1, 0, 0.9999999, -20.0, 30.0, (), (), ())
    assert "99.999%" in Match(Decision.MATCHED, (sure,), 0.0, "model").sentence()
    assert (
        "under 0.1%"
        in Match(Decision.UNMATCHED, (Scored(1, 0, 0.0001, -20.0, -9.0, (), (), ()),), 1.0, "model").sentence()
    )


def test_no_candidates_is_said_plainly() -> None:
    assert match(LOCAL, child()).sentence().startswith("No child in the index")
