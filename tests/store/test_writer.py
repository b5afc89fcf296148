"""A batch from preconditions to receipts: its order, what its commits see of each other, what a fault leaves."""

import random
from pathlib import Path

import lmdb
import pytest

from childindex.errors import Conflict, Error, Reason, StoreUnavailable
from childindex.store import Charge, Commit, Delete, Event, Expect, Put, Receipt, Reference, Settings, Table, digest
from childindex.store import writer as subject
from childindex.store.journal import WriterFailed
from childindex.store.layout import MAX_KEY, decode_counted, lexicon_key
from childindex.store.writer import Writer
from tests.store.samples import KEYSET, registration

CODE = lexicon_key(7)


def opened(folder: Path, heard: list[str] | None = None) -> Writer:
    return Writer(folder, KEYSET, Settings(steps=(heard if heard is not None else []).append))


def value(writer: Writer, table: Table, key: bytes) -> bytes | None:
    tables = writer.keys if table is Table.KEY else writer.index
    with tables.env.begin() as view:
        return view.get(key, db=tables.of[table])


def put(key: bytes, content: bytes = b"v", table: Table = Table.ENTRY) -> Commit:
    return Commit(puts=(Put(table, key, content),))


def test_the_order_of_durability(folder: Path) -> None:
    heard: list[str] = []
    writer = opened(folder, heard)
    heard.clear()
    writer.apply([registration(random.Random(1))])
    begun = ["segment-written", "segment-synced"]
    assert heard == ["keys-synced", *begun, "journal-written", "journal-synced", "applied"]
    heard.clear()
    writer.apply([Commit(deletes=(Delete(Table.KEY, b"k"),))])
    assert heard == ["journal-written", "journal-synced", "keys-deleted", "applied"]
    writer.close()


def test_positions_count_commits_and_skip_refusals(folder: Path) -> None:
    writer = opened(folder)
    refused = Commit(expects=(Expect(Table.ENTRY, b"absent", digest(b"x")),))
    outcomes = writer.apply([put(b"a"), refused, put(b"b")])
    assert outcomes[0] == Receipt(1)
    assert isinstance(outcomes[1], Conflict)
    assert outcomes[2] == Receipt(2)
    assert writer.apply([put(b"c")]) == [Receipt(3)]
    writer.close()


def test_a_commit_sees_what_earlier_ones_of_its_batch_changed(folder: Path) -> None:
    writer = opened(folder)
    create = Commit(expects=(Expect(Table.NUMBER, b"n", None),), puts=(Put(Table.NUMBER, b"n", b"1"),))
    change = Commit(expects=(Expect(Table.NUMBER, b"n", digest(b"1")),), deletes=(Delete(Table.NUMBER, b"n"),))
    outcomes = writer.apply([create, create, change, change, create])
    assert [isinstance(outcome, Receipt) for outcome in outcomes] == [True, False, True, False, True]
    keyed = Commit(expects=(Expect(Table.KEY, b"k", None),), puts=(Put(Table.KEY, b"k", b"wrapped"),))
    assert [isinstance(outcome, Receipt) for outcome in writer.apply([keyed, keyed])] == [True, False]
    assert value(writer, Table.KEY, b"k") == b"wrapped"
    writer.close()


def test_two_registrations_of_one_child_in_one_batch(folder: Path) -> None:
    writer = opened(folder)
    first = Commit(snapshot=0, guards=(b"block",), touches=(b"block",), events=(Event(b"s" * 16, b"one"),))
    outcomes = writer.apply([first, first])
    assert outcomes[0] == Receipt(1)
    assert isinstance(outcomes[1], Conflict)
    again = Commit(snapshot=1, guards=(b"block",), touches=(b"block",))
    assert writer.apply([again]) == [Receipt(2)]
    writer.close()


def test_after_a_restart_an_old_snapshot_is_too_old_to_guard(folder: Path) -> None:
    writer = opened(folder)
    writer.apply([put(b"a"), put(b"b")])
    writer.close()
    writer = opened(folder)
    assert isinstance(writer.apply([Commit(snapshot=1, guards=(b"x",))])[0], Conflict)
    assert writer.apply([Commit(snapshot=2, guards=(b"x",))]) == [Receipt(3)]
    writer.close()


def test_a_key_destroyed_in_a_batch_is_not_put_in_it(folder: Path) -> None:
    writer = opened(folder)
    outcomes = writer.apply([Commit(deletes=(Delete(Table.KEY, b"k"),)), put(b"k", table=Table.KEY)])
    assert [isinstance(outcome, Receipt) for outcome in outcomes] == [True, False]
    writer.close()


def test_lexicon_counts_and_their_strings(folder: Path) -> None:
    writer = opened(folder)

    def counted(*references: Reference) -> Commit:
        return Commit(references=references)

    bare, up, down = Reference(CODE, 1), Reference(CODE, 1, b"sealed"), Reference(CODE, -1)
    assert isinstance(writer.apply([counted(bare)])[0], Conflict)  # no string is there
    writer.apply([counted(up, up), counted(bare)])
    assert decode_counted(value(writer, Table.LEXICON, CODE) or b"") == (3, b"sealed")
    writer.apply([counted(down, down)])
    writer.apply([counted(down, bare)])  # taken away and added again in one commit: the string stays
    assert decode_counted(value(writer, Table.LEXICON, CODE) or b"") == (1, b"sealed")
    outcomes = writer.apply([counted(down), counted(bare)])
    assert isinstance(outcomes[1], Conflict)
    assert value(writer, Table.LEXICON, CODE) is None
    writer.apply([counted(down)])
    assert value(writer, Table.LEXICON, CODE) is None
    writer.close()


