"""Crowds: how many children share an address of a query, in the index as a snapshot shows it.

A stated exception to frozen frequencies: a hostel is not a home, and only the index knows which address is one. Counted
are children, not records, and of them those alone that are not shielded: nobody may learn from a weight that a shielded
child lives somewhere. It is the number that decides, not who came first, so the order of arrival does not show.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from childindex.entry import EntryState, ShieldState
from childindex.operations.child import open_profiles
from childindex.operations.index import Index
from childindex.store import Snapshot, Table, layout

_LIVE = frozenset({EntryState.LIVE, EntryState.UNDER_REVIEW})
_FIRST = 4  # postings read of a crowded key, as a multiple of the children to be counted; then as many times more


@dataclass(frozen=True, slots=True)
class Address:
    """An address by its code, the blocking key of those who share it, and what one visit found of that key: how many
    records (up to the cap and one), and their postings where they are no more than the cap."""

    code: int
    key: bytes
    records: int
    postings: Sequence[bytes] = ()

    def __repr__(self) -> str:
        return f"Address({self.records} records)"


async def look(index: Index, snapshot: Snapshot, addresses: Sequence[tuple[int, bytes]]) -> list[Address]:
    """Addresses by code and key, looked at in one visit."""
    if not addresses:
        return []
    found = await snapshot.candidates((), [key for _, key in addresses], index.model.cap)
    rows = zip(addresses, found.counts, found.postings, strict=True)
    return [Address(code, key, count, postings) for (code, key), count, postings in rows]


async def crowds_of(
    index: Index, snapshot: Snapshot, addresses: Sequence[Address], known: Mapping[int, layout.Profile]
) -> dict[int, int]:
    """By the code of an address, how many children share it: those below the model's first class are left out, and none
    are counted beyond its last. `known` are profiles that have been read already."""
    first, profiles = index.model.shape.crowds.first, dict(known)
    found = {
        each.code: await _children(index, snapshot, each, profiles)
        for each in addresses
        if 0 < first <= each.records  # as many records; of how many children?
    }
    return {code: count for code, count in found.items() if count >= first}


async def _children(index: Index, snapshot: Snapshot, address: Address, profiles: dict[int, layout.Profile]) -> int:
    """How many children who are not shielded have a record under the key, up to as many as need be counted; the
    profiles that had to be read are added to those known."""
    most, postings = index.model.shape.crowds.most, list(address.postings)
    limit = most * _FIRST
    while True:
        if not address.postings:  # more than the cap
            postings = [posting for _, posting in await snapshot.scan(Table.BLOCK, address.key, b"", limit)]
        entries = dict.fromkeys(layout.decode_posting(posting)[0] for posting in postings)
        profiles |= await profiles_of(index, snapshot, [entry for entry in entries if entry not in profiles])
        count = sum(_counts(profiles[entry]) for entry in entries if entry in profiles)
        if count >= most or address.postings or len(postings) < limit:
            return min(count, most)
        limit *= _FIRST


def _counts(profile: layout.Profile) -> bool:
    return profile.state in _LIVE and profile.shield == ShieldState.OPEN


async def profiles_of(index: Index, snapshot: Snapshot, entries: Sequence[int]) -> dict[int, layout.Profile]:
    """The profiles of those entries that exist, checked one by one and opened in one call."""
    names = [layout.entry_key(entry) for entry in entries]
    values = await snapshot.read(Table.ENTRY, names)
    present = {entry: value for entry, value in zip(entries, values, strict=True) if value is not None}
    for name, value in zip(names, values, strict=True):
        if value is not None:
            index.vault.check_row(value, name)
    return dict(zip(present, open_profiles(index, list(present.values())), strict=True))
