"""A certificate authority for development: mutual TLS on one machine, in tests and demonstrations.

A production index is given its certificates by an authority that the operators do not hold. What this one issues
follows RFC 5280 and the rules of the service: a custodian's certificate names it in exactly one URI of the
subject alternative name, `urn:childindex:custodian:<id>`, and in nothing else.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from childindex.errors import Error, InvalidFields, Reason, StoreDamaged, Violation
from childindex.vault import keyfile
from childindex.vault.secret import Secret, guarded

FILE = "authority.pem"
URN = "urn:childindex:custodian:"
YEAR = timedelta(days=365)

_AUTHORITY_LIFE = 5 * YEAR
_SKEW = timedelta(minutes=5)  # a peer's clock may be a little behind
_CUSTODIAN = re.compile(r"[a-z0-9-]{1,64}")
_DNS = re.compile(r"(?=.{1,253}\Z)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*", re.I)


@guarded
@dataclass(frozen=True, slots=True)
class Credentials:
    """What one end of a connection holds: its certificate, its private key, and the authority it trusts, all PEM."""

    cert_pem: bytes
    key_pem: bytes
    ca_pem: bytes

    def write(self, directory: Path, name: str = "client") -> None:
        """Write ca.pem, <name>.pem and <name>.key (0600, the directory 0700), in the place of older ones."""
        keyfile.make_directory(directory)
        keyfile.replace(directory / "ca.pem", Secret(self.ca_pem))
        keyfile.replace(directory / f"{name}.key", Secret(self.key_pem))
        keyfile.replace(directory / f"{name}.pem", Secret(self.cert_pem))


@guarded
class DevelopmentAuthority:
    """An ECDSA P-256 authority in a directory; it issues certificates of one year."""

    __slots__ = ("_certificate", "_key")

    def __init__(self, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> None:
        self._certificate = certificate
        self._key = key

    @classmethod
    def create(cls, directory: Path, now: datetime) -> "DevelopmentAuthority":
        """Make an authority in `directory`: authority.pem with its key, ca.pem to give away.

        The directory is 0700, the files 0600. Raises `Error` when there is one already.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        name = _name("childindex development authority")
        builder = _builder(name, key.public_key(), now, _after(now, _AUTHORITY_LIFE)).issuer_name(name)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        builder = builder.add_extension(_usage(key_cert_sign=True), critical=True)
        certificate = builder.sign(key, SHA256())
        keyfile.make_directory(directory)
        public = certificate.public_bytes(Encoding.PEM)
        keyfile.write_new(
            directory / FILE, Secret(_private_pem(key) + public)
        )  # one file: a crash leaves no half of it
        keyfile.replace(directory / "ca.pem", Secret(public))
        return cls(certificate, key)

    @classmethod
    def open(cls, directory: Path) -> "DevelopmentAuthority":
        """The authority of a directory. Raises `Error` when absent or open to others, `StoreDamaged` when damaged."""
        content = keyfile.read(directory / FILE)
        key, certificate = _load_key(content), _load_certificate(content)
        if key is None or certificate is None or certificate.public_key() != key.public_key():
            raise StoreDamaged(f"the certificate authority in {directory} is damaged")
        return cls(certificate, key)

    @property
    def ca_pem(self) -> bytes:
        """The authority's own certificate."""
        return self._certificate.public_bytes(Encoding.PEM)

    def issue_server(self, names: Sequence[str], now: datetime) -> Credentials:
        """For a server reached under these host names and IP addresses. Raises `InvalidFields` for other names."""
        wrong = [Violation(f"names[{i}]", "not a host name or address") for i, n in enumerate(names) if not _is_host(n)]
        if wrong or not names:
            raise InvalidFields(wrong or [Violation("names", "at least one name is needed")])
        alternatives = [_host(name) for name in names]
        return self._issue("childindex server", alternatives, ExtendedKeyUsageOID.SERVER_AUTH, now)

    def issue_custodian(self, custodian: str, now: datetime) -> Credentials:
        """For a custodian's client. Raises `InvalidFields` when the id is not of a-z, 0-9 and hyphens, 1 to 64."""
        if not _CUSTODIAN.fullmatch(custodian):
            raise InvalidFields([Violation("custodian", "must be 1 to 64 of a-z, 0-9 and hyphen")])
        alternatives = [x509.UniformResourceIdentifier(URN + custodian)]
        return self._issue(custodian, alternatives, ExtendedKeyUsageOID.CLIENT_AUTH, now)

    def _issue(
        self, common_name: str, alternatives: Sequence[x509.GeneralName], use: x509.ObjectIdentifier, now: datetime
    ) -> Credentials:
        ends = min(_after(now, YEAR), self._certificate.not_valid_after_utc)
        if ends <= now:
            raise Error(Reason.STORE_UNAVAILABLE, "the development certificate authority has expired; make another")
        key = ec.generate_private_key(ec.SECP256R1())
        issuer_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        certificate = (
            _builder(_name(common_name), key.public_key(), now, ends)
            .issuer_name(self._certificate.subject)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(digital_signature=True), critical=True)
            .add_extension(x509.ExtendedKeyUsage([use]), critical=False)
            .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
            .add_extension(issuer_key, critical=False)
            .sign(self._key, SHA256())
        )
        return Credentials(certificate.public_bytes(Encoding.PEM), _private_pem(key), self.ca_pem)


def _builder(
    name: x509.Name, public: ec.EllipticCurvePublicKey, now: datetime, ends: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _SKEW)
        .not_valid_after(ends)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )


def _after(now: datetime, life: timedelta) -> datetime:
    if now.tzinfo is None:
        raise ValueError("a certificate's dates need a time zone")
    return now + life


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _usage(*, key_cert_sign: bool = False, digital_signature: bool = False) -> x509.KeyUsage:
    """An authority signs certificates and revocation lists, a leaf only the handshake."""
    return x509.KeyUsage(
        digital_signature=digital_signature,
        key_cert_sign=key_cert_sign,
        crl_sign=key_cert_sign,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _is_host(name: str) -> bool:
    return _is_address(name) or (_DNS.fullmatch(name) is not None and not name.replace(".", "").isdigit())


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _host(name: str) -> x509.GeneralName:
    return x509.IPAddress(ip_address(name)) if _is_address(name) else x509.DNSName(name)


def _private_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _load_key(content: Secret) -> ec.EllipticCurvePrivateKey | None:
    """None for any other content, of which the exception should tell nothing."""
    try:
        key = load_pem_private_key(content.reveal(), password=None)
    except (ValueError, TypeError):
        return None
    return key if isinstance(key, ec.EllipticCurvePrivateKey) else None


def _load_certificate(content: Secret) -> x509.Certificate | None:
    try:
        return x509.load_pem_x509_certificate(content.reveal())
    except ValueError:
        return None