def test_budgets_survive_a_restart_and_old_windows_are_cleared(folder: Path) -> None:
    now = [1_000_000.0]
    settings = Settings(clock=lambda: now[0])
    charged = [Commit(charges=(Charge(b"a" * 16, bytes([n]) * 16, 2),)) for n in range(3)]
    writer = Writer(folder, KEYSET, settings)
    writer.apply(charged[:2])
    writer.close()
    writer = Writer(folder, KEYSET, settings)
    (outcome,) = writer.apply(charged[2:])
    assert isinstance(outcome, Error)
    assert outcome.reason is Reason.BUDGET_EXHAUSTED
    now[0] += 90_000
    writer.apply(charged[2:])
    with writer.index.env.begin() as view:
        assert view.stat(db=writer.index.of[Table.BUDGET])["entries"] == 1
    writer.close()


@pytest.mark.parametrize(
    "commit",
    [
        put(b""),
        put(b"k" * (MAX_KEY + 1)),
        put(b"k", table=Table.META),
        put(b"k", table=Table.LEXICON),
        put(b"k", b"short", table=Table.BLOCK),
        Commit(deletes=(Delete(Table.BLOCK, b"k"),)),
        Commit(deletes=(Delete(Table.META, b"format"),)),
        Commit(expects=(Expect(Table.BLOCK, b"k", None),)),
        Commit(references=(Reference(b"short", 1, b"s"),)),
        Commit(references=(Reference(CODE, 0),)),
        Commit(events=(Event(b"salt", b"body"),)),
        Commit(charges=(Charge(b"a", b"b", 1),)),
        put(b"k", bytes(5 << 20)),
        Commit(puts=(Put(Table.KEY, b"k", b"w"),), deletes=(Delete(Table.KEY, b"k"),)),
    ],
)
def test_a_malformed_commit_is_refused_alone(folder: Path, commit: Commit) -> None:
    writer = opened(folder)
    outcomes = writer.apply([put(b"a"), commit, put(b"b")])
    refusal = outcomes[1]
    assert isinstance(refusal, Error)
    assert refusal.reason is Reason.INTERNAL
    assert [outcomes[0], outcomes[2]] == [Receipt(1), Receipt(2)]
    writer.close()


def test_tables_without_room_are_caught_up_before_anything_else(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = opened(folder)
    writer.apply([put(b"a")])

    def full(*_: object) -> None:
        raise lmdb.DiskError("no space")

    with monkeypatch.context() as disk:
        disk.setattr(subject, "fold", full)
        for key in (b"b", b"c"):
            (outcome,) = writer.apply([put(key)])
            assert isinstance(outcome, StoreUnavailable)
            assert value(writer, Table.ENTRY, key) is None
    assert writer.apply([put(b"d")]) == [Receipt(3)]  # what was durable is position 2; what was not is not
    assert [value(writer, Table.ENTRY, key) for key in (b"a", b"b", b"c", b"d")] == [b"v", b"v", None, b"v"]
    writer.close()


def test_keys_without_room_leave_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = opened(folder)

    def full(*_: object) -> None:
        raise StoreUnavailable("full")

    charge = Charge(b"a" * 16, b"s" * 16, 1)
    commit = Commit(touches=(b"g",), guards=(b"g",), puts=(Put(Table.KEY, b"k", b"w"),), charges=(charge,))
    with monkeypatch.context() as disk:
        disk.setattr(writer, "_change_keys", full)
        assert isinstance(writer.apply([commit])[0], StoreUnavailable)
    assert writer.position == 0
    other = Commit(charges=(Charge(b"a" * 16, b"t" * 16, 1),))
    outcomes = writer.apply([commit, other])  # the lost batch touched nothing and spent nothing
    assert outcomes[0] == Receipt(1)
    assert isinstance(outcomes[1], Error)
    with writer.index.env.begin() as view:
        assert view.stat(db=writer.index.of[Table.BUDGET])["entries"] == 1
    writer.close()


def test_a_failed_writer_says_so_and_promises_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = opened(folder)

    def fails(*_: object) -> None:
        raise WriterFailed("unknown")

    with monkeypatch.context() as disk:
        disk.setattr(writer._journal, "append", fails)
        with pytest.raises(WriterFailed):
            writer.apply([put(b"a")])
    assert value(writer, Table.ENTRY, b"a") is None
    writer.close()


def test_every_batch_is_observed(folder: Path) -> None:
    seen: list[tuple[int, int]] = []
    writer = Writer(folder, KEYSET, Settings(observe=lambda batch: seen.append((batch.commits, batch.refused))))
    writer.apply([put(b"a"), put(b"")])
    assert seen == [(2, 1)]
    writer.close()
