"""Which certificates are trusted."""

from __future__ import annotations

import os
import ssl
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import IPv4Address
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from seatsync.errors import ProviderUnreachable
from seatsync.sdk.http import open_client
from seatsync.sdk.http.trust import trusted_context
from virtual_time import VirtualTime

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = datetime.now(UTC)
NAMES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE")


@pytest.fixture(autouse=True)
def _nothing_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


def authority(folder: Path, name: str) -> Path:
    """Make an authority of this name, which vouches for itself as 127.0.0.1; key and all."""
    key = ec.generate_private_key(ec.SECP256R1())
    loopback = x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))])
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(loopback, critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{name}.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM) + secret)
    return file


class Greeting(BaseHTTPRequestHandler):
    """Answers every GET with a word."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as inherited
        pass


@contextmanager
def greeting(certificate: Path) -> Iterator[str]:
    """Greet over TLS on loopback."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Greeting)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"https://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


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


def test_clients_share_what_was_loaded_until_it_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = authority(tmp_path, "ours")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(file))
    before = trusted_context()
    assert trusted_context() is before
    authority(tmp_path, "theirs").replace(file)
    os.utime(file, ns=(0, 1))
    assert "theirs" in trusted(trusted_context())
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    assert trusted_context() is not before


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


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"])
def test_a_client_talks_to_whom_the_environment_trusts_and_to_nobody_else(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = authority(tmp_path, "ours")
    with greeting(ours) as origin:
        with pytest.raises(ProviderUnreachable, match="certificate"):
            _get(origin)
        monkeypatch.setenv(name, str(ours))
        assert _get(origin) == b"hello"


def _get(origin: str) -> bytes:
    context = VirtualTime().context
    with open_client(context, base_url=origin, timeout_s=5, max_requests_per_second=99) as client:
        return client.get("/").content
