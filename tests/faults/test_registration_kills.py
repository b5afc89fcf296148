"""kill -9 amid real registrations: of the writer after each of its steps, of the worker within the operation.

What was acknowledged stays with its number, registering again gives the same number, and the index is whole.
`keys-deleted` is no step of a registration, which destroys no key; test_kills has it.
"""

import asyncio
import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from bench import founding, hammer
from childindex import store
from childindex.demographics import Demographics
from childindex.errors import StoreUnavailable
from childindex.number import ChildNumber
from childindex.operations import Index, enrol, register
from childindex.operations.child import entry_of, place_of
from childindex.operations.draft import Draft
from childindex.operations.inspect import inspect
from childindex.operations.vacated import recognise_new
from childindex.pointer import Declaration, RecordKey
from childindex.store.remote import RemoteStore
from childindex.vault import Vault
from tests.faults.test_kills import STEPS
from tests.store.running import KillAt

SCHOOLS = ["school-0", "school-1"]
CHILDREN = 8
SMALL = 6_000  # bytes of a segment: several seals in every test, though commits share writes
FALLS = 5  # the registration during which a worker is killed
_CONTEXT = multiprocessing.get_context("spawn")
Work = tuple[str, int, Demographics]  # school, child, spelling


@dataclass
class Told:
    """Which number was acknowledged for which record."""

    numbers: dict[tuple[str, int], str] = field(default_factory=dict)

    def hear(self, work: Work, number: str) -> None:
        """Whoever is told twice is told the same."""
        assert self.numbers.setdefault(work[:2], number) == number

    @property
    def one_number_each(self) -> bool:
        """Whether the schools were told one number for each child."""
        return len({(child, number) for (_, child), number in self.numbers.items()}) == len(
            {child for _, child in self.numbers}
        )


def deck(seed: int = 1) -> list[Work]:
    """Each child as both schools write it: the one after the other."""
    spelt = enumerate(hammer.entries(CHILDREN, seed))
    return [(school, child, details) for child, pair in spelt for school, details in zip(SCHOOLS, pair, strict=False)]


def key_of(work: Work) -> RecordKey:
    return RecordKey(work[0], "pupils", "school.pupil", f"pupil-{work[1]}")


async def registered(index: Index, work: Work) -> str:
    given = Declaration(key_of(work), 1, work[2])
    return (await register(index, founding.caller(work[0]), given)).number.value


def start(folder: Path, keyset: bytes, steps: Callable[[str], None] | None = None) -> SpawnProcess:
    """A writer process; ready, or dead already."""
    settings = store.Settings(segment_bytes=SMALL, steps=steps) if steps else store.Settings(segment_bytes=SMALL)
    ready = _CONTEXT.Event()
    process = _CONTEXT.Process(
        target=store.writer_main,
        args=(folder / "store", keyset, socket_of(folder)),
        kwargs={"ready": ready.set, "settings": settings},
        daemon=True,
    )
    process.start()
    until = time.monotonic() + 60
    while not ready.wait(0.01) and process.is_alive():
        assert time.monotonic() < until
    return process


@contextmanager
def writer(folder: Path, keyset: bytes, steps: Callable[[str], None] | None = None) -> Iterator[SpawnProcess]:
    process = start(folder, keyset, steps)
    try:
        yield process
    finally:
        if process.is_alive():
            process.kill()
        process.join(60)


def socket_of(folder: Path) -> Path:
    return folder / "run" / "writer.sock"


def reader(folder: Path, vault: Vault) -> Index:
    return founding.over(store.open_reader(folder / "store", vault.keyset_id, socket_of(folder)), vault)


async def try_all(index: Index, works: list[Work], told: Told, *, together: int) -> None:
    """Register, some at a time; a lost writer promised nothing."""
    rest = iter(works)

    async def runner() -> None:
        for work in rest:
            try:
                told.hear(work, await registered(index, work))
            except StoreUnavailable:
                continue

    await asyncio.gather(*(runner() for _ in range(together)))
    await index.store.close()


async def judge(index: Index, works: list[Work], told: Told) -> None:
    """All that was acknowledged is there; all registered again are told the same, one number to a child."""
    async with index.store.snapshot() as view:
        for (school, child), number in told.numbers.items():
            key = RecordKey(school, "pupils", "school.pupil", f"pupil-{child}")
            place, _ = await place_of(index, view, key)
            assert place is not None
            assert place.entry == await entry_of(index, view, ChildNumber(number))
    for work in works:
        told.hear(work, await registered(index, work))
    assert len(told.numbers) == len(works)
    assert told.one_number_each
    inspection = await inspect(index)
    assert not inspection.faults
    assert (inspection.entries, inspection.rows) == (CHILDREN, len(works))
    await index.store.close()


