"""Whole files at once under the same model as one record at a time: candidate pairs, weights, training, figures.

    vocabulary = batch.Vocabulary(model)
    left, right = vocabulary.table(columns), vocabulary.table(other_columns)
    pairs = batch.candidate_pairs(model, vocabulary, left, right)        # without `right`: within one file
    agreement = batch.Judge(model, vocabulary).judge(pairs, left, right)
    weights = batch.totals(model, agreement)                             # millibits by class
    trained = batch.train(model, [columns, other_columns]).model

Pure functions over arrays: no I/O, no clock. A file comes as columns of text, named as the
model's fields name them.
"""

from childindex.linkage.batch.agreement import Agreement, Judge
from childindex.linkage.batch.pairs import Pairs, RuleCount, candidate_pairs
from childindex.linkage.batch.table import Table, Vocabulary
from childindex.linkage.batch.training import Options, Trained, train
from childindex.linkage.batch.weighing import totals

__all__ = [
    "Agreement",
    "Judge",
    "Options",
    "Pairs",
    "RuleCount",
    "Table",
    "Trained",
    "Vocabulary",
    "candidate_pairs",
    "totals",
    "train",
]
