"""The writer process and its workers: pipelined commits, refusals, draining, strangers, and a lost connection."""

import asyncio
import os
import random
import signal
import socket
import time
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from childindex import store
from childindex.errors import Conflict, Error, Reason, StoreUnavailable
from childindex.store import Charge, Commit, Event, Expect, Put, Table
from childindex.store import remote as subject
from childindex.store.accepted import encode_commit
from childindex.store.service import MOST_COMMITS, _Service, _Worker
from childindex.store.wire import answer, hello, packed, read_answer, unpacker
from tests.store.running import KillAt, socket_of, start, stop, writer
from tests.store.samples import KEYSET, event, registration


def reader(folder: Path) -> store.RemoteStore:
    return store.open_reader(folder, KEYSET, socket_of(folder))


async def test_commits_are_pipelined_answered_and_visible(folder: Path) -> None:
    drawn = random.Random(1)
    with writer(folder) as process:
        first = reader(folder)
        receipts = await asyncio.gather(*(first.commit(registration(drawn)) for _ in range(200)))
        assert sorted(receipt.position for receipt in receipts) == list(range(1, 201))
        async with first.snapshot() as view:
            assert view.position == 200
            assert len(await view.scan(Table.ENTRY, b"", b"", 1000)) == 200
        await first.close()
        assert stop(process) == 0
    report = store.fsck(folder, KEYSET)
    assert (report.problems, report.position) == ([], 200)
    assert not socket_of(folder).exists()


async def test_refusals_cross_the_socket_as_what_they_are(folder: Path) -> None:
    with writer(folder):
        worker = reader(folder)
        with pytest.raises(Conflict):
            await worker.commit(Commit(expects=(Expect(Table.ENTRY, b"k", b"d" * 16),)))
        with pytest.raises(Error) as malformed:
            await worker.commit(Commit(puts=(Put(Table.ENTRY, b"", b"v"),)))
        assert malformed.value.reason is Reason.INTERNAL
        charge = Charge(b"a" * 16, b"b" * 16, 1)
        await worker.commit(Commit(charges=(charge,)))
        with pytest.raises(Error) as spent:
            await worker.commit(Commit(charges=(Charge(b"a" * 16, b"c" * 16, 1),)))
        assert spent.value.reason is Reason.BUDGET_EXHAUSTED
        assert spent.value.retry_after is not None
        await worker.close()


async def test_a_lost_writer_leaves_nobody_waiting_and_its_successor_is_found(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subject, "_PATIENCE", 60.0)  # a busy machine takes its time to start a process
    with writer(folder, store.Settings(steps=KillAt("journal-written"))) as process:
        worker = reader(folder)
        outcomes = await asyncio.gather(
            *(worker.commit(Commit(events=(event(random.Random(n)),))) for n in range(20)), return_exceptions=True
        )
        assert all(isinstance(outcome, StoreUnavailable) for outcome in outcomes)
        process.join(30)
        assert process.exitcode == -signal.SIGKILL
    successor = asyncio.get_running_loop().run_in_executor(None, start, folder)
    receipt = await worker.commit(Commit(events=(Event(b"s" * 16, b"after"),)))  # waits for the successor
    assert receipt.position >= 1
    process = await successor
    await worker.close()
    assert stop(process) == 0
    assert store.fsck(folder, KEYSET).problems == []


async def test_without_a_writer_nothing_is_promised_but_reads_go_on(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subject, "_PATIENCE", 0.1)
    worker = reader(folder)
    with pytest.raises(StoreUnavailable, match="does not answer"):
        await worker.commit(Commit())
    async with worker.snapshot() as view:
        assert view.position == 0
    await worker.close()


async def test_too_many_in_flight_are_refused_at_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "MOST_IN_FLIGHT", 3)
    with writer(folder):
        worker = reader(folder)
        await worker.commit(Commit())
        outcomes = await asyncio.gather(*(worker.commit(Commit()) for _ in range(10)), return_exceptions=True)
        refused = [outcome for outcome in outcomes if isinstance(outcome, StoreUnavailable)]
        assert len(refused) == 7
        await worker.close()


