"""What an index holds, counted over one snapshot."""

from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

from childindex.cli.build import index_of, store_of
from childindex.config import Config
from childindex.entry import EntryState, ShieldState
from childindex.errors import Error, Reason
from childindex.number import NumberType
from childindex.operations import Index
from childindex.operations.adopt import policy_in_force
from childindex.operations.child import open_profiles
from childindex.store import Snapshot, Table

_PAGE: Final = 1000


async def count(config: Config) -> dict[str, int]:
    """Counts by name, in a fixed order; bytes as they lie on disk. Raises as `index_of` does."""
    index = index_of(config, writer="socket")  # reads only; no writer is asked
    try:
        async with index.store.snapshot() as snapshot:
            counts = await _entries(index, snapshot)
            counts["reviews open"] = await _rows(snapshot, Table.REVIEW)
            counts["different values"] = await _rows(snapshot, Table.LEXICON)
            counts["journal position"] = snapshot.position
        counts["policy version"] = await _policy(index)
    finally:
        await index.store.close()
    folder = store_of(config)
    counts["journal bytes"] = _bytes(folder / "journal")
    counts["index bytes"] = _bytes(folder / "index")
    counts["data key bytes"] = _bytes(folder / "keys")
    return counts


async def _entries(index: Index, snapshot: Snapshot) -> dict[str, int]:
    found: Counter[str] = Counter()
    async for page in _pages(snapshot, Table.ENTRY):
        for profile in open_profiles(index, [value for _, value in page]):
            found["entries"] += 1
            found[f"  {EntryState(profile.state).name.lower().replace('_', ' ')}"] += 1
            found[f"  {NumberType(profile.number[0]).name.lower()}"] += 1
            found["  shielded"] += profile.shield != ShieldState.OPEN
            found["rows active"] += sum(row.active for row in profile.rows)
            found["rows of history"] += sum(not row.active for row in profile.rows)
    states = [f"  {state.name.lower().replace('_', ' ')}" for state in EntryState]
    types = [f"  {kind.name.lower()}" for kind in NumberType]
    names = ("entries", *states, *types, "  shielded", "rows active", "rows of history")
    return {name: found[name] for name in names} | {"records": await _rows(snapshot, Table.RECORD)}


async def _rows(snapshot: Snapshot, table: Table) -> int:
    return sum([len(page) async for page in _pages(snapshot, table)])


async def _pages(snapshot: Snapshot, table: Table) -> AsyncIterator[list[tuple[bytes, bytes]]]:
    after = b""
    while page := await snapshot.scan(table, b"", after, _PAGE):
        yield page
        after = page[-1][0]


async def _policy(index: Index) -> int:
    try:
        return (await policy_in_force(index)).version
    except Error as error:
        if error.reason is not Reason.NO_AGREEMENT:
            raise
        return 0


def _bytes(folder: Path) -> int:
    """What the files take on disk: a map is mostly holes."""
    return sum(file.stat().st_blocks * 512 for file in folder.glob("*") if file.is_file())
