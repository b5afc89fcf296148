"""The keys of one child open what is that child's, part by part and place by place."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from childindex.errors import StoreDamaged
from childindex.vault import ChildKey, Vault
from childindex.vault.seal import OVERHEAD

from .tampering import refuses_all

ENTRY, OTHER = b"entry..1", b"entry..2"


@pytest.fixture(scope="module")
def child(vault: Vault) -> ChildKey:
    return vault.new_child_key(ENTRY)[0]


@given(plaintext=st.binary(max_size=600), part=st.binary(min_size=1, max_size=3), place=st.binary(min_size=1))
def test_what_is_sealed_opens(child: ChildKey, plaintext: bytes, part: bytes, place: bytes) -> None:
    assert child.open(part, child.seal(part, plaintext, place), place) == plaintext
    assert child.open_padded(part, child.seal_padded(part, plaintext, place), place) == plaintext
    assert child.open_audit(child.seal_audit(plaintext, place), place) == plaintext


def test_wrapped_keys_give_the_same_child_back(vault: Vault) -> None:
    child, wrapped = vault.new_child_key(ENTRY)
    again = vault.child_key(ENTRY, wrapped)
    assert again.open(b"part", child.seal(b"part", b"x", b"place"), b"place") == b"x"
    assert again.open_audit(child.seal_audit(b"x", b"place"), b"place") == b"x"


def test_wrapped_keys_are_bound_to_their_entry_and_their_bytes(vault: Vault, stranger: Vault) -> None:
    wrapped = vault.new_child_key(ENTRY)[1]
    refuses_all(lambda value: vault.child_key(ENTRY, value), wrapped)
    for opener, entry in ((vault, OTHER), (stranger, ENTRY)):
        with pytest.raises(StoreDamaged):
            opener.child_key(entry, wrapped)


def test_every_child_has_keys_of_its_own(vault: Vault) -> None:
    """Two entries, and one entry twice: after an erasure new keys open nothing of the old."""
    one, two, three = (vault.new_child_key(entry)[0] for entry in (ENTRY, ENTRY, OTHER))
    sealed, event = one.seal(b"part", b"x", b"place"), one.seal_audit(b"x", b"place")
    for other in (two, three):
        with pytest.raises(StoreDamaged):
            other.open(b"part", sealed, b"place")
        with pytest.raises(StoreDamaged):
            other.open_audit(event, b"place")


def test_a_value_does_not_open_in_another_part_or_place(child: ChildKey) -> None:
    sealed, event = child.seal(b"ab", b"x", b"c"), child.seal_audit(b"x", b"place")
    moves: list[Callable[[], bytes]] = [
        lambda: child.open(b"a", sealed, b"bc"),
        lambda: child.open(b"ab", sealed, b"d"),
        lambda: child.open(b"ac", sealed, b"c"),
        lambda: child.open_audit(sealed, b"c"),
        lambda: child.open_audit(event, b"other"),
        lambda: child.open(b"place", event, b"place"),
    ]
    for move in moves:
        with pytest.raises(StoreDamaged):
            move()


def test_no_byte_of_a_childs_values_can_be_changed(child: ChildKey) -> None:
    refuses_all(lambda value: child.open(b"part", value, b"place"), child.seal(b"part", b"x", b"place"))
    event = child.seal_audit(b"x", b"place")
    refuses_all(lambda value: child.open_audit(value, b"place"), event)


@pytest.mark.parametrize(("size", "bucket"), [(0, 256), (255, 256), (256, 512), (1500, 2048), (5000, 8192)])
def test_padded_values_have_the_size_of_their_bucket(child: ChildKey, size: int, bucket: int) -> None:
    assert len(child.seal_padded(b"part", bytes(size), b"place")) == bucket + OVERHEAD
    assert len(child.seal_audit(bytes(size), b"place")) == bucket + OVERHEAD


def test_values_of_different_children_share_their_header(vault: Vault) -> None:
    """A key id of each child's own would mark all its events in the journal."""
    headers = {vault.new_child_key(ENTRY)[0].seal_audit(b"x", b"place")[:5] for _ in range(20)}
    assert len(headers) == 1


def test_part_and_place_are_mandatory(child: ChildKey) -> None:
    calls: list[Callable[[], bytes]] = [
        lambda: child.seal(b"", b"x", b"place"),
        lambda: child.seal(b"part", b"x", b""),
        lambda: child.seal_padded(b"part", b"x", b""),
        lambda: child.seal_audit(b"x", b""),
    ]
    for call in calls:
        with pytest.raises(ValueError, match="mandatory"):
            call()
