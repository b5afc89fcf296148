"""What a model file may say: the shape of the whole, checked once when it is read.

A model is data. Nothing here knows a child; the same shapes describe any set of records.
"""

from datetime import date
from math import inf
from typing import Annotated, Self

from pydantic import AfterValidator, Field, field_validator, model_validator

from childindex.linkage.comparison_shapes import DATE_TESTS, RESERVED, ComparisonShape, LevelShape
from childindex.linkage.feeds import FeedsShape
from childindex.linkage.pair_shapes import PairShape
from childindex.linkage.record_shapes import FieldShape, FrequencyShape, RuleShape, Shape, VariantShape

Rate = Annotated[float, Field(gt=0.0)]


def _ending(text: str) -> str:
    parts = text.split("-")
    try:
        date.fromisoformat("2000" + (text if len(parts) == 3 else f"-01{text}"))
    except ValueError:
        raise ValueError("an ending of dates is -MM-DD or -DD") from None
    return text


Ending = Annotated[str, AfterValidator(_ending)]  # of a date, "-MM-DD" or "-DD"


class RivalShape(Shape):
    """A class of records that resemble a child's without being its: how many of it a child has on average.

    `where` names comparisons of which one must be at its first level, or there is no such record: the class is *that*
    they agree, so the first of them that does is its condition and no evidence of it. Such a class is nobody's kin, and
    is not trained. `kinds` are its rates for records of some kinds of custodian. A level that does not name the class
    has the probability of the class that `like` names for the comparison, else u.
    """

    name: str
    per_child: Rate
    kinds: dict[str, Rate] = Field(default_factory=dict)
    where: tuple[str, ...] = ()
    like: dict[str, str] = Field(default_factory=dict)

    def given(self, comparison: ComparisonShape, level: LevelShape) -> float:
        """P(level | this class)."""
        alike = self.like.get(comparison.name, "")
        return level.rivals.get(self.name, level.rivals[alike] if alike else level.u)


class PriorShape(Shape):
    """`indexed`: the chance that the child of a record is in the index; `missed`: that blocking does not propose it.

    `feeds` tells `indexed` where it is known which feeds are in. `duplicates`: where a file is compared with itself,
    how many other records of its entity a record has on average. `continues`: that the next version of a record is of
    the child of the one before, and its local id has not come to another's.
    """

    indexed: Annotated[float, Field(gt=0.0, lt=1.0)] = 0.5
    missed: Annotated[float, Field(ge=0.0, lt=1.0)] = 0.0
    duplicates: Annotated[float, Field(gt=0.0)] = 0.1
    continues: Annotated[float, Field(gt=0.0, lt=1.0)] = 0.98
    feeds: FeedsShape = FeedsShape()


class ThresholdShape(Shape):
    """MATCHED from `match` on, UNMATCHED below `possible`; `minimum_input` in bits."""

    match: Annotated[float, Field(gt=0.5, lt=1.0)] = 0.999
    possible: Annotated[float, Field(gt=0.0, lt=0.5)] = 0.02
    minimum_input: Annotated[float, Field(ge=0.0)] = 0.0


class CrowdShape(Shape):
    """An address that many children share says less than a home: by how many do at present in this index.

    `fields` names the fields of addresses and, for each, the blocking rule by whose key its children are counted.
    `classes` are (from so many children on, the most bits of weight that an equal address is left), both in order: more
    children, less weight. Below the first class the model's own weight stands.
    """

    fields: dict[str, str] = Field(default_factory=dict)
    classes: tuple[tuple[int, float], ...] = ()

    @field_validator("classes")
    @classmethod
    def _falls(cls, classes: tuple[tuple[int, float], ...]) -> tuple[tuple[int, float], ...]:
        counts, bits = [count for count, _ in classes], [left for _, left in classes]
        if counts != sorted(set(counts)) or bits != sorted(bits, reverse=True) or any(count < 2 for count in counts):
            raise ValueError("each class needs more children than the one before, and no more bits")
        return classes

    @property
    def first(self) -> int:
        """The least number of children that is a crowd; 0 where none is."""
        return self.classes[0][0] if self.classes else 0

    @property
    def most(self) -> int:
        """As many as need to be counted."""
        return self.classes[-1][0] if self.classes else 0

    @property
    def least(self) -> float:
        """The bits that an address is left, however many share it."""
        return self.classes[-1][1] if self.classes else inf

    def ceiling(self, count: int) -> float:
        """The most bits that an equal address of so many children may weigh."""
        return next((bits for least, bits in reversed(self.classes) if count >= least), inf)


