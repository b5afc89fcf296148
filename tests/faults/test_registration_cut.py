"""A simulated power cut amid real registrations: what was acknowledged stays, with its number, and can be read."""

import asyncio
import random
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bench import hammer
from childindex import store
from childindex.demographics import Demographics
from childindex.number import ChildNumber
from childindex.operations import Index
from childindex.operations.child import child_of, entry_of, place_of
from childindex.operations.inspect import inspect
from childindex.store import LocalStore, Settings
from childindex.store.copies import copy_open
from childindex.store.place import Place
from tests.faults.test_power_cut import CUT_AFTER, Disk, PowerCut, change_keys, pull, tear
from tests.operations.world import World, declared, world

STEPS = [step for step in CUT_AFTER if step != "keys-deleted"]  # a registration destroys no key
CUSTODIANS = ("oakfield-school", "mill-lane-surgery")
Work = tuple[str, str, int, Demographics]  # custodian, local id, version, details


@dataclass
class Run:
    """A world whose machine stops; which number was acknowledged for which work."""

    here: World
    disk: Disk
    drawn: random.Random
    told: dict[int, str]
    versions: list[bytes]

    def reopened(self, settings: Settings) -> LocalStore:
        """The store of the world opened again."""
        opened = store.open_local(self.disk.folder, self.here.index.vault.keyset_id, settings)
        self.here.index = replace(self.here.index, store=opened)
        return opened

    async def register(self, work: Work) -> str:
        custodian, local_id, version, details = work
        return await self.here.register(custodian, details, local_id=local_id, version=version)

    async def until_cut(self, works: list[Work]) -> None:
        """Register until the machine stops."""
        opened = self.reopened(Settings(segment_bytes=40_000, steps=self.disk, boot=lambda: "before the cut"))
        tables = Place(self.disk.folder).index / "data.mdb"
        try:
            for number, work in enumerate(works):
                self.told[number] = await self.register(work)
                if self.drawn.random() < 0.1:
                    self.versions.append(tables.read_bytes())
                if self.drawn.random() < 0.05:
                    copy_open(opened.writer.index, Place(self.disk.folder), self.here.index.vault.keyset_id)
            raise AssertionError("the machine did not stop")
        except PowerCut:
            self.versions.append(tables.read_bytes())
            change_keys(opened.writer, [], self.drawn)
            pull(opened.writer)

    async def judge(self, works: list[Work]) -> None:
        """Each acknowledged record is there with its number; registered again, all are told the same."""
        index = self.here.index
        for number, told in self.told.items():
            await assert_there(index, works[number], told)
        again = {number: await self.register(works[number]) for number in self.told if latest(works, number)}
        assert again == {number: self.told[number] for number in again}
        await self.register(works[len(self.told)])  # what the machine stopped at goes on
        assert not (await inspect(index)).faults


async def assert_there(index: Index, work: Work, told: str) -> None:
    key = declared(work[0], work[3], local_id=work[1]).key
    async with index.store.snapshot() as view:
        place, _ = await place_of(index, view, key)
        assert place is not None
        assert place.source_version >= work[2]
        assert await entry_of(index, view, ChildNumber(told)) == place.entry
        assert (await child_of(index, view, place.entry)).pointer(key) is not None  # its data key opens it


def latest(works: list[Work], number: int) -> bool:
    """Whether no later work is a newer version of the same record: an older one would be refused."""
    return all(work[:2] != works[number][:2] for work in works[number + 1 :])


def deck(children: int, drawn: random.Random) -> list[Work]:
    """Each child at both custodians as either writes it, some records later in a newer version."""
    works: list[Work] = []
    spelt_all = hammer.entries(children, seed=drawn.randrange(1000))
    for number, spelt in enumerate(spelt_all):
        works += [(c, f"{number}", 1, details) for c, details in zip(CUSTODIANS, spelt, strict=False)]
        if number % 3 == 2:
            works.append((CUSTODIANS[0], f"{number - 2}", 2, replace(spelt_all[number - 2][0], postcode="ZE2 2BB")))
    return works


async def survive(folder: Path, seed: int, step: str) -> int | None:
    """One power cut and the start after it; the position that the tables were built from."""
    drawn = random.Random(seed)
    here = await world(folder)
    await here.index.store.close()
    keyset = here.index.vault.keyset_id
    most = 4 if step.startswith(("seal", "segment")) else 25
    run = Run(here, Disk(folder / "store", step, drawn.randint(1, most)), drawn, {}, [b""])
    works = deck(45, drawn)
    await run.until_cut(works)
    tear(run.disk, run.versions, drawn)
    recovered = store.recover(folder / "store", keyset)
    assert store.fsck(folder / "store", keyset).problems == []
    opened = run.reopened(Settings())
    await run.judge(works)
    await opened.close()
    assert store.fsck(folder / "store", keyset).problems == []
    return recovered.rebuilt_from


@pytest.mark.parametrize("step", STEPS)
def test_no_registration_is_lost(tmp_path: Path, step: str) -> None:
    assert asyncio.run(survive(tmp_path, STEPS.index(step), step)) is not None


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_no_registration_is_lost_in_many_cuts(tmp_path: Path) -> None:
    starts = []
    for seed in range(100, 300):
        folder = tmp_path / str(seed)
        folder.mkdir()
        starts.append(asyncio.run(survive(folder, seed, STEPS[seed % len(STEPS)])))
        shutil.rmtree(folder)
    assert None not in starts
    assert any(start for start in starts if start)  # some were built from a copy
