"""kill -9 of the writer after each step of a merger: all of it stands or nothing, and settling again finishes it."""

import asyncio
import signal
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from childindex import store
from childindex.errors import StoreUnavailable
from childindex.number import ChildNumber
from childindex.operations import Index, Settings, live_entries, settle
from childindex.operations.child import child_of, entry_of
from childindex.operations.inspect import inspect
from tests.faults.test_registration_kills import socket_of, writer
from tests.operations.documents import caller
from tests.operations.test_settle import apart
from tests.operations.world import World, world
from tests.store.running import KillAt


async def prepared(folder: Path) -> tuple[World, tuple[str, str]]:
    """Two entries of one child, in a closed store."""
    here = await world(folder, Settings(accept_test_identifiers=True), population=12_000_000)
    numbers = await apart(here)
    await here.index.store.close()
    return here, numbers


async def settled(index: Index, numbers: tuple[str, str]) -> int:
    """Mergers carried out from the entry of the first number, the store closed afterwards."""
    try:
        async with index.store.snapshot() as view:
            entry = await entry_of(index, view, ChildNumber(numbers[0]))
        assert entry is not None
        return (await settle(index, caller(), entry)).merged
    finally:
        await index.store.close()


async def judged(index: Index, numbers: tuple[str, str]) -> bool:
    """Whether the merger stands. Both numbers lead to live entries, which together hold all three records."""
    assert not (await inspect(index)).faults
    async with index.store.snapshot() as view:
        leads = {await entry_of(index, view, ChildNumber(number)) for number in numbers}
        children = [await child_of(index, view, entry) for entry in leads if entry is not None]
    assert {entry async for entry in live_entries(index)} == leads
    assert sum(len(child.pointers) for child in children) == sum(len(child.profile.rows) for child in children) == 3
    return len(children) == 1


STEPS = ["journal-written", "journal-synced", "applied", "answering", "answered"]  # a merger brings no data key


@pytest.mark.parametrize("step", STEPS)
def test_the_writer_killed_within_a_merger(tmp_path: Path, step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("childindex.store.remote._PATIENCE", 0.0)
    here, numbers = asyncio.run(prepared(tmp_path))
    keyset, folder = here.index.vault.keyset_id, tmp_path / "store"
    with writer(tmp_path, keyset, KillAt(step)) as process:
        through = replace(here.index, store=store.open_reader(folder, keyset, socket_of(tmp_path)))
        told = 0
        with suppress(StoreUnavailable):
            told = asyncio.run(settled(through, numbers))
        process.join(30)
        assert process.exitcode == -signal.SIGKILL  # the step was reached
    store.recover(folder, keyset)
    assert store.fsck(folder, keyset).problems == []
    again = replace(here.index, store=store.open_local(folder, keyset))
    stands = asyncio.run(judged(again, numbers))
    assert stands or (step == "journal-written" and not told)
    assert asyncio.run(settled(again, numbers)) == int(not stands)
    assert store.fsck(folder, keyset).sound
    whole = replace(here.index, store=store.open_local(folder, keyset))
    assert asyncio.run(judged(whole, numbers))
    asyncio.run(whole.store.close())
