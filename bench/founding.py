"""An index in a folder for benches: keyset, store, and a policy that lets some schools register, issue and resolve."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from childindex import linkage, store
from childindex.caller import Actor, ActorRole, Caller, Purpose
from childindex.operations import Index, Settings, SignedPolicy, adopt_policy, trust_signers
from childindex.vault import Vault
from childindex.vault.signing import Signer

NOW = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)


def caller(custodian: str) -> Caller:
    """A loader of the custodian's, for record keeping."""
    return Caller(custodian, Actor("loader", ActorRole.AUTOMATED, custodian), Purpose.RECORD_KEEPING, "bench")


def keys(folder: Path) -> Vault:
    """The keyset of an index that `found` made."""
    return Vault.open(folder / "keys")


def over(opened: store.Store, vault: Vault) -> Index:
    """The index over an opened store, with the shipped model and a clock that stands at `NOW`."""
    return Index(opened, vault, linkage.shipped(), Settings(accept_test_identifiers=True), clock=lambda: NOW)


async def found(folder: Path, custodians: Sequence[str]) -> Vault:
    """Make the index in an empty folder; its store is in `store/`."""
    vault = Vault.create(folder / "keys")
    store.init(folder / "store", vault.keyset_id)
    opened = store.open_local(folder / "store", vault.keyset_id)
    index = over(opened, vault)
    signers = [Signer.create(folder / "signers" / f"{name}.pem") for name in "ab"]
    await trust_signers(index, {signer.id: signer.public for signer in signers})
    text = _policy(custodians).encode()
    await adopt_policy(index, caller(custodians[0]), SignedPolicy(text, {s.id: s.sign(text) for s in signers}))
    await opened.close()
    return vault


def _policy(custodians: Sequence[str]) -> str:
    entries = "".join(
        f'[[custodians]]\nid = "{name}"\nname = "{name}"\nkind = "school"\nauthority = "northshire"\n'
        'territory = "England"\naccountable_officer = "Head of records"\nrecord_types = ["school.pupil"]\n'
        'contact = { team = "Office" }\n'
        for name in custodians
    )
    parties = ", ".join(f'"{name}"' for name in custodians)
    return (
        f'version = 1\n[[record_types]]\nname = "school.pupil"\n{entries}'
        '[[agreements]]\nid = "all"\ngateway = "Synthetic gateway"\nterritory = "England"\nstarts = 2026-01-01\n'
        f'ends = 2030-12-31\nparties = [{parties}]\npurposes = ["RECORD_KEEPING"]\n'
        'grants = ["REGISTER", "ISSUE", "RESOLVE"]\n'
    )
