"""Settling: whose records are these, all of them together, in whatever order they came?

Registering decides one record at a time against what is there, so the order of arrival shows. Settling is a function
of the set of live records alone: it begins with every record by itself (or with those that stewards bound together),
and as long as two groups are certainly one child, joins the two of which that is most certain. Records that stand
beside those to settle compete with them, and are not joined to them. Sums are exact or correctly rounded, ties are
broken by the records' handles, and what is too unlike to be a candidate does not count.

Two groups X and Y are certainly one child if their records may be (`validity`), and in both directions some record of
the one is matched to the other's profile as a registration would be: P(SAME) >= match against absence, kin and rivals,
no veto. Beside that:

- the best of k rows speaks for its group, so its odds must exceed the threshold's k times: the mean of k likelihood
  ratios is at least the best of them over k;
- a row says nothing where it is empty, and must not let another escape what the profile says there: each row of a group
  is taken with its gaps filled from the others. Else sparse records would draw in everybody of one name;
- a third group Z competes for X only as far as it is not the same child as Y. Where nothing between Y and Z contradicts
  that, "X, Y and Z are one" is the rival hypothesis's own consequence, and Z does not stand against X and Y.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations

from childindex.linkage.explanation import Scored
from childindex.linkage.grouping import Group, Grouper, contradictions, open_to
from childindex.linkage.hearing import Hearing
from childindex.linkage.inquiry import Inquiry
from childindex.linkage.model import Model
from childindex.linkage.validity import LiveRecord, Ruling, Validity, with_replaced

Groups = tuple[Group, ...]
_OUT = 60.0  # bits beyond which nothing competes


@dataclass(frozen=True, slots=True)
class Cluster:
    """Records that are one child's, by handle, in order.

    `probability` is the least of those by which its parts were joined (1 where nothing was joined); `ruled` tells that
    a steward bound some of them together.
    """

    records: tuple[bytes, ...]
    probability: float
    ruled: bool


@dataclass(frozen=True, slots=True)
class Resemblance:
    """How probable it is that two entries are one child's, asked as a registration would, and what bars their link."""

    probability: float = 0.0
    vetoes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What the best-speaking record of one group says of another: whether it is certain, and whether not against."""

    probability: float = 0.0
    bits: float = float("-inf")
    certain: bool = False
    open: bool = False


class Settler:
    """Settles the records of a component under one model and the stewards' rulings on them."""

    def __init__(
        self,
        model: Model,
        records: Sequence[LiveRecord],
        rulings: Sequence[Ruling] = (),
        hearing: Hearing | None = None,
        beside: Sequence[LiveRecord] = (),
    ) -> None:
        """`beside` are records that compete with those to settle, and are not settled; `hearing` is that of the run,
        always under one model. Raises `InvalidFields` for rulings that contradict each other, or a record given twice.
        """
        self._model = model
        self._validity = Validity(model, rulings)
        self._settled = frozenset(record.handle for record in records)
        known = with_replaced([*records, *beside], self._validity.identifiers)
        self._bound = self._validity.bound(known)
        self._hearing = hearing or Hearing()
        self._grouper = Grouper(model, known, self._validity.identifiers, self._hearing)
        self._contradictions = contradictions(model)
        self._barring = frozenset(
            (part.name, level.name) for part in model.shape.comparisons for level in part.levels if level.veto
        )

    def clusters(self) -> tuple[Cluster, ...]:
        """The children whose records these are, in canonical order."""
        return self._found

    @cached_property
    def _parts(self) -> list[Group]:
        return [replace(self._grouper.group(part), ruled=len(part) > 1) for part in self._bound]

    @cached_property
    def _beside(self) -> Groups:
        """Who stands beside the records to settle, in groups."""
        return self._rivals([part for part in self._parts if self._settled.isdisjoint(part.key)])

    @cached_property
    def _found(self) -> tuple[Cluster, ...]:
        groups = tuple(part for part in self._parts if not self._settled.isdisjoint(part.key))
        if len(groups) == 1:
            return (_cluster(groups[0]),)
        rivals = self._beside
        while (pair := self._surest(groups, rivals)) is not None:
            one, other, probability = pair
            rest = tuple(group for group in groups if group is not one and group is not other)
            least = min(one.probability, other.probability, probability)
            joined = self._grouper.group((*one.records, *other.records))
            groups = (*rest, replace(joined, probability=least, ruled=one.ruled or other.ruled))
        return tuple(sorted(map(_cluster, groups), key=lambda c: c.records))

    def stays(self, part: Sequence[bytes], rest: Sequence[bytes]) -> bool:
        """Whether records may stay with those they are with: one leaves below the lower threshold, not the upper.

        Not so where they share a crowded address: what linked them may have been taken for a home then.
        """
        one, other = self._grouper.named(part), self._grouper.named(rest)
        if not self._validity.holds((*one.records, *other.records)):
            return False
        said = (self._towards(one, other), self._towards(other, one))
        least = self._model.thresholds.match if self._crowded(one, other) else self._model.thresholds.possible
        return any(verdict.open and verdict.probability >= least for verdict in said)

    def agree(self, one: Sequence[bytes], other: Sequence[bytes]) -> bool:
        """Whether no record of the one contradicts any of the other: asked before two profiles are made one unseen.

        Stricter than a link: a level that bars one contradicts also where an equal number lifts the bar, for a number
        written to the wrong twin would else make one of two.
        """
        mine, theirs = [[self._grouper.named([handle]) for handle in part] for part in (one, other)]
        return not any(self._contradicts(a, b) for a in mine for b in theirs)

    def resemblance(self, one: Sequence[bytes], other: Sequence[bytes]) -> Resemblance:
        """How much the records of one entry resemble another entry's, beside all others, in either direction.

        The others are taken as the children that they settle to, in whichever entries they lie. Each record asks as if
        it were to be registered while its own entry were not there: what is doubtful so is a doubt at registration, and
        settling says of it whether it still is. That systems list both counts for each of them, whichever record asks.
        """
        mine, theirs = self._grouper.named(one), self._grouper.named(other)
        known = [cluster.records for cluster in self._found] + [group.key for group in self._beside]
        rest = [[handle for handle in part if handle not in {*one, *other}] for part in known]
        beside = tuple(self._grouper.named(part) for part in rest if part)
        lists = len(_systems(mine) & _systems(theirs))
        found = [
            self._resembled(scored, lists)
            for asking, asked in ((mine, theirs), (theirs, mine))
            for query in asking.queries
            if (scored := self._said(query, (asked, *beside))) is not None
        ]
        return max(found, key=lambda each: (each.probability, each.vetoes), default=Resemblance())

    def _resembled(self, scored: Scored, lists: int) -> Resemblance:
        """What a record says where so many systems list both: its own system's line is among its vetoes already."""
        same = self._model.shape.same_system
        uncounted = lists - (same.veto in scored.vetoes)
        if uncounted <= 0:
            return Resemblance(scored.probability, scored.vetoes)
        odds = scored.probability * (same.m / same.u) ** uncounted
        vetoes = tuple(dict.fromkeys((*scored.vetoes, same.veto)))
        return Resemblance(odds / (1.0 - scored.probability + odds), vetoes)

    def _crowded(self, one: Group, other: Group) -> bool:
        """Whether both assert an address that many share."""
        crowds = self._hearing.crowds
        mine, theirs = (
            {code for row in group.candidate.rows for field in row.features.codes for code in field if code in crowds}
            for group in (one, other)
        )
        return not mine.isdisjoint(theirs)

    # --- pairs of groups ---

    def _rivals(self, parts: Sequence[Group]) -> Groups:
        """Who stands beside, in groups: those compete as one who are certainly one child by what they themselves say.

        Each begins by itself, or as stewards bound it, and joins the first group that is certainly the same child.
        """
        groups: list[Group] = []
        for part in sorted(parts, key=lambda part: part.key):
            place = next((at for at, group in enumerate(groups) if self._alike(group, part)), None)
            if place is None:
                groups.append(part)
            else:
                groups[place] = self._grouper.group((*groups[place].records, *part.records))
        return tuple(groups)

    def _alike(self, one: Group, other: Group) -> bool:
        """Whether two are certainly one child by themselves."""
        valid = self._validity.holds((*one.records, *other.records))
        return valid and self._towards(one, other).certain and self._towards(other, one).certain

    def _surest(self, groups: Groups, rivals: Groups) -> tuple[Group, Group, float] | None:
        """The two groups that are most certainly one child, and how probable that is; None where none are."""
        found = []
        for one, other in combinations(sorted(groups, key=lambda group: group.key), 2):
            if not self._likely(one, other) or not self._validity.holds((*one.records, *other.records)):
                continue
            others = [group for group in (*groups, *rivals) if group is not one and group is not other]
            mine = self._among(one, other, others)
            if mine.certain and (theirs := self._among(other, one, others)).certain:
                bits, probability = min(mine.bits, theirs.bits), min(mine.probability, theirs.probability)
                found.append((bits, probability, one, other))
        if not found:
            return None
        _, probability, one, other = min(found, key=lambda each: (-each[0], each[2].key, each[3].key))
        return one, other, probability

    def _among(self, one: Group, other: Group, others: Sequence[Group]) -> _Verdict:
        """What one group says of another where the others stand against them: one may be z's, and the other not."""
        against = [z for z in others if self._reaches(one, z) and not self._compatible(other, z)]
        return self._towards(one, other, against)

    def _likely(self, one: Group, other: Group) -> bool:
        """Whether the two could be joined, whoever stands beside them: kin may add certainty, never make a likeness."""
        mine = self._towards(one, other)
        if not mine.open:
            return False
        theirs = self._towards(other, one)
        return theirs.open and max(mine.probability, theirs.probability) >= self._model.thresholds.possible

    def _compatible(self, one: Group, other: Group) -> bool:
        """Whether the two might be one child, as far as they themselves say."""
        if not self._validity.holds((*one.records, *other.records)):
            return False
        return self._towards(one, other).open or self._towards(other, one).open

    def _reaches(self, one: Group, other: Group) -> bool:
        """Whether the other counts at all in what any record of the one is asked."""
        return any(self._said(query, [other]) is not None for query in one.queries)

    def _towards(self, one: Group, other: Group, rivals: Sequence[Group] = ()) -> _Verdict:
        """What the best-speaking record of one group says of the other, among rivals."""
        beside = (other, *sorted(rivals, key=lambda rival: rival.key))
        return max(
            (self._verdict(self._said(query, beside), len(one.queries)) for query in one.queries),
            key=lambda verdict: (verdict.certain, verdict.open, verdict.bits),
        )

    def _said(self, query: Inquiry, groups: Sequence[Group]) -> Scored | None:
        """How the first of some groups stands beside the others, asked by one record."""
        named = [(group.numbers, group.candidate) for group in groups]
        return self._hearing.standing(query, named, self._grouper.strings)

    def _verdict(self, scored: Scored | None, speakers: int) -> _Verdict:
        if scored is None:
            return _Verdict()
        bar, chance = self._model.thresholds.match, scored.probability
        sure = not scored.vetoes and (1 - chance) * bar * speakers <= chance * (1 - bar)
        return _Verdict(chance, scored.total_bits, sure, open_to(self._contradictions, scored))

    def _contradicts(self, one: Group, other: Group) -> bool:
        found = [
            match.scored[0]
            for query in one.queries
            if (match := query.among([other.candidate]).match(self._grouper.strings)).scored
        ]
        return bool(found) and all(map(self._barred, found))

    def _barred(self, scored: Scored) -> bool:
        """Whether a veto, lifted or not, stands against the two."""
        reached = {(line.comparison, line.level) for line in scored.comparisons}
        return not (self._contradictions.isdisjoint(scored.vetoes) and self._barring.isdisjoint(reached))


def _cluster(group: Group) -> Cluster:
    return Cluster(group.key, group.probability, group.ruled)


def _systems(group: Group) -> set[int]:
    """The systems that list an active record of a group."""
    return {record.source for record in group.records if record.active}
