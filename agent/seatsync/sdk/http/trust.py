"""Which certificates are trusted: those that the environment names, or the public ones."""

from __future__ import annotations

import os
import ssl
from functools import lru_cache
from pathlib import Path

import httpx

BUNDLE = "REQUESTS_CA_BUNDLE"
_OWN_NAMES = ("SSL_CERT_FILE", "SSL_CERT_DIR")


def trusted_context() -> ssl.SSLContext:
    """Return a context that trusts what `SSL_CERT_FILE`, `SSL_CERT_DIR` and the bundle name.

    `REQUESTS_CA_BUNDLE`, a file or a folder, is how requests and the tools built on it are told;
    alone it replaces the public certificates, as it does there. Raises `OSError` for certificates
    that cannot be read. Clients share a context until the environment, or what it names, changes:
    loading the certificates takes longer than many a request.
    """
    named = tuple(os.environ.get(name) for name in (BUNDLE, *_OWN_NAMES))
    return _context(named, tuple(map(_changed_at, named)))


@lru_cache(maxsize=4)
def _context(
    named: tuple[str | None, ...],
    _states: tuple[int | None, ...],  # tells what was named before from what is there now
) -> ssl.SSLContext:
    bundle = named[0]
    if not bundle:
        return httpx.create_ssl_context()
    context = _without_the_public_ones()
    is_folder = Path(bundle).is_dir()
    context.load_verify_locations(
        cafile=None if is_folder else bundle, capath=bundle if is_folder else None
    )
    return context


def _changed_at(path: str | None) -> int | None:
    try:
        return Path(path).stat().st_mtime_ns if path else None
    except OSError:
        return None


def _without_the_public_ones() -> ssl.SSLContext:
    if any(os.environ.get(name) for name in _OWN_NAMES):
        return httpx.create_ssl_context()
    # Unlike ssl.create_default_context(), this loads no certificates by itself.
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