def survived(folder: Path, vault: Vault, works: list[Work], told: Told) -> None:
    """Recovered, sound, judged, and sound again."""
    recovered = store.recover(folder / "store", vault.keyset_id)
    report = store.fsck(folder / "store", vault.keyset_id)
    assert report.problems == []
    assert report.position == recovered.position
    index = founding.over(store.open_local(folder / "store", vault.keyset_id), vault)
    asyncio.run(judge(index, works, told))
    assert store.fsck(folder / "store", vault.keyset_id).sound


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return asyncio.run(founding.found(tmp_path, SCHOOLS))


@pytest.mark.parametrize("step", [step for step in STEPS if step != "keys-deleted"])
def test_the_writer_killed_after_a_step(
    tmp_path: Path, vault: Vault, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("childindex.store.remote._PATIENCE", 0.0)
    works, told = deck(), Told()
    with writer(tmp_path, vault.keyset_id, KillAt(step, nth=2)) as process:
        asyncio.run(try_all(reader(tmp_path, vault), works, told, together=3))
        process.join(30)
        assert process.exitcode == -signal.SIGKILL  # the step was reached
    assert len(told.numbers) < len(works)
    survived(tmp_path, vault, works, told)


# --- the worker ---


def die_after_matching(count: Iterator[int]) -> None:

    async def matched(*given: Any, **more: Any) -> Any:
        seen = await recognise_new(*given, **more)
        fall(count)
        return seen

    patch.object(enrol, "recognise_new", matched).start()


def die_after_sealing(count: Iterator[int]) -> None:
    whole = Draft.commit

    def sealed(draft: Draft) -> store.Commit:
        commit = whole(draft)
        fall(count)
        return commit

    patch.object(Draft, "commit", sealed).start()  # in a process of its own, which dies of it


def die_after_sending(count: Iterator[int]) -> None:
    commit = RemoteStore.commit

    async def sent(opened: RemoteStore, given: store.Commit) -> store.Receipt:
        waiting = asyncio.ensure_future(commit(opened, given))
        while not opened._waiting:  # noqa: ASYNC110  once it waits, its bytes are with the kernel or the transport
            await asyncio.sleep(0)
        assert opened._writer is not None
        while opened._writer.transport.get_write_buffer_size():  # noqa: ASYNC110  nothing tells
            await asyncio.sleep(0)
        fall(count)
        return await waiting

    patch.object(RemoteStore, "commit", sent).start()


def die_before_the_answer(count: Iterator[int]) -> None:
    settle = RemoteStore._settle

    def answered(opened: RemoteStore, number: int, outcome: Any) -> None:
        fall(count)
        settle(opened, number, outcome)

    patch.object(RemoteStore, "_settle", answered).start()


def fall(count: Iterator[int]) -> None:
    if next(count) == FALLS:
        os.kill(os.getpid(), signal.SIGKILL)


MOMENTS = {
    "matched": die_after_matching,
    "sealed": die_after_sealing,
    "sent": die_after_sending,
    "answered": die_before_the_answer,
}


def work(folder: Path, moment: str) -> None:
    """A worker that dies at a moment of a registration; each acknowledgement is written down before the next."""
    MOMENTS[moment](iter(range(1, 1000)))
    index = reader(folder, founding.keys(folder))

    async def all_of_them() -> None:
        with (folder / "told").open("ab", buffering=0) as told:
            for each in deck():
                told.write(f"{each[0]} {each[1]} {await registered(index, each)}\n".encode())

    asyncio.run(all_of_them())


async def is_there(index: Index, work: Work) -> bool:
    async with index.store.snapshot() as view:
        place, _ = await place_of(index, view, key_of(work))
    await index.store.close()
    return place is not None


@pytest.mark.parametrize("moment", MOMENTS)
def test_the_worker_killed_within_a_registration(tmp_path: Path, vault: Vault, moment: str) -> None:
    works, told = deck(), Told()
    with writer(tmp_path, vault.keyset_id) as process:
        worker = _CONTEXT.Process(target=work, args=(tmp_path, moment))
        worker.start()
        worker.join(60)
        assert worker.exitcode == -signal.SIGKILL
        lines = [line.split() for line in (tmp_path / "told").read_text().splitlines()]
        for each, (_, _, number) in zip(works, lines, strict=False):
            told.hear(each, number)
        assert len(told.numbers) == FALLS - 1
        if moment != "sent":  # what was sent may or may not have been applied by now
            stands = asyncio.run(is_there(reader(tmp_path, vault), works[FALLS - 1]))
            assert stands == (moment == "answered")
        asyncio.run(try_all(reader(tmp_path, vault), works[: FALLS + 3], told, together=1))  # another worker goes on
        assert len(told.numbers) == FALLS + 3
        process.terminate()
        process.join(60)
        assert process.exitcode == 0
    survived(tmp_path, vault, works, told)
