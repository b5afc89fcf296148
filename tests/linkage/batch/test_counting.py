"""Term frequencies of words."""

from pathlib import Path

import numpy as np
import pytest

from childindex.linkage import batch
from childindex.linkage.batch.counting import term_counts
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
