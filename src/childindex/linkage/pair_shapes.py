"""What a model file may say of two comparisons of names that are not independent."""

from typing import Annotated

from pydantic import Field

from childindex.linkage.record_shapes import Probability, Shape


class CommunityShape(Shape):
    """A name community: its share of all children, and the parts of them who bear names of its own, by kind of name."""

    share: Annotated[float, Field(gt=0.0, lt=1.0)]
    own: tuple[Probability, Probability]


class PairValuesShape(Shape):
    """What training puts in the place of the tables of communities: sizes, and the parts of a name's bearers."""

    sizes: dict[int, CommunityShape] = Field(default_factory=dict)
    first: dict[str, dict[int, Probability]] = Field(default_factory=dict)
    second: dict[str, dict[int, Probability]] = Field(default_factory=dict)


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