class SameSystemShape(Shape):
    """An active record of the system that asks: P(there is one | class). Always a veto besides."""

    m: Annotated[float, Field(gt=0.0, le=1.0)] = 1.0
    u: Annotated[float, Field(gt=0.0, le=1.0)] = 1.0
    veto: str = "same_system"


class VetoShape(Shape):
    """A flag field that bars an automatic link when either side of the pair carries it, unless one of `unless`
    holds: see `LevelShape`."""

    name: str
    field: str
    unless: tuple[str, ...] = ()


class ModelShape(Shape):
    """A whole model file; `batch/README.md` describes the format. Most of it may be left out."""

    name: str
    version: str = "1"
    population: int = Field(default=1_000_000, gt=0)
    cap: int = Field(default=200, gt=0)
    whole: int = Field(default=0, ge=0)  # files with no more pairs than this are compared without blocking
    prior: PriorShape = PriorShape()
    thresholds: ThresholdShape = ThresholdShape()
    same_system: SameSystemShape = SameSystemShape()
    crowds: CrowdShape = CrowdShape()
    fields: dict[str, FieldShape]
    scan: str = ""
    narrow: tuple[str, ...] = Field(default=(), max_length=8)
    akin: tuple[str, ...] = ()  # names of which a scan takes the variants for the first narrow field, too
    advise: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    siblings_share: tuple[str, ...] = ()  # tables of forenames that brothers and sisters bear alike
    frequencies: dict[str, FrequencyShape] = Field(default_factory=dict)
    variants: dict[str, VariantShape] = Field(default_factory=dict)
    pairs: PairShape | None = None
    defaults: dict[str, tuple[Ending, ...]] = Field(default_factory=dict)  # by custodian; "" is everybody
    blocking: tuple[RuleShape, ...] = ()
    guards: tuple[RuleShape, ...] = ()
    rivals: tuple[RivalShape, ...] = ()
    vetoes: tuple[VetoShape, ...] = ()
    reasons: dict[str, str] = Field(default_factory=dict)
    words: dict[str, str] = Field(default_factory=dict)
    comparisons: tuple[ComparisonShape, ...] = Field(min_length=1)

    @field_validator("fields", mode="before")
    @classmethod
    def _read_from_their_name(cls, fields: object) -> object:
        """A field that says neither columns nor what it derives of is read from the column of its own name."""
        if not isinstance(fields, dict):
            return fields
        return {
            name: {**part, "columns": (name,)} if isinstance(part, dict) and not {"columns", "of"} & set(part) else part
            for name, part in fields.items()
        }

    @model_validator(mode="after")
    def _names_resolve(self) -> Self:
        unknown = sorted(set(self._named_fields()) - set(self.fields))
        if unknown:
            raise ValueError(f"no such field: {', '.join(unknown)}")
        tables = {shape.frequency for shape in self.fields.values()} - {""} - set(self.frequencies)
        if tables:
            raise ValueError(f"no such frequency table: {', '.join(sorted(tables))}")
        rules = {rule.when_capped for rule in self.blocking} - {""} | set(self.crowds.fields.values())
        rules -= {rule.name for rule in self.blocking}
        if rules:
            raise ValueError(f"no such blocking rule: {', '.join(sorted(rules))}")
        by_rule = {rule.name: [part.fields for part in rule.parts] for rule in self.blocking}
        mixed = [field for field, name in self.crowds.fields.items() if by_rule[name] != [(field,)]]
        if mixed:
            raise ValueError(f"crowds are counted by a rule of that field alone: {', '.join(sorted(mixed))}")
        if self.akin and not any(part.fields.intersection(self.narrow[:1]) for part in self.comparisons):
            raise ValueError("akin: no comparison compares the first narrow field")
        variants = {comparison.table for comparison in self.comparisons} - {""} - set(self.variants)
        if variants:
            raise ValueError(f"no such variant table: {', '.join(sorted(variants))}")
        return self

    @model_validator(mode="after")
    def _defaults_are_read(self) -> Self:
        if any(self.defaults.values()) and not any(field.kind == "known_date" for field in self.fields.values()):
            raise ValueError("defaults: no field of kind known_date heeds them")
        return self

    @model_validator(mode="after")
    def _comparisons_fit(self) -> Self:
        names = [comparison.name for comparison in self.comparisons]
        if len(set(names)) < len(names):
            raise ValueError("each comparison needs a name of its own")
        for comparison in self.comparisons:
            kinds = {self.fields[name].kind for pair in comparison.compares for name in pair}
            for level in comparison.levels:
                if level.test in DATE_TESTS and not kinds <= {"date", "known_date"}:
                    raise ValueError(f"{comparison.name}.{level.name}: {level.test} compares fields of kind date only")
        return self

    @model_validator(mode="after")
    def _classes_complete(self) -> Self:
        rivals, kin = ({rival.name for rival in part} for part in (self.rivals, self.kin))
        names = {comparison.name for comparison in self.comparisons}
        for rival in self.rivals:
            if not set(rival.where) | set(rival.like) <= names or not set(rival.like.values()) <= kin:
                raise ValueError(f"{rival.name}: names a comparison or a class of kin that is not there")
        for comparison in self.comparisons:
            for level in comparison.levels:
                where = f"{comparison.name}.{level.name}"
                if not kin <= set(level.rivals) <= rivals:
                    raise ValueError(f"{where}: a probability for each rival is needed: {', '.join(sorted(kin))}")
                if set(level.covers) - names:
                    raise ValueError(f"{where}: covers a comparison that is not there")
        return self

    @model_validator(mode="after")
    def _exceptions_resolve(self) -> Self:
        known = {comparison.name for comparison in self.comparisons}
        known |= {f"{comparison.name}.{level.name}" for comparison in self.comparisons for level in comparison.levels}
        named = [name for veto in self.vetoes for name in veto.unless]
        if self.pairs:
            named += self.pairs.comparisons
            self._told_by_frequency(self.pairs)
        lines = {"names_together", "names_together.expected"} if self.pairs else set()
        for comparison in self.comparisons:
            named += [*comparison.null_unless, *(name for level in comparison.levels for name in level.unless)]
        unknown = (set(named) - known - RESERVED) | (set(self.words) - known - lines)
        if unknown:
            raise ValueError(f"no such comparison or level: {', '.join(sorted(unknown))}")
        return self

    @property
    def kin(self) -> tuple[RivalShape, ...]:
        """The rival classes that stand by themselves: kin of a child."""
        return tuple(rival for rival in self.rivals if not rival.where)

    @property
    def identifiers(self) -> tuple[str, ...]:
        """The comparisons of identifiers, of which a child has one of a kind."""
        kinds = {
            part.name: {self.fields[name].kind for pair in part.compares for name in pair} for part in self.comparisons
        }
        return tuple(name for name, found in kinds.items() if found == {"identifier"})

    def rates(self, kind: str = "") -> tuple[float, ...]:
        """How many a child has of each rival class, by the kind of custodian that keeps the record ("": not known).

        Where a class holds only if some comparison agrees, that is its condition: the rate counts those that do agree.
        """
        return tuple(rival.kinds.get(kind, rival.per_child) / self._condition(rival) for rival in self.rivals)

    def _condition(self, rival: RivalShape) -> float:
        agree = [rival.given(part, part.levels[0]) for part in self.comparisons if part.name in rival.where]
        return max(agree, default=1.0)

    def _told_by_frequency(self, pairs: PairShape) -> None:
        compared = {part.name: part.compares[0][0] for part in self.comparisons}
        fields = [compared[name] for name in pairs.comparisons if name in compared]
        without = [name for name in fields if not self.fields[name].frequency]
        if without:
            raise ValueError(f"pairs: no frequency table of {', '.join(without)}")

    @property
    def table_files(self) -> tuple[str, ...]:
        """The names of all tables that the model refers to, in order."""
        files = {self.pairs.sizes, *self.pairs.tables} if self.pairs else set()
        files.update(self.siblings_share)
        for frequency in self.frequencies.values():
            files.update(frequency.tables, frequency.names)
        for variant in self.variants.values():
            files.update(variant.pairs, variant.groups, variant.apart)
        return tuple(sorted(files))

    def for_population(self, population: int) -> Self:
        """The model for another population: as many share a house or postcode, of fewer or more people.

        Where a house says less in a small one, what lies farther off says no more than it.
        """
        if population <= 0:
            raise ValueError("population: at least one")
        scale = self.population / population
        comparisons = tuple(part.model_copy(update={"levels": part.scaled(scale)}) for part in self.comparisons)
        return self.model_copy(update={"population": population, "comparisons": comparisons})

    def defaults_of(self, custodian: str) -> tuple[str, ...]:
        """The endings of dates that a custodian writes where it does not know the day, with those of everybody."""
        return tuple(dict.fromkeys((*self.defaults.get("", ()), *self.defaults.get(custodian, ()))))

    def _named_fields(self) -> list[str]:
        named = [*self.narrow, *self.akin, *(veto.field for veto in self.vetoes)]
        named += [self.scan] if self.scan else []
        for shape in self.fields.values():
            named += [*shape.unless, *(name for name in (shape.of, shape.instead) if name)]
        for fields in self.advise.values():
            named += fields
        for rule in (*self.blocking, *self.guards):
            for part in rule.parts:
                named += part.fields
        for comparison in self.comparisons:
            named += comparison.fields
        return named
