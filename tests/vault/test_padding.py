"""Padding hides a size in its bucket and gives back exactly what went in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from childindex.errors import StoreDamaged
from childindex.vault.padding import bucket, pad, unpad

FLOORS = st.sampled_from([16, 32, 64, 256])


@given(st.binary(max_size=300), FLOORS)
def test_what_is_padded_comes_back(plaintext: bytes, floor: int) -> None:
    assert unpad(pad(plaintext, floor)) == plaintext


@pytest.mark.parametrize("tail", [b"", b"\0", b"\0\0\x80", b"\x80\0\0", b"\x80"])
def test_a_plaintext_may_end_like_padding(tail: bytes) -> None:
    assert unpad(pad(b"x" + tail, 16)) == b"x" + tail


@given(st.integers(0, 20_000), FLOORS)
def test_buckets_are_few_and_leave_room_for_the_mark(size: int, floor: int) -> None:
    whole = bucket(size, floor)
    assert whole > size
    assert len(pad(bytes(size), floor)) == whole
    assert whole in {floor * 2**i for i in range(9) if floor * 2**i <= 4096} | {4096 * i for i in range(1, 7)}


@pytest.mark.parametrize(
    ("size", "floor", "whole"),
    [
        (0, 256, 256),
        (255, 256, 256),
        (256, 256, 512),
        (4095, 256, 4096),
        (4096, 256, 8192),
        (8191, 32, 8192),
        (8, 16, 16),
    ],
)
def test_buckets_at_their_edges(size: int, floor: int, whole: int) -> None:
    assert bucket(size, floor) == whole


@pytest.mark.parametrize("unmarked", [b"", b"\0\0", b"abc", b"abc\0"])
def test_without_a_mark_nothing_is_unpadded(unmarked: bytes) -> None:
    with pytest.raises(StoreDamaged):
        unpad(unmarked)
