"""The extracts: stated error rates within binomial bounds, valid rows, equal bytes for equal seeds."""

import csv
import dataclasses
from collections import Counter
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from bench.population import Extract, Population, Settings, generate
from bench.population.profiles import DEMONSTRATION, profiles
from bench.population.recording import Columns
from childindex.demographics import violations
from childindex.placeholder import is_placeholder

from .test_families import close

CUSTODIANS = tuple(profiles())
_ALWAYS = {  # errors that can happen to every row of their field
    "given": ("typing", "two_edits", "other"),
    "family": ("typing", "two_edits"),
    "birth": ("digit", "year"),
    "place": ("elsewhere", "mistyped", "missing"),
    "carer": ("missing", "typing"),
    "sex": ("wrong",),
}


@pytest.mark.parametrize("custodian", CUSTODIANS)
def test_stated_rates_are_observed(population: Population, custodian: str) -> None:
    extract, profile = population.extracts[custodian], profiles()[custodian]
    newborn = [bool(kind) for kind in extract.recording.errors["newborn"]]
    for field, kinds in _ALWAYS.items():
        observed = Counter(kind for kind, new in zip(extract.recording.errors[field], newborn, strict=True) if not new)
        for kind in kinds:
            assert close(observed[kind], newborn.count(False), getattr(profile, field)[kind]), (field, kind)


@pytest.mark.parametrize("custodian", CUSTODIANS)
def test_rates_of_errors_that_need_an_occasion(population: Population, custodian: str) -> None:
    extract, profile, truth = population.extracts[custodian], profiles()[custodian], population.truth
    child = np.array(extract.recording.child)
    moved = truth.earlier[child] > 0
    kinds = np.array(extract.recording.errors["place"])
    assert close(int((kinds[moved] == "earlier").sum()), int(moved.sum()), profile.place["earlier"])
    assert not (kinds[~moved] == "earlier").any()
    named = np.array([bool(name) for name in extract.recording.errors["newborn"]])
    known = np.array([bool(truth.known_as[one]) for one in child]) & ~named
    nick = np.array(extract.recording.errors["given"]) == "nickname"
    assert close(int(nick[known].sum()), int(known.sum()), profile.given["nickname"])


@pytest.mark.parametrize("custodian", CUSTODIANS)
def test_coverage_by_age(population: Population, custodian: str) -> None:
    extract, profile = population.extracts[custodian], profiles()[custodian]
    days = population.settings.reference_date.toordinal() - population.truth.birth
    covered = set(extract.recording.child)
    for lowest, highest, share in profile.coverage:
        due = np.flatnonzero((days >= lowest * 365.2425) & (days < highest * 365.2425))
        assert close(sum(child in covered for child in due.tolist()), len(due), share)
    assert close(len(extract.rows) - len(covered), len(covered), profile.duplicates)
    assert len(set(extract.recording.columns.local_id)) == len(extract.rows)


def test_social_care_differs_as_reported(population: Population) -> None:
    errors = population.extracts["borough-social-care"].recording.errors
    count = len(errors["given"])
    differing = {field: sum(map(bool, errors[field])) / count for field in ("given", "family", "place")}
    assert 0.08 < differing["given"] < 0.13
    assert 0.13 < differing["family"] < 0.19
    assert 0.42 < differing["place"] < 0.55


@pytest.mark.parametrize("custodian", CUSTODIANS)
def test_every_row_is_accepted(population: Population, custodian: str) -> None:
    today = population.settings.reference_date
    for row in population.extracts[custodian].rows:
        assert not violations(row.demographics, today)


def test_placeholders_at_birth(population: Population) -> None:
    extract = population.extracts["mill-lane-surgery"]
    rates = profiles()["mill-lane-surgery"].newborn
    age = population.settings.reference_date.toordinal() - population.truth.birth[extract.recording.child]
    fresh = np.flatnonzero((age >= 0) & (age < rates["until_days"]))
    named = [is_placeholder(extract.recording.columns.given_name[row]) for row in fresh.tolist()]
    assert close(sum(named), len(named), rates["placeholder"])


def test_the_unborn_are_expected_not_born(population: Population) -> None:
    extract = population.extracts["borough-social-care"]
    unborn = [row for row in extract.rows if row.demographics.expected_birth_date]
    assert unborn
    for row in unborn:
        assert not row.demographics.birth_date
        assert not row.demographics.identifiers
        assert is_placeholder(row.demographics.given_name)


