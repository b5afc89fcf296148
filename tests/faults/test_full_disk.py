"""A full disk, by the kernel's limit on file sizes: nothing acknowledged is lost, room brings the writer back."""

import subprocess
import sys
from pathlib import Path

import pytest

from childindex import store
from childindex.store import Commit, Put, Table
from childindex.store.writer import Writer
from tests.store.samples import KEYSET

PROGRAM = """
import asyncio, pathlib, random, resource, sys
from childindex import store
from childindex.errors import StoreUnavailable
from childindex.store import Commit, Event, Put, Settings, Table

folder, limited, segment = pathlib.Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])

def limit(size):
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, most))

def a_commit(mark, table):
    return Commit(puts=(Put(Table.POLICY, mark, b"written"), Put(table, mark, random.randbytes(900))),
                  events=(Event(bytes(16), b"body"),))

async def main():
    opened = store.open_local(folder, b"keyset-1", Settings(segment_bytes=segment))
    table = Table.KEY if limited == "keys" else Table.ENTRY
    refused = 0
    async def attempt(number):
        nonlocal refused
        mark = b"%06d" % number
        try:
            await opened.commit(a_commit(mark, table))
            print(mark.decode())
        except StoreUnavailable as full:
            assert "full" in full.message, full.message
            refused += 1
    for number in range(40):
        await attempt(number)
    paths = {"journal": max((folder / "journal").iterdir()), "index": folder / "index/data.mdb",
             "keys": folder / "keys/data.mdb"}
    limit(paths[limited].stat().st_size + 3000)
    for number in range(40, 120):
        await attempt(number)
    assert refused > 20, refused
    limit(resource.RLIM_INFINITY)
    before = refused
    for number in range(120, 140):
        await attempt(number)
    assert refused == before, "the writer did not come back"
    await opened.close()

asyncio.run(main())
"""


@pytest.mark.parametrize(("limited", "segment"), [("journal", 1 << 20), ("index", 3000), ("keys", 3000)])
def test_what_was_acknowledged_stays(folder: Path, limited: str, segment: int) -> None:
    command = [sys.executable, "-c", PROGRAM, str(folder), limited, str(segment)]
    told = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert told.returncode == 0, told.stderr
    acknowledged = [line.encode() for line in told.stdout.split()]
    assert len(acknowledged) >= 60
    report = store.fsck(folder, KEYSET)
    assert report.problems == []
    writer = Writer(folder, KEYSET)
    with writer.index.env.begin(db=writer.index.of[Table.POLICY]) as view:
        assert [mark for mark in acknowledged if view.get(mark) != b"written"] == []
    assert writer.apply([Commit(puts=(Put(Table.POLICY, b"z", b"z"),))]) == [store.Receipt(report.position + 1)]
    writer.close()
