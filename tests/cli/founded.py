"""Indexes for tests of the command line: founded in a folder, and served by a process of their own."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO
from urllib.request import urlopen

from typer.testing import CliRunner

from childindex.cli.app import app
from tests.canary import leaks
from tests.operations.documents import POLICY


def run(*words: str, typed: str | None = None) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of a command."""
    result = CliRunner().invoke(app, list(words), input=typed, env={"COLUMNS": "200"})
    assert leaks(result.stderr) == []  # standard output is for whoever asked; errors end up in logs
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
    process: "subprocess.Popen[bytes]"
    log: TextIO
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
        with urlopen(f"http://localhost:{self.metrics_port}/metrics") as answer:
            assert leaks(answer.read().decode()) == []
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(30)
        self.close()
        return code

    def close(self) -> None:
        """What the service wrote, all of it, holds nothing of the canary."""
        self.log.seek(0)
        assert leaks(self.log.read()) == []
        self.log.close()


def serve(var: Path) -> Service:
    """Serve an index; returns once its worker accepts calls. Its log is a file, so that no pipe can fill."""
    words = [sys.executable, "-m", "childindex", "serve", "--var", str(var)]
    log = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115  closed with the service
    process = subprocess.Popen(words, stderr=log)
    ports: dict[str, int] = {}
    deadline = time.monotonic() + 60
    while "SERVING" not in ports:
        time.sleep(0.05)
        text = os.pread(log.fileno(), 1 << 20, 0).decode()
        for line in text.splitlines(keepends=True):
            if line.endswith("\n"):
                assert line.startswith("{"), f"the service does not start: {text}"
                event = json.loads(line)
                ports[event["event"]] = event.get("port", 0)
        assert process.poll() is None, f"the service does not start: {text}"
        assert time.monotonic() < deadline, f"the service takes too long to start: {text}"
    return Service(var, process, log, ports["STARTING"], ports["METRICS_SERVED"])
