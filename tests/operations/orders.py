"""The same records in any order, against the real store: what arrived, what settling made of it, and what is left."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from bench.population import Population
from childindex import store
from childindex.demographics import Demographics, PartialDate
from childindex.errors import Error, Reason
from childindex.operations import Settings, Settlement, live_entries, settle, withdraw
from childindex.operations.files import Files
from childindex.operations.inspect import inspect
from childindex.operations.reconcile import Plan, plan_of
from childindex.operations.review import open_reviews
from childindex.operations.settle import Sweep
from childindex.pointer import Change, RecordKey, WithdrawalReason
from childindex.vault import Vault
from tests.operations.documents import caller
from tests.operations.world import World, declared, world

MOST_SWEEPS = 4  # until nothing changes: the first does nearly all


@dataclass(frozen=True)
class Step:
    """One thing that a custodian does with a record: a version of its details, or (None) withdrawing it."""

    custodian: str
    local_id: str
    version: int
    details: Demographics | None
    change: Change = Change.CHANGED
    reason: WithdrawalReason = WithdrawalReason.ENTERED_IN_ERROR


@dataclass
class Outcome:
    """What an order came to. Clusters and entries are sets of records; `asserted` what each record asserts."""

    clusters: frozenset[frozenset[RecordKey]]
    entries: dict[int, frozenset[RecordKey]]
    asserted: dict[RecordKey, frozenset[tuple[tuple[str, ...], ...]]]
    reviewed: set[int]
    pairs: set[frozenset[int]]
    settlement: Settlement
    numbers: dict[tuple[str, str], str] = field(default_factory=dict)


async def carried_out(folder: Path, steps: Sequence[Step], vault: Vault, population: int = 5_000) -> Outcome:
    """Do the steps in a fresh index, settle every entry, and look at what is left; the index must be whole.

    Ties are broken by handles, so the orders to be compared share a keyset.
    """
    here = await world(emptied(folder), Settings(accept_test_identifiers=True), population=population, vault=vault)
    numbers = {}
    try:
        for step in steps:
            if step.details is None and (step.custodian, step.local_id) not in numbers:
                continue  # every version of it was refused: there is nothing to withdraw
            told = await done(here, step)
            if told:
                numbers[step.custodian, step.local_id] = told
        outcome = await settled(here)
        outcome.numbers = numbers
    finally:
        await here.index.store.close()
    assert store.fsck(folder / "store", here.index.vault.keyset_id).problems == []
    return outcome


def emptied(folder: Path) -> Path:
    folder.mkdir()
    return folder


async def done(here: World, step: Step) -> str | None:
    """The number that a registration is told; None for a withdrawal, and for details that say too little of a child."""
    if step.details is None:
        key = declared(step.custodian, Demographics(), local_id=step.local_id).key
        await withdraw(here.index, caller(step.custodian), key, step.reason)
        return None
    options = {"local_id": step.local_id, "version": step.version, "change": step.change}
    try:
        return await here.register(step.custodian, step.details, **options)
    except Error as error:  # what is refused depends on the details alone, never on the order
        if error.reason is not Reason.TOO_LITTLE_TO_IDENTIFY:
            raise
        return None


async def settled(here: World) -> Outcome:
    """Settle every entry until nothing is left to do: what is settled later may decide what was looked at before."""
    total = Settlement()
    for _ in range(MOST_SWEEPS):
        sweep, found = Sweep(), Settlement()
        for entry in [entry async for entry in live_entries(here.index)]:
            found += await settle(here.index, caller(), entry, sweep)
        if (found.merged, found.together, found.apart, found.closed) == (0, 0, 0, 0):
            break
        total += found
    else:
        raise AssertionError("settling does not come to rest")
    inspection = await inspect(here.index)
    assert not inspection.faults, inspection.faults
    return await look(here, total)


async def look(here: World, settlement: Settlement) -> Outcome:
    index = here.index
    parts: list[frozenset[RecordKey]] = []
    asserted: dict[RecordKey, frozenset[tuple[tuple[str, ...], ...]]] = {}
    entries: dict[int, frozenset[RecordKey]] = {}
    everyone = [entry async for entry in live_entries(index)]
    async with index.store.snapshot() as snapshot:
        reviews = await open_reviews(index, snapshot)
        for entry in everyone:
            files = Files(index, snapshot)
            held = await files.of(entry)
            entries[entry] = frozenset(each.key for each in held)
            for each in held:
                asserted[each.key] = frozenset(query.record.values for query in each.queries)
            plan: Plan = await plan_of(files, entry, reviews)
            parts += [frozenset(cluster) for cluster in plan.clusters]
    return Outcome(joined(parts), entries, asserted, reviews.subjects, reviews.pairs, settlement)


def joined(parts: Sequence[frozenset[RecordKey]]) -> frozenset[frozenset[RecordKey]]:
    """The parts, those that share a record made one."""
    found: list[frozenset[RecordKey]] = []
    for part in parts:
        meets = [one for one in found if one & part]
        found = [one for one in found if one not in meets]
        found.append(part.union(*meets))
    return frozenset(found)


def histories(population: Population, draw: random.Random, most: int) -> list[list[Step]]:
    """What becomes of each record: it comes, may move or change its name, may be put right, may go and come again."""
    made = []
    for custodian, extract in population.extracts.items():
        for row in list(extract.rows)[:most]:
            steps = [Step(custodian, row.local_id, 1, row.demographics)]
            details = row.demographics
            while draw.random() < 0.3:
                details, change = changed(details, draw)
                steps.append(Step(custodian, row.local_id, len(steps) + 1, details, change))
            if draw.random() < 0.2:
                reason = draw.choice([WithdrawalReason.ENTERED_IN_ERROR, WithdrawalReason.ENDED])
                steps.append(Step(custodian, row.local_id, 0, None, reason=reason))
                if draw.random() < 0.5:  # a slip, or an involvement that begins again
                    steps.append(Step(custodian, row.local_id, len(steps) + 1, details))
            made.append(steps)
    return made


def changed(details: Demographics, draw: random.Random) -> tuple[Demographics, Change]:
    """The details after a move, a new name, or a correction."""
    match draw.randrange(4):
        case 0:
            return replace(details, postcode=f"ZE{draw.randint(1, 9)} {draw.randint(1, 9)}AA"), Change.CHANGED
        case 1:
            return replace(details, family_name=details.family_name + "-Smith"), Change.CHANGED
        case 2:
            return replace(details, given_name=details.given_name + "e"), Change.CORRECTED
        case _:
            born = details.birth_date
            return replace(details, birth_date=replace(born, day=born.day % 28 + 1) if born else PartialDate()), (
                Change.CORRECTED
            )


def interleaved(histories: Sequence[Sequence[Step]], draw: random.Random) -> list[Step]:
    """All steps in a random order, those of one record in theirs."""
    turns = [place for place, steps in enumerate(histories) for _ in steps]
    draw.shuffle(turns)
    rest = [iter(steps) for steps in histories]
    return [next(rest[place]) for place in turns]
