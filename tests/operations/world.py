"""A whole index in one process: real vault, real store, the shipped model, a signed policy, a clock that stands."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from childindex import linkage, store
from childindex.demographics import Demographics, PartialDate, Sex
from childindex.operations import Index, Settings, SignedPolicy, adopt_policy, register, trust_signers
from childindex.pointer import Declaration, RecordKey
from childindex.vault import Vault
from childindex.vault.signing import Signer
from tests.canary import CANARY
from tests.operations.documents import POLICY, caller

START = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
DEFAULTS = Settings()
SYSTEMS = {
    "oakfield-school": ("pupils", "school.pupil"),
    "mill-lane-surgery": ("patients", "health.gp_patient"),
    "borough-social-care": ("cases", "social_care.case"),
}


@dataclass
class Clock:
    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass
class World:
    index: Index
    clock: Clock
    signers: list[Signer]
    local_ids: dict[str, int] = field(default_factory=dict)

    async def adopt(self, text: str) -> int:
        return await adopt_policy(self.index, caller(), signed(text, self.signers))

    async def register(self, custodian: str, details: Demographics, **changes: Any) -> str:
        given = declared(custodian, details, **changes)
        return (await register(self.index, caller(custodian), given)).number.value


def signed(text: str, signers: list[Signer]) -> SignedPolicy:
    return SignedPolicy(text.encode(), {signer.id: signer.sign(text.encode()) for signer in signers})


async def world(
    folder: Path, settings: Settings = DEFAULTS, population: int = 5_000, vault: Vault | None = None
) -> World:
    vault = vault or Vault.create(folder / "keys")
    store.init(folder / "store", vault.keyset_id)
    clock = Clock()
    opened = store.open_local(folder / "store", vault.keyset_id)
    index = Index(opened, vault, linkage.shipped(population), settings, clock)
    signers = [Signer.create(folder / "signers" / f"{name}.pem") for name in ("a", "b")]
    await trust_signers(index, {signer.id: signer.public for signer in signers})
    made = World(index, clock, signers)
    await made.adopt(POLICY)
    return made


def declared(custodian: str, details: Demographics, local_id: str = "1", version: int = 1, **more: Any) -> Declaration:
    system, record_type = SYSTEMS[custodian]
    return Declaration(RecordKey(custodian, system, record_type, local_id), version, details, **more)


CHILD = CANARY
SAME_MISSPELT = Demographics(
    given_name="Tamsin",
    family_name="Quilfeather",
    birth_date=PartialDate(2015, 3, 14),
    sex=Sex.FEMALE,
    postcode="ZE9 4QQ",
)
OTHER = Demographics(
    given_name="Barnaby",
    family_name="Ostrander",
    birth_date=PartialDate(2012, 11, 2),
    sex=Sex.MALE,
    postcode="ZE1 2AB",
)
TWIN = Demographics(
    given_name="Jerome",
    family_name="Quillfeather",
    birth_date=PartialDate(2015, 3, 14),
    sex=Sex.MALE,
    postcode="ZE9 4QQ",
)
