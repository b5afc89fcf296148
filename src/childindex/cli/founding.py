"""Founding an index: keyset, store, signers of the policy, configuration; in development also certificates."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from childindex import store
from childindex.caller import Actor, ActorRole, Caller, Purpose
from childindex.cli.build import config_of, index_of, keys_of, store_of
from childindex.cli.faults import Misused
from childindex.cli.options import CONFIG_FILE
from childindex.config import Config
from childindex.errors import Error, Reason, StoreUnavailable, Violation
from childindex.operations import SignedPolicy, adopt_policy, trust_signers
from childindex.operations.directory import Document
from childindex.vault import Vault
from childindex.vault.authority import DevelopmentAuthority
from childindex.vault.signing import PUBLIC_BYTES, Signer, signer_id

HOSTS: Final = ("localhost", "127.0.0.1")
DEVELOPMENT_SIGNERS: Final = ("first", "second")
OPERATOR: Final = Caller("operator", Actor("childindex", ActorRole.STEWARD, "operator"), Purpose.RECORD_KEEPING, "cli")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What kind of index to found. `signers` are public keys by signer id; none in development, where two are made."""

    development: bool
    signers: Mapping[str, bytes]
    policy: Path | None
    population: int
    port: int
    metrics_port: int
    workers: int


def found(var: Path, plan: Plan) -> list[str]:
    """Make the index in an empty folder; answers what was made, a line each. Raises `Misused` and `Error`."""
    document = plan.policy.read_bytes() if plan.policy else None
    if document is not None:
        Document.parse(document)  # nothing is made for a policy that will not do
    _require_empty(var)
    var.mkdir(mode=0o700, parents=True, exist_ok=True)
    var.chmod(0o700)
    unfinished = var / f"{CONFIG_FILE}.new"  # it gets its name last: a directory with a configuration is an index
    unfinished.write_text(_config(plan), encoding="utf-8")
    config = Config.load(unfinished, {})
    vault = Vault.create(keys_of(config))
    store.init(store_of(config), vault.keyset_id)
    made = [
        f"{var / CONFIG_FILE}  the configuration",
        f"{var / 'keys'}/  the keyset: back it up apart from the rest; without it nothing can be read",
        f"{var / 'store'}/  the store",
    ]
    signers, policy = plan.signers, None
    if plan.development:
        keys = [Signer.create(var / "signers" / f"{name}.pem") for name in DEVELOPMENT_SIGNERS]
        signers = {key.id: key.public for key in keys}
        if document is not None:
            policy = SignedPolicy(document, {key.id: key.sign(document) for key in keys})
        made += [f"{var / 'signers'}/  two keys that sign policies, for development only", *_certificates(var)]
    made.append(asyncio.run(_trust(config, signers, policy)))
    unfinished.rename(var / CONFIG_FILE)
    return made


async def put_in_force(config: Config, policy: SignedPolicy) -> int:
    """Adopt a policy, through the running service's writer if there is one; answers its version. Raises `Error`."""
    try:
        index = index_of(config, writer="local")
    except StoreUnavailable:  # a writer runs: ask it
        index = index_of(config, writer="socket")
    try:
        return await adopt_policy(index, OPERATOR, policy)
    finally:
        await index.store.close()


def public_key(text: str) -> tuple[str, bytes]:
    """Signer id and public key of `NAME=FILE`, the file holding 64 hex digits. Raises `Misused`, OSError."""
    _, equals, file = text.partition("=")
    if not equals:
        raise Misused("--signer must be NAME=PUBLIC_KEY_FILE")
    try:
        key = bytes.fromhex(Path(file).read_text(encoding="ascii").strip())
    except ValueError:
        key = b""
    if len(key) != PUBLIC_BYTES:
        raise Misused(f"{file} is no Ed25519 public key: {2 * PUBLIC_BYTES} hexadecimal digits are needed")
    return signer_id(key), key


def issue(var: Path, custodian: str, folder: Path) -> None:
    """Write a client's certificate and key of the development authority. Raises `Error`, `InvalidFields`."""
    config_of(var)
    if not (var / "authority").is_dir():
        raise Misused("this index has no development authority: its custodians get certificates from their own")
    credentials = DevelopmentAuthority.open(var / "authority").issue_custodian(custodian, datetime.now(UTC))
    credentials.write(folder)


def _require_empty(var: Path) -> None:
    if var.exists() and (not var.is_dir() or any(var.iterdir())):
        raise Error(Reason.STORE_UNAVAILABLE, f"{var} is not empty; an index is made in an empty folder only")


async def _trust(config: Config, signers: Mapping[str, bytes], policy: SignedPolicy | None) -> str:
    index = index_of(config, writer="local")
    try:
        await trust_signers(index, signers)
        if policy is None:
            return "no policy is in force: every call is refused"
        return f"policy version {await adopt_policy(index, OPERATOR, policy)} is in force"
    finally:
        await index.store.close()


def _certificates(var: Path) -> list[str]:
    now = datetime.now(UTC)
    authority = DevelopmentAuthority.create(var / "authority", now)
    authority.issue_server(HOSTS, now).write(var / "tls", "server")
    return [
        f"{var / 'authority'}/  a certificate authority, for development only",
        f"{var / 'tls'}/  the server's certificate and key, for {' and '.join(HOSTS)}",
    ]


def _config(plan: Plan) -> str:
    """The configuration file: what differs from the defaults, and what an operator will want to change."""
    where = "tls" if plan.development else "/etc/childindex/tls"
    return "\n".join(
        (
            "# The configuration of this index. Paths start at this file's folder; any key can be overridden in the",
            "# environment (CHILDINDEX_LISTEN_PORT=...). Unknown keys are refused.",
            f'environment = "{"development" if plan.development else "production"}"',
            *(("accept_test_identifiers = true  # the children are invented",) if plan.development else ()),
            'directory = "."',
            f"population = {plan.population}  # children among whom one is recognised: those of the area",
            f"listen_port = {plan.port}",
            f"metrics_port = {plan.metrics_port}",
            f"workers = {plan.workers}",
            f'tls_authority = "{where}/ca.pem"',
            f'tls_certificate = "{where}/server.pem"',
            f'tls_key = "{where}/server.key"',
            "",
        )
    )


def check_signers(signers: Mapping[str, bytes], given: int) -> None:
    """Raise `Misused` unless two different keys are given."""
    if len(signers) < 2 or given != len(signers):
        fault = Violation("--signer", "two different public keys are needed, of two officials who are not operators")
        raise Misused("nobody could sign a policy", [fault])
