"""Keyed hashes: the same for equal parts, apart for all others, and nothing without the key."""

from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from childindex.vault import Handle
from childindex.vault.codes import Codes
from childindex.vault.keyset import Key, Purpose, State
from childindex.vault.secret import Secret

CODES = Codes(Key(b"1111", Purpose.INDEX, State.PRIMARY, Secret(bytes(range(32)))))
OTHER = Codes(Key(b"1111", Purpose.INDEX, State.PRIMARY, Secret(bytes(32))))
TEXT = st.text("ab\0é", max_size=4)


@given(TEXT, TEXT, TEXT, TEXT)
@example("ab", "c", "a", "bc")
def test_codes_are_equal_only_for_equal_kind_and_value(kind: str, value: str, other_kind: str, other: str) -> None:
    same = (kind, value) == (other_kind, other)
    assert (CODES.code(kind, value) == CODES.code(other_kind, other)) == same


@given(TEXT, st.lists(TEXT, max_size=3), TEXT, st.lists(TEXT, max_size=3))
@example("r", ["ab", "c"], "r", ["a", "bc"])
@example("r", ["a", ""], "r", ["a"])
@example("r", ["a"], "ra", [])
def test_blocking_keys_are_equal_only_for_equal_rule_and_parts(
    rule: str, parts: list[str], other_rule: str, other: list[str]
) -> None:
    same = (rule, parts) == (other_rule, other)
    assert (CODES.block_key(rule, tuple(parts)) == CODES.block_key(other_rule, tuple(other))) == same


@given(st.sampled_from(Handle), st.lists(TEXT, max_size=4), st.sampled_from(Handle), st.lists(TEXT, max_size=4))
def test_handles_are_equal_only_for_equal_kind_and_parts(
    kind: Handle, parts: list[str], other_kind: Handle, other: list[str]
) -> None:
    same = (kind, parts) == (other_kind, other)
    assert (CODES.handle(kind, *parts) == CODES.handle(other_kind, *other)) == same


@given(TEXT)
def test_uses_of_one_value_have_nothing_in_common(value: str) -> None:
    """Neither hash of a value is the beginning of another: each use has its sub key."""
    hashes = [
        CODES.code(value, value).to_bytes(8, "big"),
        CODES.block_key(value, (value,))[:8],
        CODES.birth_code(value),
        *[CODES.handle(kind, value)[:8] for kind in Handle],
        *[CODES.handle(kind, value, value)[:8] for kind in Handle],
    ]
    assert len(set(hashes)) == len(hashes)


def test_sizes() -> None:
    assert 2**48 < max(CODES.code("k", str(i)) for i in range(50)) < 2**64
    assert len(CODES.block_key("r", ("a",))) == 12
    assert len(CODES.birth_code("2019-03-04")) == 8
    assert len(CODES.handle(Handle.RECORD, "a")) == 16


def test_lone_surrogates_are_hashed_like_any_text() -> None:
    assert CODES.code("k", "\ud800") != CODES.code("k", "\udfff") != CODES.code("k", "?")


HASHES: dict[str, tuple[Callable[[Codes], object], object]] = {
    "code": (lambda codes: codes.code("surname", "sample"), 1357818861635341821),
    "block key": (lambda codes: codes.block_key("rule", ("a", "b")).hex(), "cf2076f4dbdc9e43522d67eb"),
    "birth code": (lambda codes: codes.birth_code("2019-03-04").hex(), "2724890d110f097f"),
    "handle": (lambda codes: codes.handle(Handle.RECORD, "a", "b").hex(), "432de2d3ebf04bcf22c222fdaade9bcf"),
}


@pytest.mark.parametrize("use", HASHES)
def test_hashes_stay_what_stored_data_rests_on_and_depend_on_the_key(use: str) -> None:
    """Written by the first version: a change here means that every index must be rebuilt."""
    compute, golden = HASHES[use]
    assert compute(CODES) == golden
    assert compute(OTHER) != golden
