"""An explanation of nobody, as a client reads it."""

from childindex.client.explanation import (
    ExplainedCandidate,
    ExplainedChange,
    ExplainedClass,
    ExplainedComparison,
    ExplainedRival,
    Explanation,
)
from childindex.number import ChildNumber, NumberType

NUMBER = ChildNumber.draw(NumberType.PERMANENT)
LINES = (
    ExplainedComparison("forename", "close", 0.01, 0.0015, 1.25, 4.0, -8.0, 0.06, 2.5),
    ExplainedComparison("postcode", "other", 0.12, 0.98, 0.0, -3.0, -11.0, 0.03, -5.0),
    ExplainedComparison("middle", "null", 0.0, 0.0, 0.0, 0.0, -11.0),
)
CANDIDATE = ExplainedCandidate(
    number=NUMBER,
    probability=0.9,
    prior_bits=-12.0,
    comparisons=LINES,
    total_bits=-11.0,
    rules=("birth_date",),
    vetoes=("same_system",),
    veto_reasons=("it lists no child twice",),
    classes=(
        ExplainedClass("SAME", 0.9, -11.0),
        ExplainedClass("TWIN", 0.05, -13.25),
        ExplainedClass("UNRELATED", 0.05, 0.0),
    ),
)
EXPLANATION = Explanation(
    decision="POSSIBLE", model="children 1", absent_probability=0.1, candidates=(CANDIDATE,) * 5, caps=("names",),
    sentence="It may be.", stranger_probability=0.05, match_threshold=0.999, possible_threshold=0.02,
    rival=ExplainedRival(
        class_name="TWIN", class_probability=0.05, class_margin=2.25, child=NUMBER, child_probability=0.9,
        child_margin=-1.5,
    ),
    change=ExplainedChange(
        comparison="postcode", level="other", other_level="exact", veto="", bits=20.0, decision="MATCHED",
        probability=0.9995, sentence="Had the postcode been exact.",
    ),
)  # fmt: skip
