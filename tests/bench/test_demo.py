"""The demonstration: its measure of quality, and all of it as `make run` does it, with fewer children."""

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.demo import quality
from bench.demo.ground import CUSTODIANS, POLICY, STEWARD, STRANGER
from childindex.operations.directory import Document


def test_quality_counts_pairs() -> None:
    truth = {("a", "1"): 1, ("a", "2"): 1, ("b", "3"): 1, ("b", "4"): 2, ("b", "5"): 2, ("b", "6"): 3}
    numbers = {("a", "1"): "C1", ("a", "2"): "C1", ("b", "3"): "C2", ("b", "4"): "C2", ("b", "5"): "C3"}
    found = quality.measure(numbers, truth, ("a", "b"))
    assert (found.records, found.children, found.numbers) == (5, 2, 3)
    assert (found.true_pairs, found.linked_pairs, found.right_pairs) == (3 + 1, 1 + 1, 1)
    assert (found.precision, found.recall) == (1 / 2, 1 / 4)
    assert quality.measure({}, {}, ()).precision == 1.0


def test_a_child_counts_as_recognised_when_a_later_custodian_gets_a_number_it_had() -> None:
    truth = {("a", "1"): 1, ("a", "2"): 2, ("b", "1"): 1, ("b", "2"): 2, ("b", "3"): 1, ("c", "1"): 1, ("c", "9"): 9}
    numbers = {
        ("a", "1"): "C1", ("a", "2"): "C2", ("b", "1"): "P3", ("b", "2"): "C2", ("b", "3"): "P4", ("c", "1"): "P3",
        ("c", "9"): "C9",
    }  # fmt: skip
    found = quality.measure(numbers, truth, ("a", "b", "c"))
    assert (found.known, found.recognised) == (3, 2)
    backwards = quality.measure(numbers, truth, ("c", "b", "a"))
    assert (backwards.known, backwards.recognised) == (3, 2)


def test_the_policy_names_everybody_and_gives_the_stranger_nothing() -> None:
    document = Document.parse(POLICY.read_bytes())
    assert {custodian.id for custodian in document.custodians} == {*CUSTODIANS, STEWARD, STRANGER}
    parties = {party for agreement in document.agreements for party in agreement.parties}
    assert parties == {*CUSTODIANS, STEWARD}


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


@pytest.fixture(scope="module")
def environment() -> dict[str, str]:
    ports = {"CHILDINDEX_LISTEN_PORT": str(free_port()), "CHILDINDEX_METRICS_PORT": str(free_port())}
    return os.environ | ports


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    var = tmp_path_factory.mktemp("demo") / "var"
    return [sys.executable, "-m", "bench.demo", "--var", str(var), "--children", "400"]


def once(words: list[str], environment: dict[str, str]) -> str:
    ran = subprocess.run([*words, "--once"], check=False, capture_output=True, text=True, env=environment)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


@pytest.fixture(scope="module")
def first(words: list[str], environment: dict[str, str]) -> str:
    return once(words, environment)


@pytest.fixture(scope="module")
def serving(words: list[str], environment: dict[str, str], first: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """A demonstration that goes on serving, and what it said before."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment)
    said, deadline = "", time.monotonic() + 120
    assert process.stdout is not None
    while "Serving until Ctrl-C" not in said and time.monotonic() < deadline and process.poll() is None:
        said += process.stdout.readline()
    yield process, said
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        process.wait(60)
    process.stdout.close()


def counts(said: str) -> list[str]:
    """The lines of counts, without times."""
    return re.findall(r"(?m)^ *(?:records registered|numbers issued|reviews|precision|recall).*$", said)


@pytest.mark.slow
def test_the_show_tells_everything_it_promises(first: str) -> None:
    wanted = [
        "What the machine caller is told",
        "MATCHED",
        "What a steward may see",
        "so far",
        "Which custodians hold records",
        "Other services may hold records",
        "What a caller without an agreement is told",
        "NO_AGREEMENT",
        "precision",
        "recall",
        "metrics at http://",
    ]
    assert [part for part in wanted if part not in first] == []
    assert len(re.findall(r"(?m)^[a-z-]+: [\d,]+ records registered", first)) == len(CUSTODIANS)
    precision = re.search(r"precision +([\d.]+)", first)
    recall = re.search(r"recall +([\d.]+)", first)
    assert precision is not None
    assert recall is not None
    assert float(precision[1]) >= 0.999
    assert float(recall[1]) >= 0.85


@pytest.mark.slow
def test_a_second_run_registers_nothing_twice_with_and_without_its_progress(
    words: list[str], environment: dict[str, str], first: str
) -> None:
    second = once(words, environment)
    assert second.count("nothing to do") == len(CUSTODIANS)
    var = Path(words[words.index("--var") + 1])
    for progress in (var / "demo").glob("*.progress"):
        progress.unlink()
    third = once(words, environment)
    assert third.count("records registered, ") >= len(CUSTODIANS)
    assert counts(first) == counts(second) == counts(third)


@pytest.mark.slow
def test_while_it_serves_the_three_commands_work_and_no_other_can_start(
    words: list[str], environment: dict[str, str], serving: tuple["subprocess.Popen[str]", str]
) -> None:
    process, said = serving
    tries = [line for line in said.splitlines() if "childindex " in line and "--" in line]
    assert len(tries) == 3
    for line in tries:
        ran = subprocess.run(shlex.split(line), check=False, capture_output=True, text=True, env=environment)
        assert ran.returncode == 0, ran.stderr
        assert ran.stdout
    other = subprocess.run([*words, "--once"], check=False, capture_output=True, text=True, env=environment)
    assert (other.returncode, "Address already in use" in other.stderr) == (2, True)
    elsewhere = environment | {"CHILDINDEX_LISTEN_PORT": str(free_port()), "CHILDINDEX_METRICS_PORT": str(free_port())}
    other = subprocess.run([*words, "--once"], check=False, capture_output=True, text=True, env=elsewhere)
    assert (other.returncode, "is already served" in other.stderr) == (2, True)
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0
