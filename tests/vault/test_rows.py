"""Rows in counter mode: against the obvious code, one block at a time, and what the tag binds."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import ECB
from hypothesis import given
from hypothesis import strategies as st

from childindex.errors import StoreDamaged
from childindex.vault.keyset import Key, Purpose, State, UnknownKey
from childindex.vault.rows import ROW_TAG, RowCipher
from childindex.vault.secret import Secret

from .tampering import refuses_all

OLD = Key(b"old.", Purpose.ROWS, State.ENABLED, Secret(bytes(32)))
NEW = Key(b"new.", Purpose.ROWS, State.PRIMARY, Secret(bytes([1]) * 32))
BEFORE, AFTER = RowCipher([OLD], OLD.id), RowCipher([OLD, NEW], NEW.id)

ROWS = st.lists(st.binary(max_size=70) | st.integers(3000, 5000).map(bytes), max_size=8)


def plainly(key: Key, value: bytes) -> bytes:
    """Counter mode written out: NIST SP 800-38A 6.5, the counter block being counter (4) and salt (12)."""
    cipher = Cipher(AES256(key.derive("keystream").reveal()), ECB())
    out = b""
    for at in range(16, len(value), 16):
        block = cipher.encryptor().update((at // 16).to_bytes(4, "big") + value[4:16])
        out += bytes(a ^ b for a, b in zip(value[at : at + 16], block, strict=False))
    return out


@given(ROWS)
def test_rows_come_back_in_order(plaintexts: list[bytes]) -> None:
    values = [AFTER.encrypt(plaintext) for plaintext in plaintexts]
    assert AFTER.decrypt(values) == plaintexts
    assert [len(value) - 16 for value in values] == [len(plaintext) for plaintext in plaintexts]


@given(st.lists(st.binary(max_size=70), min_size=1, max_size=8))
def test_one_call_for_all_gives_what_the_obvious_code_gives(plaintexts: list[bytes]) -> None:
    values = [AFTER.encrypt(plaintext) for plaintext in plaintexts]
    assert AFTER.decrypt(values) == [plainly(NEW, value) for value in values] == plaintexts


@pytest.mark.parametrize("size", [0, 1, 15, 16, 17, 4079, 4080, 4081, 4096, 4097, 100_000])
def test_sizes_around_whole_blocks_and_beyond_the_known_counters(size: int) -> None:
    value = AFTER.encrypt(bytes(size))
    assert AFTER.decrypt([value]) == [bytes(size)]
    assert plainly(NEW, value[:9000]) == bytes(max(0, min(size, 9000 - 16)))


def test_no_counter_block_serves_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """The keystream of zeros is the cipher of the counter blocks: all differ, within and between versions."""
    streams = [AFTER.encrypt(bytes(64 * 16))[16:] for _ in range(50)]
    blocks = [stream[at : at + 16] for stream in streams for at in range(0, len(stream), 16)]
    assert len(set(blocks)) == len(blocks) == 50 * 64


def test_equal_rows_never_look_alike() -> None:
    assert len({AFTER.encrypt(b"same")[4:] for _ in range(200)}) == 200


@given(st.lists(st.tuples(st.booleans(), st.binary(max_size=40)), max_size=12))
def test_rows_of_old_and_new_keys_mix(rows: list[tuple[bool, bytes]]) -> None:
    values = [(AFTER if new else BEFORE).encrypt(plaintext) for new, plaintext in rows]
    assert AFTER.decrypt(values) == [plaintext for _, plaintext in rows]


def test_a_row_of_an_unknown_key_is_refused_and_one_of_another_secret_is_not_readable() -> None:
    with pytest.raises(UnknownKey):
        BEFORE.decrypt([BEFORE.encrypt(b"a"), AFTER.encrypt(b"b")])
    impostor = RowCipher([Key(b"new.", Purpose.ROWS, State.PRIMARY, Secret(bytes([2]) * 32))], b"new.")
    assert impostor.decrypt([AFTER.encrypt(bytes(32))]) != [bytes(32)]


@pytest.mark.parametrize("size", range(16))
def test_a_row_cut_short_is_refused(size: int) -> None:
    with pytest.raises(StoreDamaged):
        AFTER.decrypt([AFTER.encrypt(b"whole"), AFTER.encrypt(b"")[:size]])


def test_threads_may_share_the_cipher() -> None:
    plaintexts = [bytes([i]) * 3000 for i in range(10)]

    def round_trips(_: int) -> bool:
        return all(AFTER.decrypt([AFTER.encrypt(p) for p in plaintexts]) == plaintexts for _ in range(10))

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(round_trips, range(8)))


def test_a_bound_row_is_refused_when_touched_or_moved() -> None:
    value = AFTER.encrypt(b"number and state")
    bound = AFTER.bind(value, b"entry 1")
    assert bound == value + bound[-ROW_TAG:]
    refuses_all(lambda spoiled: AFTER.check(spoiled, b"entry 1"), bound)
    with pytest.raises(StoreDamaged):
        AFTER.check(bound, b"entry 2")


def test_a_row_bound_under_an_old_key_is_checked_under_it() -> None:
    bound = BEFORE.bind(BEFORE.encrypt(b"row"), b"entry")
    AFTER.check(bound, b"entry")
    with pytest.raises(UnknownKey):
        BEFORE.check(AFTER.bind(AFTER.encrypt(b"row"), b"entry"), b"entry")


def test_a_row_is_bound_to_some_place() -> None:
    with pytest.raises(ValueError, match="mandatory"):
        AFTER.bind(AFTER.encrypt(b"row"), b"")


def test_rows_written_long_ago_are_still_read() -> None:
    """Written by the first version of this format."""
    bound = bytes.fromhex(
        "6e65772eed3230542b0c9b192d0a6c2b2bd6778dbb767bbf80711c69de6934a1f36de0091c0e8d214468cac8054b"
    )
    AFTER.check(bound, b"entry")
    assert AFTER.decrypt([bound[:-ROW_TAG]]) == [b"a row written long ago"]
