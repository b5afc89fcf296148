"""From configuration to an `Index`, in one place: for commands, and for the processes of the service.

Where things lie in the index's directory: `childindex.toml`, `keys/` (the keyset), `store/`, `run/` (the writer's
socket), and in development `authority/`, `tls/`, `signers/` and `credentials/`.
"""

import os
import tempfile
from collections.abc import Callable, Mapping
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final, Literal

from childindex import linkage, store
from childindex.cli.faults import Misused
from childindex.cli.options import CONFIG_FILE
from childindex.config import Config
from childindex.operations import Index, Settings
from childindex.store.service import LONGEST_SOCKET
from childindex.vault import Vault

OF_CLIENTS: Final = frozenset(f"CHILDINDEX_{name}" for name in ("TARGET", "CREDENTIALS", "PURPOSE", "ACTOR"))

Writing = Literal["socket", "local"]


def config_of(var: Path, environment: Mapping[str, str] | None = None) -> Config:
    """The configuration of an index's directory. Raises `Misused` where there is none, `InvalidConfig`."""
    if not (var / CONFIG_FILE).is_file():
        raise Misused(f"there is no index in {var}; `childindex init --var {var}` makes one")
    spoken = os.environ if environment is None else environment
    return Config.load(var / CONFIG_FILE, {name: text for name, text in spoken.items() if name not in OF_CLIENTS})


def index_of(config: Config, *, writer: Writing) -> Index:
    """The index: its one process ("local"), or a reader that commits through the writer's socket ("socket").

    Raises `StoreUnavailable` or `StoreDamaged` when the store cannot be opened so, `Error` when the keyset cannot.
    """
    vault = Vault.open(keys_of(config))
    folder = store_of(config)
    if writer == "local":
        opened: store.Store = store.open_local(folder, vault.keyset_id, writer_settings(config))
    else:
        opened = store.open_reader(folder, vault.keyset_id, socket_of(config))
    settings = Settings(
        accept_test_numbers=config.accepts_test_numbers,
        accept_test_identifiers=config.accept_test_identifiers,
        budget=config.budget,
        custodian_budget=config.custodian_budget,
        remember_vacated=timedelta(days=config.remember_removed_days),
    )
    return Index(opened, vault, linkage.shipped(config.population), settings)


def writer_settings(config: Config, observe: Callable[[store.Applied], None] = lambda _: None) -> store.Settings:
    """How the writer works, and who hears of its batches."""
    return store.Settings(segment_bytes=config.journal_segment_bytes, observe=observe)


def keys_of(config: Config) -> Path:
    """The folder of the keyset."""
    return config.directory / "keys"


def store_of(config: Config) -> Path:
    """The folder of the store."""
    return config.directory / "store"


def socket_of(config: Config) -> Path:
    """The writer's Unix socket: in the index's directory, or, where that path is too long, in a temporary one."""
    path = config.directory / "run" / "writer.sock"
    if len(os.fsencode(path)) <= LONGEST_SOCKET:
        return path
    name = sha256(os.fsencode(config.directory.resolve())).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"childindex-{os.geteuid()}-{name}" / "writer.sock"
