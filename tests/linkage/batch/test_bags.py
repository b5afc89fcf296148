"""Word bags of many pairs at once, against one pair at a time."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from childindex.linkage.batch.bags import Bags
from childindex.linkage.compiled import Comparison, compiled
from childindex.linkage.frequencies import Frequencies, Variants
from childindex.linkage.specification import ModelShape

_WORDS = "william wiliam willima tom thomas thomsa w t de al chudleigh chudleig chud leigh li lee".split()
_TEXTS = st.lists(st.lists(st.sampled_from(_WORDS), min_size=1, max_size=4).map(" ".join), min_size=1, max_size=8)
_FREQUENCIES = Frequencies({"william": 0.06, "thomas": 0.03, "tom": 0.01, "de": 0.1}, {}, 1e-4, 1e-3)
_VARIANTS = Variants({"tom": {"thomas": 1.0}, "thomas": {"tom": 1.0}})
_STEPS = [4, 9, 14]


def comparison(at_least: float) -> Comparison:
    tests = ["words_all", "words_within", "words_nearly", "words_some", "words_similar"]
    levels = [{"test": test, "at_least": at_least, "steps": _STEPS} for test in tests]
    shape = ModelShape.model_validate(
        {
            "name": "words",
            "version": "1",
            "fields": {"name": {"kind": "text", "columns": ["name"]}},
            "variants": {"name": {}},
            "comparisons": [
                {"name": "name", "table": "name", "compares": [["name", "name"]], "levels": [*levels, {"test": "else"}]}
            ],
        }
    )
    return compiled(shape.comparisons[0], shape, {"name": _FREQUENCIES}, {"name": _VARIANTS})


@given(_TEXTS, _TEXTS, st.sampled_from([0.0, 0.5, 0.75]))
def test_many_pairs_reach_the_levels_of_one_pair_at_a_time(mine: list[str], theirs: list[str], alike: float) -> None:
    one = comparison(alike)
    left, right = (each.ravel().astype(np.int32) for each in np.indices((len(mine), len(theirs))))
    levels, parts = Bags(one).judge(left, right, (mine, theirs))
    expected = [one.judge(mine[a], theirs[b])[0] for a, b in zip(left.tolist(), right.tolist(), strict=True)]
    assert levels.tolist() == expected
    assert not parts.any()


def test_a_list_of_values_may_grow() -> None:
    one, strings = comparison(0.0), ["william chudleigh"]
    bags = Bags(one)
    rows = np.zeros(1, dtype=np.int32)
    before = bags.judge(rows, rows, (strings, strings))[0]
    strings.append("wiliam chudleig")
    after = bags.judge(rows, rows + 1, (strings, strings))[0]
    assert one.shape.levels[before[0]].name == "words_all_14"
    assert one.shape.levels[after[0]].name == "words_nearly_14"


def test_what_is_known_of_words_outlives_their_frequencies() -> None:
    strings = ["tom chudleigh", "thomas chudleigh"]
    rows = np.zeros(1, dtype=np.int32)
    earlier, later = Bags(comparison(0.0)), Bags(comparison(0.0))
    expected = earlier.judge(rows, rows + 1, (strings, strings))[0]
    later.inherit(earlier)
    assert later.judge(rows, rows + 1, (strings, strings))[0].tolist() == expected.tolist()


def test_bags_serve_comparisons_of_words_alone() -> None:
    assert Bags.serve(comparison(0.0))


def test_lost_blanks_join_words_as_one_pair_at_a_time() -> None:
    one, strings = comparison(0.0), ["chud leigh", "chudleigh", "chudliegh", "al lee t", "alleet", "de"]
    left, right = (each.ravel().astype(np.int32) for each in np.indices((len(strings), len(strings))))
    levels = Bags(one).judge(left, right, (strings, strings))[0].reshape(len(strings), -1)
    names = [[one.shape.levels[at].name for at in row] for row in levels.tolist()]
    assert names[0][1] == names[0][2] == names[3][4] == "words_nearly_9"
    assert names[0][3] == names[0][5] == "else"
    assert levels.tolist() == [[one.judge(a, b)[0] for b in strings] for a in strings]
