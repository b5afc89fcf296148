"""The component of a record: the live records that may be of one child with it, and those that stand beside them.

A component depends on the live records alone, not on the entries that they lie in: it is closed under "may be one
child, each by what it asserts itself" and under stewards' must-links. The records beside it (twins, brothers, people of
one name) are in reach of one of its records, and compete in the settling, but are not settled here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from childindex.linkage import Candidate, Features, ProfileRow
from childindex.operations.child import gone, place_of
from childindex.operations.files import Files, Held
from childindex.operations.recognise import propose

LARGEST = 150  # records of a component; a greater one is a matter for people, and for whoever tends the model


@dataclass(frozen=True, slots=True)
class Component:
    """The records to settle (`core`), those beside them, and whether it is whole or was given up as too large."""

    core: tuple[Held, ...]
    beside: tuple[Held, ...]
    whole: bool = True

    @property
    def handles(self) -> frozenset[bytes]:
        """The handles of the records to settle."""
        return frozenset(record.live.handle for record in self.core)

    def __repr__(self) -> str:
        return f"Component({len(self.core)} records, {len(self.beside)} beside)"


async def components_of(files: Files, records: Sequence[Held]) -> tuple[Component, ...]:
    """The components of these records, no two of which share one.

    Reach goes one way where a version is disputed: it finds others, but has no row to be found by. Who is reached by
    such a record is settled with it, and so are two who reach a third.
    """
    found: list[Component] = []
    for record in records:
        if not any(record.live.handle in component.handles for component in found):
            fresh = await _component(files, record)
            meets = [each for each in found if not each.handles.isdisjoint(fresh.handles)]
            found = [*(each for each in found if each not in meets), _joined([*meets, fresh])]
    return tuple(found)


def _joined(parts: Sequence[Component]) -> Component:
    """Components that share records as one."""
    core = {record.live.handle: record for part in parts for record in part.core}
    beside = {record.live.handle: record for part in parts for record in part.beside}
    return _of(core, beside, whole=all(part.whole for part in parts) and len(core) <= LARGEST)


def _of(core: Mapping[bytes, Held], beside: Mapping[bytes, Held], *, whole: bool = True) -> Component:
    """A component in the order of the records' handles."""
    return Component(
        tuple(core[handle] for handle in sorted(core)),
        tuple(beside[handle] for handle in sorted(set(beside) - set(core))),
        whole,
    )


async def _component(files: Files, record: Held) -> Component:
    """The component of a record."""
    core, beside, fresh = {record.live.handle: record}, dict[bytes, Held](), [record]
    while fresh:
        mine = fresh.pop()
        for entry in await _near(files, mine):
            for other in await files.of(entry):
                if other.live.handle in core:
                    continue
                likeness = _likeness(files, mine, other)
                if await _bound(files, mine, other) or (likeness or 0.0) >= files.index.model.thresholds.possible:
                    core[other.live.handle] = other
                    fresh.append(other)
                elif likeness is not None:
                    beside[other.live.handle] = other
        if len(core) > LARGEST:
            return Component((record,), (), whole=False)
    return _of(core, beside)


async def _near(files: Files, record: Held) -> list[int]:
    """The entries that blocking proposes for any version of the record, or that a must-link names."""
    entries: dict[int, None] = {}
    for query in record.queries:
        proposed, _ = await propose(files.index, files.snapshot, query)
        entries |= dict.fromkeys(proposed)
    for ruling in files.rulings.get(record.entry, ()):
        if ruling.same and record.key in (ruling.one, ruling.other):
            for key in (ruling.one, ruling.other):
                place, _ = await place_of(files.index, files.snapshot, key)
                if place is not None and not gone(place):
                    entries[place.entry] = None
    return list(entries)


async def _bound(files: Files, one: Held, other: Held) -> bool:
    pair = {one.key, other.key}
    return any(ruling.same and {ruling.one, ruling.other} == pair for ruling in files.rulings.get(one.entry, ()))


def _likeness(files: Files, one: Held, other: Held) -> float | None:
    """How probable it is, by themselves, that two records are one child's; None where they are out of reach."""
    model = files.index.model
    strings = {at: text for held in (one, other) for query in held.queries for at, text in query.texts().items()}
    found = []
    for mine, theirs in ((one, other), (other, one)):
        rows = tuple(
            ProfileRow(slot, False, 0, Features(version.codes)) for slot, version in enumerate(theirs.live.versions)
        )
        for query in mine.queries:
            asked = files.hearing.query(query.features, 0, partial(model.inquire, candidates=[]))
            match = asked.among([Candidate(0, rows)]).decide(strings)
            found += [scored.probability for scored in match.scored]
    return max(found, default=None)
