"""The vault: keys, seals and keyed hashes. It knows neither time nor metrics nor logs, and no I/O but its key files.

    vault = Vault.create(Path("var/keys"))
    key, wrapped = vault.new_child_key(entry)            # `wrapped` goes to the key environment
    sealed = key.seal_padded(b"pointers", pointers, place)
    assert vault.child_key(entry, wrapped).open_padded(b"pointers", sealed, place) == pointers

Everything sealed names its key and is bound to its place. `authority` makes development certificates,
`signing` signs policies and checkpoints.
"""

from childindex.vault.child import ChildKey
from childindex.vault.codes import Handle
from childindex.vault.vault import Sealed, Vault

__all__ = ["ChildKey", "Handle", "Sealed", "Vault"]
