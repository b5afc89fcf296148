"""Snapshots: one position, caps, prefixes, pages."""

from pathlib import Path

import pytest

from childindex import store
from childindex.store import Commit, Put, Table
from childindex.store.layout import birth_key, posting
from tests.store.samples import KEYSET

BIRTH, NEXT = b"birthday", b"birthdaz"


@pytest.fixture
def opened(folder: Path) -> store.LocalStore:
    """A store with two birth dates, and blocking keys of one to four postings."""
    made = store.open_local(folder, KEYSET)
    births = [Put(Table.BIRTH, birth_key(BIRTH, chunk), b"%d" % chunk) for chunk in (0, 7, 2**64 - 1)]
    blocks = [Put(Table.BLOCK, b"block%d" % size, posting(n, n)) for size in range(1, 5) for n in range(size)]
    rows = [Put(Table.OWN, bytes([first, second]), b"v") for first in (1, 2) for second in range(5)]
    made.writer.apply([Commit(puts=(*births, Put(Table.BIRTH, birth_key(NEXT, 0), b"next"), *blocks, *rows))])
    return made


async def test_the_whole_birth_date_and_nothing_else(opened: store.LocalStore) -> None:
    async with opened.snapshot() as view:
        found = await view.candidates([BIRTH, NEXT, b"nobody's"], [], 1)
        assert [[value for _, value in chunks] for chunks in found.chunks] == [
            [b"0", b"7", b"18446744073709551615"],
            [b"next"],
            [],
        ]
        assert found.chunks[0][1][0] == birth_key(BIRTH, 7)
    await opened.close()


async def test_postings_up_to_the_cap(opened: store.LocalStore) -> None:
    async with opened.snapshot() as view:
        found = await view.candidates([], [b"block%d" % size for size in range(5)], 2)
        assert found.counts == [0, 1, 2, 3, 3]  # counted up to one beyond the cap
        assert found.postings == [[], [posting(0, 0)], [posting(0, 0), posting(1, 1)], [], []]
    await opened.close()


async def test_pages_begin_after_the_last_and_stay_under_the_prefix(opened: store.LocalStore) -> None:
    async with opened.snapshot() as view:
        first = await view.scan(Table.OWN, b"\x01", b"", 3)
        assert [key for key, _ in first] == [b"\x01\x00", b"\x01\x01", b"\x01\x02"]
        second = await view.scan(Table.OWN, b"\x01", first[-1][0], 3)
        assert [key for key, _ in second] == [b"\x01\x03", b"\x01\x04"]
        assert await view.scan(Table.OWN, b"\x01", second[-1][0], 3) == []
        assert await view.scan(Table.OWN, b"\x03", b"", 3) == []
        assert len(await view.scan(Table.OWN, b"", b"", 100)) == 10
        assert await view.scan(Table.KEY, b"", b"", 5) == []
    await opened.close()


async def test_a_snapshot_stays_where_it_was(opened: store.LocalStore) -> None:
    async with opened.snapshot() as view:
        await opened.commit(Commit(puts=(Put(Table.OWN, b"\x09", b"later"),)))
        assert view.position == 1
        assert await view.read(Table.OWN, [b"\x09", b"\x01\x00"]) == [None, b"v"]
    async with opened.snapshot() as view:
        assert view.position == 2
        assert await view.read(Table.OWN, [b"\x09"]) == [b"later"]
    await opened.close()
