"""Reviews: doubts that a steward of the responsible authority decides, unless the evidence decides them first.

A review is a function of the evidence. Registering raises it at once; settling raises what it finds, closes what no
longer holds, and opens it again when the evidence that closed it is withdrawn. Its id follows from the entries that it
is about and its kind, so the same doubt is never raised twice. A review bars nothing: what is certain without a person
is done, and the review closed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from childindex.entry import ShieldState
from childindex.operations.child import Child
from childindex.operations.doubts import Doubt, Review, Subject
from childindex.operations.draft import Draft
from childindex.operations.index import Index
from childindex.operations.recognise import Recognition
from childindex.store import Snapshot, Table, layout
from childindex.store.commit import Delete, Put
from childindex.vault import Handle, Sealed, Vault

_RIVALS = 10
_PAGE = 500


@dataclass(slots=True)
class Reviews:
    """The reviews that are open: by subject, the keys under which each authority concerned has it."""

    keys: dict[Subject, list[bytes]] = field(default_factory=dict)

    def __contains__(self, subject: Subject) -> bool:
        return subject in self.keys

    def __repr__(self) -> str:
        return f"Reviews({len(self.keys)})"

    def about(self, entry: int) -> list[Subject]:
        """The subjects of which an entry is a part."""
        return [subject for subject in self.keys if entry in subject[1]]

    @property
    def pairs(self) -> set[frozenset[int]]:
        """The entries of which it is asked whether they are one child's, two by two."""
        return {entries for doubt, entries in self.keys if doubt is Doubt.DUPLICATE}

    @property
    def subjects(self) -> set[int]:
        """All entries that a review is about."""
        return {entry for _, entries in self.keys for entry in entries}


async def open_reviews(index: Index, snapshot: Snapshot) -> Reviews:
    """All reviews that await a decision, of every authority."""
    reviews, after = Reviews(), b""
    while rows := await snapshot.scan(Table.REVIEW, b"", after, _PAGE):
        for key, sealed in rows:
            review = Review.decode(index.vault.open_sealed(Sealed.REVIEW, sealed, key))
            reviews.keys.setdefault(review.subject, []).append(key)
        after = rows[-1][0]
    return reviews


def raise_review(draft: Draft, review: Review, authorities: Iterable[str]) -> list[bytes]:
    """Put a review into the sealed list of each authority; raised again, the newer takes the place of the older.

    Answers the keys under which it lies.
    """
    index = draft.index
    plain = review.encode(index.model.label, index.clock().isoformat())
    keys = [_key(index.vault, authority, review.subject) for authority in sorted(set(authorities))]
    draft.puts += [Put(Table.REVIEW, key, index.vault.seal(Sealed.REVIEW, plain, key)) for key in keys]
    return keys


def raise_resemblance(draft: Draft, child: Child, seen: Recognition) -> None:
    """Put the reviews of a new child: of each child that it may be, and of one that its custodian may not know of.

    Both authorities see a doubt about two children: the child's own, and that of the one it resembles.
    """
    own = child.profile.authority
    least = draft.index.model.thresholds.possible
    for scored in seen.match.scored[:_RIVALS]:
        if scored.probability >= least and scored.entry != child.entry:
            pair = (child.entry, scored.entry)
            review = Review(Doubt.DUPLICATE, pair, scored.probability, scored.vetoes)
            raise_review(draft, review, {own, seen.profiles[scored.entry].authority})
    if seen.hidden >= least:
        raise_review(draft, Review(Doubt.SHIELDED, (child.entry,), seen.hidden), {own})


def concerned(children: Sequence[Child]) -> set[str]:
    """The authorities that are told of a doubt about these children. Where one of them is shielded, only the shielded
    one's is: the other's must not learn that there is such a child."""
    told = [child for child in children if child.profile.shield != ShieldState.OPEN] or children
    return {child.profile.authority for child in told}


def close_reviews(draft: Draft, reviews: Reviews, subjects: Iterable[Subject]) -> None:
    """Delete the reviews of these subjects, wherever they lie."""
    draft.deletes += [Delete(Table.REVIEW, key) for subject in subjects for key in reviews.keys.get(subject, ())]


def _key(vault: Vault, authority: str, subject: Subject) -> bytes:
    doubt, entries = subject
    review = vault.handle(Handle.REVIEW, doubt.value, *map(str, sorted(entries)))
    return layout.review_key(vault.handle(Handle.AUTHORITY, authority), int.from_bytes(review[:8], "big"))
