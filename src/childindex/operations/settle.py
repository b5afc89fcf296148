"""Settle: whatever order records came, changed and went in, let the entries be the children that they settle to.

Not of the wire: an operator runs it, over one child's component or over all. What may be merged without a person is,
each merger one commit that holds only if nobody touched the same keys since; what may not is raised as a review, once.
"""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field

from childindex import telemetry
from childindex.caller import Caller
from childindex.entry import EntryState
from childindex.errors import Conflict, Error, InvalidFields, Reason
from childindex.linkage import Hearing
from childindex.number import ChildNumber
from childindex.operations.adopt import check_model, in_force, policy_in_force
from childindex.operations.audit import Action, AuditEvent, about_child, about_none
from childindex.operations.child import open_profiles
from childindex.operations.draft import Draft
from childindex.operations.files import Files
from childindex.operations.index import Index
from childindex.operations.merge import merge
from childindex.operations.reconcile import Finding, Plan, plan_of
from childindex.operations.review import Reviews, open_reviews, raise_settling
from childindex.operations.verify import child_numbered
from childindex.store import Commit, Table, layout

_LIVE = (EntryState.LIVE, EntryState.UNDER_REVIEW)
_PAGE = 500


@dataclass(frozen=True, slots=True)
class Settlement:
    """Entries merged; reviews raised of two entries that may be one child's (`together`), of one that may be two's."""

    merged: int = 0
    together: int = 0
    apart: int = 0
    known: int = 0  # findings that were under review before
    large: int = 0  # entries left as they are: too many records hang together with theirs
    left: int = 0  # entries left: the rulings on them contradict each other, or others kept changing them

    def __add__(self, other: "Settlement") -> "Settlement":
        return Settlement(
            self.merged + other.merged,
            self.together + other.together,
            self.apart + other.apart,
            self.known + other.known,
            self.large + other.large,
            self.left + other.left,
        )


@dataclass(slots=True)
class Sweep:
    """What a run over many entries knows: the reviews that are open, kept up to date by it (None: to be read), what it
    heard so far, and the findings that it has counted: a pair is found from either side."""

    reviews: Reviews | None = None
    hearing: Hearing = field(default_factory=Hearing)
    counted: set[frozenset[int]] = field(default_factory=set)


async def settle(index: Index, caller: Caller, entry: int, sweep: Sweep | None = None) -> Settlement:
    """Settle the component of an entry, and carry out what may be; alone, or as a part of a sweep.

    Raises `Conflict` after `attempts` refused commits, `InvalidFields` for rulings that contradict each other.
    """
    done, refused, sweep = Settlement(), 0, sweep or Sweep()
    while True:
        # 1 what settling comes to, on one snapshot
        policy = await policy_in_force(index)
        async with index.store.snapshot() as snapshot:
            reviews = sweep.reviews = sweep.reviews or await open_reviews(index, snapshot)
            files = Files(index, snapshot, sweep.hearing)
            plan = await plan_of(files, entry, reviews)
            finding = _next(plan)
            if finding is None:
                known = {_of(f) for f in plan.findings if f.known} - sweep.counted
                sweep.counted |= known
                return done + Settlement(known=len(known), large=int(plan.large > 0))
            # 2 one step of it, drafted
            draft = Draft(index, snapshot.position, policy.version, guards=plan.guards)
            event = AuditEvent(_action(finding), index.clock(), caller, policy.version, "SETTLED", index.model.label)
            if finding.automatic:
                survivor = await merge(draft, snapshot, *finding.children)
                draft.touches += plan.guards
            else:
                raise_settling(draft, finding.children, finding.probability)
            for child in finding.children:
                draft.record(child, event)
        # 3 and committed; refused: from a fresh snapshot
        try:
            await index.commit(draft.commit())
        except Conflict:
            telemetry.conflict()
            refused, sweep.reviews = refused + 1, None
            if refused == index.settings.attempts:
                raise
            continue
        if finding.automatic:
            entry = survivor.entry
        else:
            reviews.add(finding.children[-1].entry, [child.entry for child in finding.children[:-1]])
            sweep.counted.add(_of(finding))
        done += _step(finding)


async def settle_each(index: Index, caller: Caller, entries: Iterable[int], reviews: Reviews) -> Settlement:
    """`settle` for each of these entries; one child's knot is no reason to leave all others as they are."""
    total, sweep = Settlement(), Sweep(reviews)
    for entry in entries:
        try:
            total += await settle(index, caller, entry, sweep)
        except (Conflict, InvalidFields):
            total += Settlement(left=1)
    return total


async def foresee(index: Index, entries: Iterable[int], reviews: Reviews) -> Settlement:
    """What `settle` would do of these entries at its first look. Mergers may show more to do, which settling tells."""
    found: dict[frozenset[int], Finding] = {}
    large, left, hearing = 0, 0, Hearing()
    for entry in entries:
        async with index.store.snapshot() as snapshot:
            try:
                plan = await plan_of(Files(index, snapshot, hearing), entry, reviews)
            except InvalidFields:
                left += 1
                continue
        found |= {_of(finding): finding for finding in plan.findings}
        large += plan.large > 0
    todo = [_step(finding) for finding in found.values() if not finding.known]
    return sum(todo, Settlement(known=len(found) - len(todo), large=large, left=left))


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
            if profile.state in _LIVE:
                yield layout.decode_entry_key(name)
        after = page[-1][0]


def _next(plan: Plan) -> Finding | None:
    """The first finding that is not under review; mergers before reviews, since they may answer them."""
    open_ones = [finding for finding in plan.findings if finding.automatic or not finding.known]
    return min(open_ones, key=lambda finding: not finding.automatic, default=None)


def _of(finding: Finding) -> frozenset[int]:
    """The entries that a finding is about."""
    return frozenset(child.entry for child in finding.children)


def _action(finding: Finding) -> Action:
    return Action.MERGE if finding.automatic else Action.DOUBT


def _step(finding: Finding) -> Settlement:
    if finding.automatic:
        return Settlement(merged=1)
    return Settlement(together=1) if finding.together else Settlement(apart=1)
