import pytest
from typer.testing import CliRunner

from childindex.cli.app import app
from childindex.cli.faults import REFUSED
from childindex.number import ALPHABET, ChildNumber, NumberType, suggest


def run(*words: str, typed: str | None = None) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["number", *words], input=typed)
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.parametrize("kind", NumberType)
def test_a_number_in_any_spelling_is_shown_in_one(kind: NumberType) -> None:
    number = ChildNumber.draw(kind)
    assert run("check", number.value.lower()) == (0, f"{number}  {kind.name.lower()}\n", "")
    assert run("check", "-", typed=f" {number} \n")[0] == 0


def test_one_wrong_symbol_gives_a_suggestion_for_a_person() -> None:
    number = ChildNumber.draw(NumberType.PERMANENT)
    wrong = number.value[:-1] + ALPHABET[(ALPHABET.index(number.value[-1]) + 1) % 32]
    assert suggest(wrong) == number
    code, out, err = run("check", wrong)
    assert (code, out) == (REFUSED, "")
    assert str(number) in err
    assert "ask" in err


def test_what_is_no_number_is_refused_without_a_suggestion() -> None:
    code, out, err = run("check", "Quillfeather")
    assert (code, out) == (REFUSED, "")
    assert "11 symbols" in err
    assert "Quillfeather" not in err


def test_only_test_numbers_are_drawn() -> None:
    code, out, _ = run("draw", "--count", "20")
    drawn = [ChildNumber.parse(line) for line in out.splitlines()]
    assert code == 0
    assert len(set(drawn)) == 20
    assert {number.type for number in drawn} == {NumberType.TEST}
