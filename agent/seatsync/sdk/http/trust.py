"""Which certificates are trusted: those that the environment names, or the public ones."""

from __future__ import annotations

import os
import ssl
from pathlib import Path

import httpx

BUNDLE = "REQUESTS_CA_BUNDLE"
_OWN_NAMES = ("SSL_CERT_FILE", "SSL_CERT_DIR")


def trusted_context() -> ssl.SSLContext:
    """Return a context that trusts what `SSL_CERT_FILE`, `SSL_CERT_DIR` and the bundle name.

    `REQUESTS_CA_BUNDLE`, a file or a folder, is how requests and the tools built on it are told;
    alone it replaces the public certificates, as it does there. Raises `OSError` for certificates
    that cannot be read.
    """
    bundle = os.environ.get(BUNDLE)
    if not bundle:
        return httpx.create_ssl_context()
    context = _without_the_public_ones()
    is_folder = Path(bundle).is_dir()
    context.load_verify_locations(
        cafile=None if is_folder else bundle, capath=bundle if is_folder else None
    )
    return context


def _without_the_public_ones() -> ssl.SSLContext:
    if any(os.environ.get(name) for name in _OWN_NAMES):
        return httpx.create_ssl_context()
    # Unlike ssl.create_default_context(), this loads no certificates by itself.
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
