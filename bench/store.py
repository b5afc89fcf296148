"""Commits through the writer process: journal events alone, and what a registration writes. `python -m bench.store`.

Prints medians over rounds: commits a second, and the wait of one commit (50th and 99th percentile), with many in flight
as under load and with one alone. Numbers swing with the machine's disk: compare within a run, not across.
"""

import argparse
import asyncio
import multiprocessing
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from childindex import store
from childindex.store import Commit, Event, Put, Reference, Table
from childindex.store.layout import Part, birth_key, entry_key, lexicon_key, own_key, posting, sealed_key

KEYSET = b"keyset-1"
IN_FLIGHT = 128


def looked(drawn: random.Random) -> Commit:
    """What a resolve writes: one audit event."""
    return Commit(events=(Event(drawn.randbytes(16), drawn.randbytes(300)),))


def registered(drawn: random.Random) -> Commit:
    """What a new child writes: the sizes of a real registration, random bytes for what is sealed."""
    entry = drawn.getrandbits(64)
    key, blocks = entry_key(entry), [drawn.randbytes(12) for _ in range(12)]
    codes = [lexicon_key(drawn.getrandbits(14)) for _ in range(6)]
    return Commit(
        touches=tuple(blocks),
        puts=(
            Put(Table.KEY, key, drawn.randbytes(60)),
            Put(Table.ENTRY, key, drawn.randbytes(220)),
            Put(Table.BIRTH, birth_key(drawn.randbytes(8), entry), drawn.randbytes(38)),
            *(Put(Table.BLOCK, block, posting(entry, 0)) for block in blocks),
            Put(Table.RECORD, drawn.randbytes(16), drawn.randbytes(62)),
            Put(Table.NUMBER, drawn.randbytes(16), drawn.randbytes(48)),
            Put(Table.SEALED, sealed_key(entry, Part.POINTERS), drawn.randbytes(512)),
            Put(Table.SEALED, sealed_key(entry, Part.RECORD, 1), drawn.randbytes(400)),
            Put(Table.OWN, own_key(b"custodian-handle", drawn.randbytes(16)), key),
        ),
        references=tuple(Reference(code, 1, b"sealed string of " + code) for code in codes),
        events=(Event(drawn.randbytes(16), drawn.randbytes(300)),),
    )


async def measure(opened: store.RemoteStore, commits: list[Commit], in_flight: int) -> tuple[float, list[float]]:
    """Commits a second, and each commit's wait in seconds."""
    waits: list[float] = []
    queue = iter(commits)

    async def work() -> None:
        for commit in queue:
            began = time.perf_counter()
            await opened.commit(commit)
            waits.append(time.perf_counter() - began)

    began = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(in_flight)))
    return len(commits) / (time.perf_counter() - began), waits


async def run(folder: Path, socket: Path, count: int, rounds: int) -> None:
    """Measure and print."""
    opened = store.open_reader(folder, KEYSET, socket)
    kinds: list[tuple[str, Callable[[random.Random], Commit], int, int]] = [
        ("journal events", looked, IN_FLIGHT, count),
        ("journal events, alone", looked, 1, count // 40),
        ("registrations", registered, IN_FLIGHT, count // 4),
        ("registrations, alone", registered, 1, count // 40),
    ]
    print(f"{'':24}{'in flight':>10}{'a second':>12}{'p50 ms':>10}{'p99 ms':>10}")
    for seed, (name, made, in_flight, wanted) in enumerate(kinds):
        drawn = random.Random(seed)
        rates, waits = [], []
        for _ in range(rounds):
            rate, round_waits = await measure(opened, [made(drawn) for _ in range(wanted)], in_flight)
            rates.append(rate)
            waits += round_waits
        p50, p99 = (1000 * statistics.quantiles(waits, n=100)[at] for at in (49, 98))
        print(f"{name:24}{in_flight:>10}{statistics.median(rates):>12,.0f}{p50:>10.2f}{p99:>10.2f}")
    await opened.close()


def main(arguments: Sequence[str] | None = None) -> None:
    """Start a writer on a fresh store, measure, check the store, stop."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=20_000, help="events in a round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="where to put the store (a fresh folder is made in it)")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(dir=asked.folder) as scratch:
        folder, socket = Path(scratch) / "store", Path(scratch) / "run" / "writer.sock"
        store.init(folder, KEYSET)
        context = multiprocessing.get_context("spawn")
        ready = context.Event()
        writer = context.Process(
            target=store.writer_main, args=(folder, KEYSET, socket), kwargs={"ready": ready.set}, daemon=True
        )
        writer.start()
        ready.wait(60)
        asyncio.run(run(folder, socket, asked.count, asked.rounds))
        writer.terminate()
        writer.join()
        report = store.fsck(folder, KEYSET)
        print(f"fsck: {report.position:,} commits, {report.tree.size:,} events, problems: {report.problems or 'none'}")


if __name__ == "__main__":
    main()
