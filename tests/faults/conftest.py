"""An empty store for each test that wants one."""

from pathlib import Path

import pytest

from childindex import store
from tests.store.samples import KEYSET


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A fresh store."""
    made = tmp_path / "store"
    store.init(made, KEYSET)
    return made
