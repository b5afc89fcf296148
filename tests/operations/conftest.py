from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.operations.world import World, world


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[World]:
    made = await world(tmp_path)
    yield made
    await made.index.store.close()
