"""What the documents say is so: their programs run, their commands, metrics, folders and links exist."""

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from bench.demo import ground
from childindex.cli import faults
from childindex.cli.app import app
from tests.cli.founded import Service, found, run, serve
from tests.deploy.test_prometheus import sample_names


def ours(pattern: str) -> list[str]:
    """The repository's files of a pattern, new ones too."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", pattern]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()


ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
DOCUMENTS = [ROOT / name for name in ours("*.md")]
SCHOOL, SOCIAL_CARE = "oakfield-school", "borough-social-care"
each_document = pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))


def blocks(text: str, language: str) -> list[str]:
    """The fenced programs of a language."""
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def section(title: str) -> str:
    """The text under a heading."""
    return README.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


def commands(text: str) -> list[list[str]]:
    """Every command line of `childindex`, in programs and between backticks, without its comment."""
    lines = "\n".join(blocks(text, "sh")).replace("\\\n", " ").splitlines()
    lines += re.findall(r"`(childindex [^`]*)`", text)
    found = (re.search(r"(?:^|\s)(?:\S*/childindex|childindex|as) ([a-z].*)", line) for line in lines)
    return [shlex.split(each[1], comments=True) for each in found if each]


def test_what_it_is_takes_ten_lines() -> None:
    introduction = README.split("\n## ", 1)[0].strip().splitlines()
    assert len([line for line in introduction[1:] if line]) <= 10


def test_the_two_commands_are_the_first_and_exist() -> None:
    made = re.findall(r"(?m)^make (\w+)", section("Two commands"))
    assert made == ["run", "test"]


@each_document
def test_every_target_of_make_exists(path: Path) -> None:
    targets = set(re.findall(r"(?m)^([a-z-]+):.*##", (ROOT / "Makefile").read_text()))
    assert set(re.findall(r"(?m)(?:`|^)make ([a-z-]+)", path.read_text())) <= targets


@each_document
def test_every_command_exists_with_its_options(path: Path) -> None:
    for words in commands(path.read_text()):
        command = typer.main.get_command(app)
        while isinstance(command, TyperGroup) and words and not words[0].startswith("-"):
            name = words.pop(0)
            assert name in command.commands, f"childindex has no {name}"
            command = command.commands[name]
        known = {option for parameter in command.params for option in parameter.opts} | {"--help"}
        given = {word for word in words if word.startswith("--")}
        assert given <= known, f"{command.name}: {given - known}"


@each_document
def test_every_module_that_is_run_exists(path: Path) -> None:
    for name in re.findall(r"python -m (bench[\w.]*)", path.read_text()):
        place = ROOT.joinpath(*name.split("."))
        assert place.with_suffix(".py").is_file() or (place / "__main__.py").is_file(), name


@each_document
def test_every_metric_named_exists(path: Path) -> None:
    assert set(re.findall(r"`(childindex_[a-z_]+)`", path.read_text())) <= sample_names()


@each_document
def test_every_link_leads_somewhere(path: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", path.read_text())
    assert [link for link in links if "://" not in link and not (path.parent / link).exists()] == []


def test_the_figures_are_those_of_the_results() -> None:
    text = (ROOT / "bench" / "README.md").read_text()
    rows = re.findall(r"(?m)^\| \[[^]]+\]\((results/linkage-[^)]+\.json)\) \|(.*)\|$", text)
    assert rows
    for file, cells in rows:
        told = [cell.strip().replace(",", "") for cell in cells.split("|")]
        result = json.loads((ROOT / "bench" / file).read_text())
        names = ("seed", "children", "linkable", "linked", "wrong", "recall", "review_rate")
        beside = ("judged", "recall", "core_recall", "review_rate", "core_review_rate", "wrong")
        oracle = [str(result["oracle"][name]) if "oracle" in result else "not run" for name in beside]
        identifiers = "with" if result["identifiers"] else "without"
        assert told == [identifiers, *(str(result[name]) for name in names), *oracle], file
        assert result["digest"] in text


def test_the_figures_of_twins_are_those_of_the_result() -> None:
    text = (ROOT / "bench" / "README.md").read_text()
    (row,) = re.findall(r"(?m)^\| \[[^]]+\]\((results/twins-[^)]+\.json)\) \|(.*)\|$", text)
    result = json.loads((ROOT / "bench" / row[0]).read_text())
    names = (
        "seed", "twin_pairs", "similar_names_share", "placeholders_share", "linked", "twins_merged",
        "twins_merged_bearing_the_others_name", "sibling_pairs", "siblings_merged", "strangers_merged",
    )  # fmt: skip
    assert [cell.strip().replace(",", "") for cell in row[1].split("|")] == [str(result.get(n, 0)) for n in names]
    assert result["digest"] in text


def test_the_layout_is_the_folders() -> None:
    told = {row.rstrip("/") for row in re.findall(r"(?m)^\| `([^`]+)` \|", section("The layout"))}
    folders = {"src/childindex/*.py"}
    for parent in (ROOT, ROOT / "src" / "childindex"):
        names = [str(each.relative_to(ROOT)) for each in parent.iterdir() if each.is_dir()]
        folders |= {name for name in names if ours(name)}
    assert told == folders - {"src", ".ci"}


def test_the_exit_codes_are_those_of_the_program() -> None:
    told = re.search(r"Exit codes: (.*?)\.", README, re.DOTALL)
    assert told
    assert [int(code) for code in re.findall(r"\b\d+\b", told[1])] == [
        0,
        faults.REFUSED,
        faults.SOME_REJECTED,
        faults.PROBLEMS,
        faults.FAULT,
    ]


def test_the_clients_program_is_short_and_about_the_demonstration() -> None:
    (program,) = blocks(section("An agency's client"), "python")
    assert len([line for line in program.splitlines() if line.strip()]) <= 15
    assert f'"localhost:{ground._PORTS["CHILDINDEX_LISTEN_PORT"]}"' in program
    assert SOCIAL_CARE in ground.CUSTODIANS


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """An index with the demonstration's policy, and one child in it that the school knows."""
    served = serve(found(tmp_path / "var", ground.POLICY.read_text()))
    try:
        child = ["given_name=Violet", "family_name=Laing", "birth_date=2019-11-09", "sex=female", "postcode=SK10 1DL"]
        key = ["system=pupils", "record_type=school.pupil", "local_id=P1", "source_version=1"]
        code, _, err = run("register", *served.as_(SCHOOL, purpose="education"), *key, *child)
        assert code == 0, err
        served.to(SOCIAL_CARE)
        yield served
    finally:
        assert served.stop() == 0


def test_the_clients_program_finds_the_child(service: Service, tmp_path: Path) -> None:
    (program,) = blocks(section("An agency's client"), "python")
    program = re.sub(r'"localhost:\d+"', f'"{service.target}"', program)
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    number, *held = done.stdout.splitlines()
    assert re.fullmatch(r"C\w{3}-\w{3}-\w{4}", number)
    assert held == ["Oakfield School school.pupil 01632 960001"]
