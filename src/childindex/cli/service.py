"""The service: one writer, then the workers, under a supervisor; metrics of them all at one address.

Before anything is started the directory and the address are claimed and the store is recovered, so that whatever is
wrong is told at once and by name.
"""

import time
from pathlib import Path
from typing import Final

from childindex import api, store, telemetry
from childindex.api import TlsFiles
from childindex.cli.build import index_of, keys_of, socket_of, store_of, writer_settings
from childindex.cli.claims import claim_address, claim_directory
from childindex.cli.faults import Misused
from childindex.cli.supervisor import Patience, Ready, Role, supervise
from childindex.cli.tls_files import require_usable
from childindex.config import Config
from childindex.errors import Error, Reason
from childindex.operations import Index, check_model
from childindex.store.tables import MAP_SIZE
from childindex.telemetry import Level, Log
from childindex.vault import Vault

_MEASURED_SECONDS: Final = 1.0  # sizes on disk are looked at no more often
_KILL_AFTER: Final = 5.0  # beyond the time a worker has to drain


def run(config: Config) -> None:
    """Serve until SIGTERM or SIGINT. Raises `Error` when it cannot begin."""
    _require_tls(config)
    lock = claim_directory(config.directory)
    claim = claim_address(config.listen)
    metrics = None
    try:
        _recover(config)
        telemetry.take_over()
        assert config.metrics_directory is not None, "Config.load fills it in"
        telemetry.prepare(config.metrics_directory)
        metrics = _serve_metrics(config)
        telemetry.log(Log.METRICS_SERVED, port=metrics.port)
        address = claim.address
        writer = Role("writer", write, (config,), started=Log.WRITER_STARTED, died=Log.WRITER_DIED)
        workers = [Role(f"worker {place}", work, (config, address)) for place in range(1, config.workers + 1)]
        telemetry.log(Log.STARTING, workers=config.workers, port=claim.port)
        patience = Patience(stop=config.notice_seconds + config.drain_seconds + _KILL_AFTER)
        supervise([[writer], workers], lock, patience)
    finally:
        if metrics is not None:
            metrics.close()
        claim.close()


def write(ready: Ready, config: Config) -> None:
    """The writer process."""
    telemetry.take_over()
    keyset_id = Vault.open(keys_of(config)).keyset_id
    recovery = store.recover(store_of(config), keyset_id)
    telemetry.log(Log.RECOVERED, position=recovery.position, count=recovery.replayed)
    gauge = _Gauge(store_of(config), recovery.position)
    settings = writer_settings(config, gauge.observe)
    store.writer_main(store_of(config), keyset_id, socket_of(config), settings=settings, ready=ready)


def work(ready: Ready, config: Config, address: str) -> None:
    """A worker process."""
    telemetry.take_over()

    async def opened() -> Index:
        index = index_of(config, writer="socket")
        await check_model(index)
        telemetry.rules((index.model.shape.scan, *(rule.name for rule in index.model.shape.blocking)))
        return index

    def serving(port: int) -> None:
        telemetry.log(Log.SERVING, port=port)
        ready()

    api.run(opened, _api_settings(config, address), serving)


class _Gauge:
    """Tells the metrics of batches, and once in a while of sizes."""

    def __init__(self, folder: Path, position: int) -> None:
        self._folder = folder
        self._position = position
        self._again = 0.0
        self.observe(store.Applied(0, 0, 0.0))

    def observe(self, applied: store.Applied) -> None:
        """A batch was applied."""
        self._position += applied.commits - applied.refused
        if applied.commits:
            telemetry.batch(applied.commits, applied.seconds)
        now = time.monotonic()
        if now < self._again:
            return
        self._again = now + _MEASURED_SECONDS
        telemetry.level(Level.JOURNAL_POSITION, self._position)
        telemetry.level(Level.JOURNAL_BYTES, sum(file.stat().st_size for file in (self._folder / "journal").iterdir()))
        telemetry.level(Level.MAP_USED_BYTES, (self._folder / "index" / "data.mdb").stat().st_blocks * 512)
        telemetry.level(Level.MAP_SIZE_BYTES, MAP_SIZE)


def _recover(config: Config) -> None:
    """Bring the store to its journal's end, or say what is wrong with it; the writer would die of it unheard."""
    store.recover(store_of(config), Vault.open(keys_of(config)).keyset_id)


def _serve_metrics(config: Config) -> telemetry.Endpoint:
    try:
        return telemetry.serve(config.metrics_port, config.metrics_address)
    except OSError as error:
        where = f"{config.metrics_address}:{config.metrics_port}"
        raise Error(Reason.STORE_UNAVAILABLE, f"metrics cannot be served at {where}: {error.strerror}") from None


def _require_tls(config: Config) -> None:
    _api_settings(config, config.listen)
    for path in (config.tls_authority, config.tls_certificate, config.tls_key):
        if path is not None and not path.is_file():
            raise Misused(f"there is no file {path}, which the configuration names")
    require_usable(config.tls_authority, config.tls_certificate, config.tls_key)


def _api_settings(config: Config, address: str) -> api.Settings:
    if config.tls_authority is None or config.tls_certificate is None or config.tls_key is None:
        raise Misused("the configuration names no tls_authority, tls_certificate and tls_key")
    return api.Settings(
        address=address,
        tls=TlsFiles(config.tls_authority, config.tls_certificate, config.tls_key),
        reflection=config.reflection,
        connection_age=config.connection_age_seconds,
        drain_seconds=config.drain_seconds,
        notice_seconds=config.notice_seconds,
    )
