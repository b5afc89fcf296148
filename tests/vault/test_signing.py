"""Signatures: one key, one context, and two people where two are needed."""

import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from childindex.errors import Error, StoreDamaged
from childindex.vault.signing import Context, Signer, signer_id, verify, verify_all


@pytest.fixture(scope="module")
def signers(tmp_path_factory: pytest.TempPathFactory) -> list[Signer]:
    directory = tmp_path_factory.mktemp("signing") / "signers"
    return [Signer.create(directory / f"{i}.key") for i in range(3)]


@given(message=st.binary(max_size=200), context=st.sampled_from(Context))
def test_a_signature_verifies_in_its_context_only(signers: list[Signer], message: bytes, context: Context) -> None:
    signer, other = signers[:2]
    signature = signer.sign(message, context)
    assert len(signature) == 64
    assert [c for c in Context if verify(signer.public, message, signature, c)] == [context]
    assert not verify(other.public, message, signature, context)
    assert not verify(signer.public, message + b"\0", signature, context)


def test_no_bit_of_a_signature_can_be_changed(signers: list[Signer]) -> None:
    signature = signers[0].sign(b"message")
    for i, bit in itertools.product(range(64), range(8)):
        spoiled = signature[:i] + bytes([signature[i] ^ 1 << bit]) + signature[i + 1 :]
        assert not verify(signers[0].public, b"message", spoiled)


@pytest.mark.parametrize(("public", "signature"), [(b"", bytes(64)), (bytes(31), bytes(64)), (bytes(32), b"")])
def test_malformed_keys_and_signatures_verify_nothing(public: bytes, signature: bytes) -> None:
    assert not verify(public, b"message", signature)


def test_a_signer_survives_its_file(tmp_path: Path) -> None:
    path = tmp_path / "signers" / "one.key"
    signer = Signer.create(path)
    again = Signer.open(path)
    assert (again.public, again.id) == (signer.public, signer.id)
    assert again.sign(b"message") == signer.sign(b"message")  # RFC 8032 signatures are deterministic
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(Error, match="exists already"):
        Signer.create(path)


def test_what_is_no_signer_does_not_open(tmp_path: Path) -> None:
    path = tmp_path / "signers" / "one.key"
    with pytest.raises(Error):
        Signer.open(path)
    Signer.create(path)
    path.write_bytes(b"nonsense")
    with pytest.raises(StoreDamaged, match="no Ed25519 key"):
        Signer.open(path)


def filed(signers: list[Signer], message: bytes) -> dict[str, bytes]:
    return {signer.id: signer.sign(message) for signer in signers}


def trusted(signers: list[Signer]) -> dict[str, bytes]:
    return {signer.id: signer.public for signer in signers}


def test_two_distinct_trusted_signers_suffice(signers: list[Signer]) -> None:
    verify_all(b"policy", filed(signers[:2], b"policy"), trusted(signers))
    verify_all(b"policy", filed(signers, b"policy"), trusted(signers), 3)
    with pytest.raises(Error, match="signed by 3 trusted signers where 4 are needed"):
        verify_all(b"policy", filed(signers, b"policy"), trusted(signers), 4)


@pytest.mark.parametrize("count", [0, 1])
def test_fewer_do_not(signers: list[Signer], count: int) -> None:
    with pytest.raises(Error, match=f"signed by {count} trusted signers where 2 are needed"):
        verify_all(b"policy", filed(signers[:count], b"policy"), trusted(signers))


def test_one_key_under_two_names_counts_once(signers: list[Signer]) -> None:
    one = signers[0]
    with pytest.raises(Error, match="signed by 1"):
        verify_all(b"p", {"a": one.sign(b"p"), "b": one.sign(b"p")}, {"a": one.public, "b": one.public})


def test_strangers_do_not_count(signers: list[Signer]) -> None:
    with pytest.raises(Error, match="signed by 1"):
        verify_all(b"policy", filed(signers, b"policy"), trusted(signers[:1]))


def test_a_false_signature_is_refused_even_beside_enough_true_ones(signers: list[Signer]) -> None:
    signatures = filed(signers[:2], b"policy") | filed(signers[2:], b"other policy")
    with pytest.raises(Error, match="does not fit"):
        verify_all(b"policy", signatures, trusted(signers))


def test_the_context_is_part_of_what_all_sign(signers: list[Signer]) -> None:
    with pytest.raises(Error, match="does not fit"):
        verify_all(b"p", filed(signers, b"p"), trusted(signers), context=Context.CHECKPOINT)


def test_needing_nobody_is_a_mistake(signers: list[Signer]) -> None:
    with pytest.raises(ValueError, match="at least one"):
        verify_all(b"policy", {}, trusted(signers), 0)


def test_ids_are_of_the_public_key(signers: list[Signer]) -> None:
    assert len({signer.id for signer in signers}) == 3
    assert all(signer.id == signer_id(signer.public) and len(signer.id) == 16 for signer in signers)
