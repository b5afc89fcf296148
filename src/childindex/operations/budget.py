"""Budgets: how many distinct children a professional may ask for in a day, decided where the answer is journalled."""

from childindex.caller import Caller
from childindex.operations.index import Index
from childindex.store.commit import Charge
from childindex.vault import Handle


def charges(index: Index, caller: Caller, subject: bytes) -> tuple[Charge, ...]:
    """One distinct child of the caller's budget: `subject` is its entry id, or the details of no child the index knows.

    Unknown details cost as much as known ones, or guessing would be free.
    """
    if not index.settings.budget:
        return ()
    account = index.vault.handle(Handle.ACTOR, caller.custodian, caller.actor.reference)
    return (Charge(account, index.vault.handle(Handle.CHILD, subject.hex()), index.settings.budget),)
