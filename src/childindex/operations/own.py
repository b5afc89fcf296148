"""List own: a custodian's own records, and what happened to their numbers. For reconciliation."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from datetime import datetime

from childindex.caller import Caller, Grant
from childindex.errors import Error, Reason, StoreDamaged
from childindex.number import ChildNumber
from childindex.operations.adopt import policy_in_force
from childindex.operations.answers import Changes, OwnRecord, OwnRecords, RecordChange
from childindex.operations.audit import Action, AuditEvent, about_none
from childindex.operations.child import child_of, entry_of, gone, place_of, record_handle
from childindex.operations.index import Index
from childindex.pointer import ChangeKind, RecordKey
from childindex.store import Snapshot, Table, layout
from childindex.store.commit import Commit
from childindex.vault import Handle, Sealed

DEFAULT_PAGE, MAX_PAGE = 100, 500


async def list_own_records(index: Index, caller: Caller, page_size: int = 0, page_token: str = "") -> OwnRecords:
    """A page of the caller's own records, shielded or not: a custodian always finds its own again.

    Raises INVALID_PAGE_TOKEN for a token not issued to this caller for this listing.
    """
    policy = await policy_in_force(index)
    policy.require(caller, Grant.REGISTER, index.today())
    size = _page_size(page_size)
    feed = index.vault.handle(Handle.CUSTODIAN, caller.custodian)
    after = _opened(index, b"own", feed, page_token) or feed
    async with index.store.snapshot() as snapshot:
        rows = await snapshot.scan(Table.OWN, feed, after, size + 1)
        records = [await _own(index, snapshot, caller, key, value) for key, value in rows[:size]]
    event = AuditEvent(Action.LIST_OWN_RECORDS, index.clock(), caller, policy.version, "LISTED")
    await index.commit(Commit(events=(about_none(event, index.vault),)))
    token = _sealed(index, b"own", feed, rows[size - 1][0]) if len(rows) > size else ""
    return OwnRecords(tuple(records), token)


async def list_changes(index: Index, caller: Caller, cursor: str = "", page_size: int = 0) -> Changes:
    """What happened to the numbers of the caller's records after the cursor, oldest first."""
    policy = await policy_in_force(index)
    policy.require(caller, Grant.REGISTER, index.today())
    size = _page_size(page_size)
    feed = index.vault.handle(Handle.CUSTODIAN, caller.custodian)
    after = _opened(index, b"changes", feed, cursor) or feed
    async with index.store.snapshot() as snapshot:
        rows = await snapshot.scan(Table.CHANGE, feed, after, size + 1)
        shown = rows[:size]
        told = [_change(index, caller.custodian, feed, value) for _, value in shown]
        changes = tuple([change for change in told if await _held(index, snapshot, change)])
    event = AuditEvent(Action.LIST_CHANGES, index.clock(), caller, policy.version, "LISTED")
    await index.commit(Commit(events=(about_none(event, index.vault),)))
    last = shown[-1][0] if shown else after
    return Changes(changes, _sealed(index, b"changes", feed, last), len(rows) > size)


async def _own(index: Index, snapshot: Snapshot, caller: Caller, key: bytes, value: bytes) -> OwnRecord:
    entry = index.vault.open_sealed(Sealed.OWN, value, key)
    child = await child_of(index, snapshot, layout.decode_entry_key(entry))
    for pointer in child.pointers:
        own = pointer.key.custodian == caller.custodian
        if own and record_handle(index, pointer.key) == key[-16:]:
            return OwnRecord(
                pointer.key, child.number, pointer.source_version, pointer.state_on(index.today()), pointer.last_seen
            )
    raise StoreDamaged("a record is listed that has no pointer")


async def _held(index: Index, snapshot: Snapshot, change: RecordChange) -> bool:
    """Whether the record still stands: what was withdrawn in error or by consent is not told of again."""
    place, _ = await place_of(index, snapshot, change.key)
    if place is None or gone(place):
        return False
    return await entry_of(index, snapshot, change.previous) == place.entry


def _change(index: Index, custodian: str, feed: bytes, value: bytes) -> RecordChange:
    body = json.loads(index.vault.open_sealed(Sealed.CHANGE, value, feed))
    return RecordChange(
        ChangeKind(body["kind"]),
        RecordKey(custodian, *body["key"]),
        ChildNumber(body["previous"]),
        ChildNumber(body["current"]) if body["current"] else None,
        datetime.fromisoformat(body["time"]),
    )


def _page_size(asked: int) -> int:
    return min(asked, MAX_PAGE) if asked > 0 else DEFAULT_PAGE


def _sealed(index: Index, query: bytes, feed: bytes, key: bytes) -> str:
    """Where a page ended, sealed for this caller and query."""
    return urlsafe_b64encode(index.vault.seal(Sealed.TOKEN, key, query + feed)).decode()


def _opened(index: Index, query: bytes, feed: bytes, token: str) -> bytes:
    """The key of a token, empty for none."""
    if not token:
        return b""
    try:
        key = index.vault.open_sealed(Sealed.TOKEN, urlsafe_b64decode(token), query + feed)
    except (StoreDamaged, Base64Error, ValueError):
        key = b""
    if not key.startswith(feed):
        raise Error(Reason.INVALID_PAGE_TOKEN, "page_token or cursor: not issued to this caller for this listing")
    return key
