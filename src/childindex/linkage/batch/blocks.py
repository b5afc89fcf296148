"""What training looks at: the candidate pairs of every two files, or of the one, and random pairs of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from childindex.linkage.batch.agreement import Agreement, Judge
from childindex.linkage.batch.keys import key_rules
from childindex.linkage.batch.pairs import Pairs, candidate_pairs
from childindex.linkage.batch.patterns import Floats
from childindex.linkage.batch.sampling import random_pairs
from childindex.linkage.batch.table import Table, Vocabulary
from childindex.linkage.model import Model

Which = tuple[int, int | None]  # places of the files compared: one with itself, or two


@dataclass(frozen=True, slots=True)
class Block:
    """Pairs of one comparison of files, and how they agree."""

    files: Which
    pairs: Pairs
    agreement: Agreement


class Blocks:
    """Finds pairs once, and judges them anew when a model's frequencies have changed."""

    def __init__(self, model: Model, vocabulary: Vocabulary, tables: Sequence[Table]) -> None:
        self._vocabulary = vocabulary
        self._tables = tables
        self.between = self._found(model, _between(len(tables)))
        self._within: list[tuple[Which, Pairs]] = []
        self._judge: Judge | None = None

    def within(self, model: Model) -> list[tuple[Which, Pairs]]:
        """The pairs inside each file."""
        if not self._within:
            self._within = self._found(model, [(at, None) for at in range(len(self._tables))])
        return self._within

    def judged(self, model: Model, found: Sequence[tuple[Which, Pairs]]) -> list[Block]:
        """How pairs agree under a model."""
        if self._judge is None or self._judge.model is not model:
            self._judge = Judge(model, self._vocabulary, self._judge)
        judge = self._judge
        return [Block(which, pairs, judge.judge(pairs, *self._sides(which))) for which, pairs in found]

    def sample(self, most: int) -> list[tuple[Which, Pairs]]:
        """Random pairs, as many of every comparison of files."""
        every = _between(len(self._tables))
        return [(which, random_pairs(*self._sizes(which), most // len(every))) for which in every]

    def records(self, blocks: Sequence[Block], chances: Sequence[Floats]) -> list[Floats]:
        """By file and record: 1 / (1 + expected number of other records of its entity), never below what n allows."""
        others = [np.zeros(table.count) for table in self._tables]
        for block, chance in zip(blocks, chances, strict=True):
            left, right = block.files
            others[left] += np.bincount(block.pairs.left, weights=chance, minlength=len(others[left]))
            right = left if right is None else right
            others[right] += np.bincount(block.pairs.right, weights=chance, minlength=len(others[right]))
        return [1.0 / (1.0 + each) for each in others]

    def _found(self, model: Model, every: Sequence[Which]) -> list[tuple[Which, Pairs]]:
        return [(which, candidate_pairs(model, self._vocabulary, *self._sides(which))) for which in every]

    def _sides(self, which: Which) -> tuple[Table, Table | None]:
        left, right = which
        return self._tables[left], None if right is None else self._tables[right]

    def _sizes(self, which: Which) -> tuple[int, int | None]:
        left, right = self._sides(which)
        return left.count, None if right is None else right.count


def together(blocks: Sequence[Block]) -> Agreement:
    """The agreement of all blocks, one after another."""
    return Agreement.joined([block.agreement for block in blocks])


def possible(blocks: Sequence[Block]) -> int:
    """All pairs of the files compared, proposed or not."""
    return sum(block.pairs.possible for block in blocks)


def conditioned(model: Model) -> Iterator[tuple[int, str, tuple[int, ...]]]:
    """By rule, its place and name, the comparisons whose fields its keys do not look at: what its pairs can teach."""
    roots = [_root(model, at) for at in range(len(model.columns))]
    for place, (name, parts) in enumerate(key_rules(model)):
        if len(parts) > 1:
            continue  # the scan of birth dates: keys of several kinds
        looked = {column for at in parts[0].fields for column in roots[at]}
        free = [
            index
            for index, comparison in enumerate(model.comparisons)
            if not any(looked & roots[at] for pair in comparison.compares for at in pair)
        ]
        yield place, name, tuple(free)


def _root(model: Model, place: int) -> frozenset[str]:
    """The source columns that a field comes from."""
    column = model.columns[place]
    return frozenset(column.columns) if column.of is None else _root(model, column.of)


def _between(files: int) -> list[Which]:
    return [(0, None)] if files == 1 else list(combinations(range(files), 2))
