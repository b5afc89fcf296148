"""Indexes for tests of the command line: founded in a folder, and served by a process of their own."""

import json
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from typer.testing import CliRunner

from childindex.cli.app import app
from tests.operations.documents import POLICY


def run(*words: str, typed: str | None = None) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of a command."""
    result = CliRunner().invoke(app, list(words), input=typed, env={"COLUMNS": "200"})
    return result.exit_code, result.stdout, result.stderr


def found(var: Path, policy: str = POLICY) -> Path:
    """An index for development whose ports are free ones."""
    document = var.with_name(f"{var.name}-policy.toml")
    document.write_text(policy)
    options = ("--development", "--population", "5000", "--port", "0", "--metrics-port", "0", "--workers", "1")
    code, out, err = run("init", "--var", str(var), "--policy", str(document), *options)
    assert code == 0, out + err
    return var


@dataclass
class Service:
    """A served index."""

    var: Path
    process: "subprocess.Popen[str]"
    port: int
    metrics_port: int

    @property
    def target(self) -> str:
        return f"localhost:{self.port}"

    def as_(self, custodian: str, role: str = "practitioner", purpose: str = "safeguarding") -> list[str]:
        """The options of a client command."""
        return [*self.to(custodian), "--as", f"{role}:t1", "--purpose", purpose]

    def to(self, custodian: str) -> list[str]:
        """Who asks, and where."""
        folder = self.var / "credentials" / custodian
        if not folder.exists():
            assert run("custodian", "credentials", custodian, "--var", str(self.var))[0] == 0
        return ["--credentials", str(folder), "--target", self.target]

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(30)
        if self.process.stderr is not None:
            self.process.stderr.close()
        return code


def serve(var: Path) -> Service:
    """Serve an index; returns once its worker accepts calls."""
    words = [sys.executable, "-m", "childindex", "serve", "--var", str(var)]
    process = subprocess.Popen(words, stderr=subprocess.PIPE, text=True)
    ports: dict[str, int] = {}
    deadline = time.monotonic() + 60
    assert process.stderr is not None
    while "SERVING" not in ports and time.monotonic() < deadline:
        line = process.stderr.readline()
        assert line.startswith("{"), f"the service does not start: {line}"
        event = json.loads(line)
        ports[event["event"]] = event.get("port", 0)
    return Service(var, process, ports["STARTING"], ports["METRICS_SERVED"])
