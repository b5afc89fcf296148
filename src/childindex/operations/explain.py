"""Explain: the core's own lines, with numbers in place of entries and no value of any child's.

Everything is computed among the children the asker may know of: who is hidden moves no figure here. Caps alone count
all that a key leads to, before anybody is looked at: who knew of every other record of a crowded key could see one.
"""

from childindex.linkage import Change, Model, Scored, wording
from childindex.number import ChildNumber
from childindex.operations.explained import (
    Decision,
    ExplainedCandidate,
    ExplainedChange,
    ExplainedClass,
    ExplainedComparison,
    ExplainedRival,
    Explanation,
)
from childindex.operations.recognise import Query, Recognition

_MILLI = 1000


def explanation(model: Model, query: Query, seen: Recognition) -> Explanation:
    """Why the core decided as it did among the children the asker may know of; lines sum to their total."""
    shape = model.shape
    match = seen.inquiry.match(seen.strings)
    change = seen.inquiry.change(seen.strings)
    candidates = tuple(_candidate(model, scored, seen.profiles[scored.entry].number) for scored in match.scored)
    told = sum(candidate.probability for candidate in candidates)
    return Explanation(
        Decision(match.decision.value),
        model.label,
        match.absent_probability,
        candidates,
        tuple(wording.capped(shape, rule) for rule in seen.caps),
        wording.sentence(shape, match),
        match.stranger_probability,
        max(0.0, 1.0 - match.absent_probability - told),
        shape.thresholds.match,
        shape.thresholds.possible,
        _rival(candidates),
        None if change is None else _change(change),
        wording.changed(shape, match.decision, change) if candidates else "",
    )


def _candidate(model: Model, scored: Scored, number: str) -> ExplainedCandidate:
    running, lines = round(scored.prior_bits * _MILLI), []
    for line in scored.comparisons:
        running += round(line.bits * _MILLI)
        lines.append(
            ExplainedComparison(
                line.comparison,
                line.level,
                line.m,
                line.u,
                line.tf_bits,
                line.bits,
                running / _MILLI,
                line.rival,
                line.rival_bits,
            )
        )
    return ExplainedCandidate(
        ChildNumber(number),
        scored.probability,
        scored.prior_bits,
        tuple(lines),
        scored.total_bits,
        scored.rules,
        scored.vetoes,
        tuple(wording.reason(model.shape, veto) for veto in scored.vetoes),
        tuple(ExplainedClass(chance.name.upper(), chance.probability, chance.bits) for chance in scored.classes),
    )


def _rival(candidates: tuple[ExplainedCandidate, ...]) -> ExplainedRival | None:
    if not candidates:
        return None
    best = candidates[0]
    strongest = max(best.classes[1:-1], key=lambda each: each.bits, default=ExplainedClass("", 0.0, 0.0))
    against = (strongest.name, strongest.probability, round(best.total_bits - strongest.bits, 3))
    if len(candidates) == 1:
        return ExplainedRival(*against)
    second = candidates[1]
    margin = round(best.total_bits - second.total_bits, 3)
    return ExplainedRival(*against, second.number, second.probability, margin)


def _change(change: Change) -> ExplainedChange:
    return ExplainedChange(
        change.comparison,
        change.now,
        change.level,
        change.veto,
        change.bits,
        Decision(change.decision.value),
        change.probability,
    )
