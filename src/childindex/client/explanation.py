"""Why the index decided as it did: for stewards and clerks whose agreement grants EXPLAIN."""

from dataclasses import dataclass

from childindex.number import ChildNumber


@dataclass(frozen=True, slots=True)
class ExplainedComparison:
    """One line: the level a comparison reached, m and u, and its bits (of them from term frequency)."""

    comparison: str
    level: str
    m: float
    u: float
    term_frequency_bits: float
    bits: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedCandidate:
    """A candidate as weighed; prior and lines sum to `total_bits`."""

    number: ChildNumber
    probability: float
    prior_bits: float
    comparisons: tuple[ExplainedComparison, ...]
    total_bits: float
    rules: tuple[str, ...]
    vetoes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """The decision (MATCHED, POSSIBLE or UNMATCHED), the candidates most probable first, and one plain sentence."""

    decision: str
    model: str
    absent_probability: float
    candidates: tuple[ExplainedCandidate, ...]
    caps: tuple[str, ...]
    sentence: str
