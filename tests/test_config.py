"""Configuration: file and environment, what is refused and how it is told."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from childindex.config import Config, Environment, InvalidConfig

DEVELOPMENT = {"CHILDINDEX_ENVIRONMENT": "development"}
SECRET = "Wrzeszczykiewicz"
FULL = """
environment = "production"
directory = "data"
listen_address = "::"
listen_port = 7443
workers = 8
reflection = true
connection_age_seconds = 60
notice_seconds = 1.5
drain_seconds = 20
tls_authority = "tls/authority.pem"
tls_certificate = "/etc/childindex/server.pem"
tls_key = "../server.key"
metrics_address = "10.0.0.7"
metrics_port = 9999
metrics_directory = "/run/childindex"
population = 250000
accept_test_identifiers = true
budget = 400
custodian_budget = 90000
remember_removed_days = 14
journal_segment_bytes = 16777216
"""


def refused(path: Path | None, environment: Mapping[str, str]) -> dict[str, str]:
    with pytest.raises(InvalidConfig) as caught:
        Config.load(path, environment)
    told = {violation.field: violation.description for violation in caught.value.violations}
    assert all(f"{field}: {description}" in str(caught.value) for field, description in told.items())
    return told


def file(folder: Path, text: str) -> Path:
    path = folder / "childindex.toml"
    path.write_text(text)
    return path


def test_every_key_can_be_given(tmp_path: Path) -> None:
    config = Config.load(file(tmp_path, FULL), {})
    assert config.model_fields_set >= set(Config.model_fields)
    assert all(
        getattr(config, key) != field.default for key, field in Config.model_fields.items() if key != "environment"
    )
    assert config.directory == tmp_path / "data"
    assert config.tls_authority == tmp_path / "tls/authority.pem"
    assert config.tls_certificate == Path("/etc/childindex/server.pem")
    assert config.tls_key == tmp_path / "../server.key"
    assert config.metrics_directory == Path("/run/childindex")
    assert config.listen == "[::]:7443"
    assert not config.accepts_test_numbers


def test_the_defaults_are_a_safe_local_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    config = Config.load(None, DEVELOPMENT)
    assert (config.listen, config.metrics_address) == ("127.0.0.1:50051", "127.0.0.1")
    assert config.reflection is False
    assert config.directory == tmp_path / "var"
    assert config.metrics_directory == tmp_path / "var" / "metrics"
    assert config.accepts_test_numbers


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    spoken = {
        "CHILDINDEX_LISTEN_PORT": "1",
        "CHILDINDEX_REFLECTION": "false",
        "CHILDINDEX_DRAIN_SECONDS": "0.5",
        "CHILDINDEX_DIRECTORY": "elsewhere",
        "CHILDINDEX_WORKERS": "",  # set to nothing is not set
    }
    config = Config.load(file(tmp_path, FULL), {**spoken, "PATH": "/bin", "childindex_workers": "9"})
    assert (config.listen_port, config.reflection, config.drain_seconds, config.workers) == (1, False, 0.5, 8)
    assert config.directory == tmp_path / "elsewhere"


def test_production_needs_certificates() -> None:
    assert "are needed unless environment" in refused(None, {})["tls"]
    assert "belong together" in refused(None, {"CHILDINDEX_TLS_KEY": "a.key"})["tls"]
    assert "belong together" in refused(None, {**DEVELOPMENT, "CHILDINDEX_TLS_KEY": "a.key"})["tls"]


def test_everything_wrong_is_told_at_once_by_the_name_it_was_given(tmp_path: Path) -> None:
    text = f'listen_port = "{SECRET}"\nworkers = true\nlisten_adress = "{SECRET}"\nmetrics_port = 65536\n'
    told = refused(file(tmp_path, text), {"CHILDINDEX_ENVIRONMENT": SECRET, "CHILDINDEX_BUDGT": SECRET})
    assert set(told) == {
        "listen_port",
        "workers",
        "listen_adress",
        "metrics_port",
        "CHILDINDEX_ENVIRONMENT",
        "CHILDINDEX_BUDGT",
    }
    assert told["workers"] == "must be a number"
    assert "there are: environment, directory, listen_address" in told["listen_adress"]
    assert "'production' or 'development'" in told["CHILDINDEX_ENVIRONMENT"]
    assert SECRET not in str(told)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("workers", "0"),
        ("workers", "1.5"),
        ("listen_port", "-1"),
        ("listen_address", ""),
        ("listen_address", "unix:/tmp/x y"),
        ("drain_seconds", "-1"),
        ("drain_seconds", "nan"),
        ("connection_age_seconds", "0"),
        ("connection_age_seconds", "inf"),
        ("budget", "-1"),
        ("journal_segment_bytes", "1000"),
        ("reflection", "perhaps"),
    ],
)
def test_values_out_of_bounds_are_refused(tmp_path: Path, key: str, value: str) -> None:
    if value:
        assert list(refused(None, {**DEVELOPMENT, f"CHILDINDEX_{key.upper()}": value})) == [f"CHILDINDEX_{key.upper()}"]
    assert list(refused(file(tmp_path, f'{key} = "{value}"'), DEVELOPMENT)) == [key]


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    assert refused(tmp_path / "absent.toml", {}) == {"absent.toml": "cannot be read: No such file or directory"}
    assert refused(file(tmp_path, f"workers = 1\n{SECRET} {SECRET}"), {}) == {
        "childindex.toml": f"is not TOML at line 2, column {len(SECRET) + 2}"
    }
    path = tmp_path / "latin.toml"
    path.write_bytes(b'directory = "\xe9"')
    assert refused(path, {}) == {"latin.toml": "is not UTF-8 text"}


def test_what_kubernetes_writes_is_no_setting() -> None:
    injected = {
        "CHILDINDEX_SERVICE_HOST": "10.0.0.1",
        "CHILDINDEX_SERVICE_PORT": "50051",
        "CHILDINDEX_SERVICE_PORT_GRPC": "50051",
        "CHILDINDEX_PORT": "tcp://10.0.0.1:50051",
        "CHILDINDEX_PORT_50051_TCP": "tcp://10.0.0.1:50051",
        "CHILDINDEX_PORT_50051_TCP_ADDR": "10.0.0.1",
        "CHILDINDEX_PORT_50051_TCP_PORT": "50051",
        "CHILDINDEX_PORT_50051_TCP_PROTO": "tcp",
        "CHILDINDEX_METRICS_SERVICE_HOST": "fd00::1",
        "CHILDINDEX_METRICS_PORT": "tcp://[fd00::1]:9464",  # written over the setting of the same name
    }
    assert Config.load(None, {**DEVELOPMENT, **injected}) == Config.load(None, DEVELOPMENT)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "50051"),
        ("METRIC_PORT", "9464"),
        ("LISTENPORT", "50051"),
        ("LISTEN_PORT_50051_TCP", "50051"),
        ("PORT", "tcp://10.0.0.1:50051"),  # Kubernetes would have written the host too
        ("SERVICE_PORT", "50051"),
    ],
)
def test_a_misspelt_port_is_none_that_kubernetes_wrote(name: str, value: str) -> None:
    assert list(refused(None, {**DEVELOPMENT, f"CHILDINDEX_{name}": value})) == [f"CHILDINDEX_{name}"]


def test_a_misspelt_port_is_refused_beside_what_kubernetes_wrote() -> None:
    injected = {"CHILDINDEX_SERVICE_HOST": "10.0.0.1", "CHILDINDEX_PORT": "7000", "CHILDINDEX_METRIC_PORT": "9464"}
    assert list(refused(None, {**DEVELOPMENT, **injected})) == ["CHILDINDEX_PORT", "CHILDINDEX_METRIC_PORT"]


def test_it_cannot_be_changed() -> None:
    config = Config.load(None, DEVELOPMENT)
    with pytest.raises(ValidationError):
        setattr(config, "workers", 3)  # noqa: B010  an assignment is what must fail


@given(st.dictionaries(st.sampled_from(sorted(Config.model_fields)), st.text(max_size=12)))
def test_any_environment_is_answered(texts: dict[str, str]) -> None:
    spoken = {f"CHILDINDEX_{key.upper()}": text for key, text in texts.items()}
    try:
        config = Config.load(None, DEVELOPMENT | spoken)
    except InvalidConfig as error:
        wrong = error.violations
    else:
        wrong = ()
        assert config.directory.is_absolute()
        assert config.environment in Environment
    assert {violation.field for violation in wrong} <= {*spoken, "tls"}
