"""Who asks, on whose behalf, and why: part of the legal meaning of every call."""

from dataclasses import dataclass
from enum import Enum, IntEnum, unique


@unique
class Purpose(IntEnum):
    """Why a caller asks. Closed: welfare only, never the detection of crime. Values are those of the wire."""

    SAFEGUARDING = 1
    EDUCATION = 2
    HEALTH = 3
    EARLY_HELP = 4
    YOUTH_WELFARE = 5
    HOUSING = 6
    RECORD_KEEPING = 7


@unique
class ActorRole(IntEnum):
    """The part of the professional. `AUTOMATED` may register and resolve, never find."""

    PRACTITIONER = 1
    CLERK = 2
    STEWARD = 3
    AUTOMATED = 4


@unique
class Grant(Enum):
    """What a sharing agreement can allow."""

    REGISTER = "REGISTER"
    ISSUE = "ISSUE"
    RESOLVE = "RESOLVE"
    FIND = "FIND"
    EXPLAIN = "EXPLAIN"


@unique
class Visibility(IntEnum):
    """How much of a pointer may be seen. Values are those of the wire."""

    EXISTENCE = 1
    CONTENT = 2


@dataclass(frozen=True, slots=True)
class Actor:
    """The professional on whose behalf a call is made: opaque references only, unsigned and so unverified."""

    reference: str
    role: ActorRole
    employer: str
    acting_for: str = ""

    def __repr__(self) -> str:
        return f"Actor(role={self.role.name})"


@dataclass(frozen=True, slots=True)
class Caller:
    """One call's legal identity: the custodian of the certificate, the actor, the purpose and the request id."""

    custodian: str
    actor: Actor
    purpose: Purpose
    request_id: str

    def __repr__(self) -> str:
        return f"Caller(purpose={self.purpose.name}, actor={self.actor!r})"
