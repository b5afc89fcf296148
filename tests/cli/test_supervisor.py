"""The supervisor with real processes: order, replacement, and that nobody outlives it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from childindex.cli.claims import claim_directory

Run = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """Starts supervisors in process groups of their own, and leaves none behind."""
    started: list[subprocess.Popen[str]] = []

    def start(kind: str = "steady") -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "tests.cli.supervised", str(tmp_path), kind]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def diary(folder: Path) -> list[list[str]]:
    """What the processes noted."""
    path = folder / "diary"
    return [line.split() for line in path.read_text().splitlines()] if path.exists() else []


def until(wanted: Callable[[], bool], what: str) -> None:
    """Wait for it."""
    for _ in range(1500):
        if wanted():
            return
        time.sleep(0.02)
    raise AssertionError(f"never happened: {what}")


def pids(folder: Path, word: str) -> dict[str, int]:
    """The last process of each name that noted the word."""
    return {name: int(pid) for name, said, pid in diary(folder) if said == word}


def alive(pid: int) -> bool:
    """Whether the process runs (a zombie does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def started(folder: Path) -> None:
    """Wait until all three processes work."""
    until(lambda: "all" in pids(folder, "working"), "all ready")


@pytest.mark.parametrize("how", ["terminate", "interrupt the group"])
def test_starts_and_stops_in_order(run: Run, tmp_path: Path, how: str) -> None:
    process = run()
    started(tmp_path)
    if how == "terminate":
        process.terminate()
    else:
        os.killpg(process.pid, signal.SIGINT)
    assert process.wait(20) == 0
    lines = [(name, word) for name, word, _ in diary(tmp_path)]
    assert lines[:2] == [("supervisor", "starts"), ("writer", "ready")]
    assert sorted(lines[2:4]) == [("first", "ready"), ("second", "ready")]
    assert lines[4] == ("all", "working")
    assert sorted(lines[5:7]) == [("first", "stopped"), ("second", "stopped")]
    assert lines[7:] == [("writer", "stopped")]


@pytest.mark.parametrize("name", ["first", "writer"])
def test_replaces_what_dies(run: Run, tmp_path: Path, name: str) -> None:
    process = run()
    started(tmp_path)
    before = pids(tmp_path, "ready")
    os.kill(before[name], signal.SIGKILL)
    until(lambda: pids(tmp_path, "ready")[name] != before[name], "replaced")
    after = pids(tmp_path, "ready")
    assert {key for key in before if before[key] != after[key]} == {name}
    process.terminate()
    assert process.wait(20) == 0
    assert not any(map(alive, after.values()))


def test_nobody_outlives_a_killed_supervisor(run: Run, tmp_path: Path) -> None:
    process = run("deaf")
    started(tmp_path)
    process.kill()
    process.wait(20)
    lock = claim_directory(tmp_path, patience=20.0)  # free only when all are gone
    assert not any(map(alive, pids(tmp_path, "ready").values()))
    os.close(lock.descriptor)


def test_second_supervisor_is_refused(run: Run, tmp_path: Path) -> None:
    first = run()
    started(tmp_path)
    second = run()
    _, error = second.communicate(timeout=20)
    assert second.returncode == 1
    assert f"{tmp_path} is already served, by process {first.pid}" in error
    assert [name for name, word, _ in diary(tmp_path) if word == "starts"] == ["supervisor"]


@pytest.mark.parametrize(("kind", "words"), [("stillborn", "the keyset is another's"), ("broken", "ValueError")])
def test_a_start_that_fails_is_told_and_leaves_nobody(run: Run, tmp_path: Path, kind: str, words: str) -> None:
    process = run(kind)
    _, error = process.communicate(timeout=30)
    assert process.returncode == 1
    assert error.strip().endswith(f"could not start: {words}")
    assert "Zebrafinchcanary" not in error
    assert not alive(pids(tmp_path, "ready")["writer"])


def test_what_does_not_end_in_time_is_killed(run: Run, tmp_path: Path) -> None:
    process = run("deaf")
    started(tmp_path)
    process.terminate()
    assert process.wait(20) == 0
    assert diary(tmp_path)[-1][:2] == ["writer", "stopped"]
    assert not any(map(alive, pids(tmp_path, "ready").values()))


def test_who_is_killed_while_it_starts_is_replaced(run: Run, tmp_path: Path) -> None:
    process = run("shot")
    started(tmp_path)
    begun = [name for name, said, _ in diary(tmp_path) if said == "begun"]
    assert sorted(begun) == ["first", "first", "second", "second"]
    process.terminate()
    assert process.wait(20) == 0