async def test_sigterm_answers_what_has_arrived(folder: Path) -> None:
    with writer(folder) as process:
        worker = reader(folder)
        await worker.commit(Commit())
        waiting = [asyncio.create_task(worker.commit(registration(random.Random(n)))) for n in range(50)]
        await asyncio.sleep(0)
        process.terminate()
        outcomes = await asyncio.gather(*waiting, return_exceptions=True)
        kept = [outcome for outcome in outcomes if isinstance(outcome, store.Receipt)]
        process.join(30)
        assert process.exitcode == 0
        await worker.close()
    report = store.fsck(folder, KEYSET)
    assert report.problems == []
    assert report.position == 1 + len(kept)  # all that was promised, and nothing that was not


async def test_an_interrupt_from_the_terminal_leaves_the_writer_to_its_supervisor(folder: Path) -> None:
    with writer(folder) as process:
        assert process.pid is not None
        os.kill(process.pid, signal.SIGINT)
        worker = reader(folder)
        assert (await worker.commit(Commit())).position == 1
        await worker.close()


@pytest.mark.parametrize(
    "noise", [b"\xc1", packed([99, KEYSET]), packed([1, b"keyset-2"]), packed(hello(KEYSET)) + b"\x01"]
)
async def test_a_stranger_is_hung_up_on_and_the_rest_go_on(folder: Path, noise: bytes) -> None:
    with writer(folder):
        stranger = socket.socket(socket.AF_UNIX)
        stranger.connect(str(socket_of(folder)))
        stranger.sendall(noise)
        stranger.settimeout(30)
        assert stranger.recv(10) == b""
        stranger.close()
        worker = reader(folder)
        assert (await worker.commit(Commit())).position == 1
        await worker.close()


def test_answers_that_nobody_read_yet_are_not_lost_in_draining(folder: Path) -> None:
    count = 6_000  # more answers than the kernel keeps
    with writer(folder) as process, socket.socket(socket.AF_UNIX) as slow:
        slow.connect(str(socket_of(folder)))
        malformed = encode_commit(Commit(puts=(Put(Table.ENTRY, b"", b""),)))  # a refusal is a long answer
        slow.sendall(packed(hello(KEYSET)) + b"".join(packed([number, malformed]) for number in range(count)))
        time.sleep(0.5)
        process.terminate()
        time.sleep(0.5)
        messages, answered = unpacker(), 0
        while data := slow.recv(1 << 16):
            messages.feed(data)
            answered += sum(1 for _ in messages)
    assert answered == count


def test_no_worker_crowds_out_another() -> None:
    busy, quiet = (_Worker(socket.socket()) for _ in range(2))
    busy.asked.extend((number, Commit()) for number in range(5000))
    quiet.asked.append((7, Commit()))
    batch = _Service._gather(cast(_Service, SimpleNamespace(_workers=[busy, quiet])))
    assert len(batch) <= MOST_COMMITS + 1
    assert [number for worker, number, _ in batch if worker is quiet] == [7]
    assert [number for worker, number, _ in batch if worker is busy] == list(range(len(batch) - 1))
    for worker in (busy, quiet):
        worker.socket.close()


def test_a_second_writer_is_refused(folder: Path) -> None:
    with writer(folder):
        with pytest.raises(StoreUnavailable, match="another writer"):
            store.writer_main(folder, KEYSET, folder / "run" / "second.sock")
        with pytest.raises(StoreUnavailable, match="another writer"):
            store.open_local(folder, KEYSET)


def test_a_socket_that_others_could_reach_is_refused(folder: Path) -> None:
    (folder / "open").mkdir(mode=0o755)
    with pytest.raises(StoreUnavailable, match="mode 0700"):
        store.writer_main(folder, KEYSET, folder / "open" / "writer.sock")
    with pytest.raises(StoreUnavailable, match="longer than 107"):
        store.writer_main(folder, KEYSET, folder / ("x" * 120) / "writer.sock")


@pytest.mark.parametrize(
    "outcome",
    [
        store.Receipt(7),
        Conflict(),
        StoreUnavailable("full", retry_after=3),
        Error(Reason.BUDGET_EXHAUSTED, "spent", metadata={"a": "b"}, retry_after=9),
    ],
)
def test_answers_come_back(outcome: store.Receipt | Error) -> None:
    messages = unpacker()
    messages.feed(packed(answer(5, outcome)))
    ((number, *rest),) = list(messages)
    again = read_answer(rest)
    assert number == 5
    assert type(again) is type(outcome)
    if isinstance(outcome, Error):
        assert isinstance(again, Error)
        assert (again.reason, again.message, again.metadata, again.retry_after) == (
            outcome.reason,
            outcome.message,
            outcome.metadata,
            outcome.retry_after,
        )
    else:
        assert again == outcome
