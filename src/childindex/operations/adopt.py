"""Adopt a signed policy, and read the one in force.

The document's bytes are signed by two officials who are not operators; the public keys trusted for it are
fixed when the index is made. Policy lives in the store, so that every worker uses the same head.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from childindex.caller import Caller
from childindex.errors import Error, InvalidFields, Reason, StoreDamaged, Violation
from childindex.operations.audit import Action, AuditEvent, about_none
from childindex.operations.directory import Document
from childindex.operations.index import Index
from childindex.operations.policy import Policy
from childindex.store import Snapshot, Table, layout
from childindex.store.commit import Commit, Expect, Put, digest
from childindex.vault import Sealed
from childindex.vault.signing import verify_all

SIGNATURES_NEEDED = 2
_HEAD = layout.policy_key(0)  # versions begin at 1: here stands which one is in force
_SIGNERS = b"signers\0"
_MODEL = b"model\0\0\0"


@dataclass(frozen=True, slots=True)
class SignedPolicy:
    """The TOML bytes of a policy document and the signatures over them, by signer."""

    document: bytes
    signatures: Mapping[str, bytes]

    def encode(self) -> bytes:
        """As kept in the store."""
        signatures = {signer: signature.hex() for signer, signature in sorted(self.signatures.items())}
        return json.dumps({"document": self.document.decode(), "signatures": signatures}).encode()

    @classmethod
    def decode(cls, data: bytes) -> "SignedPolicy":
        """The inverse of `encode`."""
        loaded = json.loads(data)
        signatures = {signer: bytes.fromhex(text) for signer, text in loaded["signatures"].items()}
        return cls(loaded["document"].encode(), signatures)


async def trust_signers(index: Index, signers: Mapping[str, bytes]) -> None:
    """Fix, once, whose signatures make a policy (public keys by signer), and the model that all rows are written by.

    Raises `Conflict` when already fixed.
    """
    body = json.dumps({signer: key.hex() for signer, key in sorted(signers.items())}).encode()
    sealed = index.vault.seal(Sealed.POLICY, body, _SIGNERS)
    puts = (Put(Table.POLICY, _SIGNERS, sealed), Put(Table.POLICY, _MODEL, index.model.digest.encode()))
    await index.commit(Commit(expects=(Expect(Table.POLICY, _SIGNERS, None),), puts=puts))


async def adopt_policy(index: Index, caller: Caller, signed: SignedPolicy) -> int:
    """Put a policy in force; answers its version.

    Raises `InvalidFields` for a malformed document, one with too few valid signatures, or one whose version
    is not the next.
    """
    document = Document.parse(signed.document)
    async with index.store.snapshot() as snapshot:
        head, sealed_signers = await snapshot.read(Table.POLICY, [_HEAD, _SIGNERS])
    if sealed_signers is None:
        raise StoreDamaged("the index names no signers of its policy")
    _check_signatures(index, signed, sealed_signers)
    current = 0 if head is None else int.from_bytes(head, "big")
    if document.version != current + 1:
        raise InvalidFields([Violation("policy.version", f"must be {current + 1}, the one after that in force")])
    key = layout.policy_key(document.version)
    event = AuditEvent(Action.ADOPT_POLICY, index.clock(), caller, document.version, "adopted")
    commit = Commit(
        expects=(Expect(Table.POLICY, _HEAD, None if head is None else digest(head)),),
        puts=(
            Put(Table.POLICY, key, index.vault.seal(Sealed.POLICY, signed.encode(), key)),
            Put(Table.POLICY, _HEAD, key),
        ),
        events=(about_none(event, index.vault),),
    )
    await index.commit(commit)
    return document.version


async def policy_in_force(index: Index) -> Policy:
    """The compiled policy of the store's head; raises NO_AGREEMENT while none has been adopted (default deny).

    When it is first compiled, also `StoreDamaged` for an index whose rows another model wrote.
    """
    async with index.store.snapshot() as snapshot:
        (head,) = await snapshot.read(Table.POLICY, [_HEAD])
        if head is None:
            raise Error(Reason.NO_AGREEMENT, "no policy is in force")
        known = index.memory.policy
        if known is not None and layout.policy_key(known.version) == head:
            return known
        policy = await _compiled(index, snapshot, head)
    index.memory.policy = policy
    return policy


async def _compiled(index: Index, snapshot: Snapshot, head: bytes) -> Policy:
    await _written_by(index, snapshot)
    sealed, sealed_signers = await snapshot.read(Table.POLICY, [head, _SIGNERS])
    if sealed is None or sealed_signers is None:
        raise StoreDamaged("the policy in force is missing")
    signed = SignedPolicy.decode(index.vault.open_sealed(Sealed.POLICY, sealed, head))
    _check_signatures(index, signed, sealed_signers)
    return Policy(Document.parse(signed.document))


async def check_model(index: Index) -> None:
    """Raises `StoreDamaged` unless the index's rows were written by the model at hand: asked before anything is served.

    Blocking keys and feature rows are the model's; under another one they would find the wrong children or none.
    """
    async with index.store.snapshot() as snapshot:
        await _written_by(index, snapshot)


async def _written_by(index: Index, snapshot: Snapshot) -> None:
    (digest_then,) = await snapshot.read(Table.POLICY, [_MODEL])
    if digest_then != index.model.digest.encode():
        raise StoreDamaged(
            f"the index was written by another model, population or release than {index.model.label} of this release: "
            "serve it with those it was made with, or make a new index and load the extracts again"
        )


def in_force(version: int) -> tuple[Expect, ...]:
    """The expectation that the policy a call was decided by is still at the head when it commits; none for 0."""
    return (Expect(Table.POLICY, _HEAD, digest(layout.policy_key(version))),) if version else ()


def _check_signatures(index: Index, signed: SignedPolicy, sealed_signers: bytes) -> None:
    trusted = json.loads(index.vault.open_sealed(Sealed.POLICY, sealed_signers, _SIGNERS))
    keys = {signer: bytes.fromhex(text) for signer, text in trusted.items()}
    verify_all(signed.document, signed.signatures, keys, SIGNATURES_NEEDED)
