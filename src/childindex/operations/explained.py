"""Why the core decided as it did, as the wire, the CLI and the benches tell it: names, bits and chances, no value."""

from dataclasses import dataclass
from enum import Enum, unique

from childindex.number import ChildNumber


@unique
class Decision(Enum):
    """What the core decided of a record."""

    MATCHED = "MATCHED"
    POSSIBLE = "POSSIBLE"
    UNMATCHED = "UNMATCHED"


@dataclass(frozen=True, slots=True)
class ExplainedComparison:
    """One line: level reached, m, u, its bits (term-frequency part and whole), and the total down to it.

    `rival` is P(level | the candidate's strongest rival class), `rival_bits` what the line weighs under that class.
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
    """What the child may be of a candidate: SAME, a rival class, or UNRELATED; see `linkage.Chance`."""

    name: str
    probability: float
    bits: float


@dataclass(frozen=True, slots=True)
class ExplainedCandidate:
    """A candidate as the core weighed it; prior and lines sum to `total_bits`. Each veto has a reason."""

    number: ChildNumber
    probability: float
    prior_bits: float
    comparisons: tuple[ExplainedComparison, ...]
    total_bits: float
    rules: tuple[str, ...]
    vetoes: tuple[str, ...]
    veto_reasons: tuple[str, ...] = ()
    classes: tuple[ExplainedClass, ...] = ()


@dataclass(frozen=True, slots=True)
class ExplainedRival:
    """The best candidate against its strongest rival class and, where there is one, against the next child.

    A margin is by how many bits SAME lies above it.
    """

    class_name: str
    class_probability: float
    class_margin: float
    child: ChildNumber | None = None
    child_probability: float = 0.0
    child_margin: float = 0.0


@dataclass(frozen=True, slots=True)
class ExplainedChange:
    """The smallest single change with which the core decides otherwise; see `linkage.Change`."""

    comparison: str
    level: str
    other_level: str
    veto: str
    bits: float
    decision: Decision
    probability: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why the core decided as it did; candidates most probable first, at most ten.

    With those told, `absent_probability` and `others_probability` sum to one; a candidate's probability is
    2^total_bits times `stranger_probability`. `change` is None, and `change_sentence` says so, where no single change
    would do; the sentence is empty where there is no candidate.
    """

    decision: Decision
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
    change_sentence: str = ""
