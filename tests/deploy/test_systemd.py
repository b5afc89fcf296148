"""The unit: accepted by systemd, shut in, and true to how the service lives, stops and stores."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

import pytest

from childindex.cli import service
from childindex.config import Config
from tests.deploy.tools import DEPLOY, run, tool

UNIT = DEPLOY / "childindex.service"
EXPOSURE = 15  # tenths; systemd calls below 20 OK
BIN = Path(sys.executable).parent


def settings() -> dict[str, list[str]]:
    """The unit's values by key."""
    found: dict[str, list[str]] = defaultdict(list)
    for line in UNIT.read_text().splitlines():
        key, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            found[key].append(value)
    return found


def the(key: str) -> str:
    """The only value of a key."""
    (value,) = settings()[key]
    return value


def test_systemd_accepts_it(tmp_path: Path) -> None:
    installed = tmp_path / UNIT.name
    installed.write_text(UNIT.read_text().replace("/opt/childindex/bin/childindex", str(BIN / "childindex")))
    done = run(tool("systemd-analyze", "systemd"), "verify", "--man=no", installed)
    said = [line for line in done.stderr.splitlines() if UNIT.name in line]
    assert done.returncode == 0, done.stderr
    assert said == []


def test_it_is_exposed_no_more_than_it_must_be() -> None:
    program = tool("systemd-analyze", "systemd")
    done = run(program, "security", "--offline=true", f"--threshold={EXPOSURE}", "--no-pager", UNIT)
    assert done.returncode == 0, done.stdout.splitlines()[-1]


def test_stopping_takes_as_long_as_both_tiers_may_need() -> None:
    defaults = Config.model_fields
    tier = defaults["notice_seconds"].default + defaults["drain_seconds"].default + service._KILL_AFTER
    assert int(the("TimeoutStopSec")) > 2 * tier
    assert the("KillSignal") == "SIGTERM"
    assert the("KillMode") == "mixed"  # or the writer would be stopped under the calls that the workers finish


def test_it_leaves_what_the_store_needs() -> None:
    found = settings()
    assert "LimitAS" not in found  # the map reserves 1 TiB of address space
    assert "MemoryMax" not in found  # its pages would count
    assert "ProcSubset" not in found  # the kernel's boot id must be readable
    assert {"AF_UNIX", "AF_INET", "AF_INET6"} == set(the("RestrictAddressFamilies").split())
    assert the("StateDirectory") == "childindex"
    assert the("ExecStart").endswith(" serve --var /var/lib/childindex")


def test_keys_and_details_stay_out_of_core_files_and_swap() -> None:
    assert the("LimitCORE") == "0"
    assert the("MemorySwapMax") == "0"
    assert the("UMask") == "0077"
    assert the("StateDirectoryMode") == the("RuntimeDirectoryMode") == "0700"


def test_every_setting_in_its_environment_is_one() -> None:
    spoken = dict(each.split("=", 1) for each in settings()["Environment"])
    ours = {name: value for name, value in spoken.items() if name.startswith("CHILDINDEX_")}
    config = Config.load(None, ours | {"CHILDINDEX_ENVIRONMENT": "development"})
    assert str(config.metrics_directory).startswith(f"/run/{the('RuntimeDirectory')}/")


def allowed_calls(program: str) -> set[str]:
    """The system calls that the unit's filter lets pass."""
    listed: dict[str, set[str]] = defaultdict(set)
    group = ""
    for line in run(program, "syscall-filter", "--no-pager").stdout.splitlines():
        if line.startswith("@"):
            group = line.strip()
        elif (name := line.strip()) and not name.startswith("#"):
            listed[group].add(name)

    def members(name: str) -> set[str]:
        return {name} if not name.startswith("@") else set().union(*map(members, listed[name]))

    allowed: set[str] = members("@default")
    for given in settings()["SystemCallFilter"]:
        groups: set[str] = set().union(*map(members, given.lstrip("~").split()))
        allowed = allowed - groups if given.startswith("~") else allowed | groups
    return allowed


# Refused, and done without: a memory node for the numeric library, and the event loop's second way to wait.
DONE_WITHOUT = {"mbind", "io_uring_setup", "io_uring_enter", "io_uring_register"}


@pytest.mark.slow
def test_the_service_asks_the_kernel_for_nothing_that_is_refused(tmp_path: Path) -> None:
    systemd, strace = tool("systemd-analyze", "systemd"), tool("strace", "strace")
    var, calls, log = tmp_path / "var", tmp_path / "calls", tmp_path / "log"
    made = run(BIN / "childindex", "init", "--var", var, "--development", "--port", "0", "--metrics-port", "0")
    assert made.returncode == 0, made.stderr
    refusals = "inject=" + ",".join(sorted(DONE_WITHOUT)) + ":error=EPERM"
    serve = [strace, "-f", "-qq", "-e", refusals, "-o", str(calls), str(BIN / "childindex"), "serve", "--var", str(var)]
    with log.open("wb") as told, subprocess.Popen(serve, stderr=told) as traced:
        try:
            ports = wait_for_ports(log, traced)
            health = subprocess.run([sys.executable, DEPLOY / "healthcheck.py"], env=os.environ | ports, check=False)
            child = int(Path(f"/proc/{traced.pid}/task/{traced.pid}/children").read_text().split()[0])
            os.kill(child, signal.SIGTERM)
            assert traced.wait(60) == 0
        finally:
            traced.kill()
    assert health.returncode == 0
    traced_lines = calls.read_text(errors="replace")
    asked = set(re.findall(r"^\d+ +([a-z0-9_]+)\(", traced_lines, re.MULTILINE))
    assert asked - DONE_WITHOUT <= allowed_calls(systemd)
    families = set(re.findall(r"socket\((AF_[A-Z0-9]+)", traced_lines))
    assert families <= set(the("RestrictAddressFamilies").split())
    assert not re.search(r"(mmap|mprotect)\(.*PROT_WRITE\|PROT_EXEC", traced_lines)  # MemoryDenyWriteExecute


def wait_for_ports(log: Path, running: "subprocess.Popen[bytes]") -> dict[str, str]:
    """The ports a service tells in its log, once it accepts calls, as the health check's environment."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and running.poll() is None:
        lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
        told = {line["event"]: str(line["port"]) for line in lines if "port" in line}
        if "SERVING" in told:
            return {
                "CHILDINDEX_LISTEN_PORT": told["SERVING"],
                "CHILDINDEX_METRICS_PORT": told["METRICS_SERVED"],
            }
        time.sleep(0.1)
    pytest.fail(log.read_text())
