"""Walls of the house that import-linter does not know: sizes, names, words, and what may not be committed."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "childindex"
MODULES = {
    path.relative_to(SOURCE).as_posix(): path.read_text()
    for path in sorted(SOURCE.rglob("*.py"))
    if "v1" not in path.relative_to(SOURCE).parts  # generated
}
TREES = {name: ast.parse(text) for name, text in MODULES.items()}
LINES = 350
PUBLIC = 7
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "base", "manager", "misc", "tools", "stuff", "core"}

# More public names than `PUBLIC`, and why they are one thing nevertheless.
CROWDED = {
    "api/responses.py": "one function for each message of the wire",
    "operations/answers.py": "what operations answer: values only",
    "operations/child.py": "reading and writing the parts of one child",
    "operations/recognise.py": "the steps that resolving and registering share",
    "pointer.py": "a noun and its closed lists",
    "store/commit.py": "the parts of a commit: values only",
    "store/journal.py": "the journal's life: begun, read, renewed, written",
    "store/layout.py": "every key and value of the store, encoded and decoded side by side",
    "store/segment.py": "the frames of a segment",
    "telemetry/metrics.py": "one function for each thing that is counted",
}

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def public(tree: ast.Module | ast.ClassDef) -> list[Definition]:
    """The public functions and classes defined directly in a module or class."""
    return [node for node in tree.body if isinstance(node, Definition) and not node.name.startswith("_")]


def undocumented(tree: ast.Module) -> Iterator[str]:
    """What is public in a module and does not say what it means."""
    if not ast.get_docstring(tree):
        yield "the module"
    for node in public(tree):
        within = public(node) if isinstance(node, ast.ClassDef) else []
        yield from (each.name for each in (node, *within) if not ast.get_docstring(each))


def committed() -> list[tuple[str, str]]:
    """Names and texts of the repository's files, but this one and compressed tables."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    paths = [ROOT / each for each in listed.split("\0") if each and not each.endswith(".gz")]
    return [
        (str(path.relative_to(ROOT)), path.read_text(errors="replace"))
        for path in paths
        if path.is_file() and path != Path(__file__)
    ]


def test_a_module_is_read_in_one_sitting() -> None:
    assert [name for name, text in MODULES.items() if len(text.splitlines()) > LINES] == []


def test_a_module_is_about_one_thing() -> None:
    crowded = {name for name, tree in TREES.items() if len(public(tree)) > PUBLIC}
    assert crowded - set(CROWDED) == set()
    assert set(CROWDED) - crowded == set(), "needs no excuse any more"


def test_names_say_what_is_inside() -> None:
    assert [name for name in MODULES if set(name.removesuffix(".py").split("/")) & EMPTY_NAMES] == []


def test_whatever_is_public_says_what_it_means() -> None:
    silent = {name: list(undocumented(tree)) for name, tree in TREES.items() if name != "api/servicer.py"}
    assert {name: found for name, found in silent.items() if found} == {}  # the servicer's methods: see proto/


def test_every_room_opens_with_what_it_is() -> None:
    doors = {name: ast.get_docstring(tree) or "" for name, tree in TREES.items() if name.endswith("__init__.py")}
    assert [name for name, told in doors.items() if len(told) < 40] == []


def test_only_the_command_line_speaks() -> None:
    for name, tree in TREES.items():
        if name.startswith("cli/"):
            continue
        calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
        assert not {call.id for call in calls if isinstance(call, ast.Name)} & {"print", "input", "breakpoint"}, name
        assert "sys.stdout" not in ast.unparse(tree), name


FORBIDDEN = {
    "a path of somebody's machine": r"(?<![\w.])/(?:work|root|home|Users)/\w",
    "a package registry": r"(?i)\bpypi\b|pythonhosted|--(?:extra-)?index-url|--find-links",
    "a task that is not the reader's": r"\bTODO\b|\bFIXME\b|(?i:\b(?:next|this) issue\b|\bissues? #?\d)",
    "how it came to be": r"(?i)shared/design|design notes?\b|\b(?:coding|AI) (?:agent|session)s?\b|contracts\.md",
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_nothing_committed_holds(what: str) -> None:
    pattern = re.compile(FORBIDDEN[what])
    lines = ((name, number, line) for name, text in committed() for number, line in enumerate(text.splitlines(), 1))
    assert [f"{name}:{number}" for name, number, line in lines if pattern.search(line)] == []


def test_no_key_and_no_store_is_committed() -> None:
    private = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/]{20}")
    kinds = (".pem", ".key", ".mdb", ".journal")
    assert [name for name, text in committed() if name.endswith(kinds) or private.search(text)] == []


def test_an_index_made_here_is_not_committed_by_mistake() -> None:
    ignored = subprocess.run(["git", "check-ignore", "-q", "var/keys/keyset.json"], cwd=ROOT, check=False)
    assert ignored.returncode == 0
