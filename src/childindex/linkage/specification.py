"""What a model file may say: the shape of the whole, checked once when it is read.

A model is data. Nothing here knows a child; the same shapes describe any set of records.
"""

from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from childindex.linkage.comparison_shapes import DATE_TESTS, ComparisonShape
from childindex.linkage.feeds import FeedsShape
from childindex.linkage.record_shapes import FieldShape, FrequencyShape, PairShape, RuleShape, Shape, VariantShape


class RivalShape(Shape):
    """A class of records that resemble a child's without being its: how many of it a child has on average."""

    name: str
    per_child: Annotated[float, Field(gt=0.0)]


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


class SameSystemShape(Shape):
    """An active record of the system that asks: P(there is one | class). Always a veto besides."""

    m: Annotated[float, Field(gt=0.0, le=1.0)] = 1.0
    u: Annotated[float, Field(gt=0.0, le=1.0)] = 1.0
    veto: str = "same_system"


class VetoShape(Shape):
    """A flag field that bars an automatic link when either side of the pair carries it, unless one of `unless`
    holds: a comparison at its first level, a "comparison.level", or "alone" (no other candidate is likely)."""

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
    fields: dict[str, FieldShape]
    scan: str = ""
    narrow: tuple[str, ...] = Field(default=(), max_length=8)
    akin: tuple[str, ...] = ()  # names of which a scan takes the variants for the first narrow field, too
    advise: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    frequencies: dict[str, FrequencyShape] = Field(default_factory=dict)
    variants: dict[str, VariantShape] = Field(default_factory=dict)
    pairs: PairShape | None = None
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
        rules = {rule.when_capped for rule in self.blocking} - {""} - {rule.name for rule in self.blocking}
        if rules:
            raise ValueError(f"no such blocking rule: {', '.join(sorted(rules))}")
        if self.akin and not any(part.compares[0][0] in self.narrow[:1] for part in self.comparisons):
            raise ValueError("akin: no comparison compares the first narrow field")
        variants = {comparison.table for comparison in self.comparisons} - {""} - set(self.variants)
        if variants:
            raise ValueError(f"no such variant table: {', '.join(sorted(variants))}")
        return self

    @model_validator(mode="after")
    def _comparisons_fit(self) -> Self:
        names = [comparison.name for comparison in self.comparisons]
        if len(set(names)) < len(names):
            raise ValueError("each comparison needs a name of its own")
        for comparison in self.comparisons:
            kinds = {self.fields[name].kind for pair in comparison.compares for name in pair}
            for level in comparison.levels:
                if level.test in DATE_TESTS and kinds != {"date"}:
                    raise ValueError(f"{comparison.name}.{level.name}: {level.test} compares fields of kind date only")
        return self

    @model_validator(mode="after")
    def _classes_complete(self) -> Self:
        rivals = {rival.name for rival in self.rivals}
        names = {comparison.name for comparison in self.comparisons}
        for comparison in self.comparisons:
            for level in comparison.levels:
                where = f"{comparison.name}.{level.name}"
                if set(level.rivals) != rivals:
                    raise ValueError(f"{where}: a probability for each rival is needed: {', '.join(sorted(rivals))}")
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
        unknown = (set(named) - known - {"alone"}) | (set(self.words) - known - lines)
        if unknown:
            raise ValueError(f"no such comparison or level: {', '.join(sorted(unknown))}")
        return self

    def _told_by_frequency(self, pairs: PairShape) -> None:
        compared = {part.name: part.compares[0][0] for part in self.comparisons}
        fields = [compared[name] for name in pairs.comparisons if name in compared]
        without = [name for name in fields if not self.fields[name].frequency]
        if without:
            raise ValueError(f"pairs: no frequency table of {', '.join(without)}")

    def for_population(self, population: int) -> Self:
        """The model for another population: as many share a house or postcode, of fewer or more people."""
        if population <= 0:
            raise ValueError("population: at least one")
        scale = self.population / population
        comparisons = tuple(
            part.model_copy(update={"levels": tuple(level.scaled(scale) for level in part.levels)})
            for part in self.comparisons
        )
        return self.model_copy(update={"population": population, "comparisons": comparisons})

    def _named_fields(self) -> list[str]:
        named = [*self.narrow, *self.akin, *(veto.field for veto in self.vetoes)]
        named += [self.scan] if self.scan else []
        for shape in self.fields.values():
            named += [*shape.unless, *([shape.of] if shape.of else [])]
        for fields in self.advise.values():
            named += fields
        for rule in (*self.blocking, *self.guards):
            for part in rule.parts:
                named += part.fields
        for comparison in self.comparisons:
            pairs = [*comparison.compares, *(p for lv in comparison.levels for p in (*lv.pairs, *lv.gate))]
            named += [name for pair in pairs for name in pair]
        return named
