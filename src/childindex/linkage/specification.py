"""What a model file may say: the shapes of its parts, checked once when it is read.

A model is data. Nothing here knows a child; the same shapes describe any set of records.
"""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Kind = Literal["name", "date", "postcode", "category", "identifier", "digits", "text", "placeholder"]
Derived = Literal["skeleton", "outcode", "sector", "area", "inward"]
Aspect = Literal["value", "tokens", "initial", "date", "year", "month", "month_day", "swap"]
WholeTest = Literal["equal", "all_equal"]
TextTest = Literal[
    "variant", "part", "slip", "close", "initial", "similar", "edits",
    "date_swap", "date_edit", "date_parts", "date_partial", "date_first", "date_apart", "one_edit",
]  # fmt: skip
Probability = Annotated[float, Field(ge=0.0, le=1.0)]
Pair = tuple[str, str]

WHOLE_TESTS = frozenset({"equal", "all_equal"})


class _Shape(BaseModel):
    """Frozen; an unknown key is an error, so that a misspelt one is never silently ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class FieldShape(_Shape):
    """One field: its kind and the source columns it is read from, or the field it is derived `of`.

    `take` says whether all columns count or the first that is not empty. Values that a field in `unless` also has
    are left out. `frequency` names the table of its term frequencies, `marks` values that only fill the field (null).
    """

    kind: Kind | Derived
    columns: tuple[str, ...] = ()
    of: str = ""
    take: Literal["all", "first"] = "all"
    unless: tuple[str, ...] = ()
    frequency: str = ""
    nulls: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _read_or_derived(self) -> Self:
        if bool(self.columns) == bool(self.of):
            raise ValueError("a field needs either columns or the field it is derived of")
        return self


class PartShape(_Shape):
    """One part of a blocking key: the values of `fields`, seen under an aspect."""

    fields: tuple[str, ...]
    aspect: Aspect = "value"


class RuleShape(_Shape):
    """A blocking rule: one key for each combination of its parts' values; the first `unordered` parts are sorted."""

    name: str
    parts: tuple[PartShape, ...] = Field(min_length=1)
    unordered: int = 0


class LevelShape(_Shape):
    """One agreement level: the test that reaches it and its probability given each class.

    `m` is P(level | same), `u` P(level | unrelated), `rivals` P(level | rival class), by name. `frequency` (0 to 1) is
    the weight of the term frequency. `pairs` are the (left, right) fields of an `equal` test; `at_least`, `at_most`
    are the parameters of the fuzzy tests; `gate` are pairs of which one must be equal before the strings are looked at.
    `covers` names comparisons that this level already counts. `veto` bars an automatic link.
    """

    name: str
    test: WholeTest | TextTest | Literal["else"]
    m: Probability
    u: Probability
    rivals: dict[str, Probability] = {}
    pairs: tuple[Pair, ...] = ()
    gate: tuple[Pair, ...] = ()
    frequency: float = Field(default=0.0, ge=0.0, le=1.0)
    at_least: float = 0.0
    at_most: int = 0
    covers: tuple[str, ...] = ()
    veto: str = ""
    anywhere: bool = False

    @property
    def whole(self) -> bool:
        """Whether the test looks at codes alone."""
        return self.test in WHOLE_TESTS


class ComparisonShape(_Shape):
    """How one feature is judged: the pairs of fields that make it comparable, and its levels, best first.

    Without a comparable pair the level is null and weighs 0; `null_veto` then bars an automatic link. `table` names
    the variants that the test `variant` knows.
    """

    name: str
    compares: tuple[Pair, ...] = Field(min_length=1)
    levels: tuple[LevelShape, ...] = Field(min_length=2)
    table: str = ""
    null_veto: str = ""

    @model_validator(mode="after")
    def _ends_with_else(self) -> Self:
        if [level.test for level in self.levels].index("else") != len(self.levels) - 1:
            raise ValueError("the last level, and only it, is tested by 'else'")
        return self


class FrequencyShape(_Shape):
    """Term frequencies frozen with the model: table files beside it, values given here, the least share, and the mean.

    `names` are tables of values known to be in use without a share.
    """

    unlisted: Annotated[float, Field(gt=0.0, le=1.0)]
    tables: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    values: dict[str, Probability] = {}
    endings: dict[str, Probability] = {}
    mean: Annotated[float, Field(gt=0.0, le=1.0)]


class VariantShape(_Shape):
    """Tables of names that stand for each other: `pairs` (a heading, then two columns) and `groups` (a row each)."""

    pairs: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


class RivalShape(_Shape):
    """A class of records that resemble a child's without being its: how many of it a child has on average."""

    name: str
    per_child: Annotated[float, Field(gt=0.0)]


class PriorShape(_Shape):
    """`indexed`: the chance that the child of a record is in the index; `missed`: that blocking does not propose it."""

    indexed: Annotated[float, Field(gt=0.0, lt=1.0)]
    missed: Annotated[float, Field(ge=0.0, lt=1.0)]


class ThresholdShape(_Shape):
    """MATCHED from `match` on, UNMATCHED below `possible`; `minimum_input` in bits."""

    match: Annotated[float, Field(gt=0.5, lt=1.0)]
    possible: Annotated[float, Field(gt=0.0, lt=0.5)]
    minimum_input: Annotated[float, Field(ge=0.0)]


class SameSystemShape(_Shape):
    """An active record of the system that asks: P(there is one | class). Always a veto besides."""

    m: Annotated[float, Field(gt=0.0, le=1.0)]
    u: Annotated[float, Field(gt=0.0, le=1.0)]
    veto: str = "same_system"


class VetoShape(_Shape):
    """A flag field that bars an automatic link when either side of the pair carries it."""

    name: str
    field: str


class ModelShape(_Shape):
    """A whole model file."""

    name: str
    version: str
    population: int = Field(gt=0)
    cap: int = Field(gt=0)
    prior: PriorShape
    thresholds: ThresholdShape
    same_system: SameSystemShape
    fields: dict[str, FieldShape]
    scan: str = ""
    narrow: tuple[str, ...] = Field(default=(), max_length=8)
    advise: dict[str, tuple[str, ...]] = {}
    frequencies: dict[str, FrequencyShape] = {}
    variants: dict[str, VariantShape] = {}
    blocking: tuple[RuleShape, ...] = ()
    guards: tuple[RuleShape, ...] = ()
    rivals: tuple[RivalShape, ...] = ()
    vetoes: tuple[VetoShape, ...] = ()
    comparisons: tuple[ComparisonShape, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _names_resolve(self) -> Self:
        unknown = sorted(set(self._named_fields()) - set(self.fields))
        if unknown:
            raise ValueError(f"no such field: {', '.join(unknown)}")
        tables = {shape.frequency for shape in self.fields.values()} - {""} - set(self.frequencies)
        if tables:
            raise ValueError(f"no such frequency table: {', '.join(sorted(tables))}")
        variants = {comparison.table for comparison in self.comparisons} - {""} - set(self.variants)
        if variants:
            raise ValueError(f"no such variant table: {', '.join(sorted(variants))}")
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

    def _named_fields(self) -> list[str]:
        named = [*self.narrow, *(veto.field for veto in self.vetoes)]
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
