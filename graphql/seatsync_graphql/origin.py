"""Which pages a browser may call from."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Container

    from starlette.datastructures import Headers


def is_welcome(headers: Headers, origins: Container[str]) -> bool:
    """Tell whether a handshake comes from no page, from the agent's own, or from a front end's.

    Browsers let every page open WebSockets to everywhere, and only say which page it was.
    """
    origin = headers.get("origin")
    if origin is None or origin in origins:
        return True
    return urlsplit(origin).netloc == headers.get("host")
