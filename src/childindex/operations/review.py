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
    """Put a review of whether `entry` is one of the children it resembles into the authority's sealed list."""
    body = {
        "entry": entry,
        "rivals": [
            {"entry": scored.entry, "probability": round(scored.probability, 6), "vetoes": list(scored.vetoes)}
            for scored in seen.match.scored[:_RIVALS]
        ],
        "model": index.model.label,
        "raised": index.clock().isoformat(),
    }
    key = layout.review_key(index.vault.handle(Handle.AUTHORITY, authority), secrets.randbits(64))
    sealed = index.vault.seal(Sealed.REVIEW, json.dumps(body, sort_keys=True).encode(), key)
    draft.puts.append(Put(Table.REVIEW, key, sealed))
