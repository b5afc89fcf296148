"""Budgets: how many distinct children may be asked for in a day, decided where the answer is journalled."""

from childindex.caller import Caller
from childindex.operations.index import Index
from childindex.store.commit import Charge
from childindex.vault import Handle


def charges(index: Index, caller: Caller, subject: bytes) -> tuple[Charge, ...]:
    """One distinct child of the professional's budget, and of the custodian's.

    `subject` is the child's entry id, or what was asked where no child was confirmed: guesses that fail cost as much
    as answers, or guessing would be free.
    """
    settings, handle = index.settings, index.vault.handle
    accounts = (
        (handle(Handle.ACTOR, caller.custodian, caller.actor.reference), settings.budget),
        (handle(Handle.ACTOR, caller.custodian), settings.custodian_budget),
    )
    return tuple(Charge(account, subject_of(index, subject), limit) for account, limit in accounts if limit)


def subject_of(index: Index, subject: bytes) -> bytes:
    """The keyed hash (16 bytes) by which budgets and the journal know what was asked."""
    return index.vault.handle(Handle.CHILD, subject.hex())
