import io
import sys
from pathlib import Path

import pytest

from childindex.cli.columns import details
from childindex.cli.faults import Misused
from childindex.cli.given import MOST_BYTES, complete, given
from childindex.cli.row import DETAIL_COLUMNS
from childindex.demographics import PartialDate


def test_arguments_replace_what_the_file_says(tmp_path: Path) -> None:
    file = tmp_path / "child.json"
    file.write_text('{"given_name": "Ada", "former_family_names": ["Sample", "Specimen"], "sex": null}')
    row = given(DETAIL_COLUMNS, ["given_name=Adah=x"], file)
    child = details(row)
    assert (child.given_name, child.former_family_names) == ("Adah=x", ("Sample", "Specimen"))
    complete(row)


def test_toml_knows_dates(tmp_path: Path) -> None:
    file = tmp_path / "child.toml"
    file.write_text('given_name = "Ada"\nbirth_date = 2016-05-04\nuprn = 17\n')
    child = details(given(DETAIL_COLUMNS, None, file))
    assert (child.birth_date, child.uprn) == (PartialDate(2016, 5, 4), "17")


def test_standard_input_is_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b'{"given_name": "Ada"}')))
    assert given(DETAIL_COLUMNS, None, Path("-")).text("given_name") == "Ada"


@pytest.mark.parametrize(
    "content",
    [
        b"Secret",
        b'{"given_name": "Secret"',
        b'["Secret"]',
        b'{"given_name": {"a": "Secret"}}',
        b'{"given_name": ["Secret|x"]}',
        b'{"given_name": [1, "Secret"]}',
        b'{"given_name": true, "x": "Secret"}',
        b'{"Secret": "x"}',
        b"\xff\xfeSecret",
        b"[" * 100_000,
        b" " * MOST_BYTES + b'{"given_name": "Secret"}',
        b"{}",
    ],
)
def test_a_file_that_is_none_is_refused_without_telling_what_it_holds(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "child.json"
    file.write_bytes(content)
    with pytest.raises(Misused) as refused:
        given(DETAIL_COLUMNS, None, file)
    told = f"{refused.value} {refused.value.violations}"
    assert "Secret" not in told or b'"Secret": "x"' in content


def test_nothing_given_arguments_without_a_column_and_unknown_columns() -> None:
    with pytest.raises(Misused, match="nothing is given"):
        given(DETAIL_COLUMNS, None, None)
    with pytest.raises(Misused, match="argument 2 is not"):
        given(DETAIL_COLUMNS, ["given_name=a", "Secret"], None)
    with pytest.raises(Misused) as refused:
        given(DETAIL_COLUMNS, ["famly_name=Secret"], None)
    assert "perhaps family_name" in refused.value.violations[0].description
    assert "Secret" not in f"{refused.value} {refused.value.violations}"


def test_what_cannot_be_read_is_told_before_anything_is_sent() -> None:
    row = given(DETAIL_COLUMNS, ["birth_date=yesterday"], None)
    details(row)
    with pytest.raises(Misused) as refused:
        complete(row)
    assert [violation.field for violation in refused.value.violations] == ["birth_date"]
