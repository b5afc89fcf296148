import re
import shutil
import tomllib
from pathlib import Path

import pytest

from childindex import linkage
from childindex.demographics import Demographics, PartialDate
from childindex.errors import InvalidFields
from childindex.linkage import Model
from childindex.linkage.frequencies import load_frequencies
from childindex.linkage.record_shapes import FrequencyShape
from childindex.linkage.specification import ModelShape
from tests.linkage.people import child, code

ROOM = Path(linkage.__file__).parent
MODEL = linkage.shipped()


def load(tmp_path: Path, *changes: tuple[str, str]) -> Model:
    """The shipped model with its text changed."""
    text = (ROOM / "model.toml").read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    (tmp_path / "model.toml").write_text(text)
    if not (tmp_path / "tables").exists():
        shutil.copytree(ROOM / "tables", tmp_path / "tables")
    return Model.load(tmp_path / "model.toml")


def test_the_digest_is_of_the_words_and_the_tables(tmp_path: Path) -> None:
    assert load(tmp_path).digest == MODEL.digest
    assert linkage.shipped(5000).digest != MODEL.digest
    assert load(tmp_path, ("possible = 0.02", "possible = 0.03")).digest != MODEL.digest
    (tmp_path / "tables" / "surnames.csv").write_text("name,frequency\nsmith,0.01\n")
    assert load(tmp_path).digest != MODEL.digest


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (("possible = 0.02", "possible = 2.0"), "thresholds.possible"),
        (("match = 0.999", "mtach = 0.999"), "thresholds.mtach"),
        (('scan = "birth_date"', 'scan = "birthdate"'), "birthdate"),
        (('frequency = "surname" }', 'frequency = "surnames" }'), "surnames"),
        (('table = "surname"', 'table = "surnames"'), "surnames"),
        (("twin = 0.355, ", ""), "sex.different"),
        (('test = "date_swap"', 'test = "date_swop"'), "comparisons.4.levels.3.test"),
        (('covers = ["surname"]', 'covers = ["surnam"]'), "forename.swapped"),
        (
            ('{ kind = "date", columns = ["birth_date"]', '{ kind = "date", columns = []'),
            "fields.birth_date",
        ),
        (('name = "children-england"', "name = children"), "model.toml"),
        (('test = "else", m = 0.003', 'test = "initial", m = 0.003'), "the last level, and only it"),
        (('name = "uln"\ncompares', 'name = "upn"\ncompares'), "a name of its own"),
        (('test = "initial", m = 0.12', 'test = "date_near", m = 0.12'), "middle.initial: date_near compares"),
    ],
)
def test_a_wrong_model_is_refused_naming_what_is_wrong(tmp_path: Path, change: tuple[str, str], named: str) -> None:
    with pytest.raises(InvalidFields) as refused:
        load(tmp_path, change)
    assert any(named in f"{v.field} {v.description}" for v in refused.value.violations)


def test_what_may_stand_in_a_place_is_told_once(tmp_path: Path) -> None:
    """Not once for every closed set that the place may take from."""
    for change, place in (
        (('kind = "date"', 'kind = "dat"'), "fields.birth_date.kind"),
        (('test = "date_swap"', 'test = "swap"'), ".test"),
    ):
        with pytest.raises(InvalidFields) as refused:
            load(tmp_path, change)
        (told,) = [v for v in refused.value.violations if v.field.endswith(place)]
        assert told.description.startswith("must be one of ")
        assert change[0].split('"')[1] in told.description.removeprefix("must be one of ").split(", ")
        assert not any("literal" in v.field for v in refused.value.violations)


@pytest.mark.parametrize("line", ["rubbish", "ann,lots", "ann,nan", "ann,2", "ann,-1", ""])
def test_a_table_that_is_none_is_named_with_its_line(tmp_path: Path, line: str) -> None:
    (tmp_path / "known.csv").write_text(f"name,frequency\nbob,0.1\n{line}\n")
    with pytest.raises(InvalidFields) as refused:
        load_frequencies(FrequencyShape(tables=("known.csv",)), tmp_path)
    assert [(v.field, v.description[:6]) for v in refused.value.violations] == [("tables/known.csv", "line 3")]


