"""What an operation costs inside the library: `python -m bench.operations [--children 2000]`.

A resolve with and without the journal's commit, and a registration, in one process with the inline writer. Medians
in microseconds; the machine's speed swings, so take the ratios of one run.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bench import founding
from bench.population import Settings, generate
from childindex import store
from childindex.demographics import Demographics
from childindex.operations import Index, register, resolve, resolve_many
from childindex.operations.recognise import prepare, recognise
from childindex.pointer import Declaration, RecordKey

SCHOOL, SURGERY = "oakfield-school", "mill-lane-surgery"
ASKED = 400


@dataclass(frozen=True, slots=True)
class Unjournalled:
    """A store that answers every commit at once and keeps nothing: what is left is the reading and the matching."""

    under: store.Store

    def snapshot(self) -> store.Snapshot:
        """A view of the store beneath."""
        return self.under.snapshot()

    async def commit(self, commit: store.Commit) -> store.Receipt:
        """Accept without writing."""
        return store.Receipt(commit.snapshot)

    async def close(self) -> None:
        """Nothing to release."""


def declarations(children: int, custodian: str, seed: int = 1) -> list[Declaration]:
    """A custodian's extract of a synthetic population, as the benches' school record type."""
    extract = generate(Settings(seed=seed, children=children)).extracts[custodian]
    return [
        Declaration(RecordKey(custodian, "bench", "school.pupil", row.local_id), 1, row.demographics)
        for row in extract.rows
    ]


async def fill(index: Index, children: int) -> list[Demographics]:
    """Register the school's extract; answers the surgery's details of the same population, to ask by."""
    for given in declarations(children, SCHOOL):
        await register(index, founding.caller(SCHOOL), given)
    return [given.demographics for given in declarations(children, SURGERY)][:ASKED]


async def measure(index: Index, asked: Sequence[Demographics]) -> dict[str, float]:
    """The median of every operation in microseconds, by name."""
    silent = replace(index, store=Unjournalled(index.store))
    who = founding.caller(SURGERY)

    async def look(details: Demographics) -> None:
        async with index.store.snapshot() as view:
            await recognise(index, view, prepare(index, details, asker=SURGERY))

    async def ready(details: Demographics) -> None:
        prepare(index, details, asker=SURGERY)

    numbered = {id(details): number for number, details in enumerate(asked)}

    async def enrol(details: Demographics) -> None:
        key = RecordKey(SURGERY, "bench", "school.pupil", f"new-{numbered[id(details)]}")
        await register(index, who, Declaration(key, 1, details))

    start = time.perf_counter()
    await resolve_many(index, who, asked)
    batch = (time.perf_counter() - start) / len(asked) * 1e6
    return {
        "normalise, code and hash": await _median(ready, asked),
        "recognise on a snapshot, with the above": await _median(look, asked),
        "resolve, without the journal's commit": await _median(lambda d: resolve(silent, who, d), asked),
        "resolve, journalled and synced": await _median(lambda d: resolve(index, who, d), asked),
        "resolve in a batch, each": batch,
        "register, journalled and synced": await _median(enrol, asked),
    }


async def _median(call: Callable[[Demographics], Awaitable[object]], asked: Sequence[Demographics]) -> float:
    times = []
    for details in asked:
        start = time.perf_counter()
        await call(details)
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1e6


async def run(children: int) -> dict[str, float]:
    """Make an index, fill it, measure."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        place = Path(folder) / "index"
        vault = await founding.found(place, [SCHOOL, SURGERY])
        opened = store.open_local(place / "store", vault.keyset_id)
        index = founding.over(opened, vault)
        figures = await measure(index, await fill(index, children))
        await opened.close()
    return figures


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(prog="bench.operations")
    parser.add_argument("--children", type=int, default=2000)
    for name, microseconds in asyncio.run(run(parser.parse_args(arguments).children)).items():
        print(f"{name:45} {microseconds:9.0f} us")


if __name__ == "__main__":
    main()
