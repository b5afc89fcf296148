"""Word bags: what two texts of several words share."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from childindex.linkage.comparison import Tables, reached
from childindex.linkage.comparison_shapes import ComparisonShape
from childindex.linkage.frequencies import Frequencies, Variants
from childindex.linkage.words import Overlap, overlap

_FREQUENCIES = Frequencies({"william": 2**-4, "thomas": 2**-5, "tom": 2**-7}, {}, 2**-12, 2**-6)
_VARIANTS = Variants({"tom": {"thomas": 1.0}, "thomas": {"tom": 1.0}})
_TABLES = (_FREQUENCIES, _VARIANTS)

_TEXTS = st.lists(st.sampled_from(["william", "wiliam", "tom", "thomas", "w", "de", "chudleigh"]), min_size=1).map(
    " ".join
)


def _shape(**level: object) -> ComparisonShape:
    levels = [{"test": "words_all", **level}, {"test": "words_some"}, {"test": "else"}]
    return ComparisonShape.model_validate({"name": "name", "compares": [["name", "name"]], "levels": levels})


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("william chudleigh", "chudleigh william", Overlap(16_000, 2, 0, 0, 0)),
        ("william chudleigh", "william", Overlap(4_000, 1, 0, 1, 0)),
        ("william chudleigh", "wiliam chudleigh", Overlap(16_000, 1, 1, 0, 0)),  # the more frequent of the two speaks
        ("tom ash", "thomas birch", Overlap(5_000, 0, 1, 1, 1)),
        ("w chudleigh", "william chudleigh", Overlap(15_000, 1, 1, 0, 0)),  # an initial says three bits at the most
        ("dale y", "daley", Overlap(12_000, 0, 1, 0, 0)),  # a blank too many
        ("william", "henry", Overlap(0, 0, 0, 1, 1)),
        ("jo ash", "jo jo birch", Overlap(12_000, 1, 0, 1, 1)),  # a word counts once
        ("of", "or", Overlap(0, 0, 0, 1, 1)),  # too short to have slipped
    ],
)
def test_what_two_texts_share(one: str, other: str, expected: Overlap) -> None:
    assert overlap(one, other, 0.0, _TABLES) == expected


def test_words_as_alike_as_asked_are_near() -> None:
    assert overlap("bradford x", "brddfora y", 0.0, _TABLES).near == 0
    assert overlap("bradford x", "brddfora y", 0.75, _TABLES).near == 1


@given(_TEXTS, _TEXTS)
def test_a_comparison_has_no_sides(one: str, other: str) -> None:
    found, turned = overlap(one, other, 0.0, _TABLES), overlap(other, one, 0.0, _TABLES)
    assert found.exact == turned.exact
    assert found.holds("words_all", 0.0) == turned.holds("words_all", 0.0)
    assert found.holds("words_within", 0.0) == turned.holds("words_within", 0.0)


@given(_TEXTS)
def test_a_text_agrees_wholly_with_itself(text: str) -> None:
    found = overlap(text, text, 0.0, _TABLES)
    assert found.holds("words_all", found.millibits / 1000)
    assert not found.holds("words_all", found.millibits / 1000 + 0.001)


def test_steps_of_bits_are_levels_of_their_own() -> None:
    shape = _shape(steps=[8, 16])
    assert [(level.name, level.bits) for level in shape.levels[:3]] == [
        ("words_all_16", 16),
        ("words_all_8", 8),
        ("words_all", 0),
    ]
    tables = Tables(_VARIANTS, _FREQUENCIES)
    names = ("william chudleigh", "tom", "william")
    assert [reached(name, name, shape.levels[:-1], tables) for name in names] == [0, 2, 2]


def test_levels_of_words_agree_on_what_is_alike() -> None:
    with pytest.raises(ValueError, match="one at_least for all"):
        _shape(at_least=0.5)
