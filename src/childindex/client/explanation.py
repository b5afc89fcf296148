"""Why the index decided as it did: for stewards and clerks whose agreement grants EXPLAIN."""

from dataclasses import dataclass

from childindex.number import ChildNumber


@dataclass(frozen=True, slots=True)
class ExplainedComparison:
    """One line: the level a comparison reached, m and u, and its bits (of them from term frequency).

    `running_bits` is the total down to it; `rival` P(level | strongest rival class) and `rival_bits` its weight there.
    """

    comparison: str
    level: str
    m: float
    u: float
    term_frequency_bits: float
    bits: float
    running_bits: float = 0.0
    rival: float = 0.0
    rival_bits: float = 0.0


@dataclass(frozen=True, slots=True)
class ExplainedClass:
    """What the child may be of a candidate: SAME, a rival class such as TWIN, or UNRELATED.

    `bits` are log-odds against a stranger; the chances of one candidate's classes sum to 1.
    """

    name: str
    probability: float
    bits: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedCandidate:
    """A candidate as weighed; prior and lines sum to `total_bits`. Vetoes bar an automatic link, each for a reason."""

    number: ChildNumber
    probability: float
    prior_bits: float
    comparisons: tuple[ExplainedComparison, ...]
    total_bits: float
    rules: tuple[str, ...]
    vetoes: tuple[str, ...]
    veto_reasons: tuple[str, ...] = ()
    classes: tuple[ExplainedClass, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedRival:
    """The best candidate against its strongest rival class and the next child; margins in bits, negative when below."""

    class_name: str
    class_probability: float
    class_margin: float
    child: ChildNumber | None = None
    child_probability: float = 0.0
    child_margin: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedChange:
    """The smallest single change with which the index decides otherwise: of a level, or no `veto`."""

    comparison: str
    level: str
    other_level: str
    veto: str
    bits: float
    decision: str
    probability: float
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """The decision (MATCHED, POSSIBLE or UNMATCHED), the candidates most probable first, and one plain sentence.

    A candidate's probability is 2^total_bits times `stranger_probability`: that of a child whom the index does not
    know and who is nobody's kin there. `change` is None where no single change would have done.
    """

    decision: str
    model: str
    absent_probability: float
    candidates: tuple[ExplainedCandidate, ...]
    caps: tuple[str, ...]
    sentence: str
    stranger_probability: float = 1.0
    others_probability: float = 0.0
    match_threshold: float = 1.0
    possible_threshold: float = 0.0
    rival: ExplainedRival | None = None
    change: ExplainedChange | None = None
