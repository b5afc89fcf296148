"""Records of tests as source columns, and the slow way to every answer."""

from collections.abc import Mapping, Sequence

from childindex.linkage import Model, Record
from childindex.linkage.scoring import RowScore
from tests.linkage.people import code

Source = Mapping[str, tuple[str, ...]]


def columns(model: Model, records: Sequence[Source]) -> dict[str, list[tuple[str, ...]]]:
    """Sources, one a record, as columns."""
    names = dict.fromkeys(name for column in model.columns for name in column.columns)
    return {name: [record.get(name, ()) for record in records] for name in names}


def scored(model: Model, left: Record, right: Record) -> RowScore:
    """Levels, parts and totals of one pair by the live scorer."""
    scorer = model._matcher._scorer
    mine, theirs = model.features(left, code), model.features(right, code)
    draft = scorer.draft(scorer.prepare(mine.codes, mine.strings), theirs.codes)
    return scorer.finish(draft, theirs.codes, {at: text for at, (_, text) in theirs.strings.items()})
