"""Audit events: one recorded disclosure or change, sealed before it leaves this room.

An event about a child is sealed under that child's audit key, so that it can be erased with its own
retention; an event about no child (nothing confirmed, a policy adopted) under the keyset's. The
journal commits to the sealed body with a salted hash and learns nothing else.
"""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, unique

from childindex.caller import Caller
from childindex.store.commit import Event
from childindex.vault import ChildKey, Sealed, Vault

SALT_BYTES = 16
_NO_CHILD = bytes(8)
_PLACE = b"audit"
_ENVELOPE = 49  # bytes of a sealed entry id


@unique
class Action(Enum):
    """What was done."""

    RESOLVE = "resolve"
    VERIFY = "verify"
    REGISTER = "register"
    CONFIRM = "confirm"  # the same record sent again: last seen moves on
    UPDATE = "update"
    PROMOTE = "promote"
    WITHDRAW = "withdraw"
    MERGE = "merge"  # two entries settled to be one child's: the one number is superseded by the other
    DOUBT = "doubt"  # settling raised a review
    CLOSE = "close"  # settling closed reviews that the evidence has decided
    FORGET = "forget"  # what was removed as a slip and not sent again in time is forgotten
    SETTLE = "settle"  # a child's component was asked for by its number
    FIND = "find"
    LIST_OWN_RECORDS = "list_own_records"
    LIST_CHANGES = "list_changes"
    ADOPT_POLICY = "adopt_policy"


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """Who did what, why, under which policy and model, and with which outcome (a word from a closed set)."""

    action: Action
    time: datetime
    caller: Caller
    policy: int
    outcome: str
    model: str = ""
    disclosed: tuple[str, ...] = ()  # custodians whose pointers were shown
    subject: bytes = b""  # keyed hash of what was asked, where no child was confirmed

    def body(self) -> bytes:
        """The event as canonical JSON."""
        actor = self.caller.actor
        return json.dumps(
            {
                "action": self.action.value,
                "time": self.time.isoformat(),
                "custodian": self.caller.custodian,
                "actor": [actor.reference, actor.role.name, actor.employer, actor.acting_for, "unverified"],
                "purpose": self.caller.purpose.name,
                "request_id": self.caller.request_id,
                "policy": self.policy,
                "model": self.model,
                "outcome": self.outcome,
                "disclosed": list(self.disclosed),
                "subject": self.subject.hex(),
            },
            separators=(",", ":"),
            sort_keys=True,
        ).encode()


def about_child(event: AuditEvent, entry: bytes, key: ChildKey, vault: Vault) -> Event:
    """The journal's form of an event about the child of entry id `entry` (8 bytes)."""
    return _event(entry, key.seal_audit(event.body(), _PLACE), vault)


def about_none(event: AuditEvent, vault: Vault) -> Event:
    """The journal's form of an event about no child the index knows."""
    return _event(_NO_CHILD, vault.seal(Sealed.AUDIT, event.body(), _PLACE), vault)


def child_of_event(body: bytes, vault: Vault) -> bytes | None:
    """The entry id of the child whose audit key seals an event; None for an event about no child."""
    entry = vault.open_sealed(Sealed.ENVELOPE, body[:_ENVELOPE], _PLACE)
    return None if entry == _NO_CHILD else entry


def open_event(body: bytes, vault: Vault, key: ChildKey | None) -> bytes:
    """The JSON of an event; `key` is that of its child, None for none. Raises `StoreDamaged`."""
    sealed = body[_ENVELOPE:]
    return vault.open_sealed(Sealed.AUDIT, sealed, _PLACE) if key is None else key.open_audit(sealed, _PLACE)


def _event(entry: bytes, sealed: bytes, vault: Vault) -> Event:
    """Which child it is about is sealed too: the events of one child must not be countable in the journal."""
    envelope = vault.seal(Sealed.ENVELOPE, entry, _PLACE)
    assert len(envelope) == _ENVELOPE
    return Event(secrets.token_bytes(SALT_BYTES), envelope + sealed)
