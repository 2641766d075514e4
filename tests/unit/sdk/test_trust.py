"""Which certificates are trusted."""

from __future__ import annotations

import ssl
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from seatsync.sdk.http.trust import trusted_context
from virtual_time import START

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE")


@pytest.fixture(autouse=True)
def _nothing_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


def authority(folder: Path, name: str) -> Path:
    """Make the certificate of an authority of this name."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(START)
        .not_valid_after(START + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{name}.pem"
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return file


def trusted(context: ssl.SSLContext) -> set[str]:
    """Return the names of the authorities that a context trusts."""
    return {
        x509.load_der_x509_certificate(one).subject.rfc4514_string().removeprefix("CN=")
        for one in context.get_ca_certs(binary_form=True)
    }


def test_the_public_certificates_are_trusted_by_default() -> None:
    assert len(trusted_context().get_ca_certs()) > 10


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"])
def test_a_named_certificate_replaces_the_public_ones(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, str(authority(tmp_path, "ours")))
    assert len(trusted_context().get_ca_certs()) == 1


def test_certificates_named_in_both_ways_are_both_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority(tmp_path, "ours")))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority(tmp_path, "theirs")))
    assert trusted(trusted_context()) == {"ours", "theirs"}


def test_a_folder_of_certificates_may_be_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path))
    assert trusted_context().get_ca_certs() == []


def test_every_context_checks_names_and_certificates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority(tmp_path, "ours")))
    context = trusted_context()
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED
