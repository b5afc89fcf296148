"""The model: all of linkage for one kind of record, as data read from one file.

A model is frozen: its frequencies and its population belong to its version, so that a weight never depends on the
order in which records arrive. Two models with the same digest decide alike, and find what either wrote.
"""

import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from hashlib import blake2b
from pathlib import Path

from pydantic import ValidationError

from childindex.errors import InvalidFields, Violation
from childindex.linkage import golden
from childindex.linkage.akin import Akin
from childindex.linkage.blocking import Blocking, Followed, Key, Rule, block, follow, rule
from childindex.linkage.candidate import Candidate
from childindex.linkage.communities import load_communities
from childindex.linkage.comparison_shapes import ComparisonShape, LevelShape
from childindex.linkage.compiled import Comparison, compiled, weight
from childindex.linkage.explanation import Continuity
from childindex.linkage.features import Coder, Features
from childindex.linkage.frequencies import Frequencies, load_frequencies, load_variants
from childindex.linkage.given_names import load_shared
from childindex.linkage.inquiry import Inquiry
from childindex.linkage.matching import Matcher
from childindex.linkage.narrow import WIDTH, narrow_code
from childindex.linkage.normalise import Column, Record, columns, normalise
from childindex.linkage.record_shapes import NAME_KINDS, FieldShape
from childindex.linkage.scoring import Scorer, conditions
from childindex.linkage.specification import ModelShape, ThresholdShape
from childindex.linkage.together import Together
from childindex.linkage.violations import violations

_SHIPPED = Path(__file__).with_name("model.toml")


@dataclass(frozen=True, slots=True)
class Model:
    """A frozen model and everything compiled from it; make one with `Model.load` or `shipped`."""

    shape: ModelShape
    tables: Path
    comparisons: tuple[Comparison, ...]
    columns: tuple[Column, ...]  # for a custodian of whom nothing is known
    kinds: tuple[str, ...]  # by field: what its values are coded under; values of one kind compare across fields
    rules: tuple[Rule, ...]
    _frequencies: Mapping[str, Frequencies]
    _matcher: Matcher
    _kept: frozenset[str]
    _narrow: tuple[int, ...]
    _guards: tuple[Rule, ...]
    together: Together | None
    _akin: Akin | None
    _columns_of: Mapping[str, tuple[Column, ...]]  # by custodian that has defaults of its own
    _said: str  # digest of file and tables
    _made: dict[str, str] = field(
        default_factory=dict, compare=False, repr=False
    )  # of the golden corpus, once it was asked for

    def __repr__(self) -> str:
        return f"Model({self.label!r})"

    @classmethod
    def load(cls, path: Path, *, population: int | None = None) -> "Model":
        """Read a model file and the tables beside it; `population` replaces the one it states, and is in the digest.

        Raises `InvalidFields` naming every key that is missing, unknown or out of range.
        """
        try:
            data = tomllib.loads(path.read_text(encoding="utf-8"))
            shape = ModelShape.model_validate(data)
            if population is not None:
                shape = shape.for_population(population)
        except tomllib.TOMLDecodeError as error:
            raise InvalidFields([Violation(path.name, str(error))]) from None
        except UnicodeDecodeError:
            raise InvalidFields([Violation(path.name, "is not written in UTF-8")]) from None
        except ValidationError as error:
            raise InvalidFields(violations(error, path.name)) from None
        return cls.build(shape, path.parent / "tables")

    @classmethod
    def build(cls, shape: ModelShape, tables: Path) -> "Model":
        """Compile a model from its shape and the directory of its tables. Raises `OSError` when a table is missing."""
        said = shape.model_dump_json(exclude_defaults=True, exclude={"reasons", "words"})
        digest = blake2b(said.encode(), digest_size=16)
        for name in shape.table_files:
            digest.update(name.encode() + (tables / name).read_bytes())
        frequencies = {name: load_frequencies(part, tables) for name, part in shape.frequencies.items()}
        variants = {
            name: load_variants(part, tables, frequencies.get(part.frequency)) for name, part in shape.variants.items()
        }
        by_field = {name: frequencies[f.frequency] for name, f in shape.fields.items() if f.frequency}
        shared = load_shared(shape.siblings_share, tables)
        comparisons = tuple(compiled(part, shape, by_field, variants, shared) for part in shape.comparisons)
        scorer = Scorer(comparisons, conditions(shape), _together(shape, tables, comparisons, by_field))
        label = f"{shape.name} {shape.version} (N={shape.population:,})"
        fuzzy = frozenset(f for part in comparisons if part.fuzzy for pair in part.shape.compares for f in pair)
        kept = fuzzy | frozenset(by_field)
        place = {name: index for index, name in enumerate(shape.fields)}
        return cls(
            shape,
            tables,
            comparisons,
            columns(shape.fields, shared, shape.defaults_of("")),
            tuple(_coded_as(name, part) for name, part in shape.fields.items()),
            tuple(map(rule, shape.blocking)),
            by_field,
            Matcher(shape, scorer, label),
            kept,
            tuple(place[name] for name in shape.narrow),
            tuple(map(rule, shape.guards)),
            scorer.together,
            next((Akin(part.tables) for part in comparisons if _compares_first_narrow(part.shape, shape)), None),
            {name: columns(shape.fields, shared, shape.defaults_of(name)) for name in shape.defaults},
            digest.hexdigest(),
        )

    @property
    def name(self) -> str:
        """The model's name."""
        return self.shape.name

    @property
    def version(self) -> str:
        """The model's version: weights, tables and thresholds never change under one version."""
        return self.shape.version

    @property
    def digest(self) -> str:
        """What the model's file and tables say, and what the code makes of records: rows written under one digest are
        found under that one alone."""
        return blake2b((self._said + self.fingerprint).encode(), digest_size=16).hexdigest()

    @property
    def fingerprint(self) -> str:
        """What this model stores of the golden corpus, worked out once when it is first asked for (tens of ms)."""
        if not self._made:
            self._made["stored"] = golden.fingerprint(self._stored)
        return self._made["stored"]

    @property
    def label(self) -> str:
        """Name, version and population, for people."""
        return f"{self.shape.name} {self.shape.version} (N={self.shape.population:,})"

    @property
    def thresholds(self) -> ThresholdShape:
        """Match, possible and minimum input."""
        return self.shape.thresholds

    @property
    def minimum_input_weight(self) -> float:
        """Bits below which a record says too little to identify anybody."""
        return self.shape.thresholds.minimum_input

    @property
    def cap(self) -> int:
        """How many postings of a blocking key are looked at, and rows of a birth date by one likeness alone."""
        return self.shape.cap

    def derived_of(self, field: str) -> frozenset[int]:
        """The places of a field and of all that are derived of it: what a record would lack without its value."""
        found = {list(self.shape.fields).index(field)}
        for place, column in enumerate(self.columns):  # a field is derived of an earlier one
            if column.of in found:
                found.add(place)
        return frozenset(found)

    def frequencies(self, field: str) -> Frequencies | None:
        """The term frequencies of a field, where the model has any."""
        return self._frequencies.get(field)

    def columns_of(self, custodian: str) -> tuple[Column, ...]:
        """The fields as they are read of a custodian's records, by the dates that it writes by default."""
        return self._columns_of.get(custodian, self.columns)

    def normalise(self, source: Mapping[str, tuple[str, ...]], custodian: str = "") -> Record:
        """The record that source columns make, as this custodian writes them."""
        return normalise(self.columns_of(custodian), source)

    def features(self, record: Record, code: Coder) -> Features:
        """The record in codes; `strings` holds the values that fuzzy comparisons may want."""
        strings: dict[int, tuple[str, str]] = {}
        codes: list[tuple[int, ...]] = []
        code = cache(code)  # one name stands in many fields
        for name, kind, values in zip(record.fields, self.kinds, record.values, strict=True):
            if not values:
                codes.append(())
                continue
            mine = tuple(code(kind, value) for value in values)
            if name in self._kept:
                strings.update((c, (kind, value)) for c, value in zip(mine, values, strict=True))
            codes.append(mine)
        return Features(tuple(codes), strings)

    def blocking(self, record: Record) -> Blocking:
        """Birth dates to scan and blocking keys of a record; the same for writing and for looking."""
        return block(record, self.shape.scan, self.rules)

    def addresses(self, record: Record, features: Features) -> tuple[tuple[int, Key], ...]:
        """The addresses of a record that crowds may share: the code of each, and the blocking key to count it by."""
        place = {name: at for at, name in enumerate(record.fields)}
        return tuple(
            (code, (name, (value,)))
            for field, name in self.shape.crowds.fields.items()
            for code, value in zip(features.codes[place[field]], record.of(field), strict=True)
        )

    def guards(self, record: Record) -> tuple[Key, ...]:
        """What a concurrent registration of the same child would touch, beside its blocking keys: for who writes."""
        return block(record, "", self._guards).keys

    def follow(self, counts: Sequence[tuple[str, int]]) -> Followed:
        """Which of a query's keys to follow, given for each its rule and how many entries share it."""
        return follow(self.rules, counts, self.shape.cap)

    def narrow(self, features: Features) -> tuple[int, ...]:
        """The narrow row: eight 16-bit codes, 0 where missing."""
        codes = [narrow_code(features.codes[place]) for place in self._narrow]
        return (*codes, *[0] * (WIDTH - len(codes)))

    def akin(self, record: Record, code: Coder) -> tuple[int, ...]:
        """Narrow codes of the names akin to those of a record, and of its other given names: for `narrow_filter`."""
        if self._akin is None:
            return ()
        kind = self.kinds[self._narrow[0]]
        names = dict.fromkeys(name for field in self.shape.akin for name in record.of(field))
        found = dict.fromkeys([*names, *(other for name in names for other in self._akin.of(name))])
        return tuple(dict.fromkeys(narrow_code((code(kind, name),)) for name in found))

    def kin_of(self, name: str) -> tuple[str, ...]:
        """The names akin to one given name, itself first: what `akin` looks for, by name."""
        return (name, *(self._akin.of(name) if self._akin else ()))

    def input_weight(self, record: Record) -> float:
        """Bits by which the record could at the most be told from a random one: every comparison at its best level."""
        return sum(self._best_bits(comparison, record) for comparison in self.shape.comparisons)

    def missing(self, record: Record) -> tuple[str, ...]:
        """What could be added, by the model's names of advice, in its order."""
        return tuple(
            name for name, fields in self.shape.advise.items() if not any(record.of(field) for field in fields)
        )

    def inquire(
        self,
        query: Features,
        candidates: Sequence[Candidate],
        *,
        source: int = 0,
        indexed: float | None = None,
        kind: str = "",
    ) -> Inquiry:
        """The query among its candidates: which strings it wants, whose record it is, and why.

        `source` is the handle of the custodian and system that registers (0 when nobody does), `indexed` the prior
        that the child is in the index (the model's own where None), `kind` that of the custodian ("": not known).
        """
        prior = self.shape.prior.indexed if indexed is None else indexed
        asked = self._matcher.asked(query, source, min(max(prior, 1e-6), 1 - 1e-6), kind)
        return Inquiry(self._matcher, asked, self._matcher.drafts(asked, candidates))

    def continuity(self, present: Features, former: Features, strings: Mapping[int, str]) -> Continuity:
        """Whether two versions of one record are of one child; `strings` are the values of the codes of both."""
        return self._matcher.continuity(self._matcher.asked(present, 0, self.shape.prior.indexed), former, strings)

    def indexed(self, kinds: Collection[str], age: float | None) -> float:
        """The prior that the child of a record is in the index, where custodians of these kinds are loaded beside its
        own, and the child is of that age in years (None: not told). The model's own where it knows nothing of feeds."""
        prior = self.shape.prior
        return prior.feeds.indexed(kinds, age) if prior.feeds.covered else prior.indexed

    def _stored(self, source: Mapping[str, tuple[str, ...]], code: Coder) -> Iterator[object]:
        """All that an index holds of a record by these columns."""
        record = self.normalise(source)
        features = self.features(record, code)
        yield sorted(source.items()), record.values, features.encode(), sorted(features.strings.items())
        yield self.blocking(record), self.guards(record), self.narrow(features)

    def _best_bits(self, comparison: ComparisonShape, record: Record) -> float:
        best = next(level for level in comparison.levels if _in_reach(level, record))
        values = [(left, value) for left, _ in comparison.compares for value in record.of(left)]
        bits = [self._frequencies[f].bits(v) * best.frequency if f in self._frequencies else 0.0 for f, v in values]
        return max(0.0, weight(best.m, best.u) / 1000 + max(bits)) if values else 0.0


@lru_cache(maxsize=4)
def shipped(population: int | None = None) -> Model:
    """The children's model shipped with the product, for England or for another `population`."""
    return Model.load(_SHIPPED, population=population)


def _together(
    shape: ModelShape, tables: Path, comparisons: Sequence[Comparison], by_field: Mapping[str, Frequencies]
) -> Together | None:
    """The comparisons whose names are weighed together, where the model has any."""
    if not shape.pairs:
        return None
    compared = {part.name: part.compares[0][0] for part in shape.comparisons}
    first, second = (by_field[compared[name]] for name in shape.pairs.comparisons)
    return Together.of(shape.pairs.comparisons, comparisons, load_communities(shape.pairs, tables, (first, second)))


def _in_reach(level: LevelShape, record: Record) -> bool:
    """Whether the record has what a level of equality compares; any level of strings may be reached."""
    return not level.whole or any(record.of(left) for left, _ in level.pairs)


def _compares_first_narrow(part: ComparisonShape, shape: ModelShape) -> bool:
    """Whether it is this comparison's tables that know the names akin to those that a scan looks for."""
    return bool(shape.akin) and shape.narrow[0] in part.fields


def _coded_as(name: str, shape: FieldShape) -> str:
    """The kind under which a field's values are coded; identifiers compare with their own field only."""
    if shape.kind in NAME_KINDS:
        return "name"
    if shape.kind == "script":
        return "skeleton"
    if shape.kind in {"known_date", "day", "month", "year"}:
        return "date"
    return name if shape.kind in {"identifier", "reference", "category", "text", "digits", "uprn"} else shape.kind
