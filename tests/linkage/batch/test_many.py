"""Many pairs of strings at once reach the levels that each reaches alone."""

from pathlib import Path
from tomllib import loads

from hypothesis import given, settings
from hypothesis import strategies as st

from childindex import linkage
from childindex.linkage import Model
from childindex.linkage.batch.many import first_levels
from childindex.linkage.specification import ModelShape

WORDS = st.text(alphabet="abe -", max_size=9)
DISTANCES = """
name = "distances"
[fields]
a = { kind = "text" }
[[comparisons]]
name = "a"
compares = [["a", "a"]]
levels = [
  { test = "one_edit" },
  { name = "alike", test = "similar", at_least = 0.9 },
  { test = "edits", at_most = 2 },
  { name = "less", test = "similar", at_least = 0.5 },
  { test = "else" },
]
"""
MODEL = Model.build(ModelShape.model_validate(loads(DISTANCES)), Path())
NAMES = st.sampled_from("ann anne anna o olivia oliver oliverr al jo".split())


@given(st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=30))
@settings(max_examples=100)
def test_distances_at_once_are_those_one_by_one(pairs: list[tuple[str, str]]) -> None:
    comparison = MODEL.comparisons[0]
    one, other = [a for a, _ in pairs], [b for _, b in pairs]
    assert first_levels(comparison, one, other).tolist() == [comparison.judge(a, b)[0] for a, b in pairs]


@given(st.lists(st.tuples(NAMES, NAMES), min_size=1, max_size=20))
@settings(max_examples=60)
def test_names_at_once_are_those_one_by_one(pairs: list[tuple[str, str]]) -> None:
    comparison = linkage.shipped().comparisons[0]
    one, other = [a for a, _ in pairs], [b for _, b in pairs]
    assert first_levels(comparison, one, other).tolist() == [comparison.judge(a, b)[0] for a, b in pairs]
