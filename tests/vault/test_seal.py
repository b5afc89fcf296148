"""A sealed value opens where it was sealed, untouched, under the key it names; otherwise not at all."""

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from hypothesis import given
from hypothesis import strategies as st

from childindex.errors import StoreDamaged
from childindex.vault.framing import frame
from childindex.vault.keyset import UnknownKey
from childindex.vault.seal import OVERHEAD, Sealer
from childindex.vault.secret import Secret

from .tampering import refuses_all

OLD, NEW = Secret(bytes(32)), Secret(bytes([1]) * 32)
BEFORE = Sealer(b"room", {b"old.": OLD}, b"old.")
AFTER = Sealer(b"room", {b"old.": OLD, b"new.": NEW}, b"new.")

NOT_EMPTY = st.binary(min_size=1, max_size=40)


@given(st.binary(max_size=400), NOT_EMPTY)
def test_what_is_sealed_opens_at_its_place(plaintext: bytes, associated: bytes) -> None:
    sealed = AFTER.seal(plaintext, associated)
    assert AFTER.open(sealed, associated) == plaintext
    assert len(sealed) == len(plaintext) + OVERHEAD


@given(NOT_EMPTY, NOT_EMPTY)
def test_it_opens_at_no_other_place(here: bytes, there: bytes) -> None:
    sealed = AFTER.seal(b"x", here)
    if here != there:
        with pytest.raises(StoreDamaged):
            AFTER.open(sealed, there)


def test_no_byte_can_be_changed_cut_or_added() -> None:
    refuses_all(lambda sealed: AFTER.open(sealed, b"here"), AFTER.seal(b"plaintext", b"here"))
    refuses_all(lambda sealed: AFTER.open(sealed, b"here"), AFTER.seal(b"", b"here"))


def test_equal_plaintexts_never_seal_alike() -> None:
    assert len({AFTER.seal(b"same", b"here") for _ in range(200)}) == 200


def test_the_key_named_opens_and_the_primary_seals() -> None:
    assert AFTER.open(BEFORE.seal(b"x", b"here"), b"here") == b"x"
    assert BEFORE.seal(b"x", b"here")[1:5] == b"old."
    with pytest.raises(UnknownKey):
        BEFORE.open(AFTER.seal(b"x", b"here"), b"here")


def test_another_domain_or_secret_does_not_open() -> None:
    sealed = AFTER.seal(b"x", b"here")
    for other in (Sealer(b"moor", {b"new.": NEW}, b"new."), Sealer(b"room", {b"new.": OLD}, b"new.")):
        with pytest.raises(StoreDamaged):
            other.open(sealed, b"here")


def test_domain_and_place_cannot_run_together() -> None:
    sealed = Sealer(b"ab", {b"new.": NEW}, b"new.").seal(b"x", b"c")
    with pytest.raises(StoreDamaged):
        Sealer(b"a", {b"new.": NEW}, b"new.").open(sealed, b"bc")


@pytest.mark.parametrize("call", [lambda: AFTER.seal(b"x", b""), lambda: AFTER.open(AFTER.seal(b"x", b"y"), b"")])
def test_associated_data_is_mandatory(call: object) -> None:
    assert callable(call)
    with pytest.raises(ValueError, match="mandatory"):
        call()


def test_the_form_is_the_documented_one() -> None:
    sealed = AFTER.seal(b"plaintext", b"here")
    assert (sealed[0], sealed[1:5]) == (1, b"new.")
    bound = frame(b"room", sealed[:5], b"here")
    assert AESGCMSIV(NEW.reveal()).decrypt(sealed[5:17], sealed[17:], bound) == b"plaintext"


def test_values_sealed_long_ago_still_open() -> None:
    """Written by the first version of this format."""
    sealed = bytes.fromhex(
        "016e65772eb42d40080c15312cc33e7c0a36888613e56db46ab54a5fc3694e25cdd531fe40d447ab8f8fe4523a8c2ec4"
    )
    assert AFTER.open(sealed, b"here") == b"sealed long ago"
