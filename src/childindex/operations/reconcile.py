"""Reconcile: where the children that records settle to differ from the entries they lie in, and what may be done.

Two entries are merged unseen only if all their records settle to one child by evidence (not by a ruling, which is for
the steward's desk to carry out), none of one contradicts any of the other, and neither entry is shielded or disputed;
nor may the proof rest on the records of an entry that is. Everything else is for a person: two entries that may be one
child's, one whose records may be two's. An entry is never split: whether it should be, a person decides; and who is in
leaves below a lower threshold than it joined by. A review that the evidence no longer bears is closed; none bars
anything.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from childindex.entry import EntryState, ShieldState
from childindex.linkage import Cluster, Settler
from childindex.operations.child import Child
from childindex.operations.component import Component, components_of
from childindex.operations.doubts import Doubt, Review, Subject
from childindex.operations.files import Files, Held
from childindex.operations.merge import elder
from childindex.operations.review import Reviews
from childindex.pointer import RecordKey

_OF_EVIDENCE = frozenset({Doubt.DUPLICATE, Doubt.MIXED, Doubt.DISPUTED})  # the other doubts only a person decides


@dataclass(frozen=True, slots=True)
class Finding:
    """Children that settling finds to be one (the elder first), or one child in doubt, and how probably.

    `automatic`: may be carried out without a person. `known`: under review already.
    """

    doubt: Doubt
    children: tuple[Child, ...]
    probability: float = 0.0
    vetoes: tuple[str, ...] = ()
    automatic: bool = False
    known: bool = False

    @property
    def review(self) -> Review:
        """The review of this finding: the younger child first."""
        entries = tuple(child.entry for child in reversed(self.children))
        return Review(self.doubt, entries, self.probability, self.vetoes)


@dataclass(frozen=True, slots=True)
class _Settled:
    """A cluster, who settled it, and the component that it is of."""

    cluster: Cluster
    settler: Settler
    component: Component


@dataclass(frozen=True, slots=True)
class Plan:
    """What settling an entry's records comes to: the clusters of its components, and where the entries differ.

    `closed` are the reviews about the entry that nothing bears any more, `cleared` the entry's file where it need not
    wait any longer. `guards` are all that a concurrent registration of one of the children would touch; `large`
    components were left.
    """

    clusters: tuple[tuple[RecordKey, ...], ...] = ()
    findings: tuple[Finding, ...] = ()
    closed: tuple[Subject, ...] = ()
    cleared: Child | None = None
    guards: tuple[bytes, ...] = ()
    large: int = 0

    def __repr__(self) -> str:
        return f"Plan({len(self.clusters)} clusters, {len(self.findings)} findings, {len(self.closed)} closed)"


async def plan_of(files: Files, entry: int, reviews: Reviews) -> Plan:
    """What settling the records of an entry would change. Raises `InvalidFields` for rulings that contradict."""
    mine = await files.of(entry)
    known = {held.live.handle: held for held in mine}
    clusters: dict[tuple[bytes, ...], _Settled] = {}
    resembling: list[Finding] = []
    large = 0
    for component in await components_of(files, mine):
        known |= {held.live.handle: held for held in (*component.core, *component.beside)}
        if not component.whole:
            large += 1
            continue
        settler = _settler(files, component.core, component.beside)
        clusters |= {cluster.records: _Settled(cluster, settler, component) for cluster in settler.clusters()}
        resembling += _resembling(files, entry, settler, component)
    findings = [
        *chain.from_iterable(_together(files, settled) for settled in clusters.values()),
        *resembling,
        *([] if large else _mixed(files, mine, list(clusters))),
        *([Finding(Doubt.DISPUTED, (files.children[entry],))] if files.children[entry].disputed else []),
    ]
    distinct = {finding.review.subject: finding for finding in reversed(findings)}  # what clusters tell goes first
    judged = [replace(each, known=subject in reviews) for subject, each in reversed(distinct.items())]
    closed = () if large else await _closed(files, entry, judged, reviews)
    named = tuple(tuple(known[handle].key for handle in handles) for handles in sorted(clusters))
    return Plan(
        named,
        tuple(judged),
        closed,
        _cleared(files.children[entry], judged, set(reviews.about(entry)) - set(closed)),
        tuple(dict.fromkeys(guard for held in known.values() for query in held.queries for guard in query.guards)),
        large,
    )


async def _closed(files: Files, entry: int, findings: Sequence[Finding], reviews: Reviews) -> tuple[Subject, ...]:
    """The reviews about an entry that no finding bears, also none that is found from the other entry alone."""
    borne = {finding.review.subject for finding in findings}
    open_ones = [each for each in reviews.about(entry) if each[0] in _OF_EVIDENCE and each not in borne]
    return tuple([each for each in open_ones if not await _borne_by_other(files, entry, each)])


async def _borne_by_other(files: Files, entry: int, subject: Subject) -> bool:
    """Whether a doubt about two entries is found from the other one: a version in dispute finds, and is not found."""
    for other in subject[1] - {entry}:
        for component in await components_of(files, await files.of(other)):
            entries = {held.entry for held in component.core}
            if not component.whole:
                return True
            if entry in entries:
                settler = _settler(files, component.core, component.beside)
                found = [*_resembling(files, other, settler, component)]
                for cluster in settler.clusters():
                    found += _together(files, _Settled(cluster, settler, component))
                return subject in {finding.review.subject for finding in found}
    return False


def _cleared(child: Child, findings: Sequence[Finding], left: set[Subject]) -> Child | None:
    """The child, live without reserve, where it waits although no doubt is left whether it is another's duplicate."""
    doubts = {finding.doubt for finding in findings} | {doubt for doubt, _ in left}
    if child.profile.state != EntryState.UNDER_REVIEW or Doubt.DUPLICATE in doubts:
        return None
    return replace(child, profile=replace(child.profile, state=EntryState.LIVE))


