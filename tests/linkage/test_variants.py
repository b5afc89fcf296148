"""Variant tables: symmetric, with probabilities, and no two children's names in one family."""

from math import isclose
from pathlib import Path

import pytest

from childindex.linkage import frequencies
from childindex.linkage.frequencies import MOST_OF_VARIANT, Variants, load_frequencies, load_variants
from childindex.linkage.model import shipped
from childindex.linkage.names import fold_name
from childindex.linkage.record_shapes import FrequencyShape, VariantShape

TABLES = Path(frequencies.__file__).parent / "tables"


def loaded(name: str) -> Variants:
    shape = shipped().shape
    return load_variants(shape.variants[name], TABLES, load_frequencies(shape.frequencies[name], TABLES))


@pytest.fixture(scope="module")
def forenames() -> Variants:
    return loaded("forename")


@pytest.fixture(scope="module")
def surnames() -> Variants:
    return loaded("surname")


def test_shipped_variants_are_symmetric_and_their_probabilities_are_shares(
    forenames: Variants, surnames: Variants
) -> None:
    for variants in (forenames, surnames):
        for name, shares in variants.shares.items():
            assert fold_name(name) == name
            assert isclose(sum(shares.values()), 1.0)
            for other, share in shares.items():
                assert 0.0 < share <= 1.0
                assert other != name
                assert name in variants.shares[other]
                assert variants.share(name, other) == variants.share(other, name)
                assert abs(variants.bits(name, other)) <= MOST_OF_VARIANT


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("mohammed", "muhammad"), ("maxamed", "mohamed"), ("xasan", "hassan"), ("cabdi", "abdi"), ("caasho", "asha"),
        ("zain", "zayn"), ("zaynab", "zeinab"), ("khadija", "khadijah"), ("qasim", "kasim"), ("yousuf", "yusuf"),
        ("haniya", "hania"), ("ayan", "ayaan"), ("aliza", "alizah"), ("sulaiman", "suleman"), ("uthman", "usman"),
        ("mehmet", "mohammed"), ("zeynep", "zainab"), ("cem", "jem"), ("mikolaj", "nicholas"), ("jan", "john"),
        ("katarzyna", "catherine"), ("malgorzata", "margaret"), ("oleksandr", "alexander"), ("yuliia", "julia"),
        ("giorgos", "georgios"), ("joao", "john"), ("niamh", "neve"), ("oluwatobi", "tobi"), ("dawit", "david"),
        ("tharshini", "dharshini"), ("gurpreet", "gurprit"),
    ],
)  # fmt: skip
def test_spellings_of_many_languages_are_one_name(one: str, other: str, forenames: Variants) -> None:
    assert forenames.hold(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("wang", "wong"), ("zhang", "cheung"), ("wu", "ng"), ("xie", "tse"), ("chowdhury", "chaudhry"),
        ("xuseen", "hussein"), ("cumar", "omar"), ("sahin", "shahin"), ("nowak", "novak"), ("oneill", "neill"),
        ("silva", "dasilva"), ("papadopoulos", "papadopoulou"), ("mcdonald", "macdonald"), ("haile", "hayle"),
    ],
)  # fmt: skip
def test_spellings_of_family_names_are_one_name(one: str, other: str, surnames: Variants) -> None:
    assert surnames.hold(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hasan", "hussein"), ("emilia", "amelia"), ("casey", "cassie"), ("millie", "miley"), ("samir", "samer"),
        ("jayden", "kayden"), ("ella", "emma"), ("alina", "elina"), ("amir", "omar"), ("eli", "ellie"),
        ("hamza", "hafsa"), ("aisha", "eshal"), ("kai", "jay"), ("ali", "alia"), ("maryam", "mahnoor"),
        ("ava", "eva"), ("isla", "ayla"), ("leo", "leon"), ("emily", "amelia"), ("zara", "zahra"),
    ],
)  # fmt: skip
def test_names_that_twins_may_bear_are_two(one: str, other: str, forenames: Variants) -> None:
    assert not forenames.hold(one, other)


def test_names_of_several_words_vary_word_for_word() -> None:
    variants = Variants({"jia": {"ka": 1.0}, "ka": {"jia": 1.0}})
    assert variants.hold("jia hao", "ka hao")
    assert not variants.hold("jia hao", "ka ho")
    assert not variants.hold("jia hao", "hao jia")
    assert not variants.hold("jia hao", "ka")


def test_a_likelier_variant_weighs_more(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_text("name,share\nada,0.01\nbea,0.03\ncat,0.0001\n")
    (tmp_path / "v.csv").write_text("name,variant\nada,bea\nada,cat\n")
    known = load_frequencies(FrequencyShape(tables=("f.csv",), unlisted=1e-5, mean=0.01), tmp_path)
    shape = VariantShape(pairs=("v.csv",), frequency="x", typical=0.5)
    variants = load_variants(shape, tmp_path, known)
    assert variants.shares["ada"]["bea"] == pytest.approx((0.5 + 0.03 / 0.0301) / 2)
    assert variants.bits("ada", "bea") > 0 == variants.bits("ada", "dot")  # no variant of it
    assert variants.bits("ada", "bea") > variants.bits("ada", "cat")
    assert load_variants(shape, tmp_path).shares["ada"] == {"bea": 0.5, "cat": 0.5}


def test_what_is_set_apart_is_joined_by_no_table(tmp_path: Path) -> None:
    (tmp_path / "v.csv").write_text("name,variant\nada,bea\nada,cat\n")
    (tmp_path / "g.csv").write_text("bea,ada,dot\n")
    (tmp_path / "a.csv").write_text("name,other\nbea,ada\n")
    shape = VariantShape(pairs=("v.csv",), groups=("g.csv",), apart=("a.csv",))
    variants = load_variants(shape, tmp_path)
    assert set(variants.shares["ada"]) == {"cat", "dot"}
    assert set(variants.shares["bea"]) == {"dot"}
