"""One vault for the tests that do not change it."""

from pathlib import Path

import pytest

from childindex.vault import Vault


@pytest.fixture(scope="session")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Vault:
    return Vault.create(tmp_path_factory.mktemp("vault") / "keys")


@pytest.fixture(scope="session")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Vault:
    """A vault with a keyset of its own."""
    return Vault.create(tmp_path_factory.mktemp("stranger") / "keys")


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """Where a test makes its own keys; not there yet."""
    return tmp_path / "keys"
