"""The client against a real server: typed answers, typed refusals, retries with the same request id."""

import asyncio
import io
import pickle
import socket
import textwrap
from collections.abc import AsyncIterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from childindex import client
from childindex.api import Server, Settings, TlsFiles, start
from childindex.caller import Actor, ActorRole, Purpose, Visibility
from childindex.client import Client, ClientError, Credentials, OwnKey, Record, Retry
from childindex.client.connection import Connection
from childindex.demographics import Advice, Demographics, Identifier, IdentifierType, PartialDate, Sex
from childindex.errors import Error, InvalidFields, Reason, Violation
from childindex.number import InvalidNumber, NumberType
from childindex.operations import (
    Changes,
    Decision,
    ExplainedCandidate,
    ExplainedChange,
    ExplainedClass,
    ExplainedComparison,
    ExplainedRival,
    Explanation,
    OwnRecord,
    OwnRecords,
    RecordChange,
    Registration,
    Resolution,
    Verification,
)
from childindex.pointer import Change, ChangeKind, PointerState, RecordKey, Sensitivity, WithdrawalReason
from tests.certificates import Authority, authority, school_pair, write_server
from tests.fakes import MOMENT, FakeIndex, FakeOperations, number

ACTOR = Actor("user-17", ActorRole.PRACTITIONER, "oakfield-school", "team-2")
CANARY = "Zebrafinchcanary"
KEY = OwnKey("pupils", "school.pupil", "P-0001")
DETAILS = Demographics(
    given_name="Ada", middle_names="Bea", family_name="Testperson", known_as="Addie", former_family_names=("Formerly",),
    carer_family_name="Carer", birth_date=PartialDate(2016, 5, 4), sex=Sex.FEMALE, postcode="ZZ99 3VZ", uprn="100",
    identifiers=(Identifier(IdentifierType.NHS_NUMBER, "9990000018", ("9990000026",)),),
)  # fmt: skip
RECORD = Record(
    key=KEY, source_version=3, demographics=DETAILS, change=Change.CORRECTED, involved_from=PartialDate(2021, 9),
    involved_until=PartialDate(2025, 7, 31), sensitivity=Sensitivity.STANDARD, consent_reference="c-1",
)  # fmt: skip


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeOperations:
    """The operations behind the wire."""
    operations = FakeOperations()
    operations.install(monkeypatch)
    return operations


@pytest.fixture
async def server(fake: FakeOperations, tmp_path: Path) -> AsyncIterator[Server]:
    """A server."""
    settings = Settings(address="localhost:0", tls=TlsFiles(*write_server(tmp_path)))
    running = await start(FakeIndex(), settings)  # type: ignore[arg-type]  # as much of an index as the wire needs
    yield running
    await running.drain(drain_seconds=0.0)


def school() -> Credentials:
    """The school's."""
    return Credentials(authority().pem, school_pair().certificate, school_pair().key)


class Caller:
    """Calls a client's methods beside the server's loop."""

    def __init__(self, client: Client) -> None:
        self.client = client

    async def __call__(self, method: str, *given: Any, **named: Any) -> Any:
        return await asyncio.to_thread(getattr(self.client, method), *given, **named)


@pytest.fixture
async def ask(server: Server) -> AsyncIterator[Caller]:
    """The school's client."""
    retry = Retry(first=0.01, most=0.02)
    with Client(f"localhost:{server.port}", school(), ACTOR, Purpose.EDUCATION, retry=retry) as client:
        yield Caller(client)


async def test_resolve(ask: Caller, fake: FakeOperations) -> None:
    answer = await ask("resolve", DETAILS)
    assert (answer.number, answer.provisional, answer.advice) == (number(), False, ())
    [(_, caller, (details, explain))] = fake.calls
    assert (details, explain) == (DETAILS, False)
    assert (caller.actor, caller.purpose, caller.custodian) == (ACTOR, Purpose.EDUCATION, "oakfield-school")


