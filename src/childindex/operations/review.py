"""Raise a review: what a steward of the responsible authority decides. A possible duplicate, raised by a registration;
or what settling found and may not carry out: two entries that may be one child's, one entry that may be two's.
"""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from childindex.entry import ShieldState
from childindex.operations.child import Child
from childindex.operations.draft import Draft
from childindex.operations.index import Index
from childindex.operations.recognise import Recognition
from childindex.store import Snapshot, Table, layout
from childindex.store.commit import Expect, Put
from childindex.vault import Handle, Sealed

_RIVALS = 10
_PAGE = 500


def raise_review(index: Index, draft: Draft, authority: str, entry: int, seen: Recognition) -> None:
    """Put a review of whether `entry` is one of the children it resembles into the sealed list of each authority.

    The authority of the record, and those of the children it resembles: a steward sees the doubt on both sides.
    """
    body = {
        "entry": entry,
        "rivals": [
            {"entry": scored.entry, "probability": round(scored.probability, 6), "vetoes": list(scored.vetoes)}
            for scored in seen.match.scored[:_RIVALS]
        ],
        "hidden": round(seen.hidden, 6),
        "model": index.model.label,
        "raised": index.clock().isoformat(),
    }
    review = secrets.randbits(64)
    least = index.model.thresholds.possible
    rivals = {seen.profiles[s.entry].authority for s in seen.match.scored[:_RIVALS] if s.probability >= least}
    _put(draft, {authority} | rivals, review, body)


def raise_settling(draft: Draft, children: Sequence[Child], probability: float) -> None:
    """Put a review of what settling found of these children, the elder first, into the list of each authority.

    Two children may be one (`probability`); one child alone may be two. Where one of them is shielded, only the
    shielded one's authority is told: the other's must not learn that there is such a child. The same doubt is never
    raised twice: its id follows from the entries, and the commit expects that there is none of that id.
    """
    index, (first, *others) = draft.index, children
    entries = [child.entry for child in children]
    body = {
        "entry": others[0].entry if others else first.entry,
        "rivals": [{"entry": first.entry, "probability": round(probability, 6), "vetoes": []}] if others else [],
        "settled": "together" if others else "apart",
        "model": index.model.label,
        "raised": index.clock().isoformat(),
    }
    review = int.from_bytes(index.vault.handle(Handle.REVIEW, *map(str, sorted(entries)))[:8], "big")
    told = [child for child in children if child.profile.shield != ShieldState.OPEN] or children
    for key in _put(draft, {child.profile.authority for child in told}, review, body):
        draft.expects.append(Expect(Table.REVIEW, key, None))


@dataclass(slots=True)
class Reviews:
    """What is under review: entries that are the subject of one, and pairs of a subject and whom it may be."""

    subjects: set[int]
    pairs: set[frozenset[int]]

    def add(self, entry: int, rivals: Sequence[int]) -> None:
        """Note a review."""
        self.subjects.add(entry)
        self.pairs |= {frozenset((entry, rival)) for rival in rivals}


async def open_reviews(index: Index, snapshot: Snapshot) -> Reviews:
    """All reviews that await a decision, of every authority."""
    reviews, after = Reviews(set(), set()), b""
    while rows := await snapshot.scan(Table.REVIEW, b"", after, _PAGE):
        for key, sealed in rows:
            body = json.loads(index.vault.open_sealed(Sealed.REVIEW, sealed, key))
            likely = [r["entry"] for r in body["rivals"] if r["probability"] >= index.model.thresholds.possible]
            reviews.add(body["entry"], likely)
        after = rows[-1][0]
    return reviews


def _put(draft: Draft, authorities: set[str], review: int, body: dict[str, object]) -> list[bytes]:
    vault = draft.index.vault
    keys = [layout.review_key(vault.handle(Handle.AUTHORITY, one), review) for one in sorted(authorities)]
    plain = json.dumps(body, sort_keys=True).encode()
    draft.puts += [Put(Table.REVIEW, key, vault.seal(Sealed.REVIEW, plain, key)) for key in keys]
    return keys
