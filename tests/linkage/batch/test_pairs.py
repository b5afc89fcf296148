"""Candidate pairs are those that share a key of the live blocking, or a scanned birth date and a narrow column."""

from collections import Counter
from itertools import combinations, product

from hypothesis import given, settings
from hypothesis import strategies as st

from childindex import linkage
from childindex.linkage import Record, batch
from childindex.linkage.batch.keys import SCAN
from childindex.linkage.narrow import narrow_filter
from tests.linkage.batch.columns import Source, columns
from tests.linkage.people import code
from tests.linkage.test_scoring import SOURCES

MODEL = linkage.shipped()


def proposed(left: Record, right: Record) -> set[str]:
    """Names of the rules by which the live core would find the one for the other."""
    mine, theirs = MODEL.blocking(left), MODEL.blocking(right)
    rules = {name for name, _ in set(mine.keys) & set(theirs.keys)}
    if set(mine.births) & set(theirs.births):
        query, row = (MODEL.narrow(MODEL.features(record, code)) for record in (left, right))
        packed = b"".join(value.to_bytes(2, "little") for value in row)
        if narrow_filter((*query, *MODEL.akin(left, code)), packed, cap=60, row_size=16, offset=0).rows:
            rules.add(SCAN)
    return rules


def told(pairs: batch.Pairs) -> dict[tuple[int, int], set[str]]:
    return {
        (int(left), int(right)): {rule.name for at, rule in enumerate(pairs.counts) if mask >> at & 1}
        for left, right, mask in zip(pairs.left, pairs.right, pairs.rules.tolist(), strict=True)
    }


@given(st.lists(SOURCES, min_size=2, max_size=14))
@settings(max_examples=60)
def test_pairs_within_a_file_are_those_of_the_live_blocking(records: list[Source]) -> None:
    vocabulary = batch.Vocabulary(MODEL)
    found = told(batch.candidate_pairs(MODEL, vocabulary, vocabulary.table(columns(MODEL, records))))
    normal = [MODEL.normalise(record) for record in records]
    expected = {
        (a, b): proposed(normal[a], normal[b]) | proposed(normal[b], normal[a])
        for a, b in combinations(range(len(records)), 2)
    }
    assert found == {pair: rules for pair, rules in expected.items() if rules}


@given(st.lists(SOURCES, min_size=1, max_size=8), st.lists(SOURCES, min_size=1, max_size=8))
@settings(max_examples=40)
def test_pairs_between_files_are_those_of_the_live_blocking(mine: list[Source], theirs: list[Source]) -> None:
    vocabulary = batch.Vocabulary(MODEL)
    left, right = vocabulary.table(columns(MODEL, mine)), vocabulary.table(columns(MODEL, theirs))
    found = told(batch.candidate_pairs(MODEL, vocabulary, left, right))
    one, other = [MODEL.normalise(each) for each in mine], [MODEL.normalise(each) for each in theirs]
    expected = {(a, b): proposed(one[a], other[b]) for a, b in product(range(len(one)), range(len(other)))}
    assert found == {pair: rules for pair, rules in expected.items() if rules}


def test_a_key_with_more_postings_than_the_cap_proposes_nobody_and_is_counted() -> None:
    cap = MODEL.cap
    for count, pairs, capped in ((cap, cap * (cap - 1) // 2, 0), (cap + 1, 0, 1)):
        vocabulary = batch.Vocabulary(MODEL)
        table = vocabulary.table({"upn": ["A123456789012"] * count})
        found = batch.candidate_pairs(MODEL, vocabulary, table)
        rules = {rule.name: rule for rule in found.counts}
        assert len(found) == pairs == rules["upn"].pairs == rules["upn"].alone
        assert rules["upn"].capped == capped
        assert rules["upn"].lost == (capped and count * (count - 1) // 2)


def test_what_a_rule_adds_is_what_no_other_proposes() -> None:
    records = [{"upn": "A1", "uln": "1"}, {"upn": "A1", "uln": "1"}, {"upn": "A1", "uln": "2"}]
    source = {name: [record[name] for record in records] for name in ("upn", "uln")}
    vocabulary = batch.Vocabulary(MODEL)
    found = batch.candidate_pairs(MODEL, vocabulary, vocabulary.table(source))
    counts = {rule.name: (rule.pairs, rule.alone) for rule in found.counts if rule.pairs}
    assert counts == {
        "upn": (3, 2),
        "uln": (1, 0),
    }
    assert Counter(len(rules) for rules in told(found).values()) == {1: 2, 2: 1}


def test_one_record_and_none_give_no_pairs() -> None:
    for cells in (["A1"], []):
        vocabulary = batch.Vocabulary(MODEL)
        table = vocabulary.table({"upn": cells})
        assert len(batch.candidate_pairs(MODEL, vocabulary, table)) == 0
        assert len(batch.candidate_pairs(MODEL, vocabulary, table, table)) == len(cells)
