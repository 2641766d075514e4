"""What a listed record is recognised by."""

from __future__ import annotations

from hashlib import blake2b

FINGERPRINT_BYTES = 16


def fingerprint(*parts: bytes) -> bytes:
    """Return the 16-byte digest of everything that a record, or a page, is read from."""
    return blake2b(b"\0".join(parts), digest_size=FINGERPRINT_BYTES).digest()
