"""Ed25519 signatures (RFC 8032) of people and of the index: policies, checkpoints, receipts.

What is signed says what it is: the context is framed before the message, so that a signature of a checkpoint never
passes as one of a policy. Two signers means two keys: one key under two names counts once.
"""

from collections.abc import Mapping
from enum import Enum, unique
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from childindex.errors import Error, Reason, StoreDamaged
from childindex.vault import keyfile
from childindex.vault.framing import frame
from childindex.vault.secret import Secret, guarded

PUBLIC_BYTES = 32


@unique
class Context(Enum):
    """What a signature is of."""

    POLICY = b"policy"
    CHECKPOINT = b"checkpoint"
    RECEIPT = b"receipt"


@guarded
class Signer:
    """A private key that signs; `public` is its public key (32 bytes), `id` a short name made from that."""

    __slots__ = ("_key", "public")

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public = key.public_key().public_bytes_raw()

    @classmethod
    def create(cls, path: Path) -> "Signer":
        """Make a key in a new file (0600, its directory 0700). Raises `Error` when the file exists."""
        key = Ed25519PrivateKey.generate()
        keyfile.make_directory(path.parent)
        keyfile.write_new(path, Secret(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())))
        return cls(key)

    @classmethod
    def open(cls, path: Path) -> "Signer":
        """The key of a file. Raises `Error` when absent or open to others, `StoreDamaged` when it is no such key."""
        key = _load(keyfile.read(path))
        if key is None:
            raise StoreDamaged(f"{path} holds no Ed25519 key")
        return cls(key)

    @property
    def id(self) -> str:
        """16 hex digits of the public key's SHA-256: what signatures are filed under."""
        return signer_id(self.public)

    def sign(self, message: bytes, context: Context = Context.POLICY) -> bytes:
        """The signature (64 bytes) of the message as what `context` says it is."""
        return self._key.sign(_statement(message, context))


def signer_id(public: bytes) -> str:
    """The id of the signer with this public key."""
    return sha256(public).hexdigest()[:16]


def verify(public: bytes, message: bytes, signature: bytes, context: Context = Context.POLICY) -> bool:
    """Whether the signature is this key's, of this message, in this context."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, _statement(message, context))
    except (InvalidSignature, ValueError):
        return False
    return True


def verify_all(
    message: bytes,
    signatures: Mapping[str, bytes],
    trusted: Mapping[str, bytes],
    needed: int = 2,
    *,
    context: Context = Context.POLICY,
) -> None:
    """Raises `Error` unless `needed` different trusted keys signed the message.

    Both mappings are by signer id; signatures of others are ignored, a false one under a trusted id is an
    error even when enough true ones are there.
    """
    if needed < 1:
        raise ValueError("at least one signature is needed")
    keys: set[bytes] = set()
    for name in signatures.keys() & trusted.keys():
        if not verify(trusted[name], message, signatures[name], context):
            raise Error(Reason.NO_AGREEMENT, "a signature of a trusted signer does not fit what it is said to sign")
        keys.add(trusted[name])
    if len(keys) < needed:
        raise Error(Reason.NO_AGREEMENT, f"signed by {len(keys)} trusted signers where {needed} are needed")


def _load(content: Secret) -> Ed25519PrivateKey | None:
    """None for any other content, of which the exception should tell nothing."""
    try:
        key = load_pem_private_key(content.reveal(), password=None)
    except (ValueError, TypeError):
        return None
    return key if isinstance(key, Ed25519PrivateKey) else None


def _statement(message: bytes, context: Context) -> bytes:
    return frame(b"childindex signature 1", context.value, message)
