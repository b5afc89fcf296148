"""The index as an operation sees it: the rooms joined, a clock, and the settings that bound a call."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from childindex import telemetry
from childindex.linkage import Model
from childindex.operations.policy import Policy
from childindex.store import Commit, Receipt, Store
from childindex.telemetry import Stage
from childindex.vault import Vault

MAX_STRINGS = 2_000_000  # lexicon strings a process keeps: some 300 MB at the worst


def now() -> datetime:
    """The wall clock, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Settings:
    """What bounds a call.

    `budget`: distinct children one professional may ask for in a day, `custodian_budget` all of a custodian's
    together (an actor's reference is the custodian's own word, so the one without the other bounds nothing); 0 is no
    limit. `remember_vacated`: for how long a child whose last record was removed as a slip finds its number again.
    `accept_test_identifiers`: the children are invented, and NHS numbers of the range for tests are theirs.
    """

    accept_test_numbers: bool = False
    accept_test_identifiers: bool = False
    budget: int = 0
    custodian_budget: int = 0
    remember_vacated: timedelta = timedelta(days=30)
    attempts: int = 20  # a guard may be another child's as well: of five, one registration in 2,000 lost all when raced


@dataclass(frozen=True, slots=True)
class Decoy:
    """A made-up child's file, sealed as a real one's; see `decoy`."""

    entry: bytes
    wrapped: bytes
    profile: bytes
    pointers: bytes
    records: tuple[bytes, ...]


@dataclass(slots=True)
class Memory:
    """What a process remembers between calls: the compiled policy by version, lexicon strings by code, the decoy."""

    policy: Policy | None = None
    decoy: Decoy | None = None
    strings: dict[int, str] = field(default_factory=dict)

    def remember(self, strings: dict[int, str]) -> None:
        """Keep strings; content-addressed, so never wrong. Start afresh rather than grow without bound.

        A string whose last record was withdrawn may stay here until then, in memory only.
        """
        if len(self.strings) + len(strings) > MAX_STRINGS:
            self.strings.clear()
        self.strings.update(strings)

    def __repr__(self) -> str:
        return "Memory(...)"


@dataclass(frozen=True, slots=True)
class Index:
    """Everything an operation needs; built once by the command line, a test or a bench."""

    store: Store
    vault: Vault
    model: Model
    settings: Settings = Settings()
    clock: Callable[[], datetime] = now
    memory: Memory = field(default_factory=Memory)

    async def commit(self, commit: Commit) -> Receipt:
        """Make a commit durable and visible, timed; raises as `Store.commit` says."""
        with telemetry.stage(Stage.COMMIT):
            return await self.store.commit(commit)

    def today(self) -> date:
        """The day by the clock."""
        return self.clock().date()
