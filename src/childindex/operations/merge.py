"""Merge: two entries that are one child's become one. No number is lost, every pointer is moved, holders are told.

What was sealed under the absorbed child's key is sealed anew under the survivor's, and what finds it leads there. The
absorbed entry stays, empty and superseded, with its key: the events about it stay readable. Which records came from it
is kept with the survivor, so that a wrong merge can be undone.
"""

from dataclasses import replace

from childindex.entry import Absorbed, EntryState
from childindex.number import NumberType
from childindex.operations.child import ABSORBED, GONE, RECORD, RULINGS, TRACES, Child, place_of, traces_of
from childindex.operations.draft import Draft
from childindex.operations.promote import change_row
from childindex.pointer import ChangeKind, Ruling
from childindex.store import Snapshot, Table, layout, lineage
from childindex.store.commit import Delete, Expect, Put, digest
from childindex.store.layout import Part, Row

Slots = dict[int, int]  # slot of the absorbed entry -> slot of the survivor's


def elder(child: Child) -> tuple[bool, float, str]:
    """The order of seniority; the first survives. A permanent number never gives way to a provisional one."""
    first = min((pointer.first_seen.timestamp() for pointer in child.pointers), default=float("inf"))
    return child.number.type is NumberType.PROVISIONAL, first, child.number.value


async def merge(draft: Draft, snapshot: Snapshot, survivor: Child, absorbed: Child) -> Child:
    """Draft the merger of two live entries; answers the survivor.

    1 rows, with all by which they are found; 2 pointers and places; 3 what stewards ruled, and what was absorbed
    before; 4 the absorbed entry gives up its number; 5 the holders of its records are told.
    """
    survivor, slots = await _rows(draft, snapshot, survivor, absorbed)
    for pointer in absorbed.pointers:
        survivor = survivor.with_pointer(replace(pointer, slot=slots[pointer.slot]))
        place, seen = await place_of(draft.index, snapshot, pointer.key)
        assert place is not None, "a pointer without a place"
        draft.put_place(pointer.key, replace(place, entry=survivor.entry, slot=slots[place.slot]), before=seen)
    await _lineage(draft, snapshot, survivor, absorbed)
    draft.supersede(absorbed.number, survivor.number)
    empty = replace(absorbed.profile, state=EntryState.SUPERSEDED, rows=())
    draft.put_child(replace(absorbed, profile=empty, pointers=()))
    draft.put_child(survivor)
    for pointer in absorbed.pointers:
        if not pointer.key.retired:
            numbers = (absorbed.number, survivor.number)
            draft.changes.append(change_row(draft.index, ChangeKind.SUPERSEDED, pointer.key, numbers))
    return survivor


async def _rows(draft: Draft, snapshot: Snapshot, survivor: Child, absorbed: Child) -> tuple[Child, Slots]:
    """The survivor with the absorbed child's rows; strings are counted as before, for no row comes or goes."""
    free = (slot for slot in range(GONE) if slot not in survivor.slots)
    slots = {row.slot: next(free) for row in absorbed.profile.rows}
    births: dict[bytes, None] = {}
    for old, new in slots.items():
        traces = await traces_of(snapshot, absorbed, old)
        if traces is not None:
            births |= dict.fromkeys(traces.births)
            before, after = layout.posting(absorbed.entry, old), layout.posting(survivor.entry, new)
            draft.deletes += [Delete(Table.BLOCK, key, before) for key in traces.blocks]
            draft.puts += [Put(Table.BLOCK, key, after) for key in traces.blocks]
    moved = {(absorbed.entry, old): (survivor.entry, new) for old, new in slots.items()}
    await draft.rewrite_narrow(snapshot, tuple(births), moved)
    for part, named in ((Part.RECORD, RECORD), (Part.TRACES, TRACES)):
        for old, new in slots.items():
            await _reseal(draft, snapshot, (absorbed, survivor), (part, named, old, new))
    rows = tuple(Row(slots[row.slot], row.active, row.source, row.features) for row in absorbed.profile.rows)
    profile = replace(survivor.profile, rows=(*survivor.profile.rows, *rows))
    return replace(survivor, profile=profile), slots


async def _reseal(
    draft: Draft, snapshot: Snapshot, children: tuple[Child, Child], what: tuple[Part, bytes, int, int]
) -> None:
    absorbed, survivor = children
    part, named, old, new = what
    before, after = layout.sealed_key(absorbed.entry, part, old), layout.sealed_key(survivor.entry, part, new)
    (sealed,) = await snapshot.read(Table.SEALED, [before])
    if sealed is not None:
        plain = absorbed.key.open_padded(named, sealed, before)
        draft.puts.append(Put(Table.SEALED, after, survivor.key.seal_padded(named, plain, after)))
        draft.deletes.append(Delete(Table.SEALED, before))


async def _lineage(draft: Draft, snapshot: Snapshot, survivor: Child, absorbed: Child) -> None:
    """Rulings of both, which must be those that the decision was made by; and all that was ever absorbed."""
    rulings: dict[Ruling, None] = {}
    merged: list[Absorbed] = []
    for child in (survivor, absorbed):
        if (kept := await _kept(draft, snapshot, child, (Part.RULINGS, RULINGS))) is not None:
            rulings |= dict.fromkeys(lineage.decode_rulings(kept))
        if (kept := await _kept(draft, snapshot, child, (Part.ABSORBED, ABSORBED))) is not None:
            merged += lineage.decode_absorbed(kept)
    for part in (Part.RULINGS, Part.ABSORBED):
        draft.deletes.append(Delete(Table.SEALED, layout.sealed_key(absorbed.entry, part)))
    records = tuple(pointer.key for pointer in absorbed.pointers)
    merged.append(Absorbed(absorbed.entry, absorbed.number, draft.index.clock(), records))
    _keep(draft, survivor, (Part.ABSORBED, ABSORBED), lineage.encode_absorbed(merged))
    if rulings:
        _keep(draft, survivor, (Part.RULINGS, RULINGS), lineage.encode_rulings(list(rulings)))


async def _kept(draft: Draft, snapshot: Snapshot, child: Child, what: tuple[Part, bytes]) -> bytes | None:
    """What is sealed as a part of the child, expected to be there still; None for nothing."""
    part, named = what
    name = layout.sealed_key(child.entry, part)
    (sealed,) = await snapshot.read(Table.SEALED, [name])
    draft.expects.append(Expect(Table.SEALED, name, None if sealed is None else digest(sealed)))
    return None if sealed is None else child.key.open_padded(named, sealed, name)


def _keep(draft: Draft, child: Child, what: tuple[Part, bytes], plain: bytes) -> None:
    part, named = what
    name = layout.sealed_key(child.entry, part)
    draft.puts.append(Put(Table.SEALED, name, child.key.seal_padded(named, plain, name)))
