"""How metrics leave: one endpoint that adds up the numbers of all processes.

Life of it: the supervisor calls `prepare` before it spawns anybody (children inherit the directory through the
environment), `serve` once, and `worker_died` for every child that is gone. Without `prepare` (the library in one
process, tests) everything works within the process. Best kept on a file system in memory (`/run`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from childindex.telemetry import metrics, sharing

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The served metrics: the port they are served at, and how to stop."""

    port: int
    close: Callable[[], None]


def prepare(directory: Path) -> None:
    """Share metrics through files in `directory`, which is made and emptied of earlier ones.

    Call it once, in the parent, before processes are spawned. Raises OSError when the directory cannot be used.
    """
    sharing.begin(directory)
    metrics.replace()


def worker_died(pid: int) -> None:
    """Forget what a dead process had set as its present levels; what it counted stays counted."""
    directory = sharing.directory()
    if directory:
        from prometheus_client.multiprocess import mark_process_dead  # noqa: PLC0415

        mark_process_dead(pid, str(directory))  # type: ignore[no-untyped-call]  # the library leaves it untyped


def serve(port: int, address: str = "127.0.0.1") -> Endpoint:
    """Serve the metrics of all processes over HTTP from a thread; port 0 takes a free one.

    Raises OSError when the port is taken.
    """
    from prometheus_client import start_http_server  # noqa: PLC0415

    server, thread = start_http_server(port, address, _registry())

    def close() -> None:
        server.shutdown()
        server.server_close()
        thread.join()

    return Endpoint(server.server_port, close)


def render() -> bytes:
    """The metrics of all processes in Prometheus' text format."""
    from prometheus_client import generate_latest  # noqa: PLC0415

    return generate_latest(_registry())


def _registry() -> "CollectorRegistry":
    """What is scraped: the files of all processes, or this process alone where none were prepared."""
    directory = sharing.directory()
    own = metrics.current().registry
    if not directory:
        return own
    from prometheus_client import CollectorRegistry  # noqa: PLC0415
    from prometheus_client.multiprocess import MultiProcessCollector  # noqa: PLC0415

    shared = CollectorRegistry()
    MultiProcessCollector(shared, path=str(directory))  # type: ignore[no-untyped-call]  # the library leaves it untyped
    return shared
