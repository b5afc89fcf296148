"""The demonstration from beginning to end."""

import argparse
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Never

from rich.console import Console

from bench.demo import show
from bench.demo.ground import CUSTODIANS, Ground, prepare
from bench.demo.running import service, stop
from childindex.caller import Actor, ActorRole, Purpose
from childindex.cli import extract, loading
from childindex.cli.faults import INTERRUPTED, REFUSED, lines_of
from childindex.cli.load import watched
from childindex.cli.screen import console
from childindex.client import Client, Credentials

IN_FLIGHT = 4


def main() -> None:
    """Run it; exits 0 after the show, or after Ctrl-C while serving; 2 with a line that says why it cannot start."""
    parser = argparse.ArgumentParser(prog="python -m bench.demo", description=__doc__)
    parser.add_argument("--once", action="store_true", help="stop after the show")
    parser.add_argument("--var", type=Path, default=Path("var"), help="the index's directory")
    parser.add_argument("--children", type=int, default=5000, help="how many children, when the index is made")
    chosen = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupted)
    try:
        sys.exit(run(console(), chosen.var, chosen.children, once=chosen.once))
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except Exception as fault:
        lines = lines_of(fault)
        if lines is None:
            raise
        _refused(lines)


def run(screen: Console, var: Path, children: int, *, once: bool) -> int:
    """Prepare, serve, load, show; then serve on unless `once`. Answers the service's exit code."""
    began = time.monotonic()
    ground, made = prepare(var, children)
    for line in made:
        screen.print(line)
    with service(ground) as process:
        screen.print(f"serving at {ground.target}, metrics at {ground.metrics}")
        for custodian in CUSTODIANS:
            _load(screen, ground, custodian)
        known = show.numbers(ground)
        child = show.sought(ground, known)
        show.tell(screen, ground, child)
        show.linkage(screen, ground, known)
        screen.rule("Try", align="left")
        for command in show.commands(ground, child):
            screen.print(command, soft_wrap=True)
        screen.print(f"gRPC at {ground.target}, metrics at {ground.metrics}; {time.monotonic() - began:.0f} s so far")
        if not once:
            screen.print("Serving until Ctrl-C.")
            _wait(process)
        return stop(process)


def _load(screen: Console, ground: Ground, custodian: str) -> None:
    """The custodian's extract, as `childindex load` does it."""
    actor = Actor("load", ActorRole.AUTOMATED, custodian)
    credentials = ground.credentials(custodian)
    plan = loading.Load(
        extract=extract.survey(ground.extract(custodian)),
        progress=ground.folder / f"{custodian}.progress",
        rejects=ground.folder / f"{custodian}.rejects.csv",
        identity=loading.identity(ground.target, credentials),
        in_flight=IN_FLIGHT,
    )
    with Client(
        ground.target, Credentials.read(credentials), actor, Purpose.RECORD_KEEPING, channels=IN_FLIGHT
    ) as client:
        watched(client, plan, screen, custodian)


def _wait(process: "subprocess.Popen[bytes]") -> None:
    """Until Ctrl-C, or the service ends by itself."""
    try:
        process.wait()
    except KeyboardInterrupt:
        print("stopping: calls under way are finished", flush=True)


def _interrupted(number: int, frame: object) -> Never:
    raise KeyboardInterrupt


def _refused(lines: list[str]) -> Never:
    print("\n".join(lines), file=sys.stderr)
    sys.exit(REFUSED)


if __name__ == "__main__":
    main()
