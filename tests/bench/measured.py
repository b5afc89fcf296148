"""The model that the committed results are of."""

from childindex import linkage
from childindex.linkage import Model

MEASURED = "7"  # 7.1 differs in what is a placeholder, and so in no record that was measured: see test_placeholders


def measured(children: int) -> Model:
    """The shipped model, but for its version the one that was measured."""
    model = linkage.shipped(children)
    return Model.build(model.shape.model_copy(update={"version": MEASURED}), model.tables)
