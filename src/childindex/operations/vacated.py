"""Vacated entries: whose last record was removed as a slip. For a stated time the child finds its number again.

A record removed as entered in error is often sent again, under its own local id or that of a new system. Until then
nothing of the child is resolved, verified or found. Only a registration that is certainly the child's takes the entry
up again, with its number; settling does it for a child that has come again as another entry. After
`Settings.remember_vacated` the rest is forgotten, and the number stays spent.
"""

from collections.abc import Sequence
from dataclasses import replace

from childindex.entry import EntryState, ShieldState
from childindex.errors import StoreDamaged
from childindex.linkage import Candidate, Decision, Features, ProfileRow
from childindex.number import NumberType
from childindex.operations.child import VACATED, Child, child_of, records_as_given, records_of
from childindex.operations.draft import Draft
from childindex.operations.files import Files, Held
from childindex.operations.index import Index
from childindex.operations.recognise import LIVE, Query, Recognition, prepare, recognise
from childindex.pointer import Declaration, RecordKey
from childindex.store import Snapshot, Table, layout, lineage
from childindex.store.commit import Delete, Put
from childindex.store.layout import Part, Profile

_KNOWN = LIVE | {EntryState.VACATED}


async def recognise_new(index: Index, snapshot: Snapshot, query: Query) -> Recognition:
    """As `recognise`, for a new record: a child whose last record was removed as a slip counts where it is certain.

    Such a child is no doubt about anybody: where it is not certainly the record's, it is left out, and one that is
    hidden from the record's custodian makes nobody else hidden.
    """
    seen = await recognise(index, snapshot, query, states=_KNOWN)
    vacated = [entry for entry, profile in seen.profiles.items() if is_vacated(profile)]
    if not vacated and not seen.hidden:
        return seen
    live = await recognise(index, snapshot, query)
    if vacated and (seen.match.decision is Decision.MATCHED and await _may_be_taken_up(index, snapshot, seen)):
        return replace(seen, hidden=live.hidden)
    return live


async def _may_be_taken_up(index: Index, snapshot: Snapshot, seen: Recognition) -> bool:
    """Whether the best candidate is live, or vacated and still remembered."""
    best = seen.match.scored[0].entry
    if not is_vacated(seen.profiles[best]):
        return True
    return await remembered(index, snapshot, await child_of(index, snapshot, best))


async def vacate(draft: Draft, snapshot: Snapshot, child: Child, key: RecordKey) -> Child:
    """The child without its last record: what found it stays for a while, and answers nobody but a registration."""
    slots = {row.slot: row for row in child.profile.rows}
    for slot in await records_of(draft.index, snapshot, child, key):
        if slot in slots and not slots[slot].features:  # in dispute: it found nothing, and says nothing of the child
            child = await draft.remove_row(snapshot, child, slot)
    rows = tuple(replace(row, active=False) for row in child.profile.rows)
    name = layout.sealed_key(child.entry, Part.VACATED)
    sealed = child.key.seal_padded(VACATED, lineage.encode_vacated(draft.index.clock()), name)
    draft.puts.append(Put(Table.SEALED, name, sealed))
    return replace(child, profile=replace(child.profile, state=EntryState.VACATED, rows=rows), pointers=())


async def occupy(draft: Draft, snapshot: Snapshot, child: Child) -> Child:
    """The vacated child live again, without what was removed; call it when new rows have counted their strings up."""
    old = [row.slot for row in child.profile.rows if not row.active]
    child = await emptied(draft, snapshot, child, old)
    return replace(child, profile=replace(child.profile, state=EntryState.LIVE))


async def remembered(index: Index, snapshot: Snapshot, child: Child) -> bool:
    """Whether a vacated child may still be taken up again. Raises `StoreDamaged` where its time is missing."""
    if not child.profile.rows:
        return False
    name = layout.sealed_key(child.entry, Part.VACATED)
    (sealed,) = await snapshot.read(Table.SEALED, [name])
    if sealed is None:
        raise StoreDamaged("the time when an entry was vacated is missing")
    when = lineage.decode_vacated(child.key.open_padded(VACATED, sealed, name))
    return index.clock() < when + index.settings.remember_vacated


def is_vacated(profile: Profile) -> bool:
    """Whether an entry's last record was removed as a slip."""
    return profile.state == EntryState.VACATED


async def emptied(draft: Draft, snapshot: Snapshot, child: Child, slots: list[int]) -> Child:
    """The vacated child without the rows of these slots, and without the time of its vacation."""
    for slot in slots:
        child = await draft.remove_row(snapshot, child, slot)
    draft.deletes.append(Delete(Table.SEALED, layout.sealed_key(child.entry, Part.VACATED)))
    return child


async def heir_of(files: Files, child: Child) -> Child | None:
    """The vacated child that a live one certainly is, come again as another entry; None where there is none.

    `files` have read the neighbourhood of the child. Every present record of it must say so, and none of another entry:
    which records lie together there changes nothing, so that the order of settling does not show.
    """
    index, snapshot = files.index, files.snapshot
    vacated = [each for each in files.children.values() if is_vacated(each.profile) and _open(each)]
    heirs = [each for each in vacated if await remembered(index, snapshot, each)]
    if not _open(child) or child.disputed:
        return None
    mine = files.records[child.entry]
    others = [held for entry, records in files.records.items() if entry != child.entry for held in records]
    for heir in sorted(heirs, key=lambda each: (each.number.type is NumberType.PROVISIONAL, each.number.value)):
        removed = list((await records_as_given(index, snapshot, heir)).values())
        alone = not any(_claims(index, held, removed) for held in others)
        if alone and mine and all(_claims(index, held, removed) for held in mine):
            return heir
    return None


def _open(child: Child) -> bool:
    return child.profile.shield == ShieldState.OPEN


def _claims(index: Index, held: Held, removed: Sequence[Declaration]) -> bool:
    """Whether a record is certainly of the child whose records were removed. One system lists no child twice: where it
    is of the same, names and birth date must be equal."""
    mine = held.queries[0]
    queries = [prepare(index, given.demographics, asker=given.key.custodian) for given in removed]
    system = held.key.custodian, held.key.system
    same = [query for given, query in zip(removed, queries, strict=True) if _system(given) == system]
    if same and not any(_equal(index, mine, query) for query in same):
        return False
    rows = tuple(ProfileRow(slot, False, 0, Features(query.features.codes)) for slot, query in enumerate(queries))
    strings = {code: text for query in (*queries, mine) for code, text in query.texts().items()}
    return index.model.inquire(mine.features, [Candidate(0, rows)]).decide(strings).decision is Decision.MATCHED


def _system(given: Declaration) -> tuple[str, str]:
    return given.key.custodian, given.key.system


def _equal(index: Index, one: Query, other: Query) -> bool:
    """Whether forename, surname and birth date are equal: the first of the model's narrow fields, and its scan."""
    shape = index.model.shape
    return all(one.record.of(field) == other.record.of(field) for field in (*shape.narrow[:2], shape.scan))
