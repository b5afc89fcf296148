"""Raise a review: a possible duplicate that a steward of the responsible authority decides."""

import json
import secrets

from childindex.operations.draft import Draft
from childindex.operations.index import Index
from childindex.operations.recognise import Recognition
from childindex.store import Table, layout
from childindex.store.commit import Put
from childindex.vault import Handle, Sealed

_RIVALS = 10


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
    for one in sorted({authority} | rivals):
        key = layout.review_key(index.vault.handle(Handle.AUTHORITY, one), review)
        sealed = index.vault.seal(Sealed.REVIEW, json.dumps(body, sort_keys=True).encode(), key)
        draft.puts.append(Put(Table.REVIEW, key, sealed))
