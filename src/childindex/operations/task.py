"""One registration as all its attempts see it."""

from dataclasses import dataclass

from childindex.caller import Caller
from childindex.demographics import Demographics
from childindex.operations.audit import Action, AuditEvent
from childindex.operations.index import Index
from childindex.operations.recognise import Query
from childindex.placeholder import is_placeholder
from childindex.pointer import Declaration, Pointer, PointerState, Provenance, Sensitivity, ended


@dataclass(frozen=True, slots=True)
class Task:
    """One registration: who, what, and whether the caller's word makes a number permanent."""

    index: Index
    caller: Caller
    given: Declaration
    query: Query
    content: bytes
    authority: str
    policy: int
    may_issue: bool

    def __repr__(self) -> str:
        return "Task(...)"

    @property
    def certain(self) -> bool:
        """Whether the details are enough for a permanent number: a real forename and a whole birth date."""
        given = self.given.demographics
        return has_forename(given) and given.born.complete

    @property
    def active(self) -> bool:
        """Whether the involvement goes on today: a second active record of one system is evidence against one child."""
        return not ended(self.given.involved_until, self.index.today())

    def event(self, action: Action, outcome: str) -> AuditEvent:
        """The audit event of this registration."""
        return AuditEvent(action, self.index.clock(), self.caller, self.policy, outcome, self.index.model.label)

    def pointer(self, slot: int) -> Pointer:
        """The pointer that this declaration makes."""
        given, actor, now = self.given, self.caller.actor, self.index.clock()
        return Pointer(
            key=given.key,
            slot=slot,
            source_version=given.source_version,
            state=PointerState.ACTIVE if self.active else PointerState.ENDED,
            first_seen=now,
            last_seen=now,
            provenance=Provenance(actor.reference, actor.role, self.caller.request_id, now),
            involved_from=given.involved_from,
            involved_until=given.involved_until,
            sensitivity=given.sensitivity or Sensitivity.STANDARD,
            consent_reference=given.consent_reference,
        )


def has_forename(given: Demographics) -> bool:
    """Whether there is a forename that is no placeholder."""
    return bool(given.forename) and not is_placeholder(given.forename)
