"""The benches by name: which run, and that asking for help runs none."""

import sys
from collections.abc import Callable, Sequence

import pytest

from bench import __main__ as benches
from bench import operations, service, store, vault


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The parts that ran, instead of running them."""
    names: list[str] = []

    def noting(name: str) -> Callable[[Sequence[str]], None]:
        return lambda given: names.append(f"{name}{list(given)}")

    for name in benches.PARTS:
        monkeypatch.setitem(benches.PARTS, name, (name, noting(name)))
    return names


@pytest.mark.parametrize("asked", [["--help"], ["store", "--help"], ["hammer"], ["--rounds"]])
def test_help_and_unknown_parts_run_nothing(ran: list[str], asked: list[str]) -> None:
    with pytest.raises(SystemExit) as left:
        benches.main(asked)
    assert (ran, left.value.code) == ([], 0 if "--help" in asked else 2)


def test_parts_run_by_name_without_the_arguments_of_the_whole(ran: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["bench", "operations", "vault"])
    benches.main()
    assert ran == ["operations[]", "vault[]"]
    ran.clear()
    benches.main([])
    assert ran == [f"{name}[]" for name in ("vault", "store", "operations", "service")]


@pytest.mark.parametrize("part", [vault.main, store.main, operations.main, service.main])
def test_every_part_has_help_of_its_own(
    part: object, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert callable(part)
    with pytest.raises(SystemExit) as left:
        part(["--help"])
    assert left.value.code == 0
    assert "usage" in capsys.readouterr().out
