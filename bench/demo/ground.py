"""What the demonstration stands on: the index, the extracts with their truth, and everybody's certificates."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.population import Settings, generate
from childindex.cli import founding
from childindex.cli.build import config_of
from childindex.cli.claims import claim_address
from childindex.cli.faults import Misused
from childindex.cli.options import CONFIG_FILE
from childindex.config import Config, Environment

SEED: Final = 20260901
CUSTODIANS: Final = ("oakfield-school", "mill-lane-surgery", "borough-social-care")  # in the order of loading
STEWARD: Final = "northshire-council"
STRANGER: Final = "harbour-trust"
POLICY: Final = Path(__file__).parent / "policy.toml"
_PORTS: Final = {"CHILDINDEX_LISTEN_PORT": 7443, "CHILDINDEX_METRICS_PORT": 9464}


@dataclass(frozen=True, slots=True)
class Ground:
    """The demonstration's index and where its parts lie."""

    var: Path
    config: Config

    @property
    def folder(self) -> Path:
        """Extracts, truth and whatever is of the demonstration alone."""
        return self.var / "demo"

    @property
    def target(self) -> str:
        """The address for clients on this machine, by a name that is in the certificate."""
        return f"localhost:{self.config.listen_port}"

    @property
    def metrics(self) -> str:
        """Where the metrics are."""
        return f"http://{self.config.metrics_address}:{self.config.metrics_port}/metrics"

    def extract(self, custodian: str) -> Path:
        """A custodian's extract."""
        return self.folder / f"{custodian}.csv"

    def credentials(self, who: str) -> Path:
        """A client's certificate and key."""
        return self.var / "credentials" / who


def prepare(var: Path, children: int) -> tuple[Ground, list[str]]:
    """The ground, made where it is not there yet; and what was made. Raises `Error` and `Misused`."""
    made = []
    if not (var / CONFIG_FILE).is_file():
        plan = _plan(children)
        _require_free(f"127.0.0.1:{plan.port}", f"127.0.0.1:{plan.metrics_port}")
        made = founding.found(var, plan)
    ground = Ground(var, config_of(var))
    if ground.config.environment is not Environment.DEVELOPMENT:
        raise Misused(f"{var} holds an index for real children; the demonstration keeps away from it")
    _require_free(ground.config.listen, f"{ground.config.metrics_address}:{ground.config.metrics_port}")
    if not (ground.folder / "truth.csv").is_file():
        population = generate(Settings(seed=SEED, children=children))
        population.write(ground.folder)
        records = sum(len(extract.rows) for extract in population.extracts.values())
        made.append(f"{ground.folder}/  extracts of three custodians: {records:,} records of {children:,} children")
    for who in (*CUSTODIANS, STEWARD, STRANGER):
        if not (ground.credentials(who) / "client.pem").is_file():
            founding.issue(var, who, ground.credentials(who))
    return ground, made


def _require_free(*addresses: str) -> None:
    """Raise `Error` for an address that is taken, before any work."""
    for address in addresses:
        claim_address(address).close()


def _plan(children: int) -> founding.Plan:
    port, metrics_port = (int(os.environ.get(name, "") or default) for name, default in _PORTS.items())
    return founding.Plan(
        development=True,
        signers={},
        policy=POLICY,
        population=children,
        port=port,
        metrics_port=metrics_port,
        workers=2,
    )
