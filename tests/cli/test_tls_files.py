"""Files for TLS that will not do are refused by name, before the service starts anything with them."""

from pathlib import Path

import pytest

from childindex.cli.build import config_of
from childindex.cli.faults import REFUSED, Misused
from childindex.cli.tls_files import require_usable
from tests.cli.founded import found, run


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return found(tmp_path_factory.mktemp("tls") / "var")


@pytest.fixture
def files(var: Path, tmp_path: Path) -> tuple[Path, Path, Path]:
    """Copies of the authority, the certificate and the key, for a test to spoil."""
    config = config_of(var, {})
    made = []
    for path in (config.tls_authority, config.tls_certificate, config.tls_key):
        assert path is not None
        made.append(tmp_path / path.name)
        made[-1].write_bytes(path.read_bytes())
        made[-1].chmod(0o640)
    authority, certificate, key = made
    return authority, certificate, key


def test_what_fits_will_do(files: tuple[Path, Path, Path]) -> None:
    require_usable(*files)


@pytest.mark.parametrize(("spoilt", "told"), [(0, "tls_authority"), (1, "tls_key"), (2, "tls_key")])
def test_a_file_that_is_no_pem_is_told(files: tuple[Path, Path, Path], spoilt: int, told: str) -> None:
    files[spoilt].write_text("CANARY")
    with pytest.raises(Misused, match=told) as raised:
        require_usable(*files)
    assert "CANARY" not in str(raised.value)


def test_a_key_of_another_certificate_is_told(files: tuple[Path, Path, Path], tmp_path: Path) -> None:
    other = config_of(found(tmp_path / "other"), {}).tls_key
    assert other is not None
    files[2].write_bytes(other.read_bytes())
    with pytest.raises(Misused, match="is not the unencrypted PEM key of tls_certificate"):
        require_usable(*files)


@pytest.mark.parametrize("mode", [0o644, 0o604, 0o602])
def test_a_key_that_everybody_may_read_or_write_is_refused(files: tuple[Path, Path, Path], mode: int) -> None:
    files[2].chmod(mode)
    with pytest.raises(Misused, match=f"open to everybody .mode {mode:04o}."):
        require_usable(*files)


def test_serving_says_so_at_once(tmp_path: Path) -> None:
    var = found(tmp_path / "var")
    (var / "tls" / "server.key").write_bytes((var / "tls" / "server.pem").read_bytes())
    code, out, err = run("serve", "--var", str(var))
    assert (code, out) == (REFUSED, "")
    assert "tls_key" in err
    assert "cannot listen" not in err
