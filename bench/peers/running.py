"""Runs a peer in its own environment, and says what everything was measured with."""

import os
import resource
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from platform import machine, python_version

ROOT = Path(__file__).parents[2]
MEMORY_GB = 12  # that a peer may take
_NO_MEMORY = 3  # exit code of a peer that ran out of it
PEERS = ROOT / ".venv-peers" / "bin" / "python"


def run_peer(tool: str, name: str, directory: Path, *options: str, limit: float | None = None) -> bool:
    """Have a tool link the set of this name in the directory; False where `limit` seconds or the memory did not do.

    Raises `FileNotFoundError` when the peers are not installed, `CalledProcessError` when the tool fails.
    """
    if not PEERS.exists():
        raise FileNotFoundError("the peers are not installed: make bench-peers does it")
    command = [str(PEERS), "-m", f"bench.peers.tools.with_{tool}", name, str(directory), *options]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "0"}
    try:
        done = subprocess.run(  # noqa: S603
            command, check=False, env=environment, stdout=sys.stderr, timeout=limit, preexec_fn=_bound
        )  # our own program
    except subprocess.TimeoutExpired:
        return False
    if done.returncode not in {0, _NO_MEMORY}:
        raise subprocess.CalledProcessError(done.returncode, command)
    return done.returncode == 0


def _bound() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_GB << 30, MEMORY_GB << 30))


def measured() -> dict[str, object]:
    """When, and on what kind of machine."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": {"cores": os.cpu_count(), "architecture": machine(), "python": python_version()},
    }
