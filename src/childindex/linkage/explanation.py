"""What the core says of a query: its decision, the candidates as weighed, and why, line by line.

Bits are whole thousandths throughout: the lines of a candidate and its prior sum to its total exactly.
"""

from dataclasses import dataclass
from enum import Enum, unique


@unique
class Decision(Enum):
    """Whose record is this: one child's, perhaps somebody's, nobody's that the index knows."""

    MATCHED = "MATCHED"
    POSSIBLE = "POSSIBLE"
    UNMATCHED = "UNMATCHED"


@dataclass(frozen=True, slots=True)
class Compared:
    """One line: the level reached, its m and u, the term-frequency part, and all its bits.

    `rival` is P(level | the candidate's strongest rival class), `rival_bits` what the line weighs under that class.
    """

    comparison: str
    level: str
    m: float
    u: float
    tf_bits: float
    bits: float
    rival: float = 0.0
    rival_bits: float = 0.0


@dataclass(frozen=True, slots=True)
class Chance:
    """What the query may be of a candidate: the child itself ("same"), its kin by class, or "unrelated".

    `bits` are log-odds against a stranger, whom the index does not know and who is nobody's kin; `probability` is the
    joint posterior. "unrelated" is all that remains: a stranger, another candidate, another candidate's kin.
    """

    name: str
    bits: float
    probability: float


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate as weighed. `slot` is the profile row compared; `rival` the strongest rival class and its chance.

    Prior and lines sum to `total_bits`, and `probability` is 2^total_bits times the chance of a stranger.
    """

    entry: int
    slot: int
    probability: float
    prior_bits: float
    total_bits: float
    comparisons: tuple[Compared, ...]
    rules: tuple[str, ...]
    vetoes: tuple[str, ...]
    rival: str = ""
    rival_probability: float = 0.0
    classes: tuple[Chance, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """The smallest single change that would have linked the record, or undone its link, found by deciding again.

    Either `comparison` at `level` instead of `now` (empty: nothing to compare), which moves the weight of the row
    compared by `bits`, or the best candidate without `veto`. `decision`, `probability` (of the candidate that was best)
    and `vetoes` (of the one that then is) are what would follow.
    """

    comparison: str
    now: str
    level: str
    veto: str
    bits: float
    decision: Decision
    probability: float
    vetoes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Continuity:
    """Whether two versions of one record are of one child, and what would bar the link of the two by themselves.

    The same local id speaks for it (the model's `prior.continues`). The alternatives are that the id was given to a
    stranger, a twin or a sibling, each as likely as a child has them beside one stranger.
    """

    probability: float
    vetoes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Match:
    """The decision on a query. `scored` is best first; `absent_probability` that the index does not know the child.

    `stranger_probability` is the part of it in which the child is nobody's kin either: what totals are held against.
    """

    decision: Decision
    scored: tuple[Scored, ...]
    absent_probability: float
    model: str
    stranger_probability: float = 1.0
