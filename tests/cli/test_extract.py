from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from childindex.cli.extract import MOST_LINES, Extract, Place, survey
from childindex.cli.faults import Misused

HEADER = "system,record_type,local_id,source_version,given_name,family_name\n"


def written(folder: Path, text: str | bytes, name: str = "extract.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def row(local_id: str, given_name: str = "Ada") -> str:
    return f"s,t,{local_id},1,{given_name},Example\n"


def test_rows_come_with_their_lines_and_places(tmp_path: Path) -> None:
    text = HEADER + row("1") + "\n" + row("2", '"Ada\nMary"') + row("3")
    extract = survey(written(tmp_path, text))
    rows = list(extract.rows())
    assert extract.count == 3
    assert [each.line for each in rows] == [2, 4, 6]
    assert [each.values.text("local_id") for each in rows] == ["1", "2", "3"]
    assert rows[1].values.text("given_name") == "Ada\nMary"
    assert rows[-1].following == Place(len(text.encode()), 6)


def test_reading_goes_on_from_the_place_after_any_row(tmp_path: Path) -> None:
    extract = survey(written(tmp_path, HEADER + row("1", '"Ä,\r\n""x"""') + row("2", "é") + row("3")))
    rows = list(extract.rows())
    for done in range(3):
        rest = list(extract.rows(rows[done].following))
        assert [(r.line, r.values.text("local_id")) for r in rest] == [
            (r.line, r.values.text("local_id")) for r in rows[done + 1 :]
        ]


def test_a_byte_order_mark_and_windows_line_ends_do_not_matter(tmp_path: Path) -> None:
    text = (HEADER + row("1")).replace("\n", "\r\n")
    extract = survey(written(tmp_path, b"\xef\xbb\xbf" + text.encode()))
    assert extract.header[0] == "system"
    assert [each.values.text("family_name") for each in extract.rows()] == ["Example"]


def test_a_last_line_without_its_end_counts(tmp_path: Path) -> None:
    assert survey(written(tmp_path, HEADER + row("1").rstrip("\n"))).count == 1


def test_defaults_stand_for_missing_columns_only(tmp_path: Path) -> None:
    path = written(tmp_path, "local_id,system\n1,mine\n")
    extract = survey(path, defaults={"system": "other", "record_type": "t", "source_version": "4"})
    (only,) = extract.rows()
    assert [only.values.text(name) for name in ("system", "record_type", "source_version")] == ["mine", "t", "4"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"", "empty"),
        (b"local_id\n1\n", "system: column missing"),
        (HEADER.replace("given_name", "given_nam").encode(), "perhaps given_name"),
        (HEADER.replace("given_name", "family_name").encode(), "the same name"),
        (HEADER.encode() + b"s,t,1,1,Ad\xe4,Example\n", "line 2 is not utf-8"),
        (HEADER.encode() + b"s,t,1,1,A\0da,Example\n", "line 2 holds a NUL"),
        (HEADER.encode() + b's,t,1,1,"Ada,Example\n', "line 2 are not balanced"),
        (HEADER.encode() + b's,t,1,1,"Ada"x,Example\n', "line 2 are not balanced"),
        (HEADER.encode() + b's,t,1,1,"Ada,Example\n' + row("2").encode() * MOST_LINES, "line 2 are not balanced"),
        ((HEADER + row("1")).encode("utf-16"), "UTF-16"),
        (b"PK\x03\x04 and so on", "spreadsheet"),
    ],
)
def test_a_file_that_is_no_extract_is_refused_before_anything_is_sent(tmp_path: Path, text: bytes, told: str) -> None:
    with pytest.raises(Misused) as refused:
        survey(written(tmp_path, text))
    lines = [str(refused.value), *(f"{v.field}: {v.description}" for v in refused.value.violations)]
    assert any(told in line for line in lines)
    assert not any("Ada" in line or "Example" in line for line in lines)


def test_two_stray_quotes_far_apart_are_no_record(tmp_path: Path) -> None:
    """It would be well formed, and swallow every row between."""
    swallowed = "".join(row(str(place)) for place in range(2, 2 + MOST_LINES))
    text = HEADER + 's,t,1,1,"Ada,Example\n' + swallowed + 's,t,99,1,Ada",Example\n'
    with pytest.raises(Misused, match="quotes of the record in line 2"):
        survey(written(tmp_path, text))


def test_a_missing_file_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        survey(tmp_path / "none.csv")


def test_another_encoding_can_be_named(tmp_path: Path) -> None:
    path = written(tmp_path, (HEADER + row("1", "Zoë")).encode("windows-1252"))
    (only,) = survey(path, encoding="windows-1252").rows()
    assert only.values.text("given_name") == "Zoë"


def test_a_row_of_the_wrong_length_is_a_fault_of_that_row_alone(tmp_path: Path) -> None:
    extract = survey(written(tmp_path, HEADER + "s,t,1\n" + row("2")))
    short, whole = extract.rows()
    assert short.values.faults[0].description == "has 3 fields where the header has 6"
    assert whole.values.faults == []


def test_the_same_record_twice_is_a_fault_of_the_later_also_when_resumed(tmp_path: Path) -> None:
    extract = survey(written(tmp_path, HEADER + row("1") + row("2") + row(" 1 ")))
    first, second, third = extract.rows()
    assert not first.values.faults
    assert [fault.field for fault in third.values.faults] == ["local_id"]
    assert "line 2" in third.values.faults[0].description
    (again,) = extract.rows(second.following)
    assert again.values.faults == third.values.faults


def test_the_digest_changes_with_content_encoding_and_defaults(tmp_path: Path) -> None:
    header = "local_id,record_type,source_version\n1,t,1\n"
    one, other = written(tmp_path, header), written(tmp_path, header.replace("1,t", "2,t"), "other.csv")

    def digest(path: Path, system: str = "a", encoding: str = "utf-8") -> str:
        return survey(path, encoding=encoding, defaults={"system": system}).digest

    digests = {digest(one), digest(other), digest(one, "b"), digest(one, "a", "iso-8859-1")}
    assert len(digests) == 4
    assert digest(one) == digest(one)


def test_an_extract_prints_no_row(tmp_path: Path) -> None:
    extract: Extract = survey(written(tmp_path, HEADER + row("local-17")))
    (only,) = extract.rows()
    assert "local-17" not in repr(extract) + repr(only)


@given(cells=st.lists(st.text(st.characters(exclude_characters="\0\r", exclude_categories=["Cs"])), max_size=5))
def test_whatever_csv_writes_is_read_back(tmp_path_factory: pytest.TempPathFactory, cells: list[str]) -> None:
    import csv

    names = [name for name in cells if name.count("\n") < MOST_LINES // 2]
    path = tmp_path_factory.mktemp("csv") / "extract.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER.strip().split(","))
        writer.writerows(["s", "t", str(place), "1", name, "x"] for place, name in enumerate(names))
    extract = survey(path)
    assert [each.values.text("given_name") for each in extract.rows()] == [name.strip() for name in names]
