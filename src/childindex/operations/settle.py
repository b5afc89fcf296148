"""Settle: whatever order records came, changed and went in, let the entries be the children that they settle to.

Not of the wire: an operator runs it, over one child's component or over all. What may be merged without a person is,
each merger one commit that holds only if nobody touched the same keys since; what may not is raised as a review, once,
and closed when the evidence has decided it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from childindex import telemetry
from childindex.caller import Caller
from childindex.errors import Conflict
from childindex.linkage import Hearing
from childindex.operations.adopt import policy_in_force
from childindex.operations.audit import Action, AuditEvent
from childindex.operations.child import Child
from childindex.operations.doubts import Doubt, Subject
from childindex.operations.draft import Draft
from childindex.operations.files import Files
from childindex.operations.index import Index
from childindex.operations.merge import merge
from childindex.operations.reconcile import Finding, Plan, plan_of
from childindex.operations.review import Reviews, close_reviews, concerned, open_reviews, raise_review
from childindex.operations.vacated import heir_of, occupy
from childindex.store import Snapshot, Table
from childindex.store.commit import Expect

_PAGE = 500


@dataclass(frozen=True, slots=True)
class Settlement:
    """Entries merged; reviews raised of two entries that may be one child's (`together`), of one that may be two's."""

    merged: int = 0
    together: int = 0
    apart: int = 0
    known: int = 0  # findings that were under review before
    closed: int = 0  # reviews that the evidence has decided
    forgotten: int = 0  # vacated entries of which nothing is remembered any more
    large: int = 0  # entries left as they are: too many records hang together with theirs
    left: int = 0  # entries left: the rulings on them contradict each other, or others kept changing them

    def __add__(self, other: "Settlement") -> "Settlement":
        return Settlement(
            self.merged + other.merged,
            self.together + other.together,
            self.apart + other.apart,
            self.known + other.known,
            self.closed + other.closed,
            self.forgotten + other.forgotten,
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
            # 2 one step of it, drafted
            draft = Draft(index, snapshot.position, policy.version, guards=plan.guards)
            step = await _step(_Drafting(draft, snapshot, caller, files), plan, entry, reviews)
            if step is None:
                known = {frozenset(c.entry for c in f.children) for f in plan.findings if f.known} - sweep.counted
                sweep.counted |= known
                return done + Settlement(known=len(known), large=int(plan.large > 0))
        # 3 and committed; refused: from a fresh snapshot
        try:
            await index.commit(draft.commit())
        except Conflict:
            telemetry.conflict()
            refused, sweep.reviews = refused + 1, None
            if refused == index.settings.attempts:
                raise
            continue
        step.noted(sweep, reviews)
        entry, done = step.entry, done + step.settled


@dataclass(frozen=True, slots=True)
class _Step:
    """One commit of settling: the entry to go on with, what it counts for, and what becomes of the open reviews."""

    entry: int
    settled: Settlement
    closed: tuple[Subject, ...] = ()
    raised: tuple[Subject, tuple[bytes, ...]] | None = None

    def noted(self, sweep: Sweep, reviews: Reviews) -> None:
        """Bring the reviews of a sweep up to date."""
        for subject in self.closed:
            reviews.keys.pop(subject, None)
        if self.raised is not None:
            subject, keys = self.raised
            reviews.keys[subject] = list(keys)
            sweep.counted.add(subject[1])


@dataclass(frozen=True, slots=True)
class _Drafting:
    """A draft, the snapshot it is made on, who makes it, and the files that it has read."""

    draft: Draft
    snapshot: Snapshot
    caller: Caller
    files: Files

    def record(self, action: Action, children: Iterable[Child]) -> None:
        """Journal an event about each of these children."""
        index = self.draft.index
        event = AuditEvent(action, index.clock(), self.caller, self.draft.policy, "SETTLED", index.model.label)
        for child in children:
            self.draft.record(child, event)


async def _step(work: _Drafting, plan: Plan, entry: int, reviews: Reviews) -> _Step | None:
    """The next step of a plan: mergers first, since they may answer reviews; then what is closed; then what is raised.
    None where nothing is left to do."""
    merger = next((finding for finding in plan.findings if finding.automatic), None)
    if merger is not None:
        return await _merged(work, plan, merger.children, reviews)
    child = work.files.children[entry]
    heir = await heir_of(work.files, child) if child.live else None
    if heir is not None:
        survivor = await occupy(work.draft, work.snapshot, heir)
        return await _merged(work, plan, (survivor, child), reviews)
    if plan.closed or plan.cleared:
        close_reviews(work.draft, reviews, plan.closed)
        if plan.cleared:
            work.draft.put_child(plan.cleared)
        work.record(Action.CLOSE, [child])
        return _Step(entry, Settlement(closed=len(plan.closed)), plan.closed)
    doubt = next((finding for finding in plan.findings if not finding.known), None)
    if doubt is None:
        return None
    keys = raise_review(work.draft, doubt.review, concerned(doubt.children))
    work.draft.expects += [Expect(Table.REVIEW, key, None) for key in keys]
    work.record(Action.DOUBT, doubt.children)
    return _Step(entry, counted(doubt), raised=(doubt.review.subject, tuple(keys)))


async def _merged(work: _Drafting, plan: Plan, pair: tuple[Child, ...], reviews: Reviews) -> _Step:
    """A merger: what was doubtful of the entry that is no more is closed, and asked again of the survivor."""
    survivor, absorbed = pair
    merged = await merge(work.draft, work.snapshot, survivor, absorbed)
    work.draft.touches += plan.guards
    closed = tuple(reviews.about(absorbed.entry))
    close_reviews(work.draft, reviews, closed)
    work.record(Action.MERGE, pair)
    return _Step(merged.entry, Settlement(merged=1), closed)


def counted(finding: Finding) -> Settlement:
    """What a finding counts for."""
    if finding.automatic:
        return Settlement(merged=1)
    return Settlement(together=1) if finding.doubt is Doubt.DUPLICATE else Settlement(apart=1)
