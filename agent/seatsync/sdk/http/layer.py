"""What every transport layer has in common: the layer below it."""

from __future__ import annotations

import httpx


class Layer(httpx.BaseTransport):
    """A transport that adds one behaviour to another."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        """Put this layer around `inner`."""
        self._inner = inner

    def close(self) -> None:
        """Close the layers below."""
        self._inner.close()
