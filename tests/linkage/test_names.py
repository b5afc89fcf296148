import pytest
from hypothesis import given
from hypothesis import strategies as st

from childindex.linkage.names import bare, fold_name, skeleton


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("O'Brien", "obrien"),
        ("O’Brien", "obrien"),
        ("O Brien", "obrien"),
        ("Smith-Jones", "smith jones"),
        ("van der Berg", "vanderberg"),
        ("Al-Hassan", "alhassan"),
        ("St. John", "stjohn"),
        ("Saint John", "stjohn"),
        ("Łukasz", "lukasz"),
        ("Zoë", "zoe"),
        ("Zoe\u0308", "zoe"),
        ("Γιώργος", "giorgos"),
        ("Miss Amy", "amy"),
        ("Miss", "miss"),
        ("  Mary   JANE ", "mary jane"),
        ("Mc Donald", "mcdonald"),
        ("123", ""),
        ("", ""),
    ],
)
def test_spellings_of_one_name_fold_together(written: str, folded: str) -> None:
    assert fold_name(written) == folded


@given(st.text(max_size=40))
def test_folding_gives_plain_letters_and_is_settled(text: str) -> None:
    folded = fold_name(text)
    assert set(folded) <= set("abcdefghijklmnopqrstuvwxyz ")
    assert folded == " ".join(folded.split())
    assert fold_name(folded.upper()) == fold_name(folded)


@pytest.mark.parametrize(
    "alike",
    [
        ("mohammed", "muhamad", "mohamed", "muhammad"),
        ("ahmed", "ahmad", "ahmet"),
        ("catherine", "katherine", "kathryn"),
        ("philip", "filip"),
        ("hussain", "hussein", "husain"),
        ("claire", "clare"),
        ("yusuf", "yousef"),
        ("smith", "smyth"),
        ("chowdhury", "choudhury"),
    ],
)
def test_a_skeleton_joins_spellings_by_sound(alike: tuple[str, ...]) -> None:
    assert len({skeleton(name) for name in alike}) == 1


def test_a_skeleton_keeps_different_names_apart() -> None:
    names = ("oliver", "harry", "amelia", "george", "noah", "jack", "poppy")
    assert len({skeleton(name) for name in names}) == len(names)


@given(st.text("abcdefghijklmnopqrstuvwxyz ", min_size=1).filter(str.strip))
def test_every_name_has_a_skeleton(name: str) -> None:
    assert skeleton(name.strip())


def test_an_article_is_bared_only_where_a_name_is_left() -> None:
    assert bare("alhassan") == bare("elhassan") == "hassan"
    assert bare("mcdonald") == bare("macdonald") == "donald"
    assert [bare(name) for name in ("alan", "olivia"[:4], "elsa", "hassan")] == ["alan", "oliv", "elsa", "hassan"]