def test_identifiers_are_their_owners_and_different(population: Population) -> None:
    truth = population.truth
    for numbers in (truth.nhs_number, truth.upn, truth.uln):
        issued = [number for number in numbers if number]
        assert len(set(issued)) == len(issued)
    assert all(number[0] == "9" for number in truth.nhs_number if number)
    columns, child = (
        population.extracts["mill-lane-surgery"].recording.columns,
        population.extracts["mill-lane-surgery"].recording.child,
    )
    foreign = sum(
        bool(number) and number != truth.nhs_number[one] for number, one in zip(columns.nhs_number, child, strict=True)
    )
    assert close(foreign, len(child), profiles()["mill-lane-surgery"].identifiers["foreign"])


def files(directory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in directory.iterdir()}


def test_equal_settings_write_equal_bytes(tmp_path: Path) -> None:
    for name in ("one", "other"):
        generate(Settings(seed=4, children=600)).write(tmp_path / name)
    generate(Settings(seed=5, children=600)).write(tmp_path / "third")
    assert files(tmp_path / "one") == files(tmp_path / "other")
    assert files(tmp_path / "one").keys() == {f"{name}.csv" for name in (*DEMONSTRATION, "truth", "relationships")}
    assert files(tmp_path / "one") != files(tmp_path / "third")


def test_a_custodian_writes_the_same_whoever_else_does(tmp_path: Path) -> None:
    alone = generate(Settings(seed=4, children=600, custodians=("city-housing",)))
    others = generate(Settings(seed=4, children=600, custodians=(*reversed(CUSTODIANS),)))
    assert alone.extracts["city-housing"] == others.extracts["city-housing"]
    assert list(others.extracts) == list(CUSTODIANS)


def test_the_file_and_the_rows_say_the_same(tmp_path: Path, population: Population) -> None:
    extract = population.extracts["borough-social-care"]
    extract.write(tmp_path / "file.csv")
    with (tmp_path / "file.csv").open(encoding="utf-8", newline="") as file:
        written = list(csv.DictReader(file))
    assert tuple(written[0]) == Columns.names()
    for line, row in zip(written, extract.rows, strict=True):
        assert line["local_id"] == row.local_id
        assert line["given_name"] == row.demographics.given_name
        assert line["postcode"] == row.demographics.postcode
        born = row.demographics.birth_date
        parts = [f"{born.year:04d}", f"{born.month:02d}", f"{born.day:02d}"]
        assert line["birth_date"] == "-".join(part for part in parts if int(part))


def test_without_identifiers_there_are_none() -> None:
    population = generate(Settings(seed=2, children=300, identifiers=False))
    rows = [row for extract in population.extracts.values() for row in extract.rows]
    assert not any(row.demographics.identifiers for row in rows)


def test_spoilt_rows_are_refused_and_no_others() -> None:
    population = generate(Settings(seed=2, children=900, rejected=0.1))
    refused, extracts = 0, population.extracts.values()
    for extract in extracts:
        for place, row in enumerate(extract.rows):
            faulty = bool(violations(row.demographics, population.settings.reference_date))
            assert faulty == (place in extract.spoilt)
            refused += faulty
    assert close(refused, sum(len(extract.rows) for extract in extracts), 0.1)


def test_settings_name_what_is_wrong() -> None:
    with pytest.raises(ValueError, match="no such custodian"):
        Settings(custodians=("nobody",))
    with pytest.raises(ValueError, match="children"):
        Settings(children=0)


def test_nothing_of_a_row_is_printed(population: Population) -> None:
    row = population.extracts["mill-lane-surgery"].rows[0]
    child = population.children[row.child]
    assert row.demographics.family_name not in f"{row!r}{child!r}{child.address!r}"
    assert population.children[0].birth_date < date(2027, 1, 1)


def test_an_extract_is_a_value(population: Population) -> None:
    assert {field.name for field in dataclasses.fields(Extract)} >= {"custodian", "system", "record_type", "recording"}
    assert population.extracts["oakfield-school"].rows[:2] == list(population.extracts["oakfield-school"].rows)[:2]


def test_judged_extracts_tell_the_truth_behind_every_row(population: Population, tmp_path: Path) -> None:
    population.write(tmp_path, judged=True)
    with (tmp_path / "truth.csv").open(newline="") as file:
        known = {(row["custodian"], row["local_id"]): (row["child"], row["origin"]) for row in csv.DictReader(file)}
    for name, extract in population.extracts.items():
        with (tmp_path / f"{name}.csv").open(newline="") as file:
            rows = list(csv.DictReader(file))
        assert len(rows) == len(extract.rows)
        assert all((row["child"], row["origin"]) == known[name, row["local_id"]] for row in rows)
