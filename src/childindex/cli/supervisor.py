"""Keeping processes running: started in tiers, restarted when they die, stopped in reverse when the service ends.

A tier starts when the one before is ready (the writer, then the workers) and ends before it. Every process dies with
the supervisor, whatever kills it, and holds the supervisor's lock until then: whoever gets the lock is alone.
"""

import contextlib
import os
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing import connection, get_context
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Any

from childindex import telemetry
from childindex.cli.child import Lock, Ready, child
from childindex.cli.signals import STOPPING, Signals, counted
from childindex.errors import Error, Reason
from childindex.telemetry import Level, Log

__all__ = ["Lock", "Patience", "Ready", "Role", "supervise"]

_FIRST_DELAY, _LONGEST_DELAY, _SOUND_SECONDS = 0.1, 5.0, 10.0


@dataclass(frozen=True, slots=True)
class Role:
    """What a process does: `target(ready, *args)` in a spawned process; it calls `ready()` once it works."""

    name: str
    target: Callable[..., None]
    args: tuple[Any, ...] = ()
    started: Log = Log.WORKER_STARTED
    died: Log = Log.WORKER_DIED


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Seconds to wait: for a tier to be ready, for a tier to end before it is killed."""

    start: float = 120.0
    stop: float = 15.0


@dataclass(slots=True)
class _Place:
    """A role's place: the process in it now, and how soon the next may follow."""

    role: Role
    process: SpawnProcess | None = None
    news: Connection | None = None
    since: float = 0.0
    again: float = 0.0
    delay: float = _FIRST_DELAY
    ready: bool = False
    killed: bool = False
    refusal: str = ""


def supervise(
    tiers: Sequence[Sequence[Role]],
    lock: Lock,
    patience: Patience | None = None,
    *,
    working: Callable[[], None] = lambda: None,
) -> None:
    """Run the tiers until SIGTERM or SIGINT, then stop them in reverse; a second signal cuts the waiting short.

    Calls `working` once all have started. Raises `Error`, in the words of the process, when one of the first start
    ends or is not ready in time. Call it in the main thread.
    """
    places = [[_Place(role) for role in tier] for tier in tiers]
    with counted() as caught:
        _Supervisor(places, lock, patience or Patience(), caught).run(working)


class _Supervisor:
    """The loop over all places."""

    def __init__(self, tiers: list[list[_Place]], lock: Lock, patience: Patience, signals: Signals) -> None:
        self._tiers = tiers
        self._lock = lock
        self._patience = patience
        self._signals = signals

    def run(self, working: Callable[[], None]) -> None:
        try:
            for tier in self._tiers:
                if not self._signals.count:
                    self._start_tier(tier)
            if not self._signals.count:
                working()
            while not self._signals.count:
                self._watch(self._tiers)
        finally:
            telemetry.log(Log.DRAINING)
            for tier in reversed(self._tiers):
                self._stop_tier(tier)
            telemetry.log(Log.STOPPED)

    def _start_tier(self, tier: list[_Place]) -> None:
        """Start the places of a tier and wait until each works. Who gives up ends it; who is killed is replaced."""
        deadline = time.monotonic() + self._patience.start
        for place in tier:
            self._start(place)
        while not self._signals.count and not all(place.ready for place in tier):
            self._watch([tier], restart=False)
            for place in tier:
                if place.process is None and not place.killed:
                    why = place.refusal or "its log says why"
                    raise Error(Reason.STORE_UNAVAILABLE, f"the {place.role.name} could not start: {why}")
                if place.process is None and place.again <= time.monotonic():
                    self._start(place)
            if time.monotonic() > deadline:
                raise Error(Reason.STORE_UNAVAILABLE, f"the {tier[0].role.name} took too long to start")

    def _watch(self, tiers: Sequence[list[_Place]], *, restart: bool = True) -> None:
        """Wait for news of the places, note who is ready and who is dead, and start those whose time has come."""
        places = [place for tier in tiers for place in tier]
        running = {place.process.sentinel: place for place in places if place.process is not None}
        telling = {place.news: place for place in places if place.news is not None}
        due = min((place.again for place in places if place.process is None), default=time.monotonic() + 1.0)
        wait = max(due - time.monotonic(), 0.0)
        for each in connection.wait([self._signals.socket, *running, *telling], min(wait, 1.0)):
            if each is self._signals.socket:
                self._signals.heard()
            elif isinstance(each, Connection) and not each.closed:
                self._heard(telling[each])
            elif isinstance(each, int):
                self._died(running[each])
        now = time.monotonic()
        for place in places:
            if restart and place.process is None and place.again <= now and not self._signals.count:
                self._start(place)

    def _start(self, place: _Place) -> None:
        """Spawn, with signals blocked until the child has chosen what to do about them."""
        context = get_context("spawn")
        place.news, told = context.Pipe(duplex=False)
        role = place.role
        process = context.Process(
            target=child, args=(os.getpid(), self._lock, told, role.target, role.args), name=role.name
        )
        signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)
        try:
            process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)
            told.close()
        place.process, place.since, place.ready = process, time.monotonic(), False
        telemetry.log(role.started, pid=process.pid)
        self._level()

    def _heard(self, place: _Place) -> None:
        assert place.news is not None
        with contextlib.suppress(EOFError):
            place.refusal = place.news.recv_bytes().decode()
            place.ready = not place.refusal
        place.news.close()
        place.news = None

    def _died(self, place: _Place) -> None:
        """Make room for the next, later each time while they die young."""
        process = place.process
        assert process is not None
        process.join()
        if place.news is not None:
            self._heard(place)
        now = time.monotonic()
        place.killed = (process.exitcode or 0) < 0  # by a signal: not of its own will
        telemetry.log(place.role.died, pid=process.pid, exit=process.exitcode)
        telemetry.worker_died(process.pid or 0)
        place.delay = _FIRST_DELAY if now - place.since > _SOUND_SECONDS else min(place.delay * 2, _LONGEST_DELAY)
        place.again = now + place.delay
        self._release(place)

    def _release(self, place: _Place) -> None:
        if place.process is not None:
            place.process.close()
        if place.news is not None:
            place.news.close()
        place.process, place.news, place.ready = None, None, False
        self._level()

    def _stop_tier(self, tier: list[_Place]) -> None:
        """Ask with SIGTERM, wait, kill what is left."""
        running = [place for place in tier if place.process is not None]
        asked = self._signals.count
        for place in running:
            assert place.process is not None
            place.process.terminate()
        deadline = time.monotonic() + self._patience.stop
        while waiting := [place.process for place in running if place.process is not None and place.process.is_alive()]:
            if time.monotonic() > deadline or self._signals.count > max(asked, 1):
                telemetry.log(Log.DRAIN_CUT, count=len(waiting))
                for process in waiting:
                    process.kill()
            connection.wait([self._signals.socket, *(process.sentinel for process in waiting)], 0.5)
            self._signals.heard()
        for place in running:
            assert place.process is not None
            place.process.join()
            telemetry.worker_died(place.process.pid or 0)
            self._release(place)

    def _level(self) -> None:
        last = self._tiers[-1]
        telemetry.level(Level.WORKERS, sum(place.process is not None for place in last))
