"""The tables: complete, small, and of names only."""

from itertools import product

from bench.population import naming, tables
from bench.population.naming import plain
from childindex.placeholder import is_placeholder

WANTED = {"pakistani", "bangladeshi", "nigerian", "somali", "arabic", "turkish", "polish", "chinese", "indian"}


def test_all_tables_together_are_small_and_their_licences_lie_beside_them() -> None:
    files = list(tables.DATA.iterdir())
    assert sum(file.stat().st_size for file in files) < 600_000
    text = (tables.DATA / "README.md").read_text(encoding="utf-8")
    assert all(file.name in text for file in files if file.name != "README.md")


def test_no_table_holds_a_placeholder() -> None:
    names = {name for band in tables.forenames().values() for name in band} | set(tables.surnames())
    names |= {spelling for row in tables.origin_names() for spelling in row.spellings}
    assert not [name for name in names if is_placeholder(name)]


def test_every_origin_has_names_of_all_parts_and_many_surnames() -> None:
    assert set(naming.origins()) >= WANTED
    for origin, part, band in product(naming.origins(), ("girl", "boy"), naming.BANDS):
        assert len(naming.given_names(origin, part, band).names) >= 20
    assert all(len(naming.family_names(origin).names) >= 40 for origin in naming.origins())


def test_the_british_table_leaves_other_origins_their_names() -> None:
    british = naming.family_names(naming.BRITISH).shares
    assert {"smith", "taylor", "murphy"} <= set(british)
    assert not {"khan", "patel", "begum", "hussain"} & set(british)


def test_spellings_of_a_name_are_those_of_its_group_and_not_itself() -> None:
    assert "muhammad" in naming.spellings("pakistani", "Mohammed")
    assert "mohammed" not in naming.spellings("pakistani", "Mohammed")
    assert naming.surname_spellings("polish", "Kowalska") == ("kovalska", "kovalski", "kowalski")


def test_plain_folds_case_accents_and_marks() -> None:
    assert plain("Siân  O'Neil-Łoś") == "sian oneil los"


def test_postcodes_are_of_different_sectors() -> None:
    codes = [place.code for place in tables.postcodes()]
    assert len({code[:-2] for code in codes}) == len(codes) > 4000


def test_capitalised() -> None:
    assert tables.capitalised("mary-ann o'neil") == "Mary-Ann O'Neil"
