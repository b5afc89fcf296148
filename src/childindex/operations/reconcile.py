"""Reconcile: where the children that records settle to differ from the entries they lie in, and what may be done.

Two entries are merged unseen only if all their records settle to one child by evidence (not by a ruling, which is for
the steward's desk to carry out), none of one contradicts any of the other, and neither entry is shielded, under review
or disputed; nor may the proof rest on the records of an entry that is. Everything else is for a person. An entry is
never split: whether it should be, a person decides; and who is in leaves below a lower threshold than it joined by.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from childindex.entry import EntryState, ShieldState
from childindex.linkage import Cluster, Settler
from childindex.operations.child import Child
from childindex.operations.component import Component, components_of
from childindex.operations.files import Files, Held
from childindex.operations.merge import elder
from childindex.operations.review import Reviews
from childindex.pointer import RecordKey


@dataclass(frozen=True, slots=True)
class Finding:
    """Children that settling finds to be one (the elder first), or one child it finds to be two, and how probably.

    `automatic`: may be carried out without a person. `known`: under review already.
    """

    children: tuple[Child, ...]
    probability: float
    automatic: bool
    known: bool

    @property
    def together(self) -> bool:
        """Whether two entries settle to one child; else one entry settles to two."""
        return len(self.children) > 1


@dataclass(frozen=True, slots=True)
class _Settled:
    """A cluster, who settled it, and the component that it is of."""

    cluster: Cluster
    settler: Settler
    component: Component


@dataclass(frozen=True, slots=True)
class Plan:
    """What settling an entry's records comes to: the clusters of its components, and where the entries differ.

    `guards` are all that a concurrent registration of one of the children would touch; `large` components were left.
    """

    clusters: tuple[tuple[RecordKey, ...], ...] = ()
    findings: tuple[Finding, ...] = ()
    guards: tuple[bytes, ...] = ()
    large: int = 0

    def __repr__(self) -> str:
        return f"Plan({len(self.clusters)} clusters, {len(self.findings)} findings)"


async def plan_of(files: Files, entry: int, reviews: Reviews) -> Plan:
    """What settling the records of an entry would change. Raises `InvalidFields` for rulings that contradict."""
    mine = await files.of(entry)
    known = {held.live.handle: held for held in mine}
    clusters: dict[tuple[bytes, ...], _Settled] = {}
    large = 0
    for component in await components_of(files, mine):
        known |= {held.live.handle: held for held in (*component.core, *component.beside)}
        if not component.whole:
            large += 1
            continue
        settler = _settler(files, component.core, component.beside)
        clusters |= {cluster.records: _Settled(cluster, settler, component) for cluster in settler.clusters()}
    findings = [
        *chain.from_iterable(_together(files, settled, reviews) for settled in clusters.values()),
        *([] if large else _apart(files, mine, list(clusters))),
    ]
    judged = tuple(_judged(finding, reviews) for finding in findings)
    guards = dict.fromkeys(guard for held in known.values() for query in held.queries for guard in query.guards)
    named = tuple(tuple(known[handle].key for handle in handles) for handles in sorted(clusters))
    return Plan(named, judged, tuple(guards), large)


def _together(files: Files, settled: _Settled, reviews: Reviews) -> Iterable[Finding]:
    """The entries of a cluster, each beside the eldest."""
    cluster = set(settled.cluster.records)
    entries = {held.entry for held in settled.component.core if held.live.handle in cluster}
    handles = {entry: [held.live.handle for held in files.records[entry]] for entry in entries}
    children = sorted((files.children[entry] for entry in entries), key=elder)
    waiting = {
        child.entry
        for child in children
        if not _free(child) or child.entry in reviews.subjects or not cluster.issuperset(handles[child.entry])
    }
    for child in children[1:]:
        pair = (children[0], child)
        certain = waiting.isdisjoint({one.entry for one in pair}) and not settled.cluster.ruled
        mine, theirs = (handles[one.entry] for one in pair)
        automatic = (
            certain and settled.settler.agree(mine, theirs) and _proved(files, settled, waiting, {*mine, *theirs})
        )
        yield Finding(pair, settled.cluster.probability, automatic, known=False)


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


def _apart(files: Files, mine: Sequence[Held], clusters: Sequence[tuple[bytes, ...]]) -> Iterable[Finding]:
    """The entry, if some of its records have left it: by themselves, below the lower threshold."""
    handles = [held.live.handle for held in mine]
    parts = [part for cluster in clusters if (part := [handle for handle in handles if handle in cluster])]
    if len(parts) < 2:
        return
    settler = _settler(files, mine)
    rests = [[handle for handle in handles if handle not in part] for part in parts]
    if not all(settler.stays(part, rest) for part, rest in zip(parts, rests, strict=True)):
        yield Finding((files.children[mine[0].entry],), 0.0, automatic=False, known=False)


def _free(child: Child) -> bool:
    """Whether nothing about the child waits for a person."""
    return child.profile.state == EntryState.LIVE and child.profile.shield == ShieldState.OPEN and not child.disputed


def _judged(finding: Finding, reviews: Reviews) -> Finding:
    entries = [child.entry for child in finding.children]
    reviewed = any(entry in reviews.subjects for entry in entries)
    known = frozenset(entries) in reviews.pairs if finding.together else reviewed
    return replace(finding, known=known)
