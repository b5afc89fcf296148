"""Weights of agreement: totals in whole millibits, exactly those of the live scorer."""

import numpy as np

from childindex.linkage.batch.agreement import Agreement
from childindex.linkage.compiled import NEVER
from childindex.linkage.model import Model

Row = np.ndarray[tuple[int], np.dtype[np.int32]]
Totals = np.ndarray[tuple[int, int], np.dtype[np.int32]]


def totals(model: Model, agreement: Agreement) -> Totals:
    """By pair and class (same, then the rivals in the model's order): the sum of weights, in millibits."""
    classes = len(model.comparisons[0].weights[0])
    result = np.zeros((len(agreement.levels), classes), dtype=np.int32)
    for index, comparison in enumerate(model.comparisons):
        table = np.array([*comparison.weights, (0,) * classes], dtype=np.int32)  # NULL is -1: the row of nothing
        parts, levels = agreement.parts[:, index], agreement.levels[:, index]
        result += table[levels]
        result[:, 0] += parts
        for place, share in enumerate(comparison.kin_shares):
            here = levels == place
            result[here, 1:] += np.rint(parts[here] * share).astype(np.int32)[:, None]
    result -= taken(model, agreement)[:, None]
    places = {comparison.shape.name: place for place, comparison in enumerate(model.comparisons)}
    for column, rival in enumerate(model.shape.rivals, start=1):
        if rival.where:
            agree = (agreement.levels[:, [places[name] for name in rival.where]] == 0).any(axis=1)
            result[~agree, column] = NEVER
    return result


def taken(model: Model, agreement: Agreement) -> Row:
    """By pair what is taken from every class because its two names are borne together (`Together.taken`)."""
    told = agreement.together
    if model.together is None or not told.any():
        return np.zeros_like(told)
    first, second = model.together.first, model.together.second
    comparison = model.comparisons[first]
    mine, theirs = agreement.levels[:, first], agreement.levels[:, second]
    covering = [level for level, covers in comparison.covers.items() if second in covers]
    agreed = (mine >= 0) & (theirs != model.comparisons[second].last) & ((theirs >= 0) | np.isin(mine, covering))
    found: Row = np.where(agreed, told, 0).astype(np.int32)
    return found
