"""Kill -9 of workers, writer and supervisor while clients register: what was acknowledged stays, and all is whole."""

import asyncio
import os
import random
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from bench.population import Settings, generate
from childindex import store
from childindex.caller import Actor, ActorRole, Purpose
from childindex.cli.build import config_of, index_of
from childindex.client import Client, ClientError, Credentials, OwnKey, Record, Retry
from childindex.number import ChildNumber
from childindex.operations import Index
from childindex.operations.child import entry_of, place_of
from childindex.operations.inspect import Inspection, inspect
from childindex.pointer import RecordKey
from childindex.vault import Vault
from tests.cli.founded import found, serve

SCHOOL = "oakfield-school"
# Promised nothing: a client may give up on a service that is killed twice a second. An older version comes too late
# where a newer one of the record was acknowledged in between.
GIVEN_UP = {"UNAVAILABLE", "STORE_UNAVAILABLE", "DEADLINE_EXCEEDED", "STALE_SOURCE_VERSION"}


class House:
    """A served index whose processes can be killed by their part."""

    def __init__(self, var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.var = found(var)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        monkeypatch.setenv("CHILDINDEX_LISTEN_PORT", str(port))
        monkeypatch.setenv("CHILDINDEX_WORKERS", "2")
        self.killed: Counter[str] = Counter()
        self.service = serve(self.var)
        assert self.service.port == port

    def kill(self, part: str) -> None:
        """One process of the part, by SIGKILL, if one runs now; a killed supervisor is started anew, same port."""
        if part == "supervisor":
            self.service.process.kill()
            self.service.process.wait(30)
            self.service.close()
            self.killed[part] += 1
            self.service = serve(self.var)
            return
        running = self.processes()[part]
        if running:
            with suppress(ProcessLookupError):
                os.kill(running[0], signal.SIGKILL)
                self.killed[part] += 1

    def processes(self) -> dict[str, list[int]]:
        """The pids of writer and workers: the writer is the one that holds the journal open for writing."""
        parent = self.service.process.pid
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        parts: dict[str, list[int]] = {"writer": [], "worker": []}
        for pid in map(int, children):
            with suppress(OSError):
                opened = [str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir()]
                journal = str(self.var / "store" / "journal")
                if any(name.startswith(journal) for name in opened):
                    parts["writer"].append(pid)
                elif any("data.mdb" in name for name in opened):
                    parts["worker"].append(pid)
        return parts


class Agency(threading.Thread):
    """A client that registers without end, and keeps what was acknowledged."""

    def __init__(self, house: House, number: int, records: list[Record]) -> None:
        super().__init__(daemon=True)
        self.acknowledged: dict[str, tuple[int, str]] = {}
        self.refused: list[str] = []
        self.heard = 0
        self.stopping = threading.Event()
        self._records = records
        actor = Actor(f"loader-{number}", ActorRole.AUTOMATED, SCHOOL)
        house.service.to(SCHOOL)  # makes the credentials
        credentials = Credentials.read(house.var / "credentials" / SCHOOL)
        patience = Retry(attempts=200, first=0.05, most=0.5)
        self._client = Client(
            house.service.target, credentials, actor, Purpose.RECORD_KEEPING, timeout=60, retry=patience
        )

    def run(self) -> None:
        with self._client as client:
            for record in self._records:
                if self.stopping.is_set():
                    return
                try:
                    answer = client.register(record)
                except ClientError as error:
                    self.refused.append(error.reason)
                    continue
                self.acknowledged[record.key.local_id] = (record.source_version, answer.number.value)
                self.heard += 1

    def must_be_heard(self) -> None:
        """Wait until something more is acknowledged: the service works after all that was done to it."""
        before, deadline = self.heard, time.monotonic() + 60
        while self.heard == before and self.is_alive() and time.monotonic() < deadline:
            time.sleep(0.1)
        assert self.heard > before


def keep_up(agencies: Sequence[Agency], kills: int) -> None:
    """Wait while less is acknowledged than was killed: on a busy machine the kills would meet a service that starts."""
    deadline = time.monotonic() + 60
    while sum(len(agency.acknowledged) for agency in agencies) <= kills and time.monotonic() < deadline:
        time.sleep(0.05)


def records(children: int, seed: int) -> list[Record]:
    """Each record in three versions of equal details: new, then sent again as newer ones."""
    rows = generate(Settings(seed=seed, children=children)).extracts[SCHOOL].rows
    return [
        Record(
            key=OwnKey("pupils", "school.pupil", row.local_id), source_version=version, demographics=row.demographics
        )
        for version in (1, 2, 3)
        for row in rows
    ]


async def lost(index: Index, acknowledged: dict[str, tuple[int, str]]) -> list[str]:
    """What was acknowledged and is not there."""
    missing = []
    async with index.store.snapshot() as view:
        for local_id, (version, number) in acknowledged.items():
            place, _ = await place_of(index, view, RecordKey(SCHOOL, "pupils", "school.pupil", local_id))
            if place is None or place.source_version < version:
                missing.append("record")
            elif await entry_of(index, view, ChildNumber(number)) != place.entry:
                missing.append("number")
    return missing


async def judged(index: Index, acknowledged: dict[str, tuple[int, str]]) -> tuple[list[str], Inspection]:
    missing, inspection = await lost(index, acknowledged), await inspect(index)
    await index.store.close()
    return missing, inspection


def killed(folder: Path, moments: int, seed: int, monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Kill at random moments while two agencies register; judge what is left; how many of each part were killed."""
    draw = random.Random(seed)
    house = House(folder / "var", monkeypatch)
    deck = records(5 * moments + 400, seed)
    agencies = [Agency(house, number, deck[number::2]) for number in range(2)]
    for agency in agencies:
        agency.start()
    while sum(house.killed.values()) < moments:
        assert house.service.process.poll() is None, "the supervisor ended by itself"
        time.sleep(draw.uniform(0.05, 0.6))
        keep_up(agencies, sum(house.killed.values()))
        due = sum(house.killed.values()) % 10 == 9
        house.kill("supervisor" if due else draw.choice(["worker", "writer"]))
    for agency in agencies:
        agency.must_be_heard()
    for agency in agencies:
        agency.stopping.set()
    for agency in agencies:
        agency.join(120)
        assert not agency.is_alive()
    assert house.service.stop() == 0
    acknowledged = {k: v for agency in agencies for k, v in agency.acknowledged.items()}
    assert len(acknowledged) > moments
    assert {reason for agency in agencies for reason in agency.refused} <= GIVEN_UP
    keyset = Vault.open(house.var / "keys").keyset_id
    report = store.fsck(house.var / "store", keyset)
    assert report.sound, report.problems
    missing, inspection = asyncio.run(judged(index_of(config_of(house.var), writer="local"), acknowledged))
    assert missing == []
    assert not inspection.faults, inspection.faults
    return house.killed


def test_some_kills(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = killed(tmp_path, 10, 1, monkeypatch)
    assert parts["supervisor"] == 1
    assert parts["worker"]
    assert parts["writer"]


@pytest.mark.slow
@pytest.mark.timeout(2400)
def test_two_hundred_kills(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = killed(tmp_path, 200, 2, monkeypatch)
    assert parts["supervisor"] == 20
    assert min(parts["worker"], parts["writer"]) > 50
