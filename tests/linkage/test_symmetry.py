"""No test of two names has sides, under the tables that the product ships."""

from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from childindex import linkage
from childindex.linkage.comparison import reached
from childindex.linkage.comparison_shapes import LevelShape, TextTest

TABLES = {each.shape.name: each.tables for each in linkage.shipped().comparisons}
BORNE = (
    "oliver olive olivia ella elia eva ava isla mya maya hassan hussain mohammed xiao ming mei smith jones ng o".split()
)


@st.composite
def names(draw: st.DrawFn) -> str:
    """One or two words, some of them with a slip of the pen."""
    words = draw(st.lists(st.sampled_from(BORNE), min_size=1, max_size=2, unique=True))
    name, slip = " ".join(words), draw(st.integers(-1, 12))
    kept = name[:slip] + draw(st.sampled_from(["", "x", "e"])) + name[slip + 1 :] if 0 < slip < len(name) - 1 else name
    return " ".join(kept.split())


@pytest.mark.parametrize("test", get_args(TextTest))
@pytest.mark.parametrize("table", ["forename", "surname"])
@given(names(), names())
@settings(max_examples=30)
def test_name_tests_have_no_sides(table: str, test: str, one: str, other: str) -> None:
    level = [LevelShape.model_validate({"test": test, "m": 0.1, "u": 0.1, "at_least": 0.8, "at_most": 2})]
    assert reached(one, other, level, TABLES[table]) == reached(other, one, level, TABLES[table])
