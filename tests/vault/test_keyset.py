"""The keyset: its file, its states, its derivation, its rotation."""

import hashlib
import hmac
import json

import pytest

from childindex.errors import Error, StoreDamaged
from childindex.vault.keyset import Key, Keyset, Purpose, State, decode, encode
from childindex.vault.secret import Secret

from .tampering import spoiled


def test_a_keyset_survives_its_file() -> None:
    keyset = Keyset.generate().rotated(Purpose.SEALING).rotated(Purpose.EPOCH)
    again = decode(encode(keyset))
    assert again.id == keyset.id
    assert [(k.id, k.purpose, k.state, k.secret.reveal()) for k in again.keys] == [
        (k.id, k.purpose, k.state, k.secret.reveal()) for k in keyset.keys
    ]


def test_every_purpose_has_keys_of_its_own() -> None:
    keyset = Keyset.generate()
    assert [key.purpose for key in keyset.keys] == list(Purpose)
    assert len({key.secret.reveal() for key in keyset.keys}) == len({key.id for key in keyset.keys}) == len(Purpose)
    assert {len(key.secret.reveal()) for key in keyset.keys} == {32}


def test_two_keysets_share_nothing() -> None:
    one, other = Keyset.generate(), Keyset.generate()
    assert one.id != other.id
    assert {k.secret.reveal() for k in one.keys}.isdisjoint({k.secret.reveal() for k in other.keys})


def test_every_damage_to_the_file_is_seen() -> None:
    for content in spoiled(encode(Keyset.generate()).reveal()):
        with pytest.raises(StoreDamaged):
            decode(Secret(content))


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"null", b"\xff\xfe", b"[" * 100_000, b'{"format":1}'])
def test_what_is_no_keyset_is_refused(content: bytes) -> None:
    with pytest.raises(StoreDamaged):
        decode(Secret(content))


def test_a_foreign_format_is_named_as_such() -> None:
    content = encode(Keyset.generate()).reveal().replace(b'"format": 1', b'"format": 2')
    with pytest.raises(StoreDamaged, match="not of format 1"):
        decode(Secret(content))


def forged(*keys: Key) -> Secret:
    """A file with a right checksum over a keyset that cannot be."""
    return encode(Keyset(bytes(8), keys))


def test_impossible_keysets_are_refused() -> None:
    whole = Keyset.generate().keys
    second = Key(b"2222", Purpose.ROWS, State.PRIMARY, Secret(bytes(32)))
    twin = Key(whole[0].id, Purpose.ROWS, State.ENABLED, Secret(bytes(32)))
    short = Key(b"3333", Purpose.ROWS, State.ENABLED, Secret(bytes(31)))
    for keys in (whole[1:], (*whole, second), (*whole, twin), (*whole, short), ()):
        with pytest.raises(StoreDamaged):
            decode(forged(*keys))
    assert decode(forged(*whole)).keys


def test_rotation_adds_a_primary_and_keeps_the_old_key_enabled() -> None:
    before = Keyset.generate()
    after = before.rotated(Purpose.SEALING)
    old, new = after.of(Purpose.SEALING)
    assert (old.state, new.state) == (State.ENABLED, State.PRIMARY)
    assert old.secret.reveal() == before.primary(Purpose.SEALING).secret.reveal() != new.secret.reveal()
    assert after.primary(Purpose.SEALING) is new
    assert after.of(Purpose.ROWS) == before.of(Purpose.ROWS)


def test_the_index_key_does_not_rotate() -> None:
    with pytest.raises(Error, match="index key"):
        Keyset.generate().rotated(Purpose.INDEX)


def test_only_a_key_that_is_no_longer_primary_is_destroyed() -> None:
    keyset = Keyset.generate().rotated(Purpose.EPOCH)
    old, new = keyset.of(Purpose.EPOCH)
    assert keyset.destroyed(old.id).of(Purpose.EPOCH) == (new,)
    for refused in (new.id, b"none"):
        with pytest.raises(Error):
            keyset.destroyed(refused)


def test_sub_keys_are_hkdf_of_the_secret_and_the_label() -> None:
    """Against RFC 5869 written out with HMAC: extract with a salt of zeros, one block of expand."""
    key = Key(b"1111", Purpose.ROWS, State.PRIMARY, Secret(bytes(range(32))))
    extracted = hmac.digest(bytes(32), bytes(range(32)), "sha256")
    expanded = hmac.digest(extracted, b"childindex vault 1 rows keystream\x01", "sha256")
    assert key.derive("keystream").reveal() == expanded


def test_sub_keys_differ_by_purpose_and_label() -> None:
    secret = Secret(bytes(32))
    derived = {
        Key(b"1111", purpose, State.PRIMARY, secret).derive(label).reveal()
        for purpose in Purpose
        for label in ("a", "b")
    }
    assert len(derived) == 2 * len(Purpose)


def test_the_checksum_is_over_the_rest_of_the_file() -> None:
    body = json.loads(encode(Keyset.generate()).reveal())
    checksum = body.pop("checksum")
    assert hashlib.sha256(json.dumps(body).encode()).hexdigest() == checksum