def _resembling(files: Files, entry: int, settler: Settler, component: Component) -> Iterator[Finding]:
    """The other entries of a component that a record of this one would still be taken for, were it to come now."""
    handles: dict[int, list[bytes]] = {}
    for held in (*component.core, *component.beside):
        handles.setdefault(held.entry, []).append(held.live.handle)
    own = handles.pop(entry)
    for other in dict.fromkeys(held.entry for held in component.core if held.entry != entry):
        if _ruled(files, entry, other):
            continue
        found = settler.resemblance(own, handles[other])
        if found.probability >= files.index.model.thresholds.possible:
            pair = tuple(sorted((files.children[entry], files.children[other]), key=elder))
            yield Finding(Doubt.DUPLICATE, pair, found.probability, found.vetoes)


def _ruled(files: Files, entry: int, other: int) -> bool:
    """Whether a steward has ruled on any two records of these entries: then nobody is asked again."""
    mine, theirs = ({held.key for held in files.records[each]} for each in (entry, other))
    pairs = ({ruling.one, ruling.other} for ruling in files.rulings[entry])
    return any(pair & mine and pair & theirs for pair in pairs)


def _together(files: Files, settled: _Settled) -> Iterable[Finding]:
    """The entries of a cluster, each beside the eldest."""
    cluster = set(settled.cluster.records)
    entries = {held.entry for held in settled.component.core if held.live.handle in cluster}
    handles = {entry: [held.live.handle for held in files.records[entry]] for entry in entries}
    children = sorted((files.children[entry] for entry in entries), key=elder)
    waiting = {child.entry for child in children if not _free(child) or not cluster.issuperset(handles[child.entry])}
    for child in children[1:]:
        pair = (children[0], child)
        certain = waiting.isdisjoint({one.entry for one in pair}) and not settled.cluster.ruled
        mine, theirs = (handles[one.entry] for one in pair)
        automatic = (
            certain and settled.settler.agree(mine, theirs) and _proved(files, settled, waiting, {*mine, *theirs})
        )
        yield Finding(Doubt.DUPLICATE, pair, settled.cluster.probability, automatic=automatic)


def _proved(files: Files, settled: _Settled, waiting: set[int], records: set[bytes]) -> bool:
    """Whether records are one child's also without those of the entries that wait for a person.

    These still count against it: who is beside the cluster competes, and the cluster was settled with all of them.
    """
    if not waiting:
        return True
    cluster = set(settled.cluster.records)
    core = [each for each in settled.component.core if each.entry not in waiting or each.live.handle not in cluster]
    again = _settler(files, core, settled.component.beside).clusters()
    return any(records.issubset(each.records) for each in again)


def _settler(files: Files, core: Sequence[Held], beside: Sequence[Held] = ()) -> Settler:
    settled, others = ([held.live for held in each] for each in (core, beside))
    return Settler(files.index.model, settled, files.ruled(), files.hearing, others)


def _mixed(files: Files, mine: Sequence[Held], clusters: Sequence[tuple[bytes, ...]]) -> Iterable[Finding]:
    """The entry, if some of its records have left it: by themselves, below the lower threshold."""
    handles = [held.live.handle for held in mine]
    parts = [part for cluster in clusters if (part := [handle for handle in handles if handle in cluster])]
    if len(parts) < 2:
        return
    settler = _settler(files, mine)
    rests = [[handle for handle in handles if handle not in part] for part in parts]
    if not all(settler.stays(part, rest) for part, rest in zip(parts, rests, strict=True)):
        yield Finding(Doubt.MIXED, (files.children[mine[0].entry],))


def _free(child: Child) -> bool:
    """Whether nothing about the child itself waits for a person."""
    return child.profile.shield == ShieldState.OPEN and not child.disputed
