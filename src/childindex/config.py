"""Configuration: one frozen `Config`, and the only place that reads TOML files and the environment.

Every key can be given in the file (`listen_port = 50051`) or in the environment (`CHILDINDEX_LISTEN_PORT=50051`), which
wins. Unknown keys are refused in both, so that a misspelt one cannot pass for a default.
"""

import re
import tomllib
from collections.abc import Mapping
from enum import StrEnum, unique
from pathlib import Path
from typing import Annotated, Any, Final, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from childindex.errors import InvalidFields, Violation

PREFIX: Final = "CHILDINDEX_"

# Kubernetes writes these for every service of a namespace, so also for one called childindex or childindex-metrics:
# always the whole family with SERVICE_HOST, in these forms. CHILDINDEX_PORT=50051 is none of them: a misspelt setting.
_INJECTED: Final = re.compile(
    r"(?P<service>(?:\w+_)??)"
    r"(?:SERVICE_HOST=[\da-fA-F.:]+|SERVICE_PORT(?:_\w+)?=\d+|PORT(?:_\d+_(?:TCP|UDP|SCTP))?=(?:tcp|udp|sctp)://\S+"
    r"|PORT_\d+_(?:TCP|UDP|SCTP)_(?:PROTO=(?:tcp|udp|sctp)|PORT=\d+|ADDR=[\da-fA-F.:]+))",
    re.ASCII,
)


@unique
class Environment(StrEnum):
    """Where the index runs: only in development are test numbers accepted and a development authority enough."""

    PRODUCTION = "production"
    DEVELOPMENT = "development"


class InvalidConfig(InvalidFields):
    """A configuration that cannot be used; the message tells every key that is wrong, and why."""

    def __init__(self, violations: list[Violation]) -> None:
        super().__init__(violations)
        self.message = "; ".join(f"{violation.field}: {violation.description}" for violation in violations)
        self.args = (f"configuration: {self.message}",)


def _number(value: object) -> object:
    """In TOML `true` is not 1. (Pydantic collects ValueErrors.)"""
    if isinstance(value, bool):
        raise ValueError("must be a number")
    return value


_Count = Annotated[int, BeforeValidator(_number)]
_Seconds = Annotated[float, BeforeValidator(_number), Field(ge=0, le=86_400, allow_inf_nan=False)]
_Port = Annotated[_Count, Field(ge=0, le=65_535)]  # 0: any free one
_Address = Annotated[str, Field(min_length=1, max_length=253, pattern=r"^[A-Za-z0-9.:\[\]-]+$")]


class Config(BaseModel):
    """How this index runs. Paths are absolute, times in seconds; without any setting it is a safe local service."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    environment: Environment = Environment.PRODUCTION
    directory: Path = Path("var")

    listen_address: _Address = "127.0.0.1"
    listen_port: _Port = 50_051
    workers: Annotated[_Count, Field(ge=1, le=256)] = 2
    reflection: bool = False
    connection_age_seconds: Annotated[_Seconds, Field(gt=0)] = 300.0  # one connection loads one worker: age them
    notice_seconds: _Seconds = 0.0  # health says NOT_SERVING so long before the port closes
    drain_seconds: _Seconds = 10.0  # calls under way then have so long to finish

    tls_authority: Path | None = None  # whose clients are accepted
    tls_certificate: Path | None = None
    tls_key: Path | None = None

    metrics_address: _Address = "127.0.0.1"
    metrics_port: _Port = 9_464
    metrics_directory: Path | None = None  # None: `metrics` in `directory`; best in memory (/run)

    population: Annotated[_Count, Field(ge=1, le=100_000_000)] = 12_000_000  # children among whom one is recognised
    accept_test_identifiers: bool = False  # the children are invented: NHS numbers of the range for tests are theirs
    budget: Annotated[_Count, Field(ge=0, le=1_000_000)] = 0  # distinct children a professional may ask for in a day
    custodian_budget: Annotated[_Count, Field(ge=0, le=10_000_000)] = 0  # and all professionals of a custodian together
    remember_removed_days: Annotated[_Count, Field(ge=0, le=365)] = 30  # a record removed by a slip is taken up again
    journal_segment_bytes: Annotated[_Count, Field(ge=1 << 20, le=1 << 32)] = 64 << 20

    @classmethod
    def load(cls, path: Path | None, environment: Mapping[str, str]) -> Self:
        """Read the file, if one is given, and the environment. Relative paths start at the file's folder, else here.

        Raises `InvalidConfig`, which names every wrong key as it was written, and never repeats a value.
        """
        written = _file(path) if path else {}
        spoken = _spoken(environment)
        try:
            config = cls.model_validate({**written, **spoken})
        except ValidationError as error:
            raise InvalidConfig([_violation(dict(each), spoken) for each in error.errors()]) from None
        return config._under(path.resolve().parent if path else Path.cwd())

    @model_validator(mode="after")
    def _tls(self) -> Self:
        given = {key for key in ("tls_authority", "tls_certificate", "tls_key") if getattr(self, key)}
        if given and len(given) < 3:
            raise ValueError("tls_authority, tls_certificate and tls_key belong together: give all or none")
        if not given and self.environment is Environment.PRODUCTION:
            raise ValueError(
                'tls_authority, tls_certificate and tls_key are needed unless environment is "development"'
            )
        return self

    @property
    def accepts_test_numbers(self) -> bool:
        """Whether child numbers of type T may be used."""
        return self.environment is Environment.DEVELOPMENT

    @property
    def listen(self) -> str:
        """Address and port as gRPC wants them."""
        return _joined(self.listen_address, self.listen_port)

    def _under(self, folder: Path) -> Self:
        """The same, all paths absolute."""
        directory = folder / self.directory
        paths = {
            key: folder / value
            for key in ("tls_authority", "tls_certificate", "tls_key", "metrics_directory")
            if (value := getattr(self, key)) is not None
        }
        return self.model_copy(update={"metrics_directory": directory / "metrics", "directory": directory, **paths})


def _joined(address: str, port: int) -> str:
    bare = address.strip("[]")
    return f"[{bare}]:{port}" if ":" in bare else f"{bare}:{port}"


def _file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidConfig([Violation(path.name, f"cannot be read: {error.strerror}")]) from None
    except UnicodeDecodeError:
        raise InvalidConfig([Violation(path.name, "is not UTF-8 text")]) from None
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"\(at (line \d+, column \d+|end of document)\)", str(error))
        raise InvalidConfig([Violation(path.name, f"is not TOML{f' at {place[1]}' if place else ''}")]) from None


def _spoken(environment: Mapping[str, str]) -> dict[str, str]:
    """What the environment sets, by key. Empty variables set nothing."""
    named = {name.removeprefix(PREFIX): text for name, text in environment.items() if name.startswith(PREFIX) and text}
    return {name.lower(): text for name, text in named.items() if not _injected(name, text, named)}


def _injected(name: str, text: str, named: Mapping[str, str]) -> bool:
    """Whether Kubernetes wrote this variable: its form, beside the host of the same service."""
    found = _INJECTED.fullmatch(f"{name}={text}")
    return found is not None and f"{found['service']}SERVICE_HOST" in named


def _violation(error: dict[str, Any], spoken: Mapping[str, str]) -> Violation:
    key = str(error["loc"][0]) if error["loc"] else ""
    if error["type"] == "extra_forbidden":
        description = f"is no setting; there are: {', '.join(Config.model_fields)}"
    else:
        description = str(error["msg"]).removeprefix("Value error, ")
    return Violation(PREFIX + key.upper() if key in spoken else key or "tls", description)
