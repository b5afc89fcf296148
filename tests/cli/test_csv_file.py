"""Files are read whole or refused with what is wrong and where; never with what they hold."""

import gzip
from pathlib import Path

import pytest

from childindex.cli.csv_file import read_columns
from childindex.cli.faults import Misused


def test_blanks_around_headers_and_values_are_no_part_of_them(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b'\xef\xbb\xbf id , name\r\n1, Ann Lee \r\n\r\n2,"O\'Brien, ""Mo"""\r\n')
    assert read_columns(path) == {"id": ["1", "2"], "name": ["Ann Lee", 'O\'Brien, "Mo"']}


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_cells_are_separated_by_what_separates_the_header(separator: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = [["id", '"a, b"', "c"], ["1", '"x;y"', '"p\tq|r"'], ["2", "", "z"]]
    path.write_text("\ufeff\n" + "\n".join(separator.join(row) for row in rows), encoding="utf-8")
    assert read_columns(path) == {"id": ["1", "2"], "a, b": ["x;y", ""], "c": ["p\tq|r", "z"]}


def test_a_header_of_one_column_is_separated_by_commas(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('name\n"Lee; Ann"\nLee|Ann\n')
    assert read_columns(path) == {"name": ["Lee; Ann", "Lee|Ann"]}


def test_a_column_without_a_name_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(",id,name,\n0,1,Ann,\n1,2,Bo,x\n")
    assert read_columns(path) == {"id": ["1", "2"], "name": ["Ann", "Bo"]}


def test_gzip_is_known_by_its_first_bytes(tmp_path: Path) -> None:
    path = tmp_path / "named_otherwise.csv"
    path.write_bytes(gzip.compress(b"id\n1\n"))
    assert read_columns(path) == {"id": ["1"]}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty; its first line must name the columns"),
        (b"id,name\n", "has a header and no records"),
        (b"id,name\n1,Secret\n2\n", "record 2 has 1 fields where the header has 2"),
        (b"id,id\n1,Secret\n", "column 2 has the same name"),
        (b",\n1,Secret\n", "no column has a name"),
        (b"id;id\n1;Secret\n", "column 2 has the same name"),
        (b"id;name\n1,Secret\n", "record 1 has 1 fields where the header has 2"),
        (b"id,name\n1,\xe9Secret\n", "not written in UTF-8"),
        ("id,name\n1,Secret\n".encode("utf-16"), "UTF-16"),
        (b"PK\x03\x04Secret", "spreadsheet"),
        (gzip.compress(b"id,name\n1,Secret\n" * 50, mtime=0)[:-12], "gzip compression cannot be undone"),
        (gzip.compress(b"id,name\n1,Secret\n", mtime=0)[:12] + b"Secret!!" * 9, "gzip compression cannot be undone"),
        (b'id,name\n1,"Secret\n', "quotes are not balanced"),
        (b'id,name\n1,"Secret"more\n', "quotes are not balanced"),
        (b"id,name\n1," + b"Secret" * 50_000, "a field is far too long"),
    ],
)
def test_what_cannot_be_read_is_refused_and_not_quoted(content: bytes, told: str, tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    with pytest.raises(Misused) as refused:
        read_columns(path)
    assert told in str(refused.value)
    assert str(refused.value).startswith("file.csv")
    assert "Secret" not in str(refused.value)
