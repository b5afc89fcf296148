"""The image: built from locked parts, without rights and without secrets. (hadolint reads it; no daemon is needed.)"""

import json
import os
import re
import socket
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest

from childindex import telemetry
from childindex.config import Config
from childindex.telemetry import Level
from deploy import healthcheck
from tests.deploy.tools import DEPLOY, ROOT, run

DOCKERFILE = (DEPLOY / "Dockerfile").read_text()
STEPS = [
    tuple(line.split(None, 1))
    for line in re.sub(r"\\\n", " ", re.sub(r"(?m)^#.*\n", "", DOCKERFILE)).splitlines()
    if line.strip()
]


def given(instruction: str) -> list[str]:
    """The arguments of every use of an instruction."""
    return [rest for name, rest in STEPS if name == instruction]


def last(instruction: str) -> str:
    """The arguments of its last use, in the final stage."""
    begun = max(place for place, step in enumerate(STEPS) if step[0] == "FROM")
    return [rest for name, rest in STEPS[begun:] if name == instruction][-1]


def test_the_linter_finds_nothing() -> None:
    done = run(Path(sys.executable).with_name("hadolint"), "--no-fail", "--format=json", "Dockerfile")
    assert json.loads(done.stdout) == [], done.stdout


def test_it_starts_from_named_versions_by_stages() -> None:
    images = [each.split()[0] for each in given("FROM")]
    assert len(images) == 2
    assert len(set(images)) == 1  # what was built with runs with it
    assert re.fullmatch(r"python:3\.1[1-9]-slim-[a-z]+", images[0])


def test_everything_installed_is_locked_by_hash() -> None:
    installs = [each for each in given("RUN") if "pip install" in each]
    assert len(installs) == 2
    assert "--require-hashes -r requirements.lock -r requirements-build.lock" in installs[0]
    assert "--no-index --no-deps --no-build-isolation ." in installs[1]
    assert "requirements.lock" in given("COPY")[0]
    assert not re.search(r"apt-get|curl|wget|ADD ", DOCKERFILE)


def test_the_build_lock_is_an_excerpt_of_the_development_lock() -> None:
    lines = (DEPLOY / "requirements-build.lock").read_text().splitlines()
    excerpt = "\n".join(line for line in lines if not line.startswith("#"))
    assert excerpt in (ROOT / "requirements-dev.lock").read_text()


def test_it_runs_without_rights_and_stops_as_the_service_wants() -> None:
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", last("USER"))
    assert last("STOPSIGNAL") == "SIGTERM"
    assert json.loads(last("ENTRYPOINT") + "") == ["childindex"]  # no shell between the signal and the supervisor
    assert json.loads(last("CMD")) == ["serve", "--var", "/var/lib/childindex"]
    assert "healthcheck.py" in last("HEALTHCHECK")


def test_its_environment_is_settings_of_the_service_and_no_secret() -> None:
    spoken = dict(re.findall(r"(\w+)=(\S+)", last("ENV")))
    ours = {name: value for name, value in spoken.items() if name.startswith("CHILDINDEX_")}
    config = Config.load(None, ours | {"CHILDINDEX_ENVIRONMENT": "development"})
    assert last("EXPOSE").split() == [str(config.listen_port), str(config.metrics_port)]
    assert not re.search(r"(?i)password|secret|token|\.key\b|\.pem\b", DOCKERFILE)


def test_only_what_is_copied_goes_to_the_builder() -> None:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"  # so var/, with its keys, never does
    let_in = [rule[1:] for rule in rules if rule.startswith("!")]
    sources = [source for each in given("COPY") if "--from" not in each for source in each.split()[:-1]]
    assert all(any(fnmatch(source.split("/")[0], rule) for rule in let_in) for source in sources)
    assert {source.split("/")[0] for source in sources} == set(let_in)
    assert all((ROOT / source).exists() for source in sources)


def test_health_is_workers_alive_and_listening(monkeypatch: pytest.MonkeyPatch) -> None:
    endpoint = telemetry.serve(0)
    with socket.create_server(("127.0.0.1", 0)) as listening, socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # bound and silent, as the supervisor's own
        port, silent = listening.getsockname()[1], held.getsockname()[1]
        try:
            telemetry.level(Level.WORKERS, 0)
            assert healthcheck.check(port, endpoint.port) == "no worker lives"
            telemetry.level(Level.WORKERS, 2)
            assert healthcheck.check(port, endpoint.port) == ""
            assert healthcheck.check(silent, endpoint.port) == "no worker listens"
            assert healthcheck.check(port, silent) == "metrics are not served"
        finally:
            endpoint.close()


def test_the_health_check_ends_with_a_code() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        nobody = {"CHILDINDEX_METRICS_PORT": str(held.getsockname()[1])}
        done = subprocess.run(
            [sys.executable, DEPLOY / "healthcheck.py"], env=os.environ | nobody, capture_output=True, check=False
        )
    assert done.returncode == 1
    assert done.stderr == b"metrics are not served\n"
