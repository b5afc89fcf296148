import json
from datetime import UTC, datetime

import pytest
from rich.console import Console

from childindex.caller import Visibility
from childindex.cli import shown, words
from childindex.client.answers import Contact, Found, FoundRecord, Resolved, Verified
from childindex.client.records import OwnKey
from childindex.demographics import PartialDate
from childindex.number import ChildNumber, NumberType
from childindex.pointer import PointerState
from tests.cli.explained import EXPLANATION, NUMBER

PROVISIONAL = ChildNumber.draw(NumberType.PROVISIONAL)
FOUND = Found(
    NUMBER,
    (
        FoundRecord(
            custodian="a", custodian_name="School [bold]A", record_type="school.pupil", visibility=Visibility.CONTENT,
            state=PointerState.ACTIVE, contact=Contact("Office", "01632 960001", "", ""),
            key=OwnKey("pupils", "school.pupil", "id-1"), involved_from=PartialDate(2020, 9),
            last_seen=datetime(2026, 9, 1, tzinfo=UTC),
        ),
        FoundRecord(
            custodian="b", custodian_name="Care", record_type="social_care.case", visibility=Visibility.EXISTENCE,
            state=PointerState.ENDED, contact=Contact("", "", "", ""),
        ),
    ),
    "More may be withheld.",
)  # fmt: skip


@pytest.fixture
def screen() -> Console:
    return Console(width=160, record=True, highlight=False, markup=False, file=open("/dev/null", "w"))  # noqa: PTH123


def test_a_provisional_number_is_told_as_one(screen: Console) -> None:
    shown.resolution(screen, Resolved(PROVISIONAL, provisional=True))
    assert screen.export_text().split() == ["MATCHED", str(PROVISIONAL), "(provisional)"]


def test_verification(screen: Console) -> None:
    shown.verification(screen, Verified(False))
    shown.verification(screen, Verified(True, NUMBER))
    assert screen.export_text().split() == ["NOT", "CONFIRMED", "VERIFIED", "the", "number", "now", "is", str(NUMBER)]


def test_who_holds_records_as_far_as_may_be_seen_and_no_markup(screen: Console) -> None:
    shown.found(screen, FOUND)
    told = screen.export_text()
    school, care = (next(line for line in told.splitlines() if name in line) for name in ("School", "Care"))
    wanted = ("School [bold]A", "id-1", "2020-09", "2026-09-01", "Office, 01632 960001", "active")
    assert [part for part in wanted if part not in school] == []
    assert care.split() == ["Care", "social_care.case", "ended"]
    assert told.splitlines()[-1] == "More may be withheld."


def test_json_knows_everything_that_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    read = json.loads(json.dumps(shown.plain(FOUND)))
    first, second = read["records"]
    assert read["number"] == str(NUMBER)
    assert (first["key"]["local_id"], first["involved_from"], first["visibility"]) == ("id-1", "2020-09", "CONTENT")
    assert first["last_seen"] == "2026-09-01T00:00:00+00:00"
    assert (second["key"], second["involved_from"], second["first_seen"]) == (None, "", None)
    explained = shown.plain(EXPLANATION)
    assert isinstance(explained, dict)
    assert explained["candidates"][0]["comparisons"][0]["bits"] == 4.0


@pytest.mark.parametrize(
    ("date", "text"),
    [
        (PartialDate(2020, 9, 3), "2020-09-03"),
        (PartialDate(2020, 9), "2020-09"),
        (PartialDate(2020), "2020"),
        (PartialDate(), ""),
        (None, ""),
    ],
)
def test_dates_are_written_as_far_as_they_are_known(date: PartialDate | None, text: str) -> None:
    assert words.date_text(date) == text
