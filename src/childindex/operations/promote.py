"""Promote: a provisional number is made permanent on an issuer's word, and all who hold the old one are told."""

import json
from dataclasses import replace

from childindex.entry import EntryState
from childindex.number import ChildNumber, NumberType
from childindex.operations.child import Child
from childindex.operations.draft import Draft
from childindex.operations.index import Index
from childindex.operations.task import Task
from childindex.pointer import ChangeKind, RecordKey
from childindex.store.commit import ChangeRow
from childindex.vault import Handle, Sealed


def promotable(task: Task, child: Child) -> bool:
    """Whether this registration makes the child's provisional number permanent: certain details, no doubt left."""
    settled = child.profile.state == EntryState.LIVE and not child.disputed
    return settled and task.may_issue and task.certain and child.number.type is NumberType.PROVISIONAL


def promote(task: Task, draft: Draft, child: Child) -> Child:
    """The child under a fresh permanent number; the old one leads to it, and each holder's feed has a row.

    The record being registered gets its answer, so no row.
    """
    number = ChildNumber.draw(NumberType.PERMANENT)
    draft.issue(number, child.entry)
    draft.supersede(child.number, number)
    for pointer in child.pointers:
        if pointer.key != task.given.key and not pointer.key.retired:
            row = change_row(task.index, ChangeKind.MADE_PERMANENT, pointer.key, (child.number, number))
            draft.changes.append(row)
    return replace(child, profile=replace(child.profile, number=number.value))


def change_row(
    index: Index, kind: ChangeKind, key: RecordKey, numbers: tuple[ChildNumber, ChildNumber | None]
) -> ChangeRow:
    """A row of the feed of the record's custodian: the numbers before and now."""
    previous, current = numbers
    feed = index.vault.handle(Handle.CUSTODIAN, key.custodian)
    body = {
        "kind": kind.value,
        "key": [key.system, key.record_type, key.local_id],
        "previous": previous.value,
        "current": current.value if current else None,
        "time": index.clock().isoformat(),
    }
    return ChangeRow(feed, index.vault.seal(Sealed.CHANGE, json.dumps(body, sort_keys=True).encode(), feed))
