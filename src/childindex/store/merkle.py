"""The Merkle tree over the journal's audit events: RFC 9162, section 2.1 (Certificate Transparency 2.0).

    MTH({})     = SHA-256()
    MTH({d})    = SHA-256(0x00 || d)
    MTH(D[n])   = SHA-256(0x01 || MTH(D[0:k]) || MTH(D[k:n]))     k the largest power of two smaller than n

A leaf's entry d is a salted commitment, SHA-256(salt || sealed body): the tree can be published without telling
anything of an event, and an event whose salt is destroyed can no longer be guessed from it.
Appending needs only the frontier: the roots of the perfect subtrees that the size's binary digits name, largest first.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from childindex.errors import StoreDamaged

HASH = 32  # bytes
_SIZE = 8


def leaf_hash(salt: bytes, body: bytes) -> bytes:
    """The leaf of an event: its commitment under the prefix that no interior node has."""
    return sha256(b"\x00" + sha256(salt + body).digest()).digest()


@dataclass(frozen=True, slots=True)
class Tree:
    """A tree of `size` leaves by its frontier; a value: `extended` makes another."""

    size: int = 0
    nodes: tuple[bytes, ...] = ()

    def extended(self, leaves: Iterable[bytes]) -> "Tree":
        """The tree with these leaf hashes appended, in order."""
        size, nodes = self.size, list(self.nodes)
        for leaf in leaves:
            node = leaf
            full = size
            while full & 1:  # each trailing one is a perfect subtree that the new leaf completes
                node = _interior(nodes.pop(), node)
                full >>= 1
            nodes.append(node)
            size += 1
        return Tree(size, tuple(nodes))

    def root(self) -> bytes:
        """MTH of all leaves: the frontier joined from the smallest subtree upwards."""
        if not self.nodes:
            return sha256().digest()
        *larger, root = self.nodes
        for node in reversed(larger):
            root = _interior(node, root)
        return root

    def encode(self) -> bytes:
        """Size (8 bytes) and the frontier's hashes."""
        return self.size.to_bytes(_SIZE, "big") + b"".join(self.nodes)

    @classmethod
    def decode(cls, data: bytes) -> "Tree":
        """The tree of `encode`; raises `StoreDamaged` when the frontier does not fit the size."""
        size, frontier = int.from_bytes(data[:_SIZE], "big"), data[_SIZE:]
        if len(data) < _SIZE or len(frontier) != size.bit_count() * HASH:
            raise StoreDamaged("the frontier of the event tree does not fit its size")
        return cls(size, tuple(frontier[at : at + HASH] for at in range(0, len(frontier), HASH)))


EMPTY = Tree()


def _interior(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()
