"""What a commit must be to be journalled at all: whatever passes here can be folded, today and at every rebuild."""

from childindex.errors import Error, Reason
from childindex.store.commit import Commit, Delete, Put, Table
from childindex.store.layout import MAX_KEY, POSTING

HANDLE = 16
MOST_BYTES = 4 << 20  # of one commit
_CODE = 8
_SALT = 16
_MOST_CHANGES = 1 << 16
_WRITERS_OWN = frozenset({Table.META, Table.BUDGET, Table.LEXICON, Table.CHANGE})
_NOT_DELETED = _WRITERS_OWN - {Table.CHANGE}  # change rows go when their time is over
_NOT_EXPECTED = _WRITERS_OWN | {Table.BLOCK}


def require_valid(commit: Commit) -> None:
    """Raise `Error(INTERNAL)` for a commit that no correct caller makes; the message names the rule, never a value."""
    if not all(_fits(put, _WRITERS_OWN) for put in commit.puts):
        raise _malformed("put")
    if not all(_fits(delete, _NOT_DELETED) for delete in commit.deletes):
        raise _malformed("delete")
    destroyed = {delete.key for delete in commit.deletes if delete.table is Table.KEY}
    if destroyed and any(put.table is Table.KEY and put.key in destroyed for put in commit.puts):
        raise _malformed("put of a data key that it destroys")
    if not all(expect.table not in _NOT_EXPECTED and 0 < len(expect.key) <= MAX_KEY for expect in commit.expects):
        raise _malformed("expectation")
    if not all(len(reference.code) == _CODE and reference.delta for reference in commit.references):
        raise _malformed("lexicon reference")
    if not all(len(event.salt) == _SALT for event in commit.events):
        raise _malformed("event")
    if len(commit.changes) > _MOST_CHANGES or not all(len(row.feed) == HANDLE for row in commit.changes):
        raise _malformed("change row")
    if not all(len(charge.account) == HANDLE == len(charge.subject) for charge in commit.charges):
        raise _malformed("charge")
    if _bytes(commit) > MOST_BYTES:
        raise _malformed("size")


def _fits(change: Put | Delete, forbidden: frozenset[Table]) -> bool:
    table = change.table
    return (
        0 < len(change.key) <= MAX_KEY
        and table not in forbidden
        and (table is not Table.BLOCK or len(change.value) == POSTING)
    )


def _bytes(commit: Commit) -> int:
    return (
        sum([len(put.value) for put in commit.puts])
        + sum([len(reference.sealed) for reference in commit.references])
        + sum([len(event.body) for event in commit.events])
        + sum([len(row.body) for row in commit.changes])
    )


def _malformed(what: str) -> Error:
    return Error(Reason.INTERNAL, f"a commit has a malformed {what}")
