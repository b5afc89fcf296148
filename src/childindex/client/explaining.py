"""Explanations: messages read as plain values."""

from childindex.client.errors import unreadable
from childindex.client.explanation import (
    ExplainedCandidate,
    ExplainedChange,
    ExplainedClass,
    ExplainedComparison,
    ExplainedRival,
    Explanation,
)
from childindex.errors import Error
from childindex.number import ChildNumber
from childindex.v1 import child_pb2
from childindex.v1 import index_service_pb2 as pb


def explanation(message: pb.Explanation) -> Explanation:
    """Why the index decided as it did. Raises `ClientError` for a decision that this client does not know."""
    return Explanation(
        decision=_decision(message.decision),
        model=message.model,
        absent_probability=message.absent_probability,
        candidates=tuple(map(_candidate, message.candidates)),
        caps=tuple(message.caps),
        sentence=message.sentence,
        stranger_probability=message.stranger_probability,
        others_probability=message.others_probability,
        match_threshold=message.match_threshold,
        possible_threshold=message.possible_threshold,
        rival=_rival(message.rival) if message.HasField("rival") else None,
        change=_change(message.counterfactual) if message.HasField("counterfactual") else None,
    )


def number(message: child_pb2.ChildReference) -> ChildNumber:
    """The number of a reference. Raises `ClientError` where it is none."""
    try:
        return ChildNumber.parse(message.value)
    except Error:
        raise unreadable() from None


def _candidate(message: pb.ExplainedCandidate) -> ExplainedCandidate:
    return ExplainedCandidate(
        number=number(message.child),
        probability=message.probability,
        prior_bits=message.prior_bits,
        comparisons=tuple(map(_line, message.comparisons)),
        total_bits=message.total_bits,
        rules=tuple(message.blocking_rules),
        vetoes=tuple(message.vetoes),
        veto_reasons=tuple(message.veto_reasons),
        classes=tuple(ExplainedClass(each.name, each.probability, each.bits) for each in message.classes),
    )


def _line(line: pb.ExplainedComparison) -> ExplainedComparison:
    return ExplainedComparison(
        line.comparison,
        line.level,
        line.m_probability,
        line.u_probability,
        line.term_frequency_bits,
        line.weight_bits,
        line.running_bits,
        line.rival_probability,
        line.rival_weight_bits,
    )


def _rival(message: pb.StrongestRival) -> ExplainedRival:
    return ExplainedRival(
        class_name=message.class_name,
        class_probability=message.class_probability,
        class_margin=message.class_margin_bits,
        child=number(message.child) if message.HasField("child") else None,
        child_probability=message.child_probability,
        child_margin=message.child_margin_bits,
    )


def _change(message: pb.Counterfactual) -> ExplainedChange:
    return ExplainedChange(
        comparison=message.comparison,
        level=message.level,
        other_level=message.other_level,
        veto=message.veto,
        bits=message.weight_bits,
        decision=_decision(message.decision),
        probability=message.probability,
        sentence=message.sentence,
    )


def _decision(value: pb.Decision.ValueType) -> str:
    try:
        return pb.Decision.Name(value).removeprefix("DECISION_")
    except ValueError:
        raise unreadable() from None
