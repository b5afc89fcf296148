"""What a commit must be to be journalled at all: whatever passes here can be folded, today and at every rebuild."""

from collections.abc import Sequence

from childindex.errors import Error, Reason
from childindex.store.commit import Commit, Delete, Put, Table
from childindex.store.layout import MAX_KEY, POSTING

HANDLE = 16
MOST_BYTES = 4 << 20  # of one commit
_CODE = 8
_SALT = 16
_WRITERS_OWN = frozenset({Table.META, Table.BUDGET, Table.LEXICON, Table.CHANGE})
_NOT_EXPECTED = _WRITERS_OWN | {Table.BLOCK}


def require_valid(commit: Commit) -> None:
    """Raise `Error(INTERNAL)` for a commit that no correct caller makes; the message names the rule, never a value."""
    size = 0
    for put in commit.puts:
        _require(put.table not in _WRITERS_OWN, "puts into a table that is the writer's own")
        _require(0 < len(put.key) <= MAX_KEY, "has a key that does not fit")
        _require(put.table is not Table.BLOCK or len(put.value) == POSTING, "has a posting of the wrong size")
        size += len(put.key) + len(put.value)
    for delete in commit.deletes:
        _require(delete.table not in _NOT_DELETED, "deletes from a table that is the writer's own")
        _require(0 < len(delete.key) <= MAX_KEY, "has a key that does not fit")
        _require(delete.table is not Table.BLOCK or len(delete.value) == POSTING, "has a posting of the wrong size")
    kept, destroyed = _keys(commit.puts), _keys(commit.deletes)
    _require(not kept & destroyed, "puts a data key that it destroys")
    for expect in commit.expects:
        _require(expect.table not in _NOT_EXPECTED, "expects something of a table that has no single values")
        _require(0 < len(expect.key) <= MAX_KEY, "has a key that does not fit")
    for reference in commit.references:
        _require(len(reference.code) == _CODE and reference.delta != 0, "has a malformed lexicon reference")
        size += len(reference.sealed)
    for event in commit.events:
        _require(len(event.salt) == _SALT, "has an event whose salt has the wrong size")
        size += len(event.body)
    _require_accounts(commit)
    _require(size + sum(len(row.body) for row in commit.changes) <= MOST_BYTES, "is too large")


def _keys(changes: Sequence[Put | Delete]) -> set[bytes]:
    return {change.key for change in changes if change.table is Table.KEY}


def _require_accounts(commit: Commit) -> None:
    for row in commit.changes:
        _require(len(row.feed) == HANDLE, "has a change row without a feed")
    for charge in commit.charges:
        _require(len(charge.account) == HANDLE == len(charge.subject), "has a malformed charge")
    _require(len(commit.changes) < 1 << 16, "has too many change rows")


_NOT_DELETED = frozenset({Table.META, Table.BUDGET, Table.LEXICON})  # change rows are deleted when their time is over


def _require(holds: bool, rule: str) -> None:
    if not holds:
        raise Error(Reason.INTERNAL, f"a commit {rule}")
