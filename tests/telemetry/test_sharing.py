"""Metrics across processes that are really spawned, one of them killed; and without room on the disk."""

import subprocess
import sys
import textwrap
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from childindex import telemetry
from childindex.telemetry import sharing

# The parent imports the client library before it prepares, as a program that embeds the index may have done.
PARENT = """
import multiprocessing, os, signal, sys, urllib.request
from pathlib import Path
from childindex import telemetry
from childindex.telemetry import Level
from child import work

if __name__ == "__main__":
    early, directory = sys.argv[1] == "early", Path(sys.argv[2])
    if early:
        telemetry.call("Check", "OK", 0.001)  # too early: this process alone will have known
    telemetry.prepare(directory)
    endpoint = telemetry.serve(0)
    spawn = multiprocessing.get_context("spawn")
    ready, done = spawn.Semaphore(0), spawn.Semaphore(0)
    children = [spawn.Process(target=work, args=(number, ready, done)) for number in range(3)]
    for child in children:
        child.start()
    for child in children:
        ready.acquire()
    telemetry.level(Level.WORKERS, 3)
    telemetry.call("ResolveChild", "OK", 0.001)

    def scrape(title):
        print("##", title)
        print(urllib.request.urlopen(f"http://127.0.0.1:{endpoint.port}/metrics").read().decode())

    scrape("alive")
    os.kill(children[2].pid, signal.SIGKILL)
    children[2].join()
    telemetry.worker_died(children[2].pid)
    scrape("one dead")
    for child in children:
        done.release()
    for child in children:
        child.join()
    endpoint.close()
"""
CHILD = """
from childindex import telemetry
from childindex.telemetry import Level

def work(number, ready, done):
    for _ in range(100 * (number + 1)):
        telemetry.call("ResolveChild", "OK", 0.002)
    telemetry.decision("resolve", "MATCHED", number)
    if number == 2:
        telemetry.level(Level.JOURNAL_POSITION, 4242)
    ready.release()
    done.acquire(timeout=60)
"""


def run(folder: Path, *arguments: str) -> list[str]:
    (folder / "parent.py").write_text(textwrap.dedent(PARENT))
    (folder / "child.py").write_text(textwrap.dedent(CHILD))
    command = [sys.executable, "parent.py", *arguments]
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.split("##")[1:]


@pytest.mark.parametrize("when", ["early", "first"])
def test_the_numbers_of_all_processes_are_added_up(tmp_path: Path, when: str) -> None:
    shared = tmp_path / "metrics"
    shared.mkdir()
    (shared / "counter_1.db").write_bytes(b"left over by an earlier service")
    alive, one_dead = run(tmp_path, when, str(shared))
    for shown in (alive, one_dead):  # a dead worker's counts stay
        assert 'childindex_calls_total{code="OK",method="ResolveChild"} 601.0' in shown
        assert 'childindex_call_seconds_bucket{le="0.0025",method="ResolveChild"} 601.0' in shown
        assert 'childindex_decisions_total{decision="MATCHED",operation="resolve"} 3.0' in shown
        assert "childindex_candidates_sum 3.0" in shown
        assert "childindex_workers 3.0" in shown
    assert "childindex_journal_position 4242.0" in alive
    assert "childindex_journal_position" not in "".join(x for x in one_dead.splitlines(True) if x[0] != "#")


def test_the_directory_is_private_and_emptied(tmp_path: Path) -> None:
    program = "import sys, pathlib; from childindex import telemetry; telemetry.prepare(pathlib.Path(sys.argv[1]))"
    shared = tmp_path / "deep" / "metrics"
    for _ in range(2):
        subprocess.run([sys.executable, "-c", program, str(shared)], check=True, timeout=60)
        assert len(list(shared.glob("*.db"))) == 3
    assert shared.stat().st_mode & 0o777 == 0o700


def test_without_room_a_process_keeps_its_numbers_to_itself(tmp_path: Path) -> None:
    program = textwrap.dedent("""
        import pathlib, resource, signal, sys
        from childindex import telemetry
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 16, 1 << 16))
        telemetry.prepare(pathlib.Path(sys.argv[1]))
        telemetry.call("ResolveChild", "OK", 0.1)
    """)
    ended = subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False, timeout=60)
    assert ended.returncode == 0


def test_files_are_allocated_not_only_promised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(sharing._VARIABLE, str(tmp_path))
    assert sharing._reserved()
    for file in tmp_path.iterdir():
        assert file.stat().st_blocks * 512 >= file.stat().st_size == sharing._BYTES


def test_one_process_serves_its_own_numbers() -> None:
    assert sharing.directory() is None
    telemetry.call("FindRecords", "OK", 0.001)
    endpoint = telemetry.serve(0)
    address = f"http://127.0.0.1:{endpoint.port}/metrics"
    with urllib.request.urlopen(address, timeout=30) as answer:
        assert b'method="FindRecords"' in answer.read()
    with pytest.raises(OSError, match="in use"):
        telemetry.serve(endpoint.port)
    endpoint.close()
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(address, timeout=30)
    telemetry.worker_died(1)  # means nothing here, and does no harm
