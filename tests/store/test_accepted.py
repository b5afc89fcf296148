"""Commits survive the socket and the journal as they were, except for what the journal must not hold."""

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from childindex.errors import StoreDamaged
from childindex.store import ChangeRow, Charge, Commit, Delete, Event, Expect, Put, Reference, Table
from childindex.store.accepted import Accepted, decode_batch, decode_commit, encode_batch, encode_commit, grown
from childindex.store.merkle import EMPTY, leaf_hash

data = st.binary(max_size=20)
tables = st.sampled_from(Table)
commits = st.builds(
    Commit,
    snapshot=st.integers(0, 2**63),
    guards=st.lists(data, max_size=3).map(tuple),
    touches=st.lists(data, max_size=3).map(tuple),
    expects=st.lists(st.builds(Expect, tables, data, st.none() | data), max_size=3).map(tuple),
    puts=st.lists(st.builds(Put, tables, data, data), max_size=3).map(tuple),
    deletes=st.lists(st.builds(Delete, tables, data, data), max_size=3).map(tuple),
    references=st.lists(st.builds(Reference, data, st.integers(-5, 5), data), max_size=3).map(tuple),
    events=st.lists(st.builds(Event, data, data), max_size=3).map(tuple),
    changes=st.lists(st.builds(ChangeRow, data, data), max_size=3).map(tuple),
    charges=st.lists(st.builds(Charge, data, data, st.integers(0, 9)), max_size=3).map(tuple),
)


@given(commits)
def test_a_commit_crosses_the_socket_whole(commit: Commit) -> None:
    assert decode_commit(msgpack.unpackb(msgpack.packb(encode_commit(commit)))) == commit


@given(st.lists(commits, max_size=3), st.lists(data, max_size=2).map(tuple))
def test_a_batch_comes_back_from_the_journal(batch: list[Commit], charged: tuple[bytes, ...]) -> None:
    accepted = tuple(Accepted.of(commit, charged) for commit in batch)
    assert decode_batch(encode_batch(accepted)) == accepted


def test_a_data_key_never_reaches_the_journal() -> None:
    secret = b"wrapped-data-key"
    commit = Commit(
        puts=(Put(Table.KEY, b"entry", secret), Put(Table.ENTRY, b"entry", b"sealed")),
        deletes=(Delete(Table.KEY, b"another"),),
    )
    accepted = Accepted.of(commit, ())
    assert secret not in encode_batch((accepted,))
    assert accepted.puts == commit.puts[1:]
    assert accepted.deletes == commit.deletes  # a destroyed key must stay destroyed at every rebuild


def test_the_tree_grows_by_the_events_in_order() -> None:
    events = [Event(bytes([n]) * 16, b"body") for n in range(5)]
    batch = (Accepted(events=tuple(events[:2])), Accepted(), Accepted(events=tuple(events[2:])))
    assert grown(EMPTY, batch) == EMPTY.extended(leaf_hash(event.salt, event.body) for event in events)


@pytest.mark.parametrize("body", [b"", b"\x01", b"\xc1", msgpack.packb([[1, 2]]), msgpack.packb([[[[99, b"", b""]]]])])
def test_what_is_no_batch_is_refused(body: bytes) -> None:
    with pytest.raises(StoreDamaged):
        decode_batch(body)


@pytest.mark.parametrize("fields", [[], [1], [0, [], [], [], [], [[99, b"", b""]], [], [], [], []]])
def test_what_is_no_commit_is_refused(fields: list[object]) -> None:
    with pytest.raises((ValueError, TypeError)):
        decode_commit(fields)
