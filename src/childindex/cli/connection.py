"""Who asks which index: the options that every command of a client has, and the client they make."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from childindex.caller import Actor, ActorRole, Purpose
from childindex.cli.faults import Misused

if TYPE_CHECKING:
    from childindex.client import Client

_ACTOR: Final = re.compile(
    r"(?P<role>[a-z]+):(?P<reference>[A-Za-z0-9._:-]{1,64})(?:@(?P<employer>[a-z0-9][a-z0-9-]{0,63}))?", re.ASCII
)

Target = Annotated[
    str, typer.Option("--target", envvar="CHILDINDEX_TARGET", help="The index, as host:port.", metavar="HOST:PORT")
]
CredentialsFolder = Annotated[
    Path,
    typer.Option(
        "--credentials",
        envvar="CHILDINDEX_CREDENTIALS",
        help="Folder with ca.pem, client.pem and client.key; its name is taken for the custodian's id.",
        metavar="FOLDER",
    ),
]
PurposeName = Annotated[
    str,
    typer.Option(
        "--purpose",
        envvar="CHILDINDEX_PURPOSE",
        help=f"Why you ask: {', '.join(p.name.lower() for p in Purpose)}.",
        metavar="PURPOSE",
    ),
]
ActorText = Annotated[
    str,
    typer.Option(
        "--as",
        envvar="CHILDINDEX_ACTOR",
        help=f"On whose behalf: role:reference[@employer]; roles: {', '.join(r.name.lower() for r in ActorRole)}.",
        metavar="ACTOR",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Answer in JSON, for machines.")]

DEFAULT_TARGET: Final = "localhost:7443"
_PORT: Final = re.compile(r":[0-9]{1,5}\Z")


@dataclass(frozen=True, slots=True)
class Asker:
    """What the options say of who asks. `client` raises `Misused` where they cannot be understood."""

    target: str
    credentials: Path
    purpose: str
    actor: str

    def client(self, *, channels: int = 1) -> "Client":
        """A client that asks so; close it."""
        actor, purpose = self._actor(), self._purpose()
        if not _PORT.search(self.target):  # gRPC would silently ask port 443
            raise Misused("--target must be host:port, such as localhost:7443")
        from childindex.client import Client, Credentials

        try:
            credentials = Credentials.read(self.credentials)
        except OSError:
            raise Misused(f"{self.credentials} has not the files ca.pem, client.pem and client.key") from None
        return Client(self.target, credentials, actor, purpose, channels=channels)

    def _purpose(self) -> Purpose:
        name = self.purpose.upper().replace("-", "_")
        if name not in Purpose.__members__:
            raise Misused(f"--purpose must be one of {', '.join(p.name.lower() for p in Purpose)}")
        return Purpose[name]

    def _actor(self) -> Actor:
        found = _ACTOR.fullmatch(self.actor)
        role = found["role"].upper() if found else ""
        if found is None or role not in ActorRole.__members__:
            roles = ", ".join(r.name.lower() for r in ActorRole)
            raise Misused(f"--as must be role:reference or role:reference@employer, the role one of {roles}")
        return Actor(found["reference"], ActorRole[role], found["employer"] or self.credentials.resolve().name)
