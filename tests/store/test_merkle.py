"""The frontier against the definition of RFC 9162 read aloud, and against vectors computed elsewhere."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from childindex.errors import StoreDamaged
from childindex.store.merkle import EMPTY, Tree, leaf_hash

# Inputs and roots of the Certificate Transparency reference tests (the tree hash is the same in RFC 6962 and RFC 9162).
ENTRIES = [
    bytes.fromhex(entry)
    for entry in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def plain_leaf(entry: bytes) -> bytes:
    return sha256(b"\x00" + entry).digest()


def slow_root(leaves: list[bytes]) -> bytes:
    """MTH as the RFC defines it, over leaf hashes."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = max(1 << power for power in range(len(leaves).bit_length()) if 1 << power < len(leaves))
    return sha256(b"\x01" + slow_root(leaves[:split]) + slow_root(leaves[split:])).digest()


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_of_the_reference_tests(size: int) -> None:
    tree = EMPTY.extended(map(plain_leaf, ENTRIES[:size]))
    assert tree.root().hex() == ROOTS[size - 1]


def test_the_empty_tree() -> None:
    assert EMPTY.root().hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=70), st.integers(0, 70))
def test_the_frontier_gives_the_root_of_the_definition(leaves: list[bytes], cut: int) -> None:
    tree = EMPTY.extended(leaves[:cut]).extended(leaves[cut:])
    assert tree.size == len(leaves)
    assert tree.root() == slow_root(leaves)


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=40))
def test_a_tree_comes_back(leaves: list[bytes]) -> None:
    tree = EMPTY.extended(leaves)
    assert Tree.decode(tree.encode()) == tree


@pytest.mark.parametrize("data", [b"", b"short", b"\0" * 7 + b"\1", b"\0" * 8 + b"x" * 32])
def test_a_frontier_that_does_not_fit_is_refused(data: bytes) -> None:
    with pytest.raises(StoreDamaged):
        Tree.decode(data)


def test_a_leaf_is_a_salted_commitment() -> None:
    assert leaf_hash(b"s" * 16, b"body") == sha256(b"\x00" + sha256(b"s" * 16 + b"body").digest()).digest()
    assert leaf_hash(b"s" * 16, b"body") != leaf_hash(b"t" * 16, b"body")
