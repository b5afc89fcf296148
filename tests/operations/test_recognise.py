"""What a query is made ready with: a writer's guards hold all that it is looked for by, and what is born together."""

from childindex.operations.recognise import prepare
from tests.operations.world import CHILD, World


async def test_only_a_writer_has_guards_and_they_hold_its_keys(here: World) -> None:
    asks = prepare(here.index, CHILD, asker="oakfield-school")
    writes = prepare(here.index, CHILD, asker="oakfield-school", source=7)
    assert asks.blocks == writes.blocks
    assert asks.guards == ()
    assert set(writes.blocks) < set(writes.guards)
    assert len(set(writes.guards)) == len(writes.guards)
