"""Whole files at once under the same model as one record at a time: candidate pairs, weights, training, figures.

    vocabulary = batch.Vocabulary(model)
    left, right = vocabulary.table(columns), vocabulary.table(other_columns)
    pairs = batch.candidate_pairs(model, vocabulary, left, right)        # without `right`: within one file
    agreement = batch.Judge(model, vocabulary).judge(pairs, left, right)
    weights = batch.totals(model, agreement)                             # millibits by class
    trained = batch.train(model, [columns, other_columns]).model
    linked = batch.link(trained, columns, other_columns)                 # all of the above: P of every pair, clusters
    figures = batch.evaluate(linked, [truth, other_truth])               # lists of labels, one a record

Pure functions over arrays: no I/O, no clock. A file comes as columns of text, named as the
model's fields name them.
"""

from childindex.linkage.batch.agreement import Agreement, Judge
from childindex.linkage.batch.bands import calibration
from childindex.linkage.batch.evaluation import Evaluation, evaluate
from childindex.linkage.batch.linking import Linked, link
from childindex.linkage.batch.pairs import Pairs, RuleCount, candidate_pairs
from childindex.linkage.batch.table import Table, Vocabulary
from childindex.linkage.batch.training import Options, Trained, train
from childindex.linkage.batch.weighing import totals

__all__ = [
    "Agreement",
    "Evaluation",
    "Judge",
    "Linked",
    "Options",
    "Pairs",
    "RuleCount",
    "Table",
    "Trained",
    "Vocabulary",
    "calibration",
    "candidate_pairs",
    "evaluate",
    "link",
    "totals",
    "train",
]
