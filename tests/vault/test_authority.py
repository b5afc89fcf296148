"""The development authority: what it issues says one thing, to one end, for one year."""

import ssl
import stat
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID

from childindex.errors import Error, InvalidFields, StoreDamaged
from childindex.vault.authority import FILE, Credentials, DevelopmentAuthority

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
E = TypeVar("E", bound=x509.ExtensionType)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> DevelopmentAuthority:
    return DevelopmentAuthority.create(tmp_path_factory.mktemp("authority") / "ca", NOW)


def extension(pem: bytes, kind: type[E]) -> E:
    return x509.load_pem_x509_certificate(pem).extensions.get_extension_for_class(kind).value


def usages(pem: bytes) -> set[str]:
    usage = extension(pem, x509.KeyUsage)
    return {name.lstrip("_") for name in ("digital_signature", "key_cert_sign", "crl_sign") if getattr(usage, name)}


def test_a_custodian_is_named_by_one_uri_and_nothing_else(authority: DevelopmentAuthority) -> None:
    pem = authority.issue_custodian("oakfield-school", NOW).cert_pem
    names = list(extension(pem, x509.SubjectAlternativeName))
    assert names == [x509.UniformResourceIdentifier("urn:childindex:custodian:oakfield-school")]


def test_a_server_is_named_by_its_hosts_and_addresses(authority: DevelopmentAuthority) -> None:
    names = extension(
        authority.issue_server(["localhost", "127.0.0.1", "::1"], NOW).cert_pem, x509.SubjectAlternativeName
    )
    assert names.get_values_for_type(x509.DNSName) == ["localhost"]
    assert [str(address) for address in names.get_values_for_type(x509.IPAddress)] == ["127.0.0.1", "::1"]
    assert names.get_values_for_type(x509.UniformResourceIdentifier) == []


def test_each_certificate_serves_one_end(authority: DevelopmentAuthority) -> None:
    server = authority.issue_server(["localhost"], NOW).cert_pem
    client = authority.issue_custodian("a-school", NOW).cert_pem
    assert list(extension(server, x509.ExtendedKeyUsage)) == [ExtendedKeyUsageOID.SERVER_AUTH]
    assert list(extension(client, x509.ExtendedKeyUsage)) == [ExtendedKeyUsageOID.CLIENT_AUTH]
    assert usages(server) == usages(client) == {"digital_signature"}
    assert usages(authority.ca_pem) == {"key_cert_sign", "crl_sign"}
    assert [extension(pem, x509.BasicConstraints).ca for pem in (server, client, authority.ca_pem)] == [
        False,
        False,
        True,
    ]
    assert extension(authority.ca_pem, x509.BasicConstraints).path_length == 0


