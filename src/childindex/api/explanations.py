"""Explanations written as messages of `childindex.v1`."""

from typing import Final

from childindex.number import ChildNumber
from childindex.operations import (
    Decision,
    ExplainedCandidate,
    ExplainedComparison,
    ExplainedRival,
    Explanation,
)
from childindex.v1 import child_pb2
from childindex.v1 import index_service_pb2 as pb

_DECISION: Final = {
    Decision.MATCHED: pb.DECISION_MATCHED,
    Decision.POSSIBLE: pb.DECISION_POSSIBLE,
    Decision.UNMATCHED: pb.DECISION_UNMATCHED,
}


def explanation(answer: Explanation) -> pb.Explanation:
    """Why the core decided as it did."""
    message = pb.Explanation(
        decision=_DECISION[answer.decision],
        model=answer.model,
        absent_probability=answer.absent_probability,
        candidates=[_candidate(each) for each in answer.candidates],
        caps=answer.caps,
        sentence=answer.sentence,
        stranger_probability=answer.stranger_probability,
        others_probability=answer.others_probability,
        match_threshold=answer.match_threshold,
        possible_threshold=answer.possible_threshold,
    )
    if answer.rival is not None:
        message.rival.CopyFrom(_rival(answer.rival))
    if (change := answer.change) is not None:
        message.counterfactual.CopyFrom(
            pb.Counterfactual(
                comparison=change.comparison,
                level=change.level,
                other_level=change.other_level,
                veto=change.veto,
                weight_bits=change.bits,
                decision=_DECISION[change.decision],
                probability=change.probability,
                sentence=answer.change_sentence,
            )
        )
    return message


def reference(number: ChildNumber) -> child_pb2.ChildReference:
    """The opaque reference by which the wire names a child."""
    return child_pb2.ChildReference(value=str(number))


def _candidate(candidate: ExplainedCandidate) -> pb.ExplainedCandidate:
    return pb.ExplainedCandidate(
        child=reference(candidate.number),
        probability=candidate.probability,
        prior_bits=candidate.prior_bits,
        comparisons=[_line(line) for line in candidate.comparisons],
        total_bits=candidate.total_bits,
        blocking_rules=candidate.rules,
        vetoes=candidate.vetoes,
        veto_reasons=candidate.veto_reasons,
        classes=[
            pb.ClassProbability(name=each.name, probability=each.probability, bits=each.bits)
            for each in candidate.classes
        ],
    )


def _line(line: ExplainedComparison) -> pb.ExplainedComparison:
    return pb.ExplainedComparison(
        comparison=line.comparison,
        level=line.level,
        m_probability=line.m,
        u_probability=line.u,
        term_frequency_bits=line.term_frequency_bits,
        weight_bits=line.bits,
        running_bits=line.running_bits,
        rival_probability=line.rival,
        rival_weight_bits=line.rival_bits,
    )


def _rival(rival: ExplainedRival) -> pb.StrongestRival:
    message = pb.StrongestRival(
        class_name=rival.class_name,
        class_probability=rival.class_probability,
        class_margin_bits=rival.class_margin,
    )
    if rival.child is not None:
        message.child.CopyFrom(reference(rival.child))
        message.child_probability = rival.child_probability
        message.child_margin_bits = rival.child_margin
    return message
