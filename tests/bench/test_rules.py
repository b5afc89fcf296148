"""What blocking rules add and cost: counted right, and committed for the rules that are shipped."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from bench.matching.crowd import crowded
from bench.matching.rules import Nation, blocking_digest, survey, told
from bench.population import Settings, generate
from childindex import linkage
from childindex.demographics import PartialDate

BENCH = Path(__file__).parents[2] / "bench"
FILE = BENCH / "results" / "rules.json"
MODEL = linkage.shipped()


@pytest.fixture(scope="module")
def table() -> dict[str, Any]:
    return survey(MODEL, generate(Settings(seed=5, children=150)), Nation(12_000_000, 300))


def test_a_table_adds_up(table: dict[str, Any]) -> None:
    rules = table["rules"]
    assert list(rules) == [MODEL.shape.scan, *(rule.name for rule in MODEL.shape.blocking)]
    assert max(found["finds"] for found in rules.values()) <= table["found"] <= table["looked_up"]
    assert sum(found["alone"] for found in rules.values()) <= table["found"]
    keys = sum(found["keys_per_record"] for name, found in rules.items() if name != MODEL.shape.scan)
    assert keys == pytest.approx(table["keys_per_record"], abs=0.02)
    assert set(table["needless"]) <= set(rules)
    assert all(rules[name]["alone"] == 0 for name in table["needless"][:1])
    for name in (*rules, f"{table['keys_per_record']}"):
        assert name in told("nation", table)


def test_a_rule_finds_what_the_records_share(table: dict[str, Any]) -> None:
    """The slow way, for a rule that is never capped: every record against every earlier one of its child."""
    population = generate(Settings(seed=5, children=150))
    rows = [row for extract in population.extracts.values() for row in extract.rows]
    keys = [
        set(MODEL.blocking(MODEL.normalise(linkage.children.source(row.demographics, test_range=True))).keys)
        for row in rows
    ]
    finds: Counter[str] = Counter()
    for at, row in enumerate(rows):
        earlier = [key for before in range(at) if rows[before].child == row.child for key in keys[before]]
        finds.update({rule for rule, _ in keys[at] & set(earlier)})
    assert table["rules"]["nhs_number"]["finds"] == finds["nhs_number"] > 0
    assert table["rules"]["upn"]["finds"] == finds["upn"]


def test_a_nation_behind_caps_what_many_share() -> None:
    population = generate(Settings(seed=5, children=150))
    few: dict[str, Any] = survey(MODEL, population, Nation(151, 1_200))
    many: dict[str, Any] = survey(MODEL, population, Nation(12_000_000, 1_200))
    assert few["capped"] == 0.0 < many["capped"]
    assert many["rules"][MODEL.shape.scan]["capped"] > 0.0
    assert many["found"] <= few["found"]


def test_the_crowd_shares_days_and_places() -> None:
    population = generate(Settings(seed=5, children=800))
    rows = [row for extract in population.extracts.values() for row in extract.rows]
    written = [crowded(row, record, 5) for record, row in enumerate(rows)]
    firsts = [given.birth_date == PartialDate(row.demographics.birth_date.year, 1, 1)
              for given, row in zip(written, rows, strict=True) if row.demographics.birth_date]  # fmt: skip
    moved = [given.postcode != row.demographics.postcode
             for given, row in zip(written, rows, strict=True) if row.demographics.postcode]  # fmt: skip
    assert sum(firsts) / len(firsts) == pytest.approx(0.9, abs=0.04)
    assert sum(moved) / len(moved) == pytest.approx(0.7, abs=0.05)
    places = {g.postcode for g, row in zip(written, rows, strict=True) if g.postcode != row.demographics.postcode}
    assert len(places) == 60
    normal = {MODEL.normalise({"postcode": (place,)}).of("postcode") for place in places}
    assert len(normal) == 60
    assert written == [crowded(row, record, 5) for record, row in enumerate(rows)]


def test_the_tables_told_are_those_of_the_results() -> None:
    result, text = json.loads(FILE.read_text()), (BENCH / "README.md").read_text()
    text = text.split("\n## Candidates\n", 1)[1].split("\n## ", 1)[0]
    rows = {name: cells.split("|") for name, cells in re.findall(r"(?m)^\| `([a-z_]+)` \|(.*)\|$", text)}
    assert list(rows) == list(result["nation"]["rules"])
    for part in ("nation", "crowd"):
        assert result[part]["blocking"] == blocking_digest(MODEL), "the rules have changed since they were measured"
    for name, cells in rows.items():
        nation, crowd = (result[part]["rules"][name] for part in ("nation", "crowd"))
        said = [cell.strip().replace(",", "") for cell in cells]
        wanted = [nation["finds"], nation["alone"], crowd["finds"], crowd["alone"], nation["proposals"]]
        assert said == [*map(str, wanted), str(nation["capped"]), str(nation["keys_per_record"])], name
    for part in ("nation", "crowd"):
        for figure in ("found", "looked_up"):
            assert f"{result[part][figure]:,}" in text
        assert str(result[part]["pair_completeness"]) in text
        assert str(result[part]["seed"]) in text
    assert str(result["nation"]["keys_per_record"]) in text
    assert result["nation"]["blocking"] in text
