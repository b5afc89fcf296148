"""kill -9 of the writer, after every named step and at random moments: nothing acknowledged is lost, fsck passes."""

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from childindex import store
from childindex.errors import StoreUnavailable
from childindex.store import Commit, Delete, Settings, Table
from childindex.store.place import Place
from childindex.store.tables import open_index
from tests.store.running import KillAt, socket_of, start, writer
from tests.store.samples import KEYSET, marked, registration

STEPS = [
    "keys-synced",
    "segment-written",
    "segment-synced",
    "journal-written",
    "journal-synced",
    "keys-deleted",
    "applied",
    "answering",
    "answered",
    "seal-written",
    "seal-synced",
]
SMALL = 6000  # bytes of a segment: several seals in every test


@dataclass
class Ledger:
    """What was asked, and of that what was acknowledged."""

    drawn: random.Random
    asked: int = 0
    acknowledged: dict[bytes, int] = field(default_factory=dict)

    async def register(self, worker: store.RemoteStore) -> None:
        """One registration with a mark of its own; every fourth also destroys a key."""
        self.asked += 1
        mark = self.asked.to_bytes(8, "big")
        commit = marked(registration(self.drawn), mark)
        if self.asked % 4 == 0:
            commit = with_destroyed_key(commit, mark)
        try:
            receipt = await worker.commit(commit)
        except StoreUnavailable:
            return
        self.acknowledged[mark] = receipt.position


def with_destroyed_key(commit: Commit, mark: bytes) -> Commit:
    return replace(commit, deletes=(Delete(Table.KEY, b"doomed" + mark),))


def check(folder: Path, ledger: Ledger) -> store.Report:
    """fsck passes, and every acknowledged registration is there, whole, at its position."""
    recovered = store.recover(folder, KEYSET)
    report = store.fsck(folder, KEYSET)
    assert report.problems == []
    assert report.position == recovered.position

    async def read() -> None:
        opened = store.open_reader(folder, KEYSET, socket_of(folder))
        async with opened.snapshot() as view:
            marks = list(ledger.acknowledged)
            assert await view.read(Table.POLICY, marks) == [b"written"] * len(marks)
            assert view.position >= max(ledger.acknowledged.values(), default=0)
        await opened.close()

    asyncio.run(read())
    return report


async def under_load(folder: Path, ledger: Ledger, *, tasks: int = 2, each: int = 12) -> None:
    """A worker that registers without pause until its work is done, or its writer gone."""
    opened = store.open_reader(folder, KEYSET, socket_of(folder))

    async def work() -> None:
        for _ in range(each):
            await ledger.register(opened)

    await asyncio.gather(*(work() for _ in range(tasks)))
    await opened.close()


@pytest.mark.parametrize("step", STEPS)
def test_killed_after_a_step(folder: Path, step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("childindex.store.remote._PATIENCE", 0.0)
    ledger = Ledger(random.Random(step))
    with writer(folder, Settings(segment_bytes=SMALL, steps=KillAt(step, nth=2))) as process:
        asyncio.run(under_load(folder, ledger))
        process.join(30)
        assert process.exitcode == -signal.SIGKILL  # the step was reached
    report = check(folder, ledger)
    assert report.position >= len(ledger.acknowledged)


def test_the_last_step_is_acknowledged_and_the_first_is_not(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The kills above are where they say they are."""
    monkeypatch.setattr("childindex.store.remote._PATIENCE", 0.0)
    for step, promised in (("journal-written", 0), ("answered", 1)):
        ledger = Ledger(random.Random(1))
        with writer(folder, Settings(steps=KillAt(step))) as process:
            asyncio.run(under_load(folder, ledger, tasks=1, each=1))
            process.join(30)
        assert len(ledger.acknowledged) == promised


async def _killed_at_random(folder: Path, ledger: Ledger, moments: int) -> None:
    """One worker store through all the kills: it must find each successor by itself."""
    opened = store.open_reader(folder, KEYSET, socket_of(folder))
    loop = asyncio.get_running_loop()
    for _ in range(moments):
        process = await loop.run_in_executor(None, start, folder, Settings(segment_bytes=SMALL * 5))
        assert process.is_alive()
        stopping = asyncio.Event()

        async def work(until: asyncio.Event = stopping) -> None:
            while not until.is_set():
                await ledger.register(opened)

        tasks = [asyncio.create_task(work()) for _ in range(8)]
        await asyncio.sleep(ledger.drawn.expovariate(10))
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        stopping.set()
        await loop.run_in_executor(None, process.join)
        await asyncio.gather(*tasks, return_exceptions=False)
    await opened.close()


def _at_random(folder: Path, moments: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("childindex.store.remote._PATIENCE", 0.2)
    ledger = Ledger(random.Random(moments))
    asyncio.run(_killed_at_random(folder, ledger, moments))
    assert len(ledger.acknowledged) > moments  # it was killed at work
    check(folder, ledger)


def test_killed_at_a_few_random_moments(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _at_random(folder, 4, monkeypatch)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_killed_at_two_hundred_random_moments(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _at_random(folder, 200, monkeypatch)


def test_a_killed_worker_leaves_no_reader_behind(folder: Path) -> None:
    """Its snapshot's slot is freed when the connection breaks, else old pages would be kept for ever."""
    program = (
        "import asyncio, pathlib, sys, time\n"
        "from childindex import store\n"
        "async def main():\n"
        "    opened = store.open_reader(pathlib.Path(sys.argv[1]), b'keyset-1', pathlib.Path(sys.argv[2]))\n"
        "    await opened.commit(store.Commit())\n"
        "    async with opened.snapshot() as view:\n"
        "        view.position\n"
        "        print('holding', flush=True)\n"
        "        time.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    with writer(folder):
        command = [sys.executable, "-c", program, str(folder), str(socket_of(folder))]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == b"holding\n"
            held = open_index(Place(folder).index, KEYSET, readonly=True)
            assert str(child.pid) in held.env.readers()
            child.kill()
        until = time.monotonic() + 30
        while str(child.pid) in held.env.readers() and time.monotonic() < until:
            time.sleep(0.01)
        assert str(child.pid) not in held.env.readers()
        held.close()


def test_a_killed_supervisor_takes_its_writer_along(folder: Path) -> None:
    """Else the orphan would hold the store's lock against every new supervisor."""
    program = (
        "import multiprocessing, pathlib, sys, time\n"
        "from childindex import store\n"
        "if __name__ == '__main__':\n"
        "    context = multiprocessing.get_context('spawn')\n"
        "    ready = context.Event()\n"
        "    places = pathlib.Path(sys.argv[1]), b'keyset-1', pathlib.Path(sys.argv[2])\n"
        "    context.Process(target=store.writer_main, args=places, kwargs={'ready': ready.set}).start()\n"
        "    ready.wait()\n"
        "    print('ready', flush=True)\n"
        "    time.sleep(60)\n"
    )
    script = folder.parent / "supervisor.py"
    script.write_text(program)
    command = [sys.executable, str(script), str(folder), str(socket_of(folder))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as supervisor:
        assert supervisor.stdout is not None
        assert supervisor.stdout.readline() == b"ready\n"
        with pytest.raises(StoreUnavailable, match="another writer"):
            store.recover(folder, KEYSET)
        supervisor.kill()
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            recovery = store.recover(folder, KEYSET)
            break
        except StoreUnavailable:
            time.sleep(0.05)
    assert recovery.rebuilt_from is None  # it drained and stopped cleanly
