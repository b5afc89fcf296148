"""The layout's examples are its tests; then everything that can be encoded comes back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from childindex.errors import StoreDamaged
from childindex.store import layout
from childindex.store.layout import Narrow, Part, Place, Profile, Row

u64 = st.integers(0, 2**64 - 1)
u32 = st.integers(0, 2**32 - 1)
u16 = st.integers(0, 2**16 - 1)
handle = st.binary(min_size=16, max_size=16)
number = st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=11, max_size=11)
rows = st.builds(Row, u16, st.booleans(), u64, st.binary(max_size=300))
profiles = st.builds(
    Profile, number, st.integers(1, 3), st.text(max_size=60), st.integers(0, 2), st.lists(rows, max_size=5).map(tuple)
)


def test_examples_of_keys() -> None:
    handles = b"C" * 16, b"R" * 16
    assert layout.entry_key(1) == bytes.fromhex("0000000000000001")
    assert layout.policy_key(258) == bytes.fromhex("0000000000000102")
    assert layout.lexicon_key(2**64 - 1) == b"\xff" * 8
    assert layout.birth_key(b"birthday", 7) == b"birthday" + bytes.fromhex("0000000000000007")
    assert layout.sealed_key(1, Part.RECORD, 3) == bytes.fromhex("0000000000000001 01 0003")
    assert layout.own_key(*handles) == b"C" * 16 + b"R" * 16
    assert layout.change_key(handles[0], 5, 2) == b"C" * 16 + bytes.fromhex("0000000000000005 0002")
    assert layout.review_key(b"A" * 16, 9) == b"A" * 16 + bytes.fromhex("0000000000000009")
    assert layout.budget_key(4, *handles) == bytes.fromhex("00000004") + b"C" * 16 + b"R" * 16


def test_examples_of_values() -> None:
    codes = (1, 2, 3, 4, 5, 6, 7, 256)
    little = "0100 0200 0300 0400 0500 0600 0700 0001"
    assert layout.encode_rows([Narrow(1, 2, codes)]) == bytes.fromhex("0000000000000001 0002" + little)
    assert layout.posting(1, 2) == bytes.fromhex("0000000000000001 0002")
    assert layout.encode_place(Place(1, 2, 3, b"c" * 16)) == bytes.fromhex("0000000000000001 0002 0000000000000003") + (
        b"c" * 16
    )
    assert layout.encode_target(1) == b"E" + bytes.fromhex("0000000000000001 000000")
    assert layout.encode_target("C1234567890") == b"SC1234567890"
    assert layout.encode_counted(3, b"sealed") == bytes.fromhex("00000003") + b"sealed"
    profile = Profile("C1234567890", 1, "E09", 2, (Row(4, True, 5, b"ff"),))
    assert layout.encode_profile(profile) == (
        b"C1234567890"
        + bytes.fromhex("01 02 03 0001")
        + b"E09"
        + bytes.fromhex("0004 01 0000000000000005 0002")
        + b"ff"
    )


def test_sizes_that_others_rely_on() -> None:
    row = layout.encode_rows([Narrow(1, 2, (0,) * 8)])
    assert len(row) == layout.ROW == 26
    assert row[: layout.NARROW_OFFSET] == layout.posting(1, 2)
    assert len(layout.posting(1, 2)) == layout.POSTING == 10
    assert len(layout.encode_target(5)) == len(layout.encode_target("C1234567890"))


@given(handle, handle, u64, u16)
def test_every_key_fits(first: bytes, second: bytes, wide: int, narrow: int) -> None:
    keys = [
        layout.entry_key(wide),
        layout.birth_key(first[:8], wide),
        layout.sealed_key(wide, Part.RECORD, narrow),
        layout.own_key(first, second),
        layout.change_key(first, wide, narrow),
        layout.review_key(first, wide),
        layout.budget_key(narrow, first, second),
    ]
    assert max(map(len, keys)) <= layout.MAX_KEY


@given(handle, handle, u64, u16, u32)
def test_keys_come_back(first: bytes, second: bytes, wide: int, narrow: int, window: int) -> None:
    assert layout.decode_entry_key(layout.entry_key(wide)) == wide
    assert layout.decode_birth_key(layout.birth_key(first[:8], wide)) == (first[:8], wide)
    assert layout.decode_sealed_key(layout.sealed_key(wide, Part.POINTERS, narrow)) == (wide, Part.POINTERS, narrow)
    assert layout.decode_change_key(layout.change_key(first, wide, narrow)) == (first, wide, narrow)
    assert layout.decode_review_key(layout.review_key(first, wide)) == (first, wide)
    assert layout.decode_budget_key(layout.budget_key(window, first, second)) == (window, first, second)


@given(st.lists(u64, min_size=2, max_size=20))
def test_bytewise_order_is_numeric_order(numbers: list[int]) -> None:
    assert sorted(map(layout.entry_key, numbers)) == list(map(layout.entry_key, sorted(numbers)))
    feed = b"f" * 16
    assert sorted(layout.change_key(feed, n, 0) for n in numbers) == [
        layout.change_key(feed, n, 0) for n in sorted(numbers)
    ]


@given(st.lists(st.builds(Narrow, u64, u16, st.tuples(*[u16] * 8)), max_size=8))
def test_chunks_come_back(chunk: list[Narrow]) -> None:
    assert layout.decode_rows(layout.encode_rows(chunk)) == chunk


@given(profiles)
def test_profiles_come_back(profile: Profile) -> None:
    assert layout.decode_profile(layout.encode_profile(profile)) == profile


@given(profiles, st.integers(1, 20))
def test_a_cut_profile_is_refused(profile: Profile, cut: int) -> None:
    data = layout.encode_profile(profile)
    with pytest.raises(StoreDamaged):
        layout.decode_profile(data[: max(0, len(data) - cut)])
    with pytest.raises(StoreDamaged):
        layout.decode_profile(data + b"x")


@given(st.builds(Place, u64, u16, u64, handle), st.one_of(u64, number), u32, st.binary(max_size=80))
def test_small_values_come_back(place: Place, target: int | str, count: int, sealed: bytes) -> None:
    assert layout.decode_place(layout.encode_place(place)) == place
    assert layout.decode_target(layout.encode_target(target)) == target
    assert layout.decode_counted(layout.encode_counted(count, sealed)) == (count, sealed)
    assert layout.decode_posting(layout.posting(place.entry, place.slot)) == (place.entry, place.slot)


@pytest.mark.parametrize(
    "read",
    [
        layout.decode_entry_key,
        layout.decode_rows,
        layout.decode_profile,
        layout.decode_place,
        layout.decode_target,
        layout.decode_counted,
    ],
)
def test_bytes_of_the_wrong_size_are_refused(read: object) -> None:
    assert callable(read)
    with pytest.raises(StoreDamaged):
        read(b"abc")


def test_a_handle_of_the_wrong_size_is_a_fault_of_the_caller() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        layout.own_key(b"short", b"R" * 16)


def test_nothing_prints_what_it_holds() -> None:
    shown = repr(Profile("C1234567890", 1, "authority", 0, (Row(1, True, 77, b"features"),)))
    assert "C123" not in shown
    assert "authority" not in shown
    assert "features" not in shown


@given(
    st.lists(st.binary(min_size=8, max_size=8), max_size=3),
    st.lists(st.binary(min_size=12, max_size=12), max_size=40),
    st.lists(st.binary(min_size=8, max_size=8), max_size=20),
)
def test_traces_come_back(births: list[bytes], blocks: list[bytes], codes: list[bytes]) -> None:
    traces = layout.Traces(tuple(births), tuple(blocks), tuple(codes))
    encoded = layout.encode_traces(traces)
    assert layout.decode_traces(encoded) == traces
    for bent in (encoded[:-1], encoded + b"x"):
        with pytest.raises(StoreDamaged):
            layout.decode_traces(bent)
