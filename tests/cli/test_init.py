import asyncio
import stat
from pathlib import Path

import pytest

from childindex.cli.build import config_of, index_of, socket_of
from childindex.cli.connection import DEFAULT_TARGET
from childindex.cli.faults import REFUSED, Misused
from childindex.client import Credentials
from childindex.config import Config, Environment
from childindex.store.service import LONGEST_SOCKET
from tests.cli.founded import found, run
from tests.operations.documents import POLICY


def everything(var: Path) -> set[str]:
    return {str(path.relative_to(var)) for path in var.rglob("*")}


def test_development_makes_all_that_serving_needs(tmp_path: Path) -> None:
    var = found(tmp_path / "var")
    assert {"childindex.toml", "keys", "store", "authority", "tls", "signers"} <= everything(var)
    config = config_of(var, {})
    assert config.environment is Environment.DEVELOPMENT
    assert (config.directory, config.population, config.listen_port) == (var, 5000, 0)
    assert config.accept_test_identifiers
    for path in (config.tls_authority, config.tls_certificate, config.tls_key):
        assert path is not None
        assert path.is_file()
    code, out, _ = run("stats", "--var", str(var), "--json")
    assert code == 0
    assert '"policy version": 1' in out


def test_an_index_for_trying_out_listens_where_its_clients_ask(tmp_path: Path) -> None:
    code, out, err = run("init", "--var", str(tmp_path / "var"), "--development")
    assert code == 0, out + err
    assert config_of(tmp_path / "var", {}).listen_port == int(DEFAULT_TARGET.rpartition(":")[2])


def test_nothing_in_it_is_open_to_others(tmp_path: Path) -> None:
    var = found(tmp_path / "var")
    assert stat.S_IMODE(var.stat().st_mode) == 0o700
    secret = [path for path in var.rglob("*") if path.suffix in (".pem", ".key", ".json")]
    assert len(secret) >= 6
    assert not [path for path in secret if stat.S_IMODE(path.stat().st_mode) & 0o077]


def test_a_folder_that_holds_anything_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    code, _, err = run("init", "--var", str(tmp_path), "--development")
    assert code == REFUSED
    assert "is not empty" in err
    assert everything(tmp_path) == {"mine.txt"}


def test_nothing_is_made_for_a_policy_that_is_wrong(tmp_path: Path) -> None:
    document = tmp_path / "policy.toml"
    document.write_text(POLICY.replace('kind = "school"', 'kind = "prison"'))
    code, _, err = run("init", "--var", str(tmp_path / "var"), "--development", "--policy", str(document))
    assert code == REFUSED
    assert "custodians.0.kind" in err
    assert not (tmp_path / "var").exists()


def test_an_unfinished_index_is_no_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("childindex.store.init", full)
    code, _, err = run("init", "--var", str(tmp_path / "var"), "--development")
    assert code == REFUSED
    assert "No space left" in err
    with pytest.raises(Misused, match="there is no index"):
        config_of(tmp_path / "var", {})


