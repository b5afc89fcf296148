"""Nothing of the vault prints, pickles or copies its keys."""

import copy
import pickle
import traceback
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from childindex.errors import Error
from childindex.pointer import RecordKey
from childindex.vault import Sealed, Vault, keyfile, provider
from childindex.vault.authority import FILE, DevelopmentAuthority
from childindex.vault.codes import Codes
from childindex.vault.keyset import KEY_BYTES, Keyset, Purpose, decode, encode
from childindex.vault.place import PlaceSealer
from childindex.vault.rows import RowCipher
from childindex.vault.seal import Sealer
from childindex.vault.secret import Secret
from childindex.vault.signing import Signer

NOW = datetime(2026, 1, 1, tzinfo=UTC)
KEYSET = Keyset.generate()
INDEX = KEYSET.primary(Purpose.INDEX)


def guarded_objects(directory: Path) -> Iterator[object]:
    vault = Vault.create(directory / "keys")
    authority = DevelopmentAuthority.create(directory / "ca", NOW)
    yield from (vault, vault._keys, vault.new_child_key(b"entry")[0], authority)
    yield from (authority.issue_custodian("a-school", NOW), Signer.create(directory / "signers" / "one.key"))
    yield from (Secret(b"secret"), KEYSET, INDEX, Codes(INDEX), RowCipher([INDEX], INDEX.id))
    yield from (PlaceSealer((INDEX,), INDEX.id), Sealer(b"room", {INDEX.id: INDEX.secret}, INDEX.id))


def forms(secret: bytes) -> set[str]:
    """A secret as it might be printed."""
    return {secret.hex(), repr(secret)[2:-1], str(list(secret))[1:-1], str(int.from_bytes(secret, "big"))}


def test_printing_shows_the_type_alone(tmp_path: Path) -> None:
    for thing in guarded_objects(tmp_path):
        shown = f"{type(thing).__name__}(...)"
        assert [repr(thing), str(thing), f"{thing}", f"{[thing]}"] == [shown, shown, shown, f"[{shown}]"]


@pytest.mark.parametrize("carry", [pickle.dumps, copy.copy, copy.deepcopy], ids=["pickle", "copy", "deepcopy"])
def test_nothing_is_pickled_or_copied(carry: Callable[[object], object], tmp_path: Path) -> None:
    for thing in guarded_objects(tmp_path):
        with pytest.raises(TypeError, match="neither pickled nor copied"):
            carry(thing)


def test_no_guarded_object_has_an_open_dictionary(tmp_path: Path) -> None:
    assert [type(thing).__name__ for thing in guarded_objects(tmp_path) if hasattr(thing, "__dict__")] == []


def failures(directory: Path) -> dict[str, Callable[[], object]]:
    """Calls that fail deep inside the vault, where keys are at hand."""
    vault = Vault.open(directory)
    child = vault.new_child_key(b"entry")[0]
    sealed = vault.seal(Sealed.POLICY, b"x", b"here")
    record = RecordKey("a-school", "pupils", "school.pupil", "1")
    content = keyfile.read(directory / "keyset.json")
    none_primary = Secret(content.reveal().replace(b"primary", b"enabled"))
    return {
        "moved": lambda: vault.open_sealed(Sealed.POLICY, sealed, b"there"),
        "unknown key": lambda: vault.open_sealed(Sealed.POLICY, sealed[:1] + b"none" + sealed[5:], b"here"),
        "another's place": lambda: vault.open_place(record, sealed),
        "another's value": lambda: child.open(b"part", sealed, b"here"),
        "short row": lambda: vault.decrypt_rows([b"short"]),
        "damaged file": lambda: decode(Secret(content.reveal()[:-3])),
        "impossible file": lambda: decode(none_primary),
        "file in the way": lambda: provider.create(directory),
        "unbound": lambda: vault.seal(Sealed.POLICY, b"x", b""),
        "unbound child": lambda: vault.new_child_key(b""),
    }


def test_tracebacks_show_no_key_even_with_their_locals(directory: Path) -> None:
    Vault.create(directory)
    secrets = [key.secret.reveal() for key in provider.load(directory).keys]
    for fail in failures(directory).values():
        with pytest.raises((Error, ValueError)) as caught:
            fail()
        inner = caught.value.__traceback__.tb_next if caught.value.__traceback__ else None
        shown = "".join(traceback.TracebackException(caught.type, caught.value, inner, capture_locals=True).format())
        assert "src/childindex/vault" in shown
        assert caught.value.__cause__ is None
        assert not any(form in shown for secret in secrets for form in forms(secret))


def test_a_failed_open_says_nothing_of_the_cause(vault: Vault) -> None:
    sealed = vault.seal(Sealed.POLICY, b"x", b"here")
    causes = [sealed[:9], b"\2" + sealed[1:], sealed[:1] + b"none" + sealed[5:], sealed[:-1] + bytes([sealed[-1] ^ 1])]
    sentences = set()
    for cause in causes:
        with pytest.raises(Error) as caught:
            vault.open_sealed(Sealed.POLICY, cause, b"here")
        assert caught.value.__context__ is None
        sentences.add(str(caught.value))
    assert sentences == {"a sealed value does not open"}


def test_revealing_gives_the_bytes() -> None:
    assert Secret(b"k" * KEY_BYTES).reveal() == b"k" * KEY_BYTES


def test_the_files_do_hold_the_keys_so_these_tests_look_for_the_right_thing(tmp_path: Path) -> None:
    assert INDEX.secret.reveal().hex() in encode(KEYSET).reveal().decode()
    DevelopmentAuthority.create(tmp_path / "ca", NOW)
    assert b"PRIVATE KEY" in (tmp_path / "ca" / FILE).read_bytes()
