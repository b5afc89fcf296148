"""What would have changed a decision: the smallest change of one level, or of one veto, by deciding again with it.

Nothing is guessed. Every level that the query's fields leave open to a comparison of the best candidate is put in the
place of the one it reached, the candidate is weighed again beside all others, and the decision is taken anew; likewise
without each veto. Only a change to or from a link is told: between a person's desk and nothing it is of no use.
The smallest change is the one that moves the record's weight least; a veto moves none. To say nothing is no level:
that a link could be had by leaving a value out is told to nobody.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from childindex.linkage.compiled import MILLI, millibits
from childindex.linkage.explanation import Change, Decision
from childindex.linkage.prepared import NULL, SAME, Prepared
from childindex.linkage.scoring import RowScore, Scorer


@dataclass(frozen=True, slots=True)
class Redecided:
    """A decision taken anew: the best candidate's probability, whether it still is the best, and what bars the best."""

    decision: Decision
    probability: float
    same_child: bool
    vetoes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """A decision as it stands, and how to take it anew: with another score of the best candidate's row, or without a
    veto."""

    decision: Decision
    score: RowScore
    vetoes: tuple[str, ...]
    rescored: Callable[[RowScore], Redecided]
    without: Callable[[str], Redecided]


def smallest_change(scorer: Scorer, prepared: Sequence[Prepared], stands: Standing) -> Change | None:
    """The smallest change that makes the decision MATCHED, or that takes it away; None where no single one does."""
    if stands.decision is not Decision.MATCHED:
        for veto in stands.vetoes:
            again = stands.without(veto)
            if _turns(stands, again):
                return Change("", "", "", veto, 0.0, again.decision, again.probability, again.vetoes)
    for _, index, level, score in sorted(_alternatives(scorer, prepared, stands.score), key=lambda a: a[:3]):
        again = stands.rescored(score)
        if _turns(stands, again):
            at = stands.score.levels[index]
            shape = scorer.comparisons[index].shape
            now = "" if at == NULL else shape.levels[at].name
            moved = (score.totals[SAME] - stands.score.totals[SAME]) / MILLI
            then = again.decision, again.probability, again.vetoes
            return Change(shape.name, now, shape.levels[level].name, "", moved, *then)
    return None


def _turns(stands: Standing, again: Redecided) -> bool:
    if stands.decision is Decision.MATCHED:
        return again.decision is not Decision.MATCHED or not again.same_child
    return again.decision is Decision.MATCHED and again.same_child


def _alternatives(
    scorer: Scorer, prepared: Sequence[Prepared], score: RowScore
) -> Iterator[tuple[int, int, int, RowScore]]:
    """(how far the weight moves, comparison, level, score) of each single change of a level."""
    comparisons = scorer.comparisons
    covered = {c for place, at in enumerate(score.levels) if at != NULL for c in comparisons[place].covers.get(at, ())}
    for entry in prepared:
        at = score.levels[entry.index]
        if entry.index in covered or entry.comparison.covers.get(at):
            continue  # the two comparisons are one there
        for level in _open(entry):
            if level != at:
                changed = with_level(scorer, score, (entry.index, level, _part(entry, level)))
                yield abs(changed.totals[SAME] - score.totals[SAME]), entry.index, level, changed


def _open(entry: Prepared) -> list[int]:
    """The levels for which the query has the fields, in order: names cannot have changed places where one is missing.

    Whether any value would reach them is not asked: a date of the 17th has no month for its day.
    """
    levels = {entry.comparison.last, *(level for _, _, level, _ in entry.probes), *(level for level, _ in entry.every)}
    if entry.texts and (entry.gate or not entry.comparison.gate):
        levels.update(level for level, _ in entry.comparison.fuzzy)
    return sorted(levels)


def with_level(scorer: Scorer, score: RowScore, change: tuple[int, int, int]) -> RowScore:
    """The score with one comparison at another level; what that level covers counts no more."""
    comparisons, (index, level, part) = scorer.comparisons, change
    levels, parts = list(score.levels), list(score.parts)
    levels[index], parts[index] = level, part
    for place in comparisons[index].covers.get(level, ()):
        levels[place], parts[place] = NULL, 0
    totals = [0] * len(score.totals)
    for comparison, at, bits in zip(comparisons, levels, parts, strict=True):
        if at != NULL:
            weights, kin = comparison.weights[at], comparison.kin_part(at, bits)
            totals = [total + weights[each] + (bits if each == SAME else kin) for each, total in enumerate(totals)]
    taken = scorer.taken(levels, parts, score.together)
    return RowScore(tuple(levels), tuple(parts), tuple(total - taken for total in totals), score.together, taken)


def _part(entry: Prepared, level: int) -> int:
    """The term-frequency part that the query's own value would have at a level: the rarest value it could share."""
    coded = [part for _, _, at, part in entry.probes if at == level]
    coded += [sum(parts[0][0] for _, parts in pairs) for at, pairs in entry.every if at == level]
    if coded:
        return max(coded)
    table = entry.comparison.tables.frequencies
    shares = [
        share
        for (at, _), (_, share) in zip(entry.comparison.fuzzy, entry.comparison.fuzzy_weights, strict=True)
        if at == level
    ]
    if not shares or table is None or not entry.texts:
        return 0
    return max(millibits(shares[0] * table.bits(text)) for _, _, text in entry.texts)