async def test_not_confirmed_with_advice_and_explanation(ask: Caller, fake: FakeOperations) -> None:
    line = ExplainedComparison("forename", "close", 0.05, 0.01, 1.5, 3.75)
    classes = (ExplainedClass("SAME", 0.5, 12.25),)
    candidate = ExplainedCandidate(number(2), 0.5, -20.0, (line,), 12.25, ("rule",), ("twin",), ("because",), classes)
    explained = Explanation(
        Decision.POSSIBLE, "children-1", 0.25, (candidate,), ("cap",), "Perhaps.", 0.125, 0.0625, 0.999, 0.02,
        ExplainedRival("TWIN", 0.3, 1.5, number(3), 0.2, 2.5),
        ExplainedChange("sex", "different", "equal", "", 9.5, Decision.MATCHED, 0.9995), "Had the sex.",
    )  # fmt: skip
    fake.answers["resolve"] = Resolution(None, (Advice.ADD_SEX,), explained)
    answer = await ask("resolve", DETAILS, explain=True)
    assert (answer.number, answer.advice) == (None, (Advice.ADD_SEX,))
    got = answer.explanation
    assert (got.decision, got.model, got.absent_probability, got.caps) == ("POSSIBLE", "children-1", 0.25, ("cap",))
    [shown] = got.candidates
    assert (shown.number, shown.total_bits, shown.rules, shown.vetoes) == (number(2), 12.25, ("rule",), ("twin",))
    assert (shown.comparisons[0].level, shown.comparisons[0].bits) == ("close", 3.75)
    assert fake.calls[0][2][1] is True
    assert (shown.veto_reasons, shown.classes[0].bits) == (("because",), 12.25)
    assert (got.stranger_probability, got.others_probability, got.match_threshold) == (0.125, 0.0625, 0.999)
    assert (got.rival.class_name, got.rival.class_margin, got.rival.child) == ("TWIN", 1.5, number(3))
    assert (got.change.other_level, got.change.decision, got.change.sentence) == ("equal", "MATCHED", "Had the sex.")


async def test_register_carries_the_whole_record(ask: Caller, fake: FakeOperations) -> None:
    left_out = (Violation("postcode", "is no postcode"),)
    fake.answers["register"] = Registration(number(3, NumberType.PROVISIONAL), left_out)
    answer = await ask("register", RECORD)
    assert answer.warnings == (Violation("record.demographics.postcode", "is no postcode"),)
    assert (answer.number, answer.provisional) == (number(3, NumberType.PROVISIONAL), True)
    [declaration] = fake.calls[0][2]
    assert declaration.key == RecordKey("oakfield-school", "pupils", "school.pupil", "P-0001")
    for name in [each.name for each in fields(RECORD) if each.name != "key"]:
        assert getattr(declaration, name) == getattr(RECORD, name), name


async def test_verify(ask: Caller, fake: FakeOperations) -> None:
    fake.answers["verify"] = Verification(verified=True, current=number(2))
    answer = await ask("verify", str(number()).lower(), date(2016, 5, 4))
    assert (answer.verified, answer.current) == (True, number(2))
    assert fake.calls[0][2] == (number(), PartialDate(2016, 5, 4))


async def test_number_is_checked_before_anything_is_sent(ask: Caller, fake: FakeOperations) -> None:
    for method in ("verify", "find"):
        with pytest.raises(InvalidNumber) as caught:
            await ask(method, CANARY, birth_date=date(2016, 5, 4))
        assert CANARY not in str(caught.value)
    assert not fake.calls


async def test_find(ask: Caller, fake: FakeOperations) -> None:
    found = await ask("find", number(), birth_date=date(2016, 5, 4))
    [record] = found.records
    assert (record.custodian, record.record_type) == ("mill-lane-surgery", "health.gp_patient")
    assert (record.visibility, record.state, record.key) == (Visibility.EXISTENCE, PointerState.ACTIVE, None)
    assert record.contact.out_of_hours == "0300 000 0001"
    assert found.notice
    await ask("find", number(), own_record=KEY)
    assert fake.calls[1][2] == (number(), None, RecordKey("oakfield-school", "pupils", "school.pupil", "P-0001"))


