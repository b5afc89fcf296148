"""Loads against an index of this process: what is sent, what is told, and what a stop or a crash leaves."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from childindex.cli.extract import survey
from childindex.cli.loading import Load, Progress, load
from childindex.client import ClientError, Record, Registered
from childindex.client.bulk import pipelined
from childindex.errors import Violation
from childindex.number import ChildNumber, NumberType
from tests.canary import CANARY, leaks

HEADER = "system,record_type,local_id,source_version,given_name,birth_date,nhs_number\n"
REFUSED = ClientError("STALE_SOURCE_VERSION", "a newer version is known", code="FAILED_PRECONDITION")


@dataclass
class FakeClient:
    """Accepts what it has no refusal for; stops at a call when told to."""

    refusals: dict[str, ClientError] = field(default_factory=dict)
    stop_at: int = 0
    stop_with: BaseException = field(default_factory=KeyboardInterrupt)
    left_out: tuple[Violation, ...] = ()
    sent: list[str] = field(default_factory=list)
    calls: int = 0

    def register_batch(self, records: Sequence[Record]) -> list[Registered | ClientError]:
        self.calls += 1
        if self.calls == self.stop_at:
            raise self.stop_with
        self.sent += [record.key.local_id for record in records]
        kind = NumberType.PROVISIONAL
        return [
            self.refusals.get(record.key.local_id) or Registered(ChildNumber.draw(kind), True, self.left_out)
            for record in records
        ]

    def register_all(
        self, records: Iterator[Record], *, batch_size: int, in_flight: int
    ) -> Iterator[tuple[Record, Registered | ClientError]]:
        return pipelined(self.register_batch, records, batch_size=batch_size, in_flight=in_flight)


@pytest.fixture
def plan(tmp_path: Path) -> Load:
    lines = [f"s,t,id{place},1,{CANARY.given_name},2015-03-14,\n" for place in range(1, 31)]
    return planned(tmp_path, "".join(lines))


def planned(folder: Path, lines: str) -> Load:
    path = folder / "extract.csv"
    path.write_text(HEADER + lines)
    return Load(
        extract=survey(path),
        progress=folder / "progress",
        rejects=folder / "rejects",
        identity="index",
        batch_size=3,
        in_flight=2,
    )


def sent_by(client: FakeClient, plan: Load) -> Progress:
    return load(client, plan)  # type: ignore[arg-type]  # as much of a client as a load needs


def rejects(plan: Load) -> list[list[str]]:
    with plan.rejects.open(newline="") as file:
        return list(csv.reader(file))


def test_all_rows_go_out_in_order_and_once(plan: Load) -> None:
    client, told = FakeClient(), list[int]()
    done = load(client, plan, lambda now: told.append(now.done))  # type: ignore[arg-type]  # as above
    assert client.sent == [f"id{place}" for place in range(1, 31)]
    assert (done.accepted, done.provisional, done.rejected) == (30, 30, 0)
    assert told[-1] == 30
    assert told == sorted(told)
    assert not plan.rejects.exists()


def test_what_the_index_left_out_is_counted_by_column_over_all_runs(plan: Load) -> None:
    warnings = (Violation("records[0].demographics.postcode", "is no postcode"),)
    plan = replace(plan, in_flight=1)
    with pytest.raises(KeyboardInterrupt):
        sent_by(FakeClient(left_out=warnings, stop_at=3), plan)
    assert sent_by(FakeClient(left_out=warnings), plan).left_out == {"postcode": 30}
    assert sent_by(FakeClient(), plan).left_out == {"postcode": 30}


def test_a_load_that_is_done_sends_nothing_more(plan: Load) -> None:
    sent_by(FakeClient(), plan)
    again = FakeClient()
    assert sent_by(again, plan).done == 30
    assert again.sent == []


@pytest.mark.parametrize("stop_at", range(1, 11))
@pytest.mark.parametrize("stop_with", [KeyboardInterrupt(), ClientError("UNAVAILABLE", "gone", code="UNAVAILABLE")])
def test_a_stopped_load_goes_on_where_it_was(plan: Load, stop_at: int, stop_with: BaseException) -> None:
    plan = replace(plan, in_flight=1)
    first = FakeClient({"id2": REFUSED, "id29": REFUSED}, stop_at, stop_with)
    with pytest.raises(type(stop_with)):
        sent_by(first, plan)
    second = FakeClient(first.refusals)
    done = sent_by(second, plan)
    assert first.sent + second.sent == [f"id{place}" for place in range(1, 31)]
    assert (done.accepted, done.rejected) == (28, 2)
    assert [line[0] for line in rejects(plan)] == ["line", "3", "30"]


def test_what_was_under_way_at_a_stop_is_sent_again(plan: Load) -> None:
    first = FakeClient(stop_at=4)
    with pytest.raises(KeyboardInterrupt):
        sent_by(first, plan)
    second = FakeClient()
    assert sent_by(second, plan).accepted == 30
    assert set(first.sent) | set(second.sent) == {f"id{place}" for place in range(1, 31)}


def test_a_crash_between_rejects_and_progress_tells_no_reject_twice(plan: Load) -> None:
    refusals = {"id2": REFUSED, "id20": REFUSED}
    with pytest.raises(KeyboardInterrupt):
        sent_by(FakeClient(refusals, stop_at=4), plan)
    with plan.rejects.open("a") as file:
        file.write("21,source_version,told but not yet kept\n")
    sent_by(FakeClient(refusals), plan)
    assert [line[0] for line in rejects(plan)] == ["line", "3", "21"]
    assert "not yet kept" not in plan.rejects.read_text()


@pytest.mark.parametrize("torn", [b"", b"{", b"[]", b'{"digest": "x"}', b'{"other": 1}'])
def test_a_damaged_or_foreign_progress_file_counts_for_nothing(plan: Load, torn: bytes) -> None:
    sent_by(FakeClient(), plan)
    plan.progress.write_bytes(torn)
    again = FakeClient()
    assert sent_by(again, plan).accepted == 30
    assert len(again.sent) == 30


def test_another_index_another_extract_and_afresh_begin_anew(plan: Load) -> None:
    sent_by(FakeClient({"id2": REFUSED}), plan)
    others = [replace(plan, identity="another index"), replace(plan, afresh=True)]
    plan.extract.path.write_text(plan.extract.path.read_text() + "s,t,id31,1,Ada,2015-03-14,\n")
    others.append(replace(plan, extract=survey(plan.extract.path)))
    for other in others:
        client = FakeClient()
        sent_by(client, other)
        assert client.sent[0] == "id1"
        assert not plan.rejects.exists()


def test_rejects_tell_line_column_and_reason_in_order(tmp_path: Path) -> None:
    broken = "s,t,a,0,Tamsin,14/03/2015,\n"
    lines = broken + "s,t,b,1,Tamsin,2015-03-14,\n" + "s,t,c,1,Tamsin\n" + "s,t,d,1,Tamsin,,1\n" + broken
    plan = planned(tmp_path, lines)
    bad_number = ClientError(
        "INVALID_FIELDS",
        "bad",
        code="INVALID_ARGUMENT",
        violations=(Violation("records[1].demographics.identifiers[0].value", "is no NHS NUMBER"),),
    )
    done = sent_by(FakeClient({"b": REFUSED, "d": bad_number}), plan)
    assert (done.accepted, done.rejected) == (0, 5)
    told = rejects(plan)
    assert [(line, column) for line, column, _ in told] == [
        ("line", "column"),
        *(("2", "source_version"), ("2", "birth_date")),
        ("3", "source_version"),
        ("4", ""),
        ("5", "nhs_number"),
        *(("6", "local_id"), ("6", "source_version"), ("6", "birth_date")),
    ]
    assert told[3][2] == "STALE_SOURCE_VERSION: a newer version is known"


@pytest.mark.parametrize(
    ("advice", "column", "words"),
    [
        ("ADD_POSTCODE,ADD_SEX", "postcode", "add postcode, sex"),
        ("ADD_IDENTIFIER", "birth_date", "add identifier"),
    ],
)
def test_a_row_that_tells_too_little_is_told_what_to_add(tmp_path: Path, advice: str, column: str, words: str) -> None:
    plan = planned(tmp_path, "s,t,a,1,Tamsin,2015-03-14,\n")
    little = ClientError(
        "TOO_LITTLE_TO_IDENTIFY",
        "add what the advice names",
        code="INVALID_ARGUMENT",
        metadata={"advice": advice},
        violations=(Violation("records[0].demographics", "tells too little"),),
    )
    sent_by(FakeClient({"a": little}), plan)
    assert rejects(plan)[1:] == [["2", column, f"TOO_LITTLE_TO_IDENTIFY: {words}"]]


def test_neither_progress_nor_rejects_hold_anything_of_a_row(plan: Load) -> None:
    sent_by(FakeClient(dict.fromkeys((f"id{place}" for place in range(1, 31)), REFUSED)), plan)
    kept = plan.progress.read_text() + plan.rejects.read_text()
    assert not leaks(kept)
    assert "id1" not in kept
    assert "id1" not in repr(Progress.read(plan.progress, plan.begun()))


def test_progress_is_kept_while_the_load_runs(plan: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("childindex.cli.loading.SAVED_EVERY", 10)
    kept: list[int] = []

    def note(now: Progress) -> None:
        if plan.progress.exists():
            kept.append(Progress.read(plan.progress, now).done)

    load(FakeClient(), plan, note)  # type: ignore[arg-type]  # as above
    assert {10, 20} <= set(kept)
