"""Sweep: settle many entries, or foresee what settling would do; and which entries there are."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import replace

from childindex.caller import Caller
from childindex.errors import Conflict, Error, InvalidFields, Reason
from childindex.linkage import Hearing
from childindex.number import ChildNumber
from childindex.operations.adopt import check_model, in_force, policy_in_force
from childindex.operations.audit import Action, AuditEvent, about_child, about_none
from childindex.operations.child import open_profiles
from childindex.operations.crowds import profiles_of
from childindex.operations.doubts import Subject
from childindex.operations.draft import Draft
from childindex.operations.files import Files
from childindex.operations.forget import forget_vacated
from childindex.operations.index import Index
from childindex.operations.recognise import LIVE
from childindex.operations.reconcile import Finding, plan_of
from childindex.operations.review import Reviews, close_reviews
from childindex.operations.settle import Settlement, Sweep, counted, settle
from childindex.operations.verify import child_numbered
from childindex.store import Commit, Table, layout

_PAGE = 500
_ROUNDS = 4  # the first does nearly all


async def settle_each(index: Index, caller: Caller, entries: Iterable[int], reviews: Reviews) -> Settlement:
    """`settle` for each of these entries; one child's knot is no reason to leave all others as they are.

    Before: reviews of entries that are no more are closed. After: who is under review is looked at again until nothing
    changes, for what was settled later may decide it; and vacated entries whose time has come are forgotten.
    """
    total = Settlement(closed=await close_stale(index, caller, reviews))
    chosen = list(entries)
    for again in range(_ROUNDS):
        found, sweep = Settlement(), Sweep(reviews)
        for entry in chosen:
            try:
                found += await settle(index, caller, entry, sweep)
            except (Conflict, InvalidFields):
                found += Settlement(left=1)
        total += replace(found, known=0, large=0, left=0) if again else found
        reviews = sweep.reviews or reviews
        chosen = sorted(reviews.subjects)
        if not (found.merged or found.together or found.apart or found.closed) or not chosen:
            break
    return total + Settlement(forgotten=await forget_vacated(index, caller))


async def close_stale(index: Index, caller: Caller, reviews: Reviews) -> int:
    """Close the reviews about entries that are no longer live; answers how many."""
    async with index.store.snapshot() as snapshot:
        entries = sorted(reviews.subjects)
        profiles = await profiles_of(index, snapshot, entries)
        gone = {entry for entry in entries if entry not in profiles or profiles[entry].state not in LIVE}
        stale = [subject for subject in reviews.keys if not subject[1].isdisjoint(gone)]
        draft = Draft(index, snapshot.position)
        close_reviews(draft, reviews, stale)
    if stale:
        event = AuditEvent(Action.CLOSE, index.clock(), caller, 0, "SETTLED", index.model.label)
        draft.events.append(about_none(event, index.vault))
        await index.commit(draft.commit())
        for subject in stale:
            del reviews.keys[subject]
    return len(stale)


async def foresee(index: Index, entries: Iterable[int], reviews: Reviews) -> Settlement:
    """What `settle` would do of these entries at its first look. Mergers may show more to do, which settling tells."""
    found: dict[Subject, Finding] = {}
    closed: set[Subject] = set()
    large, left, hearing = 0, 0, Hearing()
    for entry in entries:
        async with index.store.snapshot() as snapshot:
            try:
                plan = await plan_of(Files(index, snapshot, hearing), entry, reviews)
            except InvalidFields:
                left += 1
                continue
        found |= {finding.review.subject: finding for finding in plan.findings}
        closed |= set(plan.closed)
        large += plan.large > 0
    todo = [counted(finding) for finding in found.values() if finding.automatic or not finding.known]
    return sum(todo, Settlement(known=len(found) - len(todo), closed=len(closed), large=large, left=left))


async def entry_numbered(index: Index, caller: Caller, number: ChildNumber) -> int:
    """The entry to settle by a child's number; that it was asked for is journalled first.

    Raises NOT_CONFIRMED where the number leads to no live entry.
    """
    policy = await policy_in_force(index)
    async with index.store.snapshot() as snapshot:
        child = await child_numbered(index, snapshot, number)
    outcome = "FOUND" if child else "NOT_CONFIRMED"
    event = AuditEvent(Action.SETTLE, index.clock(), caller, policy.version, outcome)
    told = about_none(event, index.vault) if child is None else about_child(event, *child.sealing(), index.vault)
    await index.commit(Commit(expects=in_force(policy.version), events=(told,)))
    if child is None:
        raise Error(Reason.NOT_CONFIRMED, "no live child has this number")
    return child.entry


async def live_entries(index: Index) -> AsyncIterator[int]:
    """All live entries, page by page, each page on its own snapshot. Raises `StoreDamaged` as `check_model`."""
    await check_model(index)
    after = b""
    while True:
        async with index.store.snapshot() as snapshot:
            page = await snapshot.scan(Table.ENTRY, b"", after, _PAGE)
        if not page:
            return
        for (name, _), profile in zip(page, open_profiles(index, [value for _, value in page]), strict=True):
            if profile.state in LIVE:
                yield layout.decode_entry_key(name)
        after = page[-1][0]
