"""The caller of a connection."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509

from childindex.api.identity import custodian
from childindex.errors import Error, Reason
from childindex.vault.authority import DevelopmentAuthority


def test_one_custodian() -> None:
    assert custodian({"peer_uri": [b"urn:childindex:custodian:oakfield-school"]}) == "oakfield-school"


@pytest.mark.parametrize(
    "uris",
    [
        [],
        [b"urn:childindex:custodian:a", b"urn:childindex:custodian:b"],
        [b"urn:childindex:custodian:a", b"urn:childindex:custodian:a"],
        [b"urn:childindex:custodian:a", b"https://example.org"],
        [b"URN:childindex:custodian:a"],
        [b"urn:childindex:custodian:"],
        [b"urn:childindex:custodian:A"],
        [b"urn:childindex:custodian:a\n"],
        [b"urn:childindex:custodian:\xff"],
        [b"urn:childindex:custodian:\xc2\xb2"],
        [b"urn:childindex:custodian:" + b"a" * 65],
        [b" urn:childindex:custodian:a"],
    ],
)
def test_anything_else_is_nobody(uris: list[bytes]) -> None:
    with pytest.raises(Error) as caught:
        custodian({"peer_uri": uris, "x509_common_name": [b"oakfield-school"]})
    assert caught.value.reason is Reason.NO_CALLER_IDENTITY


def test_no_certificate_is_nobody() -> None:
    with pytest.raises(Error):
        custodian({"transport_security_type": [b"ssl"]})


def test_certificates_of_the_development_authority_name_their_custodian(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    issued = DevelopmentAuthority.create(tmp_path / "authority", now).issue_custodian("mill-lane-surgery", now)
    certificate = x509.load_pem_x509_certificate(issued.cert_pem)
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    uris = names.get_values_for_type(x509.UniformResourceIdentifier)
    assert custodian({"peer_uri": [uri.encode() for uri in uris]}) == "mill-lane-surgery"