def test_production_needs_two_signers_and_makes_no_certificates(tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert run("policy", "signer", str(tmp_path / "keys" / f"{name}.pem"))[0] == 0
    signers = [f"--signer={name}={tmp_path}/keys/{name}.pem.pub" for name in ("one", "two")]
    code, _, err = run("init", "--var", str(tmp_path / "a"), signers[0])
    assert code == REFUSED
    assert "two different" in err
    assert run("init", "--var", str(tmp_path / "a"), signers[0], signers[0])[0] == REFUSED
    assert not (tmp_path / "a").exists()
    var = tmp_path / "var"
    assert run("init", "--var", str(var), *signers)[0] == 0
    assert not {"authority", "tls", "signers"} & everything(var)
    assert config_of(var, {}).environment is Environment.PRODUCTION
    code, _, err = run("custodian", "credentials", "oakfield-school", "--var", str(var))
    assert code == REFUSED
    assert "no development authority" in err


@pytest.mark.parametrize(
    "options", [("--development", "--signer", "a=b"), ("--policy", "p.toml"), ("--signer", "a"), ("--signer", "a=none")]
)
def test_options_that_do_not_go_together_are_refused(tmp_path: Path, options: tuple[str, ...]) -> None:
    code, _, err = run("init", "--var", str(tmp_path / "var"), *options)
    assert code == REFUSED, err
    assert not (tmp_path / "var").exists()


def test_a_public_key_is_64_hexadecimal_digits(tmp_path: Path) -> None:
    (tmp_path / "k").write_text("abc")
    code, _, err = run("init", "--var", str(tmp_path / "var"), "--signer", f"a={tmp_path}/k")
    assert (code, "64 hexadecimal" in err) == (REFUSED, True)


def test_credentials_are_of_the_custodian_and_its_authority(tmp_path: Path) -> None:
    var = found(tmp_path / "var")
    assert run("custodian", "credentials", "oakfield-school", "--var", str(var))[0] == 0
    read = Credentials.read(var / "credentials" / "oakfield-school")
    assert read.authority == (var / "authority" / "ca.pem").read_bytes()
    code, _, err = run("custodian", "credentials", "No Such", "--var", str(var))
    assert (code, "custodian" in err) == (REFUSED, True)


def test_a_policy_needs_both_signatures_and_the_next_version(tmp_path: Path) -> None:
    var = found(tmp_path / "var")
    document = tmp_path / "next.toml"
    document.write_text(POLICY.replace("version = 1", "version = 2"))
    adopt = ("policy", "adopt", str(document), "--var", str(var))
    assert run(*adopt)[0] == REFUSED  # unsigned
    for count, name in enumerate(("first", "second"), 1):
        code, out, _ = run("policy", "sign", str(document), "--key", str(var / "signers" / f"{name}.pem"))
        assert (code, f"{count} of 2" in out) == (0, True)
        code, out, err = run(*adopt)
        assert code == (0 if count == 2 else REFUSED), err
    assert "version 2 is in force" in out
    code, _, err = run(*adopt)
    assert (code, "policy.version: must be 3" in err) == (REFUSED, True)
    assert run("policy", "check", str(document))[1].startswith("policy version 2: 4 custodians")


def test_a_changed_document_and_a_torn_signature_file_are_refused(tmp_path: Path) -> None:
    var = found(tmp_path / "var")
    document = tmp_path / "next.toml"
    document.write_text(POLICY.replace("version = 1", "version = 2"))
    for name in ("first", "second"):
        run("policy", "sign", str(document), "--key", str(var / "signers" / f"{name}.pem"))
    document.write_text(document.read_text().replace("Oakfield", "Otherfield"))
    code, _, err = run("policy", "adopt", str(document), "--var", str(var))
    assert (code, "signature" in err) == (REFUSED, True)
    (tmp_path / "next.toml.sig").write_text('{"a": ')
    code, _, err = run("policy", "adopt", str(document), "--var", str(var))
    assert (code, "no signatures" in err) == (REFUSED, True)


def test_client_variables_are_none_of_the_configuration(tmp_path: Path) -> None:
    var = found(tmp_path / "var")
    assert config_of(var, {"CHILDINDEX_TARGET": "x", "CHILDINDEX_LISTEN_PORT": "7"}).listen_port == 7


def test_an_index_is_built_alone_or_beside_a_writer(tmp_path: Path) -> None:
    config = config_of(found(tmp_path / "var"), {})

    async def build() -> int:
        alone = index_of(config, writer="local")
        assert alone.settings.accept_test_numbers
        assert alone.model.label.endswith("(N=5,000)")
        await alone.store.close()
        beside = index_of(config, writer="socket")
        async with beside.store.snapshot() as snapshot:
            position = snapshot.position
        await beside.store.close()
        return position

    assert asyncio.run(build()) == 2


def test_the_socket_of_a_deep_directory_lies_where_the_kernel_takes_it(tmp_path: Path) -> None:
    deep = Config(environment=Environment.DEVELOPMENT, directory=tmp_path / ("x" * 100) / "y")
    other = Config(environment=Environment.DEVELOPMENT, directory=tmp_path / ("x" * 100) / "z")
    assert len(str(socket_of(deep))) <= LONGEST_SOCKET
    assert socket_of(deep) != socket_of(other)
    assert socket_of(deep).parent.name.startswith("childindex-")
