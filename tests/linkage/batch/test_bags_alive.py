"""A model of words: whole files are weighed exactly as the live scorer weighs one pair."""

from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from childindex.linkage import batch
from childindex.linkage.model import Model
from childindex.linkage.specification import ModelShape
from tests.linkage.batch.columns import Source, columns, scored

_WORDS = ["anne", "ann", "anna", "al", "hassan", "hasan", "a", "smith", "smyth"]
_NAMES = st.lists(st.sampled_from(_WORDS), max_size=3).map(" ".join)
_RECORDS = st.fixed_dictionaries({"given": _NAMES, "family": _NAMES}).map(
    lambda cells: {name: (text,) if text else () for name, text in cells.items()}
)
_TESTS = ("words_all", "words_within", "words_nearly", "words_some", "words_similar")


def _model() -> Model:
    shape = ModelShape.model_validate(
        {
            "name": "words",
            "version": "1",
            "fields": {
                "name": {"kind": "text", "columns": ["given", "family"], "take": "joined", "frequency": "name"},
                "family": {"kind": "text", "columns": ["family"]},
            },
            "frequencies": {"name": {"words": True, "values": {"smith": 0.1, "anne": 0.02}, "unlisted": 1e-3}},
            "comparisons": [
                {
                    "name": "name",
                    "compares": [["name", "name"]],
                    "levels": [*({"test": test, "steps": [5, 10]} for test in _TESTS), {"test": "else"}],
                },
                {"name": "family", "compares": [["family", "family"]], "levels": [{"test": "equal"}, {"test": "else"}]},
            ],
        }
    )
    return Model.build(shape, Path())


MODEL = _model()


@given(st.lists(_RECORDS, min_size=2, max_size=8))
def test_levels_and_totals_are_those_of_the_live_scorer(records: list[Source]) -> None:
    vocabulary = batch.Vocabulary(MODEL)
    table = vocabulary.table(columns(MODEL, records))
    left, right = np.triu_indices(len(records), 1)
    pairs = batch.Pairs(left, right, np.ones(len(left), dtype=np.int64), (), len(records), None)
    agreement = batch.Judge(MODEL, vocabulary).judge(pairs, table)
    totals = batch.totals(MODEL, agreement)
    normal = [MODEL.normalise(record) for record in records]
    for at, (one, other) in enumerate(zip(left, right, strict=True)):
        score = scored(MODEL, normal[one], normal[other])
        assert tuple(agreement.levels[at]) == score.levels
        assert tuple(totals[at]) == score.totals


def test_equal_names_of_more_words_say_more() -> None:
    long, short = ({"given": ("anne al hassan",), "family": ("smith",)}, {"given": (), "family": ("smith",)})
    of = [scored(MODEL, MODEL.normalise(each), MODEL.normalise(each)).levels[0] for each in (long, short)]
    levels = MODEL.shape.comparisons[0].levels
    assert [levels[at].name for at in of] == ["words_all_10", "words_all"]