async def test_withdraw(ask: Caller, fake: FakeOperations) -> None:
    await ask("withdraw", KEY, WithdrawalReason.ENDED, ended=PartialDate(2025, 7))
    await ask("withdraw", KEY, WithdrawalReason.ENTERED_IN_ERROR)
    assert [call[2][1:] for call in fake.calls] == [
        (WithdrawalReason.ENDED, PartialDate(2025, 7)),
        (WithdrawalReason.ENTERED_IN_ERROR, PartialDate()),
    ]


async def test_own_records_of_all_pages(ask: Caller, fake: FakeOperations, monkeypatch: pytest.MonkeyPatch) -> None:
    def page(place: int, token: str) -> OwnRecords:
        key = RecordKey("oakfield-school", "pupils", "school.pupil", f"P-{place}")
        return OwnRecords((OwnRecord(key, number(place), 4, PointerState.ACTIVE, MOMENT),), token)

    pages = {"": page(1, "two"), "two": page(2, "three"), "three": page(3, "")}

    async def listed(index: object, caller: object, size: int, token: str) -> OwnRecords:
        return pages[token]

    monkeypatch.setattr("childindex.operations.list_own_records", listed)
    records = await asyncio.to_thread(lambda: list(ask.client.own_records()))
    assert [(each.key.local_id, each.number) for each in records] == [(f"P-{i}", number(i)) for i in (1, 2, 3)]
    assert (records[0].source_version, records[0].last_seen) == (4, MOMENT)


async def test_changes(ask: Caller, fake: FakeOperations) -> None:
    key = RecordKey("oakfield-school", "pupils", "school.pupil", "P-1")
    change = RecordChange(ChangeKind.ERASED, key, number(1), None, MOMENT)
    fake.answers["list_changes"] = Changes((change,), "c2", more=True)
    page = await ask("changes", "c1")
    assert (page.next_cursor, page.more) == ("c2", True)
    assert (page.changes[0].kind, page.changes[0].current) == (ChangeKind.ERASED, None)
    assert (page.changes[0].previous, page.changes[0].changed) == (number(1), MOMENT)


async def test_refusal_is_typed(ask: Caller, fake: FakeOperations) -> None:
    fake.answers["resolve"] = Error(Reason.NO_AGREEMENT, "no agreement in force", metadata={"grant": "RESOLVE"})
    with pytest.raises(ClientError) as caught:
        await ask("resolve", DETAILS)
    error = caught.value
    assert error.reason == Reason.NO_AGREEMENT
    assert (error.code, error.metadata, error.violations) == ("PERMISSION_DENIED", {"grant": "RESOLVE"}, ())
    assert len(fake.calls) == 1


async def test_violations_are_told(ask: Caller, fake: FakeOperations) -> None:
    with pytest.raises(ClientError) as caught:
        await ask("resolve", Demographics(given_name=CANARY * 20, family_name="Testperson"))
    assert caught.value.reason == Reason.INVALID_FIELDS
    assert [each.field for each in caught.value.violations] == ["demographics.given_name"]
    assert CANARY not in str(caught.value) + repr(caught.value)


async def test_retry_sends_the_same_request_id(ask: Caller, fake: FakeOperations) -> None:
    busy = Error(Reason.OVERLOADED, "busy", retry_after=0.01)
    fake.answers["register"] = [busy, Error(Reason.CONTENTION, "contention"), Registration(number())]
    assert (await ask("register", RECORD)).number == number()
    assert len({caller.request_id for _, caller, _ in fake.calls}) == 1
    assert len(fake.calls) == 3
    fake.answers["register"] = Registration(number())
    await ask("register", RECORD)
    await ask("register", RECORD, request_id="mine")
    assert fake.calls[3][1].request_id != fake.calls[0][1].request_id
    assert fake.calls[4][1].request_id == "mine"


