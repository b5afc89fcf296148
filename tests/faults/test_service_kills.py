"""Kill -9 of workers, writer and supervisor while clients register: what was acknowledged stays, and all is whole."""

import asyncio
import json
import os
import random
import signal
import socket
import threading
import time
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
from tests.cli.founded import Service, found, serve

SCHOOL = "oakfield-school"
# Promised nothing: a client may give up on a service that is killed twice a second. An older version comes too late
# where a newer one of the record was acknowledged in between.
GIVEN_UP = {"UNAVAILABLE", "STORE_UNAVAILABLE", "DEADLINE_EXCEEDED", "CONTENTION", "STALE_SOURCE_VERSION"}


class House:
    """A served index whose processes can be killed by their part."""

    def __init__(self, var: Path) -> None:
        self.var = found(var)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        os.environ["CHILDINDEX_PORT"] = str(port)
        os.environ["CHILDINDEX_WORKERS"] = "2"
        self._start()

    def _start(self) -> None:
        self.pids: dict[str, list[int]] = {"writer": [], "worker": []}
        self.service: Service = serve(self.var)
        self._reader = threading.Thread(target=self._listen, args=(self.service,), daemon=True)
        self._reader.start()

    def _listen(self, service: Service) -> None:
        assert service.process.stderr is not None
        for line in service.process.stderr:
            event = json.loads(line)
            if event["event"] in ("WRITER_STARTED", "WORKER_STARTED"):
                self.pids[event["event"].split("_")[0].lower()].append(event["pid"])

    def kill(self, part: str) -> None:
        """One process of the part, by SIGKILL; a killed supervisor is started anew."""
        if part == "supervisor":
            self.service.process.kill()
            self.service.process.wait(30)
            self._reader.join(30)
            self._start()
            return
        for pid in self.pids[part][-2:]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                return


class Agency(threading.Thread):
    """A client that registers without end, and keeps what was acknowledged."""

    def __init__(self, house: House, number: int, records: list[Record]) -> None:
        super().__init__(daemon=True)
        self.acknowledged: dict[str, tuple[int, str]] = {}
        self.refused: list[str] = []
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


def killed(folder: Path, moments: int, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CHILDINDEX_PORT", "CHILDINDEX_WORKERS"):
        monkeypatch.setenv(name, "1")  # put back afterwards
    draw = random.Random(seed)
    house = House(folder / "var")
    deck = records(5 * moments + 400, seed)
    agencies = [Agency(house, number, deck[number::2]) for number in range(2)]
    for agency in agencies:
        agency.start()
    for moment in range(moments):
        time.sleep(draw.uniform(0.02, 0.5))
        parts = ["worker", "writer", "writer", "supervisor"] if moment % 3 == 0 else ["worker", "writer"]
        house.kill(draw.choice(parts))
    time.sleep(2)
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


def test_some_kills(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    killed(tmp_path, 6, 1, monkeypatch)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_two_hundred_kills(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    killed(tmp_path, 200, 2, monkeypatch)
