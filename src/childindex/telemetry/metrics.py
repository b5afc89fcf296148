"""Every metric, by name, and the few functions that record them.

The client library decides when it is first imported whether processes share their numbers through files, so it is
imported on first use and not before: `prepare` (in `exposition`) may then still choose. Recording costs a few
microseconds and never raises for its arguments.
"""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING

from childindex.telemetry import sharing
from childindex.telemetry.labels import CODES, DECISIONS, OPERATIONS, Level, Stage, closed, method

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_STAGE_SECONDS = (0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25)
_CANDIDATES = (0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
_BATCH = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)


@dataclass(frozen=True, slots=True)
class Metrics:
    """All metrics of this process, in a registry of their own."""

    registry: "CollectorRegistry"
    calls: "Counter"
    call_seconds: "Histogram"
    decisions: "Counter"
    candidates: "Histogram"
    stage_seconds: "Histogram"
    commit_batch_size: "Histogram"
    commit_seconds: "Histogram"
    conflicts: "Counter"
    blocking_caps: "Counter"
    fields_dropped: "Counter"
    levels: "dict[Level, Gauge]"


_lock = threading.Lock()
_current: Metrics | None = None
_rules: frozenset[str] = frozenset()


def current() -> Metrics:
    """The metrics of this process, made on first use."""
    global _current  # noqa: PLW0603  one set to a process, as the library has it
    if _current is None:
        with _lock:
            if _current is None:
                _current = _build()
    return _current


def replace() -> Metrics:
    """Start afresh: what was recorded so far by this process is no longer shown."""
    global _current  # noqa: PLW0603
    with _lock:
        _current = _build()
        return _current


def _build() -> Metrics:
    sharing.choose()
    from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram  # noqa: PLC0415  see the first lines

    registry = CollectorRegistry()

    def counter(name: str, text: str, *labels: str) -> "Counter":
        return Counter(f"childindex_{name}", text, labels, registry=registry)

    def histogram(name: str, text: str, buckets: Iterable[float], *labels: str) -> "Histogram":
        return Histogram(f"childindex_{name}", text, labels, registry=registry, buckets=tuple(buckets))

    return Metrics(
        registry=registry,
        calls=counter("calls_total", "Calls answered.", "method", "code"),
        call_seconds=histogram("call_seconds", "Time to answer a call.", _SECONDS, "method"),
        decisions=counter("decisions_total", "What operations decided.", "operation", "decision"),
        candidates=histogram("candidates", "Candidates weighed for one record.", _CANDIDATES),
        stage_seconds=histogram("stage_seconds", "Time of a stage of an operation.", _STAGE_SECONDS, "stage"),
        commit_batch_size=histogram("commit_batch_size", "Commits made durable together.", _BATCH),
        commit_seconds=histogram("commit_seconds", "Time to make a batch of commits durable.", _SECONDS),
        conflicts=counter("conflicts_total", "Commits refused because a precondition no longer held."),
        blocking_caps=counter("blocking_caps_total", "Blocking keys too common to be followed.", "rule"),
        fields_dropped=counter("log_fields_dropped_total", "Log fields withheld because they are not allowed."),
        levels={
            level: Gauge(f"childindex_{level.value}", text, registry=registry, multiprocess_mode="livemostrecent")
            for level, text in _LEVELS.items()
        },
    )


_LEVELS = {
    Level.MAP_USED_BYTES: "Bytes of the store's map in use.",
    Level.MAP_SIZE_BYTES: "Size of the store's map.",
    Level.JOURNAL_BYTES: "Bytes of the journal's segments.",
    Level.JOURNAL_POSITION: "Position of the last commit in the journal.",
    Level.WORKERS: "Workers that are alive.",
}


def call(name: str, code: str, seconds: float) -> None:
    """One call was answered: gRPC method (short or as a path), name of the status code, seconds it took."""
    metrics, label = current(), method(name)
    metrics.calls.labels(label, closed(code, CODES)).inc()
    metrics.call_seconds.labels(label).observe(seconds)


def decision(operation: str, decided: str, candidates: int | None = None) -> None:
    """An operation decided; `candidates` is how many entries were weighed, None where none are."""
    metrics = current()
    metrics.decisions.labels(closed(operation, OPERATIONS), closed(decided, DECISIONS)).inc()
    if candidates is not None:
        metrics.candidates.observe(candidates)


@contextmanager
def stage(which: Stage) -> Iterator[None]:
    """Time what is done within, as a stage of an operation; one that fails is not counted."""
    start = perf_counter()
    yield
    current().stage_seconds.labels(which.value).observe(perf_counter() - start)


def batch(commits: int, seconds: float) -> None:
    """The writer made so many commits durable together, in so many seconds."""
    metrics = current()
    metrics.commit_batch_size.observe(commits)
    metrics.commit_seconds.observe(seconds)


def conflict() -> None:
    """A commit was refused because a precondition no longer held."""
    current().conflicts.inc()


def rules(names: Iterable[str]) -> None:
    """Declare the blocking rules of the model in use: only these may be labels of `cap`."""
    global _rules  # noqa: PLW0603  the model is one to a process
    _rules = frozenset(names)


def cap(rule: str) -> None:
    """A blocking key of this rule was too common to be followed."""
    current().blocking_caps.labels(closed(rule, _rules)).inc()


def level(which: Level, value: float) -> None:
    """What has a size at every moment has this one now."""
    current().levels[which].set(value)
