"""The dangerous import stays behind the vault's door, and the vault stays blind to time, logs and networks."""

import ast
from functools import cache
from pathlib import Path

import childindex

SOURCE = Path(childindex.__file__).parent
VAULT = SOURCE / "vault"


@cache
def imported(path: Path) -> frozenset[str]:
    """Full names of the modules that a module imports, wherever in it the imports stand."""
    nodes = list(ast.walk(ast.parse(path.read_text())))
    whole = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return frozenset(
        whole | {f"{node.module}" for node in nodes if isinstance(node, ast.ImportFrom) and not node.level}
    )


def importers(package: str, folder: Path = SOURCE) -> set[Path]:
    return {
        path
        for path in folder.rglob("*.py")
        if any(name == package or name.startswith(package + ".") for name in imported(path))
    }


def test_only_the_vault_imports_cryptography() -> None:
    users = importers("cryptography")
    assert users
    assert [path for path in users if not path.is_relative_to(VAULT)] == []


def test_the_one_insecure_mode_is_in_one_module() -> None:
    users = [path.name for path in importers("cryptography") if "ECB" in path.read_text()]
    assert users == ["rows.py"]


def test_the_vault_reads_no_clock_writes_no_log_and_opens_no_connection() -> None:
    for package in ("time", "logging", "structlog", "socket", "grpc", "prometheus_client", "childindex.telemetry"):
        assert importers(package, VAULT) == set()
    clocks = {"now", "today", "utcnow"}
    for path in VAULT.glob("*.py"):
        calls = [node.func for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
        assert [call.attr for call in calls if isinstance(call, ast.Attribute) and call.attr in clocks] == []


def test_secrets_are_drawn_from_the_system_alone() -> None:
    assert importers("random", VAULT) == importers("numpy.random", VAULT) == set()
