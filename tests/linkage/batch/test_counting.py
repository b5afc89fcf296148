"""Term frequencies of words."""

from pathlib import Path

import numpy as np
import pytest

from childindex.linkage import batch
from childindex.linkage.batch.counting import TermCounts, term_counts
from childindex.linkage.model import Model
from childindex.linkage.specification import ModelShape


def test_in_a_table_of_words_a_share_is_of_the_records_that_have_the_word() -> None:
    shape = ModelShape.model_validate(
        {
            "name": "words",
            "version": "1",
            "fields": {"name": {"kind": "text", "columns": ["name"], "frequency": "name"}},
            "frequencies": {"name": {"words": True}},
            "comparisons": [
                {"name": "name", "compares": [["name", "name"]], "levels": [{"test": "words_all"}, {"test": "else"}]}
            ],
        }
    )
    model = Model.build(shape, Path())
    vocabulary = batch.Vocabulary(model)
    table = vocabulary.table({"name": ["anne smith", "smith smith", "anne", "", "joan of arc"]})
    (counted,) = term_counts(model, vocabulary, [table], [np.ones(5)], 0.0)
    assert counted.listed == pytest.approx({"anne": 0.5, "smith": 0.5, "joan": 0.25, "of": 0.25, "arc": 0.25})
    (kept,) = term_counts(model, vocabulary, [table], [np.ones(5)], 2.0)
    assert set(kept.listed) == {"anne", "smith"}


def public(tmp_path: Path, least: float) -> TermCounts:
    """A model whose public table knows one of the names that fifty records bear, counted in these records."""
    (tmp_path / "known.csv").write_text("name,frequency\nanne,0.2\n")
    shape = ModelShape.model_validate(
        {
            "name": "names",
            "fields": {"name": {"kind": "name", "frequency": "name"}},
            "frequencies": {"name": {"tables": ["known.csv"], "unlisted": 0.001, "mean": 0.05}},
            "comparisons": [
                {"name": "name", "compares": [["name", "name"]], "levels": [{"test": "equal"}, {"test": "else"}]}
            ],
        }
    )
    model = Model.build(shape, tmp_path)
    vocabulary = batch.Vocabulary(model)
    table = vocabulary.table({"name": ["anne"] * 5 + ["anme"] * 5 + ["zoe"] * 40})
    (counted,) = term_counts(model, vocabulary, [table], [np.ones(50)], least)
    return counted


def test_a_value_that_no_public_table_knows_is_listed_only_where_it_is_no_slip(tmp_path: Path) -> None:
    counted = public(tmp_path, 0.0)
    assert set(counted.listed) == {"anne", "zoe"}
    assert counted.listed["anne"] == pytest.approx((5 + 1000 * 0.2) / 1050)
    assert set(public(tmp_path, 6.0).listed) == {"zoe"}


def test_the_mean_is_the_chance_that_two_share_a_value(tmp_path: Path) -> None:
    shared = (5 * 4 + 5 * 4 + 40 * 39) / (50 * 49)
    assert public(tmp_path, 0.0).mean == pytest.approx((50 * shared + 1000 * 0.05) / 1050)


def test_the_order_in_which_values_were_first_met_changes_no_bit(tmp_path: Path) -> None:
    """Codes number values as the files' rows bring them; shares of records do not add up the same in every order."""
    shape = ModelShape.model_validate(
        {
            "name": "names",
            "fields": {"name": {"kind": "text", "frequency": "name"}},
            "frequencies": {"name": {"words": True}},
            "comparisons": [
                {"name": "name", "compares": [["name", "name"]], "levels": [{"test": "words_all"}, {"test": "else"}]}
            ],
        }
    )
    model = Model.build(shape, tmp_path)
    names = [f"n{at} w{at % 13}" for at in range(300)]
    weights = 1.0 / (1.0 + np.arange(300) % 7 / 10)
    found = []
    for met in (names, names[::-1], sorted(names)):
        vocabulary = batch.Vocabulary(model)
        vocabulary.table({"name": met})
        found.append(term_counts(model, vocabulary, [vocabulary.table({"name": names})], [weights], 0.0))
    assert found[0] == found[1] == found[2]
