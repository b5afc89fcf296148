"""Words told apart at once: only such as reach no level, and most of those."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from childindex import linkage
from childindex.linkage.comparison import reached
from childindex.linkage.compiled import Comparison
from childindex.linkage.unlike import unlike

COMPARISONS = {c.shape.name: c for c in linkage.shipped().comparisons if c.fuzzy and c.tables.frequencies}
NAMES = (
    "oliver olivia olive oli elhassan hassan alhassan mohammed md ahmed ava eva ivy isla ayla leo leon elly ellie "
    "smith smyth kumar abdulrahman rahman xi xu william bill billy macdonald donald o li lilly"
).split()
NEAR = st.sampled_from(NAMES).flatmap(
    lambda name: st.tuples(
        st.just(name), st.sampled_from(sorted({*NAMES, name[1:], name + "a", name[::-1], "x" + name}))
    )
)


def reaches(comparison: Comparison, one: str, other: str) -> bool:
    return reached(one, other, [level for _, level in comparison.fuzzy], comparison.tables) >= 0


@pytest.mark.parametrize("name", sorted({"forename", "surname", "middle", "carer"} & COMPARISONS.keys()))
def test_what_is_told_apart_reaches_no_level(name: str) -> None:
    comparison = COMPARISONS[name]
    pairs = [(one, other) for one, other in product(NAMES, NAMES) if one != other]
    apart = [pair for pair in pairs if comparison.unlike(*pair)]
    assert not [pair for pair in apart if reaches(comparison, *pair)]
    rest = [pair for pair in pairs if not reaches(comparison, *pair)]
    assert len(apart) > 0.8 * len(rest)


@given(NEAR | st.tuples(st.text("abelmnor ", min_size=1, max_size=8), st.text("abelmnor ", min_size=1, max_size=8)))
def test_no_two_texts_are_told_apart_that_reach_a_level(pair: tuple[str, str]) -> None:
    one, other = pair
    if one != other and one.split() and other.split():
        for comparison in COMPARISONS.values():
            assert not (comparison.unlike(one, other) and reaches(comparison, one, other))


def test_tests_that_are_not_known_here_are_always_asked() -> None:
    date = next(c for c in linkage.shipped().comparisons if c.shape.name == "birth_date")
    apart = unlike([level for _, level in date.fuzzy], date.tables.variants)
    assert not apart("2014-05-03", "1999-12-31")