def test_a_model_in_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.toml").write_bytes('name = "Zoë"'.encode("latin-1"))
    with pytest.raises(InvalidFields) as refused:
        Model.load(tmp_path / "model.toml")
    assert [v.field for v in refused.value.violations] == ["model.toml"]


def test_probabilities_of_each_class_sum_to_one() -> None:
    for comparison in MODEL.shape.comparisons:
        classes = {"m": [level.m for level in comparison.levels], "u": [level.u for level in comparison.levels]}
        classes |= {
            rival.name: [rival.given(comparison, each) for each in comparison.levels] for rival in MODEL.shape.rivals
        }
        for name, given in classes.items():
            assert sum(given) == pytest.approx(1.0, abs=0.02), (comparison.name, name)


def test_an_exact_level_states_the_mean_of_its_frequencies() -> None:
    for comparison in MODEL.shape.comparisons:
        exact = comparison.levels[0]
        field = exact.pairs[0][0]
        if exact.frequency and field != "middle":
            assert exact.u == pytest.approx(MODEL._frequencies[field].mean, rel=0.05), comparison.name
    for field in ("forename", "surname"):
        table = MODEL._frequencies[field]
        assert sum(share * share for share in table.listed.values()) == pytest.approx(table.mean, rel=0.05)


def test_frequencies_of_listed_unlisted_and_placeholder_values(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("value,frequency\na,0.5\nb,0.0001\nzero,0\n")
    (tmp_path / "n.csv").write_text("name\nrare\n")
    shape = FrequencyShape(
        unlisted=0.01, tables=("t.csv",), names=("n.csv",), values={"c": 0.2}, endings={"-01-01": 0.05}, mean=0.25
    )
    found = load_frequencies(shape, tmp_path)
    assert [found.of(v) for v in ("a", "b", "c", "x", "2014-01-01", "zero")] == [0.5, 0.01, 0.2, 0.01, 0.05, 0.01]
    assert found.bits("a") == -1.0
    assert [found.known(v) for v in ("a", "rare", "x")] == [True, True, False]


def test_a_record_without_its_birth_date_has_nothing_that_is_derived_of_it() -> None:
    names = list(MODEL.shape.fields)
    found = {names[place] for place in MODEL.derived_of("birth_date")}
    assert found == {"birth_date", "known_date", "born_day", "born_month", "born_year"}
    assert {names[place] for place in MODEL.derived_of("sex")} == {"sex"}
    compared = {
        field
        for part in MODEL.shape.comparisons
        if part.name == "birth_date"
        for pair in part.compares
        for field in pair
    }
    assert compared <= found


def test_too_little_input_is_told_in_bits() -> None:
    def bits(record: Demographics) -> float:
        return MODEL.input_weight(MODEL.normalise(linkage.children.source(record, test_range=True)))

    enough = MODEL.minimum_input_weight
    assert bits(Demographics()) == 0.0
    assert bits(child("Muhammad", "Smith", postcode="")) >= enough
    assert bits(child("", "Smith", born="")) >= enough
    assert bits(child("Muhammad", "Smith", born="", postcode="")) < enough
    assert bits(child("", "Smith", postcode="")) < enough
    assert bits(child("", "", postcode="ZE1 1AA", born="")) < enough
    assert bits(child("Baby", "Smith", postcode="")) == bits(child("", "Smith", postcode=""))
    more = child(middle_names="Peregrine", uprn="100023336956", carer_family_name="Holt")
    assert bits(more) > bits(child())


def test_what_is_missing_is_computed_from_the_input_alone() -> None:
    record = MODEL.normalise(linkage.children.source(Demographics(given_name="Baby", birth_date=PartialDate(2014))))
    assert MODEL.missing(record) == ("given_name", "family_name", "postcode", "sex", "identifier")


def test_every_table_is_declared_with_its_licence() -> None:
    readme = (ROOM / "tables" / "README.md").read_text()
    for table in (ROOM / "tables").glob("*.csv"):
        assert table.name in readme
        rows = len(table.read_text().splitlines())
        assert rows > 20


def test_tables_hold_folded_names_only() -> None:
    for name in ("forenames.csv", "surnames.csv"):
        lines = (ROOM / "tables" / name).read_text().splitlines()[1:]
        assert all(re.fullmatch(r"[a-z]+,[0-9.e-]+", line) for line in lines)


OTHER = """
name = "books"
version = "1"
population = 1000
cap = 10
narrow = ["title"]
prior = { indexed = 0.5, missed = 0.01 }
thresholds = { match = 0.99, possible = 0.05, minimum_input = 5.0 }
same_system = { m = 0.1, u = 1.0 }
[fields]
title = { kind = "text", columns = ["title"] }
year = { kind = "category", columns = ["year"] }
[[blocking]]
name = "title"
parts = [{ fields = ["title"], aspect = "tokens" }]
[[comparisons]]
name = "title"
compares = [["title", "title"]]
levels = [
  { name = "same", test = "equal", pairs = [["title", "title"]], m = 0.8, u = 0.0001 },
  { name = "edits", test = "edits", at_most = 2, m = 0.15, u = 0.0002 },
  { name = "other", test = "else", m = 0.05, u = 0.9997 },
]
[[comparisons]]
name = "year"
compares = [["year", "year"]]
levels = [
  { name = "same", test = "equal", pairs = [["year", "year"]], m = 0.95, u = 0.02 },
  { name = "other", test = "else", m = 0.05, u = 0.98 },
]
"""


def test_nothing_about_a_field_is_wired_into_the_scorer() -> None:
    model = Model.build(ModelShape.model_validate(tomllib.loads(OTHER)), ROOM / "tables")
    known = model.features(model.normalise({"title": ("The Railway Children",), "year": ("1906",)}), code)
    query = model.features(model.normalise({"title": ("The Railway Childern",), "year": ("1906",)}), code)
    row = linkage.Candidate(1, (linkage.ProfileRow(0, True, 0, known),))
    inquiry = model.inquire(query, [row])
    assert inquiry.wanted() == {code("title", "the railway children")}
    found = inquiry.match({code("title", "the railway children"): "the railway children"})
    assert [line.level for line in found.scored[0].comparisons] == ["edits", "same"]
    assert len(model.narrow(known)) == 8
    assert model.blocking(model.normalise({"title": ("A Book",)})).keys == (("title", ("book",)),)


SHORT = """
name = "short"
blocking = [{ name = "dob", parts = ["dob"] }, { name = "names", parts = ["first+last:tokens", "dob:year"] }]
[fields]
first = { kind = "name" }
last = { kind = "name", columns = ["surname"] }
dob = { kind = "date" }
[[comparisons]]
name = "first"
compares = [["first", "first"]]
levels = [{ test = "equal" }, { test = "close", at_least = 0.9 }, { test = "else" }]
"""


def test_a_model_for_any_file_is_short(tmp_path: Path) -> None:
    (tmp_path / "model.toml").write_text(SHORT)
    shape = Model.load(tmp_path / "model.toml").shape
    assert shape.fields["first"].columns == ("first",)
    assert shape.blocking[1].parts[0].fields == ("first", "last")
    assert [part.aspect for part in shape.blocking[1].parts] == ["tokens", "year"]
    levels = shape.comparisons[0].levels
    assert [level.name for level in levels] == ["equal", "close", "else"]
    assert levels[0].pairs == (("first", "first"),)
    assert levels[0].m > levels[0].u
    assert levels[2].m < levels[2].u
    assert sum(level.m for level in levels) == pytest.approx(1.0)
