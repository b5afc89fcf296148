"""Explain: the core's own lines, with numbers in place of entries and no value of any child's."""

from childindex.linkage import Model, Scored
from childindex.number import ChildNumber
from childindex.operations.answers import Decision, ExplainedCandidate, ExplainedComparison, Explanation
from childindex.operations.recognise import Recognition

_SHOWN = 10


def explanation(model: Model, seen: Recognition) -> Explanation:
    """Why the core decided as it did among the children the asker may know of; lines sum to their total."""
    match = seen.match
    return Explanation(
        Decision(match.decision.value),
        model.label,
        match.absent_probability,
        tuple(_candidate(scored, seen.profiles[scored.entry].number) for scored in match.scored[:_SHOWN]),
        tuple(f"{rule}: more entries share this key than are looked at" for rule in seen.caps),
        match.sentence(),
    )


def _candidate(scored: Scored, number: str) -> ExplainedCandidate:
    lines = tuple(
        ExplainedComparison(line.comparison, line.level, line.m, line.u, line.tf_bits, line.bits)
        for line in scored.comparisons
    )
    return ExplainedCandidate(
        ChildNumber(number),
        scored.probability,
        scored.prior_bits,
        lines,
        scored.total_bits,
        scored.rules,
        scored.vetoes,
    )
