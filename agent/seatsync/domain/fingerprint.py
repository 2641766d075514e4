"""What a listed record is recognised by."""

from __future__ import annotations

from hashlib import blake2b, sha256

FINGERPRINT_BYTES = 16


def fingerprint(*parts: bytes) -> bytes:
    """Return the 16-byte digest of everything that a record is read from."""
    return blake2b(b"\0".join(parts), digest_size=FINGERPRINT_BYTES).digest()


def page_digest(*parts: bytes) -> bytes:
    """Return the 16-byte digest of everything that a page of records is read from."""
    # Processors have instructions for this one, which pay off for a long text only.
    return sha256(b"\0".join(parts)).digest()[:FINGERPRINT_BYTES]
