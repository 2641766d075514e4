"""The digest by which two requests for the same work are recognised."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seatsync.domain.job import JobKind


def request_digest(kind: JobKind, provider_key: str | None, arguments: Mapping[str, Any]) -> str:
    """Return a digest that is equal for equal input, in whatever order its keys come."""
    text = json.dumps([kind.value, provider_key, arguments], sort_keys=True)
    return sha256(text.encode()).hexdigest()
