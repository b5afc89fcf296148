import os
import subprocess
import sys
from collections.abc import Callable

import pytest
import typer
from typer.testing import CliRunner

from childindex.cli import faults
from childindex.cli.app import app
from childindex.cli.faults import FAULT, INTERRUPTED, REFUSED, Misused, Told
from childindex.client import ClientError
from childindex.errors import Error, InvalidFields, Reason, Violation

COMMANDS = [
    *("init", "serve", "load", "register", "withdraw", "resolve", "explain", "verify", "find", "own", "changes"),
    *("fsck", "stats", "copy", "settle", "train", "evaluate", "number", "policy", "custodian"),
]


def test_every_command_is_listed_and_explains_itself() -> None:
    listed = CliRunner().invoke(app, ["--help"], env={"COLUMNS": "200"})
    assert listed.exit_code == 0
    for command in COMMANDS:
        assert f" {command} " in listed.output
        told = CliRunner().invoke(app, [command, "--help"])
        assert told.exit_code == 0, told.output


def test_help_waits_for_no_heavy_library() -> None:
    heavy = "{'grpc', 'numpy', 'lmdb', 'cryptography', 'rapidfuzz', 'prometheus_client', 'structlog', 'pydantic'}"
    code = f"""
import sys
sys.argv = ["childindex", "--help"]
from childindex.__main__ import main
try:
    main()
except SystemExit as done:
    assert not done.code
print(sorted({heavy} & sys.modules.keys()), file=sys.stderr)
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stderr.strip() == "[]"


def test_the_core_of_grpc_prints_nothing_but_what_it_is_asked_to() -> None:
    code = """
import os, sys
sys.argv = ["childindex", "--help"]
from childindex.__main__ import main
try:
    main()
except SystemExit:
    print(os.environ["GRPC_VERBOSITY"], file=sys.stderr)
"""
    for given, kept in (({}, "NONE"), ({"GRPC_VERBOSITY": "DEBUG"}, "DEBUG")):
        environment = {name: text for name, text in os.environ.items() if name != "GRPC_VERBOSITY"} | given
        ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
        assert ran.stderr.strip() == kept


def failing(error: BaseException) -> Callable[[], None]:
    def command() -> None:
        raise error

    return command


def run(error: BaseException) -> tuple[int, list[str]]:
    """Exit code and lines of a command that fails so."""
    failed = typer.Typer(cls=Told, pretty_exceptions_enable=False)
    failed.command("a")(failing(error))
    failed.command("b")(failing(error))
    result = CliRunner().invoke(failed, ["a"])
    return result.exit_code, result.stderr.splitlines()


@pytest.mark.parametrize(
    ("error", "lines"),
    [
        (Error(Reason.DRAINING, "closing"), ["childindex: DRAINING: closing"]),
        (
            InvalidFields([Violation("a.b", "is bad"), Violation("c", "too")]),
            ["childindex: INVALID_FIELDS: 2 fields invalid: a.b, c", "  a.b: is bad", "  c: too"],
        ),
        (Misused("no such thing", [Violation("x", "y")]), ["childindex: no such thing", "  x: y"]),
        (FileNotFoundError(2, "No such file or directory", "f.csv"), ["childindex: f.csv: No such file or directory"]),
        (
            ClientError("OVERLOADED", "busy", code="RESOURCE_EXHAUSTED", retry_after=2.0),
            ["childindex: OVERLOADED: busy", "  try again in 2 s"],
        ),
        (
            ClientError(
                "TOO_LITTLE_TO_IDENTIFY",
                "too little",
                code="INVALID_ARGUMENT",
                metadata={"advice": "ADD_BIRTH_DATE,ADD_POSTCODE"},
                violations=(Violation("demographics", "tells too little"),),
            ),
            ["childindex: TOO_LITTLE_TO_IDENTIFY: too little", "  add birth date, postcode"],
        ),
        (
            ClientError("INVALID_FIELDS", "bad", code="INVALID_ARGUMENT", violations=(Violation("a", "b"),)),
            ["childindex: INVALID_FIELDS: bad", "  a: b"],
        ),
    ],
)
def test_an_expected_fault_is_one_line_with_its_fields_and_code_2(error: Exception, lines: list[str]) -> None:
    assert run(error) == (REFUSED, lines)


def test_an_unexpected_fault_tells_types_and_places_but_not_its_message() -> None:
    code, lines = run(ValueError("Quillfeather"))
    assert code == FAULT
    told = "\n".join(lines)
    assert "builtins.ValueError" in told
    assert "test_app" in told
    assert "Quillfeather" not in told


def test_ctrl_c_is_quiet() -> None:
    assert run(KeyboardInterrupt()) == (INTERRUPTED, [])


def test_misuse_of_options_is_told_by_typer() -> None:
    result = CliRunner().invoke(app, ["resolve", "--nonsense"])
    assert result.exit_code == 2
    assert "nonsense" in result.stderr


def test_a_client_error_is_unknown_while_nobody_asked_an_index(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "childindex.client")
    assert faults.lines_of(RuntimeError("x")) is None