async def test_budget_is_not_retried(ask: Caller, fake: FakeOperations) -> None:
    fake.answers["resolve"] = Error(Reason.BUDGET_EXHAUSTED, "budget")
    with pytest.raises(ClientError, match="BUDGET_EXHAUSTED"):
        await ask("resolve", DETAILS)
    assert len(fake.calls) == 1


async def test_deadline_is_kept(ask: Caller, fake: FakeOperations) -> None:
    fake.delay = 60.0
    with pytest.raises(ClientError) as caught:
        await ask("resolve", DETAILS, timeout=0.3)
    assert caught.value.code == "DEADLINE_EXCEEDED"


async def test_batches_answer_each_item(ask: Caller, fake: FakeOperations) -> None:
    wrong = InvalidFields([Violation("records[1].key.local_id", "is required")])
    fake.answers["register_many"] = [Registration(number(1)), wrong]
    first, second = await ask("register_batch", [RECORD, RECORD])
    assert first.number == number(1)
    assert (second.reason, second.violations[0].field) == ("INVALID_FIELDS", "records[1].key.local_id")
    fake.answers["resolve_many"] = [Resolution(None), Error(Reason.TOO_LITTLE_TO_IDENTIFY, "too little")]
    none, little = await ask("resolve_batch", [DETAILS, DETAILS])
    assert (none.number, little.reason) == (None, Reason.TOO_LITTLE_TO_IDENTIFY)


async def test_register_all_in_order(ask: Caller, fake: FakeOperations) -> None:
    records = [Record(key=OwnKey("s", "t", f"P-{i}"), source_version=1, demographics=DETAILS) for i in range(25)]
    got = await asyncio.to_thread(lambda: list(ask.client.register_all(records, batch_size=10, in_flight=2)))
    assert [record for record, _ in got] == records
    assert [outcome.number for _, outcome in got[:10] if not isinstance(outcome, ClientError)] == [
        number(i) for i in range(10)
    ]
    assert sorted(len(call[2][0]) for call in fake.calls) == [5, 10, 10]


async def test_unreachable_index() -> None:
    retry = Retry(attempts=2, first=0.01)
    with (
        Client("localhost:1", school(), ACTOR, Purpose.HEALTH, retry=retry) as client,
        pytest.raises(ClientError) as caught,
    ):
        await asyncio.to_thread(client.resolve, DETAILS, timeout=5)
    assert (caught.value.reason, caught.value.code) == ("UNAVAILABLE", "UNAVAILABLE")


async def untrusted(port: int, credentials: Credentials, host: str = "localhost") -> str:
    """What a client with wrong certificates is told, at once."""
    waits: list[float] = []
    retry = Retry(sleep=waits.append)
    with (
        Client(f"{host}:{port}", credentials, ACTOR, Purpose.HEALTH, retry=retry) as client,
        pytest.raises(ClientError) as caught,
    ):
        await asyncio.to_thread(client.resolve, DETAILS, timeout=20)
    assert (caught.value.reason, caught.value.code, waits) == ("UNTRUSTED", "UNAUTHENTICATED", [])
    return caught.value.message


async def test_index_of_another_authority_is_not_trusted(server: Server) -> None:
    stranger = Credentials(Authority("stranger").pem, school_pair().certificate, school_pair().key)
    assert "certificate of the index is not to be trusted by ca.pem" in await untrusted(server.port, stranger)


async def test_an_index_by_another_name_is_not_trusted(tmp_path: Path) -> None:
    elsewhere = authority().issue(x509.DNSName("elsewhere.example"))
    files = write_server(tmp_path)
    files[1].write_bytes(elsewhere.certificate)
    files[2].write_bytes(elsewhere.key)
    running = await start(FakeIndex(), Settings(address="localhost:0", tls=TlsFiles(*files)))  # type: ignore[arg-type]
    try:
        assert "localhost" in await untrusted(running.port, school())
    finally:
        await running.drain(drain_seconds=0.0)


async def test_a_client_of_another_authority_is_told_so(server: Server, fake: FakeOperations) -> None:
    pair = Authority("stranger").custodian("oakfield-school")
    told = await untrusted(server.port, Credentials(authority().pem, pair.certificate, pair.key))
    assert "refused client.pem" in told
    assert not fake.calls


