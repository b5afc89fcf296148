"""Races: two to four custodians register one new child at the same moment, from several processes. Always one number.

    python -m bench.hammer --races 10000 --processes 4

Each process is a worker: it reads the tables itself and commits through the one writer process. A race's
declarations go to different processes, which meet at a barrier before every wave. The spellings of a race are
chosen beforehand so that the model links every pair of them, in whichever order they arrive. Afterwards every
declaration's number must lead to one entry, and the whole index must pass inspection and fsck. Exit code 1 if not.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Barrier, Event
from pathlib import Path
from typing import Any

from bench import founding
from childindex import linkage, store
from childindex.demographics import Demographics, PartialDate, Sex
from childindex.errors import Error, StoreDamaged
from childindex.linkage import Candidate, Decision, ProfileRow
from childindex.number import ChildNumber
from childindex.operations import Index, register
from childindex.operations.child import entry_of
from childindex.operations.inspect import inspect
from childindex.pointer import Declaration, RecordKey
from childindex.vault import Vault

CUSTODIANS = 4
WAVE = 10  # races that a process has in flight at once
Runner = tuple[int, int, Demographics]  # race, custodian, spelling
_BIRTHS = date(2009, 9, 1)
_ONSETS = ["B", "Br", "C", "D", "F", "G", "Gr", "H", "J", "K", "L", "M", "N", "P", "R", "S", "St", "T", "Tr", "V", "W"]
_NUCLEI = ["a", "e", "i", "o", "u", "ai", "ea", "oa"]
_CODAS = ["b", "ck", "d", "l", "ll", "m", "n", "nd", "r", "rn", "s", "st", "t", "x"]


@dataclass(frozen=True, slots=True)
class Result:
    """What a run of races showed. `split` are races that ended with more than one child."""

    races: int
    declarations: int
    split: int
    refused: int
    seconds: float
    faults: Counter[str]

    @property
    def sound(self) -> bool:
        """Whether every race gave one number and the index is whole."""
        return not (self.split or self.refused or self.faults)


def run(folder: Path, races: int, processes: int = 4, seed: int = 1) -> Result:
    """Make an index in an empty folder and race on it."""
    vault = asyncio.run(founding.found(folder, [_school(n) for n in range(CUSTODIANS)]))
    context = get_context("spawn")
    ready, barrier, answers = context.Event(), context.Barrier(processes), context.Queue()
    writer = context.Process(target=_write, args=(folder, ready))
    writer.start()
    if not ready.wait(60):
        raise StoreDamaged("the writer did not start")
    tasks = _dealt(entries(races, seed), processes)
    started = time.monotonic()
    workers = [context.Process(target=_work, args=(folder, task, barrier, answers)) for task in tasks]
    for worker in workers:
        worker.start()
    numbers, refused = _collect(answers, workers)
    seconds = time.monotonic() - started
    writer.terminate()
    writer.join(30)
    split, faults = asyncio.run(_judge(folder, vault, numbers))
    report = store.fsck(folder / "store", vault.keyset_id)
    faults.update(problem.fault.value for problem in report.problems)
    return Result(races, sum(map(len, numbers.values())), split, refused, seconds, faults)


def entries(races: int, seed: int) -> list[list[Demographics]]:
    """The spellings of each race, two to four, every pair of which the shipped model links."""
    draw = random.Random(seed)
    model = linkage.shipped()
    made = []
    for number in range(races):
        child = _child(draw, number)
        spellings = [child]
        for other in draw.sample(_spellings(draw, child), k=3):
            if len(spellings) < draw.randint(2, CUSTODIANS) and all(_links(model, other, s) for s in spellings):
                spellings.append(other)
        made.append(spellings if len(spellings) > 1 else [child, child])
    return made


def _child(draw: random.Random, number: int) -> Demographics:
    born = _BIRTHS + timedelta(days=draw.randrange(6000))
    return Demographics(
        given_name=_word(draw, 2),
        middle_names=_word(draw, 2),
        family_name=_word(draw, 3),
        birth_date=PartialDate.of(born),
        sex=draw.choice([Sex.FEMALE, Sex.MALE]),
        postcode=f"ZE{number % 90 + 10} {draw.randrange(10)}{draw.choice('ABDEFGHJLN')}{draw.choice('ABDEFGHJLN')}",
    )


def _spellings(draw: random.Random, child: Demographics) -> list[Demographics]:
    """The same child as others write it."""
    place = draw.randrange(2, len(child.family_name) - 1)
    family = child.family_name
    doubled = family[:place] + family[place] + family[place:]
    dropped = family[:place] + family[place + 1 :]
    return [
        replace(child, family_name=doubled),
        replace(child, family_name=dropped, middle_names=""),
        replace(child, postcode="ZE1 1AA"),
        replace(child, given_name=child.given_name.upper(), family_name=f"{family}-{_word(draw, 2)}"),
        replace(child, middle_names="", sex=Sex.UNSPECIFIED),
    ]


def _word(draw: random.Random, syllables: int) -> str:
    parts = [draw.choice(_ONSETS) + draw.choice(_NUCLEI) + draw.choice(_CODAS) for _ in range(syllables)]
    return "".join(parts).capitalize()


def _links(model: linkage.Model, left: Demographics, right: Demographics) -> bool:
    """Whether the model links the one to the other alone, both ways."""
    return _linked(model, left, right) and _linked(model, right, left)


def _linked(model: linkage.Model, query: Demographics, known: Demographics) -> bool:
    strings: dict[int, str] = {}

    def code(kind: str, value: str) -> int:
        number = hash((kind, value)) & (2**64 - 1)
        strings[number] = value
        return number

    asked, held = (
        model.features(model.normalise(linkage.children.source(d, test_range=True)), code) for d in (query, known)
    )
    match = model.inquire(asked, [Candidate(1, (ProfileRow(0, True, 0, held),))]).decide(strings)
    return match.decision is Decision.MATCHED


def _school(number: int) -> str:
    return f"school-{number}"


def _write(folder: Path, ready: Event) -> None:
    vault = founding.keys(folder)
    store.writer_main(folder / "store", vault.keyset_id, folder / "run" / "writer.sock", ready=ready.set)


def _dealt(races: list[list[Demographics]], processes: int) -> list[list[list[Runner]]]:
    """For each process its runners, wave by wave; the runners of one race are in different processes."""
    dealt: list[list[list[Runner]]] = [[[] for _ in range(0, len(races), WAVE)] for _ in range(processes)]
    for race, spellings in enumerate(races):
        for custodian, details in enumerate(spellings):
            dealt[(race + custodian) % processes][race // WAVE].append((race, custodian, details))
    return dealt


def _work(folder: Path, waves: list[list[Runner]], barrier: Barrier, answers: Any) -> None:
    asyncio.run(_race(folder, waves, barrier, answers))


async def _race(folder: Path, waves: list[list[Runner]], barrier: Barrier, answers: Any) -> None:
    vault = founding.keys(folder)
    opened = store.open_reader(folder / "store", vault.keyset_id, folder / "run" / "writer.sock")
    index = founding.over(opened, vault)
    for wave in waves:
        barrier.wait(120)
        told = await asyncio.gather(*(_register(index, *runner) for runner in wave))
        answers.put(list(zip([race for race, _, _ in wave], told, strict=True)))
    answers.put(None)
    await opened.close()


async def _register(index: Index, race: int, custodian: int, details: Demographics) -> str | None:
    key = RecordKey(_school(custodian), "pupils", "school.pupil", str(race))
    try:
        return (await register(index, founding.caller(_school(custodian)), Declaration(key, 1, details))).number.value
    except Error:
        return None


def _collect(answers: Any, workers: Sequence[BaseProcess]) -> tuple[dict[int, list[str]], int]:
    numbers: dict[int, list[str]] = {}
    refused, running = 0, len(workers)
    while running:
        told = answers.get(timeout=300)
        if told is None:
            running -= 1
            continue
        for race, number in told:
            if number is None:
                refused += 1
            else:
                numbers.setdefault(race, []).append(number)
    for worker in workers:
        worker.join(30)
    return numbers, refused


async def _judge(folder: Path, vault: Vault, numbers: dict[int, list[str]]) -> tuple[int, Counter[str]]:
    opened = store.open_local(folder / "store", vault.keyset_id)
    index = founding.over(opened, vault)
    split = 0
    async with opened.snapshot() as view:
        for told in numbers.values():
            led = {await entry_of(index, view, ChildNumber(number)) for number in told}
            split += len(led) != 1 or len(set(told)) != 1
    faults = (await inspect(index)).faults
    await opened.close()
    return split, faults


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--races", type=int, default=10_000)
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="races-") as folder:
        result = run(Path(folder) / "index", asked.races, asked.processes, asked.seed)
    print(
        f"{result.races} races, {result.declarations} declarations from {asked.processes} processes "
        f"in {result.seconds:.0f} s: {result.split} split, {result.refused} refused, faults {dict(result.faults)}"
    )
    return 0 if result.sound else 1


if __name__ == "__main__":
    sys.exit(main())