def test_signed_by_the_authority_with_keys_of_p256(authority: DevelopmentAuthority) -> None:
    root = x509.load_pem_x509_certificate(authority.ca_pem)
    root.verify_directly_issued_by(root)
    credentials = authority.issue_custodian("a-school", NOW)
    certificate = x509.load_pem_x509_certificate(credentials.cert_pem)
    certificate.verify_directly_issued_by(root)
    key = load_pem_private_key(credentials.key_pem, None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    assert key.curve.name == "secp256r1"
    assert key.public_key() == certificate.public_key()


def test_a_year_from_now_and_never_beyond_the_authority(authority: DevelopmentAuthority) -> None:
    leaf = x509.load_pem_x509_certificate(authority.issue_custodian("a-school", NOW).cert_pem)
    assert leaf.not_valid_before_utc == NOW - timedelta(minutes=5)
    assert leaf.not_valid_after_utc == NOW + timedelta(days=365)
    ends = x509.load_pem_x509_certificate(authority.ca_pem).not_valid_after_utc
    late = x509.load_pem_x509_certificate(authority.issue_custodian("a", ends - timedelta(days=9)).cert_pem)
    assert late.not_valid_after_utc == ends
    with pytest.raises(Error, match="expired"):
        authority.issue_custodian("a-school", ends)
    with pytest.raises(ValueError, match="time zone"):
        authority.issue_custodian("a-school", NOW.replace(tzinfo=None) + timedelta(days=1))


WRONG_IDS = ["", "a" * 65, "A-School", "a_school", "a school", "a\n", "schoöl", "a.b", "a:b", "../a"]


@pytest.mark.parametrize("wrong", WRONG_IDS)
def test_other_custodian_ids_are_refused(authority: DevelopmentAuthority, wrong: str) -> None:
    with pytest.raises(InvalidFields) as caught:
        authority.issue_custodian(wrong, NOW)
    assert [violation.field for violation in caught.value.violations] == ["custodian"]


@pytest.mark.parametrize("right", ["a", "9", "a" * 64, "oakfield-school"])
def test_custodian_ids_of_the_right_form_are_issued(authority: DevelopmentAuthority, right: str) -> None:
    assert authority.issue_custodian(right, NOW).cert_pem


@pytest.mark.parametrize(
    ("names", "wrong"),
    [
        ([], ["names"]),
        (["localhost", "a b"], ["names[1]"]),
        (["*.x"], ["names[0]"]),
        (["1.2.3", ""], ["names[0]", "names[1]"]),
    ],
)
def test_other_server_names_are_refused(
    authority: DevelopmentAuthority, names: Sequence[str], wrong: list[str]
) -> None:
    with pytest.raises(InvalidFields) as caught:
        authority.issue_server(names, NOW)
    assert [violation.field for violation in caught.value.violations] == wrong


def test_an_opened_authority_is_the_one_created(tmp_path: Path) -> None:
    created = DevelopmentAuthority.create(tmp_path / "ca", NOW)
    opened = DevelopmentAuthority.open(tmp_path / "ca")
    assert opened.ca_pem == created.ca_pem == (tmp_path / "ca" / "ca.pem").read_bytes()
    issued = x509.load_pem_x509_certificate(opened.issue_custodian("a", NOW).cert_pem)
    issued.verify_directly_issued_by(x509.load_pem_x509_certificate(created.ca_pem))
    with pytest.raises(Error, match="exists already"):
        DevelopmentAuthority.create(tmp_path / "ca", NOW)


def test_a_damaged_or_foreign_authority_does_not_open(tmp_path: Path) -> None:
    with pytest.raises(Error):
        DevelopmentAuthority.open(tmp_path / "ca")
    for name in ("ca", "other"):
        DevelopmentAuthority.create(tmp_path / name, NOW)
    path = tmp_path / "ca" / FILE
    key, certificate = path.read_bytes().split(b"-----BEGIN CERTIFICATE")
    foreign = (tmp_path / "other" / "ca.pem").read_bytes()
    for content in (b"", key, key + foreign, b"-----BEGIN CERTIFICATE" + certificate):
        path.write_bytes(content)
        with pytest.raises(StoreDamaged, match="damaged"):
            DevelopmentAuthority.open(tmp_path / "ca")


def test_a_custodian_can_be_handed_a_folder(authority: DevelopmentAuthority, tmp_path: Path) -> None:
    credentials = authority.issue_custodian("a-school", NOW)
    credentials.write(tmp_path / "a-school")
    authority.issue_custodian("a-school", NOW).write(tmp_path / "a-school")
    credentials.write(tmp_path / "a-school")
    content = {path.name: path.read_bytes() for path in (tmp_path / "a-school").iterdir()}
    assert content == {
        "ca.pem": authority.ca_pem,
        "client.pem": credentials.cert_pem,
        "client.key": credentials.key_pem,
    }


def test_every_file_and_folder_is_for_its_owner_alone(tmp_path: Path) -> None:
    authority = DevelopmentAuthority.create(tmp_path / "own" / "ca", NOW)
    authority.issue_server(["localhost"], NOW).write(tmp_path / "own" / "server", "server")
    for path in (tmp_path / "own").rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)


def handshake(server: Credentials, client: Credentials, host: str, folder: Path) -> dict[str, object] | None:
    """A mutual TLS handshake in memory: what the server learns of its peer's names."""
    server.write(folder / "server", "server")
    client.write(folder / "client")
    receiving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(folder / "server" / "ca.pem"))
    receiving.verify_mode = ssl.CERT_REQUIRED
    receiving.load_cert_chain(folder / "server" / "server.pem", folder / "server" / "server.key")
    calling = ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=str(folder / "client" / "ca.pem"))
    calling.load_cert_chain(folder / "client" / "client.pem", folder / "client" / "client.key")
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [
        calling.wrap_bio(to_client, to_server, server_hostname=host),
        receiving.wrap_bio(to_server, to_client, server_side=True),
    ]
    for _ in range(6):
        for end in ends:
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                continue
    return ends[1].getpeercert()  # type: ignore[return-value]  # typeshed's mapping is wider


def test_both_ends_of_a_real_handshake_accept_each_other(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    authority = DevelopmentAuthority.create(tmp_path / "ca", now)
    server, client = authority.issue_server(["localhost", "127.0.0.1"], now), authority.issue_custodian("a-school", now)
    for host in ("localhost", "127.0.0.1"):
        peer = handshake(server, client, host, tmp_path)
        assert peer is not None
        assert peer["subjectAltName"] == (("URI", "urn:childindex:custodian:a-school"),)
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(server, client, "elsewhere.example", tmp_path)
    with pytest.raises(ssl.SSLError):
        handshake(client, client, "localhost", tmp_path)
    stranger = DevelopmentAuthority.create(tmp_path / "stranger", now).issue_custodian("a-school", now)
    forged = Credentials(stranger.cert_pem, stranger.key_pem, authority.ca_pem)
    with pytest.raises(ssl.SSLError):
        handshake(server, forged, "localhost", tmp_path)
