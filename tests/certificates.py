"""A certificate authority for tests that also issues what the development authority refuses to."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

URN = "urn:childindex:custodian:"


@dataclass(frozen=True)
class Pair:
    """A certificate and its key, PEM."""

    certificate: bytes
    key: bytes


class Authority:
    """Signs anything."""

    def __init__(self, name: str = "test authority") -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        constraints = x509.BasicConstraints(ca=True, path_length=0)
        certificate = self._builder(self._key, self._name).add_extension(constraints, critical=True)
        self.pem = certificate.sign(self._key, SHA256()).public_bytes(Encoding.PEM)

    def _builder(self, key: ec.EllipticCurvePrivateKey, name: x509.Name) -> x509.CertificateBuilder:
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
        )

    def issue(self, *alternatives: x509.GeneralName) -> Pair:
        """A certificate with these alternative names."""
        key = ec.generate_private_key(ec.SECP256R1())
        builder = self._builder(key, x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "leaf")]))
        if alternatives:
            builder = builder.add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        return Pair(
            builder.sign(self._key, SHA256()).public_bytes(Encoding.PEM),
            key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        )

    def server(self) -> Pair:
        """For localhost."""
        return self.issue(x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1")))

    def uris(self, *uris: str) -> Pair:
        """For a client with these URIs."""
        return self.issue(*map(x509.UniformResourceIdentifier, uris))

    def custodian(self, custodian: str) -> Pair:
        """For a custodian's client."""
        return self.uris(URN + custodian)


@cache
def authority() -> Authority:
    """The one authority of a test run."""
    return Authority()


@cache
def _pairs() -> tuple[Pair, Pair]:
    return authority().server(), authority().custodian("oakfield-school")


def server_pair() -> Pair:
    """The server's."""
    return _pairs()[0]


def school_pair() -> Pair:
    """That of oakfield-school."""
    return _pairs()[1]


def write_server(directory: Path) -> tuple[Path, Path, Path]:
    """Authority, certificate and key of the server as files."""
    paths = (directory / "ca.pem", directory / "server.pem", directory / "server.key")
    for path, content in zip(paths, (authority().pem, server_pair().certificate, server_pair().key), strict=True):
        path.write_bytes(content)
    return paths
