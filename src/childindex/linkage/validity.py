"""Validity: may these records be one child's at all, whatever they weigh?

A profile is valid if no steward has ruled two of its records apart, no system holds two active records of it, and its
records do not bear two different verified identifiers of one kind, unless one supersedes the other: a record that
asserted the one before and asserts the other now says so itself, and so does one that bears both (`with_replaced`).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TypeVar

from childindex.errors import InvalidFields, Violation
from childindex.linkage.features import Features
from childindex.linkage.model import Model

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class LiveRecord:
    """A record as it stands. Its `handle` names it and gives it its place in the canonical order.

    `source` is the handle of its custodian and system, `active` whether the involvement goes on, `present` its latest
    version, `former` the older ones that it still asserts. Features hold their strings.
    """

    handle: bytes
    source: int
    active: bool
    present: Features
    former: tuple[Features, ...] = ()

    @property
    def versions(self) -> tuple[Features, ...]:
        """All that it asserts, the present first."""
        return (self.present, *self.former)

    def __repr__(self) -> str:
        return f"LiveRecord({len(self.former)} former)"


@dataclass(frozen=True, slots=True)
class Ruling:
    """A steward's word on two records (by handle), never changed: they are the `same` child's (must-link), or not."""

    one: bytes
    other: bytes
    same: bool


class Validity:
    """What makes a profile valid under a model and a set of rulings. `identifiers` are the places of such fields."""

    def __init__(self, model: Model, rulings: Sequence[Ruling] = ()) -> None:
        self._must = [(r.one, r.other) for r in rulings if r.same]
        self._cannot = [frozenset((r.one, r.other)) for r in rulings if not r.same]
        self.identifiers = frozenset(
            place for place, shape in enumerate(model.shape.fields.values()) if shape.kind == "identifier"
        )

    def bound(self, records: Sequence[LiveRecord]) -> list[list[LiveRecord]]:
        """The records in groups that the rulings bind together, each in canonical order, and so the groups.

        Raises `InvalidFields` for rulings that contradict each other.
        """
        ordered = sorted(records, key=lambda record: record.handle)
        if any(one.handle == other.handle for one, other in pairwise(ordered)):
            raise InvalidFields([Violation("records", "a record is given twice")])
        known = {record.handle for record in ordered}
        pairs = [pair for pair in self._must if known.issuperset(pair)]
        sets = _joined([{record.handle} for record in ordered], [set(pair) for pair in pairs])
        if any(apart <= together for apart in self._cannot for together in sets):
            raise InvalidFields(
                [Violation("rulings", "must-links bind records together that a cannot-link holds apart")]
            )
        return [[record for record in ordered if record.handle in together] for together in sets]

    def holds(self, records: Sequence[LiveRecord]) -> bool:
        """Whether the records may all be one child's."""
        handles = {record.handle for record in records}
        systems = [record.source for record in records if record.active]
        return (
            not any(apart <= handles for apart in self._cannot)
            and len(set(systems)) == len(systems)
            and all(self._one_identifier(records, place) for place in self.identifiers)
        )

    def _one_identifier(self, records: Sequence[LiveRecord], place: int) -> bool:
        """Whether the identifiers that the records bear now are one, or one after the other."""
        asserted = [{code for features in record.versions for code in features.codes[place]} for record in records]
        present = {code for record in records for code in record.present.codes[place]}
        return len([one for one in _joined(asserted, []) if one & present]) <= 1


def with_replaced(records: Sequence[LiveRecord], places: Collection[int]) -> list[LiveRecord]:
    """The records, each bearing with its own identifiers those that they replaced or were replaced by, as any of the
    records states: a version that bears several of one kind says that they are one child's, one after the other."""
    stated = {
        place: _joined([set(codes) for each in records for v in each.versions if len(codes := v.codes[place]) > 1], [])
        for place in places
    }
    if not any(stated.values()):
        return list(records)
    return [
        replace(
            record,
            present=_bearing(record.present, stated),
            former=tuple(_bearing(features, stated) for features in record.former),
        )
        for record in records
    ]


def _bearing(features: Features, stated: Mapping[int, Sequence[set[int]]]) -> Features:
    codes = list(features.codes)
    for place, sets in stated.items():
        for known in sets:
            if not known.isdisjoint(codes[place]):
                codes[place] = tuple(sorted(known.union(codes[place])))
    return replace(features, codes=tuple(codes))


def _joined(sets: Sequence[set[_T]], more: Sequence[set[_T]]) -> list[set[_T]]:
    """The sets, those that share a member made one; in the order of their first."""
    joined: list[set[_T]] = []
    for each in (*sets, *more):
        if not each:
            continue
        meets = [one for one in joined if one & each]
        if not meets:
            joined.append(set(each))
            continue
        for one in (*meets[1:], each):
            meets[0].update(one)
        joined = [one for one in joined if not any(one is gone for gone in meets[1:])]
    return joined
