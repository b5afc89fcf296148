"""The compiled policy: default deny, decided before any lookup, pointers filtered one by one."""

from collections.abc import Iterator
from datetime import date

from childindex.caller import ActorRole, Caller, Grant, Purpose, Visibility
from childindex.errors import Error, Reason
from childindex.identifiers import IdentifierType
from childindex.operations.directory import Agreement, Custodian, Document, Kind
from childindex.pointer import Declaration, Pointer, Sensitivity

_NEVER_AUTOMATED = frozenset({Grant.FIND, Grant.EXPLAIN})
_EXPLAINED_TO = frozenset({ActorRole.STEWARD, ActorRole.CLERK})
_HEALTH = (Kind.GENERAL_PRACTICE, Kind.BIRTHS)
_REPLACED_BY = {  # who may say that a number replaces another: those to whom its issuer tells it
    IdentifierType.NHS_NUMBER: _HEALTH,
    IdentifierType.CHI_NUMBER: _HEALTH,
    IdentifierType.HSC_NUMBER: _HEALTH,
    IdentifierType.UPN: (Kind.SCHOOL, Kind.LOCAL_AUTHORITY),
    IdentifierType.ULN: (Kind.SCHOOL,),
}


class Policy:
    """One version of the signed policy, ready to decide. It holds no clock: every decision is of a day."""

    def __init__(self, document: Document) -> None:
        self.version = document.version
        self._custodians = {c.id: c for c in document.custodians}
        self._loaded = {c.id: c.kind for c in document.custodians if c.kind in document.loaded and not c.suspended}
        self._sensitive = {t.name: t.sensitive for t in document.record_types}
        self._agreements: dict[str, list[Agreement]] = {}
        for agreement in document.agreements:
            for party in agreement.parties:
                self._agreements.setdefault(party, []).append(agreement)

    def custodian(self, custodian: str) -> Custodian | None:
        """The directory's entry, suspended or not."""
        return self._custodians.get(custodian)

    def member(self, caller: Caller) -> Custodian:
        """The caller's entry in the directory; raises UNKNOWN_CUSTODIAN or CUSTODIAN_SUSPENDED."""
        custodian = self._custodians.get(caller.custodian)
        if custodian is None:
            raise Error(Reason.UNKNOWN_CUSTODIAN, "the certificate's custodian is not in the directory")
        if custodian.suspended:
            raise Error(Reason.CUSTODIAN_SUSPENDED, "the custodian is suspended")
        return custodian

    def require(self, caller: Caller, grant: Grant, today: date) -> Custodian:
        """The caller's entry if an agreement in force grants this for the purpose; raises NO_AGREEMENT and the like."""
        custodian = self.member(caller)
        if caller.actor.role is ActorRole.AUTOMATED and grant in _NEVER_AUTOMATED:
            raise Error(Reason.ACTOR_NOT_PERMITTED, "an automated actor may register and resolve only")
        if grant is Grant.EXPLAIN and caller.actor.role not in _EXPLAINED_TO:
            raise Error(Reason.ACTOR_NOT_PERMITTED, "explanations are for stewards and clerks")
        if not self.grants(custodian, grant, caller.purpose, today):
            raise Error(
                Reason.NO_AGREEMENT,
                f"no agreement in force grants {grant.value} for this purpose",
                metadata={"grant": grant.value},
            )
        return custodian

    def grants(self, custodian: Custodian, grant: Grant, purpose: Purpose, today: date) -> bool:
        """Whether some agreement in force grants it."""
        return any(grant in agreement.grants for agreement in self._in_force(custodian, purpose, today))

    def loaded_beside(self, custodian: Custodian) -> frozenset[str]:
        """The kinds of the other custodians whose records are all in: what the index holds beside the custodian's."""
        return frozenset(kind.value for other, kind in self._loaded.items() if other != custodian.id)

    def may_hold(self, custodian: Custodian, given: Declaration) -> None:
        """Raises NO_AGREEMENT for a type that is not the custodian's, or a statement that is not its to make;
        CONSENT_REQUIRED for a sensitive type."""
        key = given.key
        if key.custodian != custodian.id:
            raise Error(
                Reason.NO_AGREEMENT,
                "record.key: a custodian declares its own records only",
                metadata={"grant": Grant.REGISTER.value},
            )
        if key.record_type not in custodian.record_types:
            raise Error(
                Reason.NO_AGREEMENT,
                "record.key.record_type: not among the custodian's record types",
                metadata={"grant": Grant.REGISTER.value},
            )
        if self._sensitive[key.record_type] or given.sensitivity is Sensitivity.SENSITIVE:
            raise Error(Reason.CONSENT_REQUIRED, "records of a sensitive service cannot be registered yet")
        for place, identifier in enumerate(given.demographics.identifiers):
            entitled = _REPLACED_BY[identifier.type]
            if identifier.replaces and custodian.kind not in entitled:
                kinds = " or ".join(kind.value.replace("_", " ") for kind in entitled)
                raise Error(
                    Reason.NO_AGREEMENT,
                    f"record.demographics.identifiers[{place}].replaces: that one {_named(identifier.type)} replaces "
                    f"another is for the {kinds} to say; leave it out",
                    metadata={"grant": Grant.REGISTER.value},
                )

    def visibility(self, searcher: Custodian, purpose: Purpose, pointer: Pointer, today: date) -> Visibility | None:
        """How much of another's pointer the searcher may see: the most any agreement in force gives, or None."""
        key = pointer.key
        if key.custodian == searcher.id:
            return Visibility.CONTENT
        holder = self._custodians.get(key.custodian)
        sensitive = pointer.sensitivity is Sensitivity.SENSITIVE or self._sensitive.get(key.record_type, True)
        if holder is None or sensitive:
            return None
        return max(
            (
                rule.visibility
                for agreement in self._in_force(searcher, purpose, today)
                for rule in agreement.find
                if holder.territory == agreement.territory
                and holder.kind in rule.holders
                and key.record_type in rule.record_types
            ),
            default=None,
        )

    def _in_force(self, custodian: Custodian, purpose: Purpose, today: date) -> Iterator[Agreement]:
        for agreement in self._agreements.get(custodian.id, ()):
            if (
                agreement.starts <= today <= agreement.ends
                and purpose.name in agreement.purposes
                and agreement.territory == custodian.territory
            ):
                yield agreement


def _named(kind: IdentifierType) -> str:
    return kind.name.replace("_NUMBER", " number")
