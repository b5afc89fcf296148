"""Groups of records taken as one child's: as a profile to be matched against, and as queries that speak for it.

All that the records assert counts, and no row says nothing where the group knows something: each row's gaps are filled
from the others. An older version counts only if it continues into the present one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from childindex.linkage.candidate import Candidate, ProfileRow
from childindex.linkage.explanation import Scored
from childindex.linkage.features import Codes, Features
from childindex.linkage.hearing import Hearing
from childindex.linkage.inquiry import Inquiry
from childindex.linkage.model import Model
from childindex.linkage.validity import LiveRecord

_FLAGS = frozenset({"placeholder", "twin", "birth_order"})  # kinds of fields that tell what stood for a name


@dataclass(frozen=True, slots=True)
class Group:
    """Records taken as one child's, in canonical order: their rows as a profile, and as queries without candidates.

    `numbers` are the records' in the hearing, `probability` is the least by which its parts were joined; `ruled`
    tells that a steward bound some of them.
    """

    records: tuple[LiveRecord, ...]
    numbers: tuple[int, ...]
    candidate: Candidate
    queries: tuple[Inquiry, ...]
    probability: float = 1.0
    ruled: bool = False

    @property
    def key(self) -> tuple[bytes, ...]:
        """The records' handles."""
        return tuple(record.handle for record in self.records)

    def __repr__(self) -> str:
        return f"Group({len(self.records)} records)"


def contradictions(model: Model) -> frozenset[str]:
    """The vetoes of levels: what tells two records apart, as against what is missing in one of them."""
    return frozenset(level.veto for part in model.shape.comparisons for level in part.levels if level.veto)


def open_to(contradicting: frozenset[str], scored: Scored) -> bool:
    """Whether nothing contradicts that the two are one child, and no kinship explains them better."""
    return contradicting.isdisjoint(scored.vetoes) and scored.probability >= scored.rival_probability


class Grouper:
    """Makes groups of the records of one component. `strings` are all values that their comparison may want."""

    def __init__(
        self, model: Model, records: Sequence[LiveRecord], identifiers: frozenset[int], hearing: Hearing
    ) -> None:
        self._model = model
        self._hearing = hearing
        self._identifiers = identifiers
        self._contradictions = contradictions(model)
        self._flags = frozenset(
            place for place, shape in enumerate(model.shape.fields.values()) if shape.kind in _FLAGS
        )
        self._records = {record.handle: record for record in sorted(records, key=lambda record: record.handle)}
        self._places = {handle: place for place, handle in enumerate(self._records)}
        self._known = {
            code: value
            for record in self._records.values()
            for features in record.versions
            for code, value in features.strings.items()
        }
        self.strings = {code: text for code, (_, text) in self._known.items()}
        self._asserted = {record.handle: self._coherent(record) for record in self._records.values()}

    def named(self, handles: Sequence[bytes]) -> Group:
        """The group of the records with these handles."""
        return self.group([self._records[handle] for handle in handles])

    def group(self, records: Sequence[LiveRecord]) -> Group:
        """The group of these records. Of rows that their filled gaps make alike the fuller in themselves come first."""
        records = tuple(sorted(records, key=lambda record: record.handle))
        rows = []
        for record in records:
            source = record.source if record.active else 0
            versions = enumerate(self._asserted[record.handle])
            rows += [(features.codes, source, record.active and not place) for place, features in versions]
        values = _values([codes for codes, _, _ in rows])
        rows.sort(key=lambda row: sum(map(bool, row[0])), reverse=True)
        full = dict.fromkeys((self._filled(codes, values), source, active) for codes, source, active in rows)
        profile = tuple(
            ProfileRow(slot, active, source, Features(codes)) for slot, (codes, source, active) in enumerate(full)
        )
        queries = {codes: source for codes, source, _ in reversed(full)}
        return Group(
            records,
            self._hearing.numbers(records),
            Candidate(self._places[records[0].handle], profile),
            tuple(self._asking(codes, source) for codes, source in queries.items()),
        )

    def _asking(self, codes: Codes, source: int) -> Inquiry:
        features = Features(codes, self._known)
        return self._hearing.query(features, source, lambda asked: self._model.inquire(asked, [], source=source))

    def _filled(self, row: Codes, values: Codes) -> Codes:
        """The row with what it leaves empty taken from its group; identifiers that supersede each other are all its.

        That a placeholder stood for a name is said of the row where it stood alone: who was "Twin 1" has a name now.
        """
        return tuple(
            theirs if place in self._identifiers else mine or (() if place in self._flags else theirs)
            for place, (mine, theirs) in enumerate(zip(row, values, strict=True))
        )

    def _coherent(self, record: LiveRecord) -> tuple[Features, ...]:
        """The present version, and the older ones that speak of the same child: those of a reused local id do not."""
        former = sorted(record.former, key=lambda features: features.codes)
        kept = (old for old in former if old != record.present and self._continues(record.present, old))
        return (record.present, *dict.fromkeys(kept))

    def _continues(self, present: Features, former: Features) -> bool:
        """Whether the two are of one child by all but their identifiers, of which the later supersedes the earlier."""
        row = ProfileRow(0, False, 0, Features(self._unnumbered(former.codes)))
        query = Features(self._unnumbered(present.codes), self._known)
        match = self._model.inquire(query, [Candidate(0, (row,))]).match(self.strings)
        if not match.scored or match.scored[0].probability < self._model.thresholds.possible:
            return False
        return open_to(self._contradictions, match.scored[0])

    def _unnumbered(self, codes: Codes) -> Codes:
        return tuple(() if place in self._identifiers else each for place, each in enumerate(codes))


def _values(rows: Sequence[Codes]) -> Codes:
    """By field, all values of the rows, in order of code."""
    return tuple(tuple(sorted({code for codes in field for code in codes})) for field in zip(*rows, strict=True))
