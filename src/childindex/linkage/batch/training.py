"""Training: a model's figures from the data, without labels or with them.

1. Term frequencies, and which names are borne together (`communities`), each record counted for itself. 2. u from
random pairs. 3. m by EM within the pairs of one blocking rule after the other, each estimating what its keys do not
look at. 4. m, u and the share of matches by EM over all candidates together. 5. Again from 1, now with records of one
entity counted once. Rival classes come from the pairs within each of several files: a deduplicated extract holds no
child twice.

All sums run over sorted records and sorted patterns: equal records in any order give the same model to the last bit.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from childindex.linkage.batch import bystanders, communities, rivals
from childindex.linkage.batch.blocks import Block, Blocks, Which, conditioned, possible, together
from childindex.linkage.batch.counting import term_counts
from childindex.linkage.batch.expectation import (
    STRENGTH,
    Convergence,
    Plan,
    combined,
    of_comparisons,
    settle,
    unrelated,
)
from childindex.linkage.batch.labels import are_true, first_of_each, labelled, record_weights, true_pairs
from childindex.linkage.batch.mixture import Levelled, Mixture, expected, maximised, normal
from childindex.linkage.batch.patterns import Floats, Patterns, patterns
from childindex.linkage.batch.sampling import canonical
from childindex.linkage.batch.table import Ints, Table, Values, Vocabulary
from childindex.linkage.batch.trained import Whole, exact_u, with_communities, with_frequencies, with_mixture
from childindex.linkage.model import Model

SAMPLE = 500_000  # random pairs
_FEWEST = 30  # pairs that a round needs
_PASSES = 2
_ROUND = 60  # iterations of a round: where a rule leaves two classes alike, their shares drift and never settle

Source = Mapping[str, Sequence[str | Values]]
Told = Callable[[Convergence], None]


@dataclass(frozen=True, slots=True)
class Options:
    """How to train: term frequencies of values that fewer share than `least` are left out; `sample` random pairs."""

    least: float = 0.0
    sample: int = SAMPLE


@dataclass(frozen=True, slots=True)
class Trained:
    """A trained model, and how each run of EM went."""

    model: Model
    report: tuple[Convergence, ...]


def train(
    model: Model,
    files: Sequence[Source],
    *,
    truth: Sequence[Sequence[str]] | None = None,
    options: Options = Options(),
    told: Told = lambda _: None,
) -> Trained:
    """The model with the figures of these files: one that holds entities several times, or several that do not.

    `truth` are labels by file and record: equal ones are one entity, "" is nobody's. `told` hears of each run of EM.
    """
    vocabulary = Vocabulary(model)
    tables = [vocabulary.table(source) for source in files]
    orders = canonical(vocabulary, tables, truth)
    tables = [table.take(order) for table, order in zip(tables, orders, strict=True)]
    labels = None
    if truth is not None:
        labels = labelled([[each[at] for at in order.tolist()] for each, order in zip(truth, orders, strict=True)])
    return _Run(model, vocabulary, tables, (labels, options, told)).trained()


class _Run:
    """One training, step by step."""

    def __init__(
        self,
        model: Model,
        vocabulary: Vocabulary,
        tables: Sequence[Table],
        more: tuple[Sequence[Ints] | None, Options, Told],
    ) -> None:
        self._first = model
        self._vocabulary = vocabulary
        self._tables = tables
        self._labels, self._options, self._told = more
        self._blocks = Blocks(model, vocabulary, tables)
        self._sampled = self._blocks.sample(self._options.sample)
        self._report: list[Convergence] = []
        self._prior_u = tuple(normal([lv.u for lv in c.shape.levels]) for c in model.comparisons)
        self._priors = tuple(_believed(model))

    def trained(self) -> Trained:
        """The whole of it."""
        weights = [np.ones(table.count) for table in self._tables]
        mixture = Mixture(self._prior_u, self._priors, self._shares())
        for _ in range(_PASSES):
            mixture, weights, whole = self._pass(self._named(weights), mixture)
        shape = with_mixture(self._named(weights).shape, mixture, whole)
        return Trained(Model.build(shape, self._first.tables), tuple(self._report))

    def _named(self, weights: Sequence[Floats]) -> Model:
        """Step 1: the model with what the records say of their names."""
        counts = term_counts(self._first, self._vocabulary, self._tables, weights, self._options.least)
        model = Model.build(with_frequencies(self._first.shape, counts), self._first.tables)
        found = communities.learned(model, self._vocabulary, self._tables, weights, self._options.least)
        return Model.build(with_communities(model.shape, found), self._first.tables) if found else model

    def _pass(self, model: Model, mixture: Mixture) -> tuple[Mixture, list[Floats], Whole]:
        """Steps 2 to 4 under one set of frequencies."""
        blocks = self._blocks.judged(model, self._blocks.between)
        sample = patterns(model, together(self._blocks.judged(model, self._sampled)))
        exact = exact_u(model.shape)
        if self._labels is not None:
            return self._by_labels(model, mixture, (blocks, exact))
        mixture = Mixture(unrelated(mixture, sample, self._prior_u, exact), mixture.classes, mixture.shares)
        per_child: Sequence[float] = [rival.per_child for rival in model.shape.rivals]
        if per_child and len(self._tables) > 1:
            mixture, per_child = self._rivals(model, mixture)
        mixture = self._rounds(model, mixture, blocks)
        everything = patterns(model, together(blocks))
        unseen = max(possible(blocks) - len(everything.of), 0)
        plan = Plan((0,), self._priors, self._prior_u, sample, unseen, exact)
        start, plan = bystanders.beside(model, mixture, plan, (mixture.classes[0], len(everything.of)))
        mixture, convergence = settle("all rules together", start, everything, plan)
        self._tell(convergence)
        chances = expected(mixture, everything, unseen).chances[everything.of, 0]
        cuts = np.cumsum([len(block.pairs) for block in blocks])[:-1]
        weights = self._blocks.records(blocks, np.split(chances, cuts))
        return bystanders.without(mixture), weights, self._whole(weights, float(chances.sum()), per_child)

    def _rounds(self, model: Model, mixture: Mixture, blocks: Sequence[Block]) -> Mixture:
        """m from the pairs of one rule after the other."""
        agreement = together(blocks)
        rules = np.concatenate([block.pairs.rules for block in blocks])
        found: list[tuple[float, dict[int, np.ndarray]]] = []
        for place, name, free in conditioned(model):
            pairs = np.flatnonzero(rules >> place & 1)
            if len(free) < 2 or len(pairs) < _FEWEST:
                continue
            seen = patterns(model, agreement.take(pairs), free)
            after, convergence = self._round((name, free), mixture, seen)
            self._tell(convergence)
            found.append((convergence.share * len(pairs), dict(zip(free, after.classes[0], strict=True))))
        m = combined(self._priors[0], found)
        matches = max((weight for weight, _ in found), default=1.0)
        shares = mixture.shares.copy()
        shares[0] = max(matches, 1.0) / max(possible(blocks), 2)
        return Mixture(mixture.u, (m, *mixture.classes[1:]), shares)

    def _round(
        self, rule: tuple[str, tuple[int, ...]], mixture: Mixture, seen: Patterns
    ) -> tuple[Mixture, Convergence]:
        name, free = rule
        start = of_comparisons(mixture, free)
        shares = np.full(len(mixture.classes), 0.1)
        shares[0] = 0.3
        start = Mixture(start.u, start.classes, shares / max(1.0, shares.sum() / 0.9))
        priors = tuple(tuple(each[at] for at in free) for each in self._priors)
        plan = Plan((0,), priors, start.u, most=_ROUND)
        after, convergence = settle(name, start, seen, plan)
        return after, replace(convergence, estimated=tuple(self._first.comparisons[at].shape.name for at in free))

    def _rivals(self, model: Model, mixture: Mixture) -> tuple[Mixture, list[float]]:
        """The rival classes, from pairs within files that hold hardly an entity twice; how many of each a child has.

        Labels make any file such a one: of every entity its first record is looked at.
        """
        found, counts = self._blocks.within(model), [table.count for table in self._tables]
        if self._labels is not None:
            kept = [first_of_each(each) for each in self._labels]
            first = [kept[at][each.left] & kept[at][each.right] for (at, _), each in found]
            found = [(which, each.take(both)) for (which, each), both in zip(found, first, strict=True)]
            counts = [int(each.sum()) for each in kept]
        seen = patterns(model, together(self._blocks.judged(model, found)))
        mixture, per_child, convergence = rivals.learned(model, mixture, seen, counts, doubles=self._labels is None)
        self._tell(convergence)
        return mixture, per_child

    def _by_labels(
        self, model: Model, mixture: Mixture, found: tuple[Sequence[Block], dict[int, float]]
    ) -> tuple[Mixture, list[Floats], Whole]:
        """Steps 2 to 4 where the truth is known: true pairs are counted, whoever proposed them."""
        assert self._labels is not None
        labels, (blocks, exact) = self._labels, found
        pairs = [(which, true_pairs(*self._of(labels, which))) for which, _ in self._blocks.between]
        true = patterns(model, together(self._blocks.judged(model, pairs)))
        m = maximised(true.levels, true.counts, self._priors[0], STRENGTH)
        others = [(which, each.take(~are_true(each, *self._of(labels, which)))) for which, each in self._sampled]
        sample = patterns(model, together(self._blocks.judged(model, others)))
        nobody = Mixture(mixture.u, (), np.zeros(0))
        u = unrelated(nobody, sample, self._prior_u, exact)
        matches = float(true.counts.sum())
        shares = np.append(matches / max(possible(blocks), 1), mixture.shares[1:])
        mixture = Mixture(u, (m, *mixture.classes[1:]), shares)
        per_child: Sequence[float] = [rival.per_child for rival in model.shape.rivals]
        if per_child:
            mixture, per_child = self._rivals(model, mixture)
        weights = record_weights(labels)
        return mixture, weights, self._whole(weights, matches, per_child)

    def _of(self, labels: Sequence[Ints], which: Which) -> tuple[Ints, Ints | None]:
        left, right = which
        return labels[left], None if right is None else labels[right]

    def _whole(self, weights: Sequence[Floats], matches: float, per_child: Sequence[float]) -> Whole:
        counts = [table.count for table in self._tables]
        entities = sum(float(each.sum()) for each in weights)
        if len(counts) == 1:
            return Whole(entities, None, 2 * matches / max(sum(counts), 1) if matches else None, per_child)
        return Whole(entities, matches / max(min(counts), 1), None, per_child)

    def _shares(self) -> Floats:
        """What the model believes of the classes, to begin with."""
        records = max(sum(table.count for table in self._tables), 2)
        kin = [min(rival.per_child / records, 0.2) for rival in self._first.shape.rivals]
        return np.array([min(self._first.shape.prior.duplicates / records, 0.2), *kin])

    def _tell(self, convergence: Convergence) -> None:
        self._report.append(convergence)
        self._told(convergence)


def _believed(model: Model) -> list[Levelled]:
    """What a model says of its classes: same first, then the rivals."""
    rivals = [rival.name for rival in model.shape.rivals]
    m = tuple(normal([level.m for level in comparison.shape.levels]) for comparison in model.comparisons)
    others = [
        tuple(normal([level.rivals[name] for level in comparison.shape.levels]) for comparison in model.comparisons)
        for name in rivals
    ]
    return [m, *others]
