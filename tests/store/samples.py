"""Commits that look like the real ones: random bytes where the index would have handles and sealed values."""

import random
from dataclasses import replace

from childindex.store import ChangeRow, Charge, Commit, Event, Put, Reference, Table
from childindex.store.layout import Part, birth_key, entry_key, lexicon_key, own_key, posting, sealed_key

KEYSET = b"keyset-1"


def event(drawn: random.Random, size: int = 300) -> Event:
    """An audit event."""
    return Event(drawn.randbytes(16), drawn.randbytes(size))


def registration(drawn: random.Random) -> Commit:
    """A new child: its entry, postings, record, sealed parts, data key, lexicon references, event and change row."""
    entry = drawn.getrandbits(64)
    key = entry_key(entry)
    blocks = [drawn.randbytes(12) for _ in range(8)]
    puts = (
        Put(Table.KEY, key, drawn.randbytes(60)),
        Put(Table.ENTRY, key, drawn.randbytes(180)),
        Put(Table.BIRTH, birth_key(drawn.randbytes(8), entry), drawn.randbytes(38)),
        *(Put(Table.BLOCK, block, posting(entry, 0)) for block in blocks),
        Put(Table.RECORD, drawn.randbytes(16), drawn.randbytes(62)),
        Put(Table.NUMBER, drawn.randbytes(16), drawn.randbytes(40)),
        Put(Table.SEALED, sealed_key(entry, Part.POINTERS), drawn.randbytes(512)),
        Put(Table.SEALED, sealed_key(entry, Part.RECORD, 1), drawn.randbytes(300)),
        Put(Table.OWN, own_key(b"custodian-handle", drawn.randbytes(16)), key),
    )
    codes = [lexicon_key(drawn.getrandbits(10)) for _ in range(4)]
    return Commit(
        touches=tuple(blocks),
        puts=puts,
        references=tuple(Reference(code, 1, b"sealed string of " + code) for code in codes),
        events=(event(drawn),),
        changes=(ChangeRow(b"custodian-handle", drawn.randbytes(80)),),
        charges=(Charge(b"custodian-handle", drawn.randbytes(16), 1_000_000),),
    )


def marked(commit: Commit, key: bytes) -> Commit:
    """The commit with a POLICY row that names it: what an acknowledgement is checked by."""
    return replace(commit, puts=(*commit.puts, Put(Table.POLICY, key, b"written")))