async def test_a_key_of_another_certificate_is_told(server: Server) -> None:
    other = authority().custodian("mill-lane-surgery")
    told = await untrusted(server.port, Credentials(authority().pem, school_pair().certificate, other.key))
    assert "the key of that certificate" in told


def test_where_certificates_are_right_or_nothing_answers_there_is_no_fault() -> None:
    assert fault_of("localhost:1") == ""
    assert fault_of("unix:/nowhere") == ""
    with socket.create_server(("localhost", 0)) as silent:
        assert fault_of(f"localhost:{silent.getsockname()[1]}", timeout=0.2) == ""


async def test_an_index_that_answers_has_no_fault(server: Server) -> None:
    assert await asyncio.to_thread(fault_of, f"localhost:{server.port}") == ""


def fault_of(target: str, timeout: float = 5.0) -> str:
    """What is wrong with the school's certificates there."""
    connection = Connection(target, school(), channels=1, server_name=None)
    try:
        return connection.fault(timeout)
    finally:
        connection.close()


async def test_several_channels_are_used_in_turn(server: Server, fake: FakeOperations) -> None:
    with Client(f"localhost:{server.port}", school(), ACTOR, Purpose.HEALTH, channels=3) as client:
        for _ in range(6):
            assert (await asyncio.to_thread(client.resolve, DETAILS)).number == number()
    assert len(fake.calls) == 6
    connection = Connection("localhost:1", school(), channels=3, server_name=None)
    stubs = [connection.stub() for _ in range(6)]
    assert [stubs.index(stub) for stub in stubs] == [0, 1, 2, 0, 1, 2]
    connection.close()


async def test_nothing_personal_is_printed(ask: Caller, fake: FakeOperations) -> None:
    details = Demographics(given_name=CANARY, family_name=CANARY, birth_date=PartialDate(2016, 5, 4))
    record = Record(key=OwnKey("s", "t", CANARY), source_version=1, demographics=details)
    output = io.StringIO()
    with redirect_stdout(output), redirect_stderr(output):
        answers = [
            await ask("register", record),
            await ask("resolve", details),
            await ask("find", number(), own_record=KEY),
        ]
        output.write(f"{[record, details, record.key, *answers, school()]}")
        fake.answers["register"] = ValueError(CANARY)
        with pytest.raises(ClientError) as caught:
            await ask("register", record)
        output.write(f"{caught.value} {caught.value!r} {caught.value.metadata}")
    assert CANARY not in output.getvalue()
    assert number().value not in output.getvalue().replace("-", "")
    assert "PRIVATE KEY" not in output.getvalue()


def test_credentials_of_a_folder(tmp_path: Path) -> None:
    for name, content in (("ca.pem", b"A"), ("client.pem", b"C"), ("client.key", b"K")):
        (tmp_path / name).write_bytes(content)
    credentials = Credentials.read(tmp_path)
    assert (credentials.authority, credentials.certificate, credentials.key) == (b"A", b"C", b"K")
    with pytest.raises(TypeError):
        pickle.dumps(credentials)
    (tmp_path / "client.key").unlink()
    with pytest.raises(FileNotFoundError):
        Credentials.read(tmp_path)


async def test_example_of_the_package_works(
    server: Server, fake: FakeOperations, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "school"
    folder.mkdir()
    for name, content in (("ca.pem", authority().pem), ("client.pem", school_pair().certificate)):
        (folder / name).write_bytes(content)
    (folder / "client.key").write_bytes(school_pair().key)
    assert client.__doc__ is not None
    example = textwrap.dedent("\n".join(line for line in client.__doc__.splitlines() if line.startswith("    ")))
    example = example.replace("index.example:50051", f"localhost:{server.port}")
    example = example.replace("credentials/oakfield-school", str(folder))
    assert len(example.splitlines()) <= 15
    await asyncio.to_thread(exec, example, {})
    assert capsys.readouterr().out == "Mill Lane Surgery health.gp_patient 0300 000 0000\n"
