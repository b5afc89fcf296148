"""Standing: is a newer version of a record still of the child that the record was of?

A custodian's word on its own record counts: where the rest still speaks for the same child, what it changes or corrects
takes effect, whatever veto the one field raises. What makes another child of it goes to a person; what speaks for
nobody the record was of is a local id that has come to another child.
"""

from dataclasses import dataclass
from enum import Enum, unique

from childindex.linkage import Candidate, Continuity, Features, ProfileRow, Validity
from childindex.operations.child import Child
from childindex.operations.recognise import Query, Recognition, prepare, recognise
from childindex.operations.task import Task, has_forename
from childindex.operations.versions import UNNAMED, Versions
from childindex.pointer import PointerState
from childindex.store import Snapshot

LIKELIER = 0.5  # than that it is another's
SURE = 0.95  # from here on a version is its record's, by the record's own word
FORENAME = "forename_disagrees"
FAMILY = ("family_words", "surname_words", "surname_skeleton")  # the model's fields of family names
TWINS = frozenset({"placeholder_of_a_twin", "birth_order_differs"})  # a bed's local id may come to the other twin


@unique
class Standing(Enum):
    """What a newer version of a record is."""

    SAME = "same"
    DOUBTFUL = "doubtful"
    ANOTHER = "another"


@dataclass(frozen=True, slots=True)
class _Version:
    """An older version, ready to be compared, and how far the newer one continues it."""

    number: int  # the source's own
    query: Query
    accepted: bool
    named: bool
    continuity: Continuity
    numbered: bool  # both bear an equal identifier
    renamed: bool  # no name is left of the older one


async def standing(task: Task, snapshot: Snapshot, child: Child, found: tuple[Recognition, Versions]) -> Standing:
    """What a newer version of a child's record is.

    1 do the child's other records say that it is the child's, or did the record say the same before? 2 does it continue
    the record's own versions, the last and the first? 3 does it fit another child, who is not the one that the record
    was of, or have the child's other records nothing left in common with it? Else one field after the other could carry
    a record, and a number, to another child. 4 A doubtful version of a record that has ended is another record: ids are
    used again.
    """
    seen, versions = found
    least = task.index.model.thresholds.possible
    best = seen.match.scored[0] if seen.match.scored else None
    if best is not None and best.entry == child.entry and best.probability >= least and not best.vetoes:
        return Standing.SAME
    older = _compared(task, child, versions)
    accepted = sorted((version for version in older if version.accepted), key=lambda version: version.number)
    if any(version.query.features.codes == task.query.features.codes for version in accepted):
        return Standing.SAME
    named = [version for version in accepted if version.named] or accepted
    alone = not [p for p in child.pointers if p.key != task.given.key and not p.key.retired]
    if any(_continues(task, version, alone=alone) for version in named) and not _drifted(named[0]):
        others = await _another_fits(task, snapshot, child, (seen, versions, named))
        own = next((each for each in seen.match.scored if each.entry == child.entry), None)
        lost = not alone and (own is None or own.probability < least)
        if not others and not lost:
            return Standing.SAME
    pointer = child.pointer(task.given.key)
    ended = pointer is not None and pointer.state_on(task.index.today()) is PointerState.ENDED
    likely = max((version.continuity.probability for version in older), default=0.0)
    return Standing.DOUBTFUL if likely >= least and not ended else Standing.ANOTHER


def _drifted(first: _Version) -> bool:
    """Whether hardly anything is left of the first version that is kept, be it step by step."""
    return first.named and not first.numbered and (first.renamed or first.continuity.probability < LIKELIER)


def _compared(task: Task, child: Child, versions: Versions) -> list[_Version]:
    model = task.index.model
    accepted = {row.slot for row in child.profile.rows if row.features}
    places = Validity(model).identifiers
    mine = task.query
    compared = []
    for slot, given in versions.items():
        query = prepare(task.index, given.demographics, asker=task.caller.custodian)
        continuity = model.continuity(mine.features, query.features, mine.texts() | query.texts())
        numbered = any(set(mine.features.codes[at]) & set(query.features.codes[at]) for at in places)
        renamed = FORENAME in continuity.vetoes and not _of_one_family(mine, query)
        named = has_forename(given.demographics)
        compared.append(_Version(given.source_version, query, slot in accepted, named, continuity, numbered, renamed))
    return compared


def _of_one_family(one: Query, other: Query) -> bool:
    """Whether two versions share a word of a family name, or its sound."""
    return any(set(one.record.of(field)) & set(other.record.of(field)) for field in FAMILY)


def _continues(task: Task, older: _Version, *, alone: bool) -> bool:
    """Whether the newer version takes effect by the record's own word; `alone`: the child has no other record.

    A version without a name (a newborn's, an unborn child's) says so little that a bed's local id that came to the next
    newborn would seem to continue it: there the details must speak for themselves, but for the name. Where no name is
    left of the older version a person looks at it, be it an adoption or a local id used again. Who was told as
    one of twins may be the other, or the next in that bed on the same day: a name is taken only where no other record
    is tied to the number yet, and where family and home agree.
    """
    if older.renamed:
        return False
    vetoes, least = older.continuity.vetoes, task.index.model.thresholds.possible
    if older.numbered:
        return older.continuity.probability >= SURE
    twin = not TWINS.isdisjoint(vetoes)
    if twin and not alone:
        return False
    if older.named:
        return older.continuity.probability >= SURE
    return not vetoes - UNNAMED - TWINS and _likeness(task, older.query, dated=not twin) >= least


def _likeness(task: Task, older: Query, *, dated: bool) -> float:
    """How probable it is that an older version is of the newer one's child, whatever local id they bear, with its birth
    date or without."""
    model, mine = task.index.model, task.query
    left_out = frozenset() if dated else model.derived_of(model.shape.scan)
    codes = tuple(() if place in left_out else each for place, each in enumerate(older.features.codes))
    row = ProfileRow(0, False, 0, Features(codes))
    match = model.inquire(mine.features, [Candidate(0, (row,))]).decide(mine.texts() | older.texts())
    return match.scored[0].probability if match.scored else 0.0


async def _another_fits(
    task: Task, snapshot: Snapshot, child: Child, found: tuple[Recognition, Versions, list[_Version]]
) -> bool:
    """Whether the newer version fits another child best, whom an older version of it contradicts: the other twin.

    Who is contradicted by nothing but numbers, which a custodian may put right, may be the same child held twice.
    """
    seen, versions, older = found
    rivals = [s for s in seen.match.scored if s.entry != child.entry and s.probability >= LIKELIER]
    if not rivals:
        return False
    own = frozenset((child.entry, slot) for slot in versions)
    apart = contradictions(task)
    for version in older:
        before = await recognise(task.index, snapshot, version.query, without=own)
        told = before.inquiry.match(before.strings)  # in full: that a rival is most unlikely bars it no less
        then = {scored.entry: scored.vetoes for scored in told.scored}
        if any(rival.entry in then and apart.isdisjoint(then[rival.entry]) for rival in rivals):
            return False
    return True


def contradictions(task: Task) -> frozenset[str]:
    """The vetoes of levels by which two records tell two children, numbers apart."""
    shape = task.index.model.shape
    levels = (level for part in shape.comparisons for level in part.levels)
    return frozenset(level.veto for level in levels if level.veto and not level.anywhere)
