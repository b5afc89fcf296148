"""What a model file may say of fields, blocking keys and tables."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Kind = Literal[
    "name", "given", "lead", "whole", "all_words", "bag", "placeholder",
    "date", "postcode", "likely_postcode", "uprn", "category", "identifier", "reference", "digits", "text",
]  # fmt: skip
Derived = Literal["words", "joined", "twin", "birth_order", "skeleton", "outcode", "sector", "area", "inward"]
Aspect = Literal["value", "tokens", "initial", "date", "year", "month", "month_day", "swap"]
Probability = Annotated[float, Field(ge=0.0, le=1.0)]


class Shape(BaseModel):
    """Frozen; an unknown key is an error, so that a misspelt one is never silently ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class FieldShape(Shape):
    """One field: its kind and the source columns it is read from, or the field it is derived `of`.

    `take` says whether all columns count, the first that is not empty, or all joined into one text. Values that a
    field in `unless` also has are left out. `frequency` names the table of its term frequencies, `nulls` are values
    that only fill the field.
    """

    kind: Kind | Derived
    columns: tuple[str, ...] = ()
    of: str = ""
    take: Literal["all", "first", "joined"] = "all"
    unless: tuple[str, ...] = ()
    frequency: str = ""
    nulls: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _read_or_derived(self) -> Self:
        if bool(self.columns) == bool(self.of):
            raise ValueError("a field needs either columns or the field it is derived of")
        return self


class PartShape(Shape):
    """One part of a blocking key: the values of `fields`, seen under an aspect.

    In short: "surname", "surname+former" or, with an aspect, "birth_date:year".
    """

    fields: tuple[str, ...] = Field(min_length=1)
    aspect: Aspect = "value"

    @model_validator(mode="before")
    @classmethod
    def _in_short(cls, written: object) -> object:
        if not isinstance(written, str):
            return written
        fields, _, aspect = written.partition(":")
        return {"fields": tuple(fields.split("+")), "aspect": aspect or "value"}


class RuleShape(Shape):
    """A blocking rule: one key for each combination of its parts' values; the first `unordered` parts are sorted.

    `when_capped` names a rule to which this one adds a second part: it is followed only where a key of that one is
    shared by more than are looked at.
    """

    name: str
    parts: tuple[PartShape, ...] = Field(min_length=1)
    unordered: int = 0
    when_capped: str = ""


class FrequencyShape(Shape):
    """Term frequencies frozen with the model: table files beside it, values given here, the least share, and the mean.

    `names` are tables of values known to be in use without a share. `words`: shares are of single words.
    """

    words: bool = False
    unlisted: Annotated[float, Field(gt=0.0, le=1.0)] = 1e-4
    tables: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    values: dict[str, Probability] = {}
    endings: dict[str, Probability] = {}
    mean: Annotated[float, Field(gt=0.0, le=1.0)] = 1e-3


class VariantShape(Shape):
    """Tables of names that stand for each other: `pairs` (a heading, then two columns) and `groups` (a row each).

    Of the variants of a name each has a probability, by its frequency in the table named `frequency`;
    `typical` is the probability at which a variant level's m holds: likelier variants weigh more, others less.
    """

    pairs: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()
    frequency: str = ""
    typical: Annotated[float, Field(gt=0.0, le=1.0)] = 1.0


class CommunityShape(Shape):
    """A name community: its share of all children, and the parts of it who bear a forename and a surname of its own."""

    share: Annotated[float, Field(gt=0.0, lt=1.0)]
    own: tuple[Probability, Probability]


class PairValuesShape(Shape):
    """What training puts in the place of the tables of communities: sizes, and the parts of a name's bearers."""

    sizes: dict[int, CommunityShape] = {}
    first: dict[str, dict[int, Probability]] = {}
    second: dict[str, dict[int, Probability]] = {}


class PairShape(Shape):
    """Two comparisons of names that are not independent, and the communities that say how far (see `communities`).

    `sizes` and `tables` (one for the names of each) are files beside the model; `finer` are the bits by which two names
    of one community are taken to be commoner together than its frequencies say, `most` bounds what is taken from an
    agreement in both; `values` replace what the tables say.
    """

    comparisons: tuple[str, str]
    sizes: str
    tables: tuple[str, str]
    finer: Annotated[float, Field(ge=0.0, le=8.0)] = 0.0
    most: Annotated[float, Field(ge=0.0, le=20.0)] = 10.0
    values: PairValuesShape = PairValuesShape()
