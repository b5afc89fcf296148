"""Term frequencies of the data: how often each value occurs among those that the records are of.

Records of one entity count as one: each weighs 1 / (1 + expected number of its other records); nothing is rarer than
one of them. A value that fewer than `least` share is not listed: in a model file it would be somebody's name (small
cells). In a table of words, a record that has a word twice has it once.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from childindex.linkage.batch.patterns import Floats
from childindex.linkage.batch.table import Table, Vocabulary
from childindex.linkage.compiled import LEAST
from childindex.linkage.model import Model
from childindex.linkage.record_shapes import FrequencyShape

_BELIEF = 1000.0  # members of the population that a model's own table counts as
_IN_USE = 10.0  # members who share a value that no public table knows: fewer may have made the same slip of the pen


@dataclass(frozen=True, slots=True)
class TermCounts:
    """Counted frequencies of one table of a model: listed shares, the share of a value not listed, and the mean."""

    name: str
    listed: dict[str, float]
    unlisted: float
    mean: float

    def __repr__(self) -> str:
        return f"TermCounts({self.name}, {len(self.listed)} values)"


def term_counts(
    model: Model, vocabulary: Vocabulary, tables: Sequence[Table], weights: Sequence[Floats], least: float
) -> tuple[TermCounts, ...]:
    """The frequencies of every table of the model, from the first field that names it; none where it is never filled.

    A model with public tables believes them as much as a thousand records: what the data do not list stays theirs, a
    value that they do not know is listed only where it is no slip.
    """
    result = []
    for name, shape in model.shape.frequencies.items():
        place = next((at for at, field in enumerate(model.shape.fields.values()) if field.frequency == name), None)
        if place is None:
            continue
        strings, counts = _in_order(vocabulary.strings(place), _counts(vocabulary, place, tables, weights))
        whole = float(counts.sum())
        if shape.words:
            strings, counts = _by_word(strings, counts)
        if whole > 0:
            result.append(_shares(name, shape, (strings, counts, whole), (model, least)))
    return tuple(result)


def _in_order(strings: Sequence[str], counts: Floats) -> tuple[Sequence[str], Floats]:
    """By value: codes follow the files' rows, and sums of shares of records differ by their order in the last bit."""
    order = sorted(range(len(strings)), key=strings.__getitem__)
    return [strings[at] for at in order], counts[order]


def _by_word(strings: Sequence[str], counts: Floats) -> tuple[Sequence[str], Floats]:
    """The words of all values in order of appearance, and the weight of the records that have each."""
    found: dict[str, float] = {}
    for text, count in zip(strings, counts.tolist(), strict=True):
        for word in dict.fromkeys(text.split()):
            found[word] = found.get(word, 0.0) + count
    return list(found), np.array(list(found.values()))


def _counts(vocabulary: Vocabulary, place: int, tables: Sequence[Table], weights: Sequence[Floats]) -> Floats:
    """By code: the weight of the records that have the value."""
    counts = np.zeros(len(vocabulary.strings(place)))
    for table, weight in zip(tables, weights, strict=True):
        column = table.columns[place]
        for slot in range(column.shape[1]):
            rows = column[:, slot] >= 0
            counts += np.bincount(column[rows, slot], weights=weight[rows], minlength=len(counts))
    return counts


def _shares(
    name: str, shape: FrequencyShape, counted: tuple[Sequence[str], Floats, float], among: tuple[Model, float]
) -> TermCounts:
    strings, counts, whole = counted
    model, least = among
    field = next(field for field, part in model.shape.fields.items() if part.frequency == name)
    public = model.frequencies(field) if shape.tables or shape.endings else None
    belief = _BELIEF if public else 0.0
    # a thousandth less is still the least: weights of one entity's records sum to one only nearly
    kept = np.flatnonzero((counts >= least * 0.999) & (counts > 0)).tolist()
    if public:
        kept = [at for at in kept if counts[at] >= _IN_USE or public.known(strings[at])]
    listed = {
        strings[at]: min(
            1.0,
            (max(float(counts[at]), 1.0) + belief * (public.of(strings[at]) if public else 0.0)) / (whole + belief),
        )
        for at in sorted(kept, key=strings.__getitem__)
    }
    rest = counts.copy()
    rest[kept] = 0.0
    seldom = float(rest.sum()) / max(int((rest > 0).sum()), 1) or 0.5
    unlisted = shape.unlisted if public else min(1.0, max(seldom / whole, LEAST))
    mean = (whole * _mean(counts, whole) + belief * (shape.mean if public else 0.0)) / (whole + belief)
    return TermCounts(name, listed, unlisted, max(mean, LEAST))


def _mean(counts: Floats, whole: float) -> float:
    """The chance that two members of the population share a value: sum of c (c - 1) over n (n - 1)."""
    if whole <= 1.0:
        return 1.0
    return min(1.0, float(np.maximum(counts * counts - counts, 0.0).sum()) / (whole * (whole - 1.0)))
