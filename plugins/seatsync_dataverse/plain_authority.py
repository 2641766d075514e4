"""An authority without TLS: a simulator on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

from seatsync.sdk.http.layer import Layer

if TYPE_CHECKING:
    from collections.abc import Mapping

_RESHAPED = frozenset({"content-length", "content-encoding", "transfer-encoding"})


class PlainAuthority(Layer):
    """Lets msal talk to an authority over http, which it takes for https.

    msal refuses every address of an authority, its own and those of its endpoints, that does not
    begin with https (msal 1.39, authority.canonicalize).
    """

    def __init__(self, inner: httpx.BaseTransport, authority: str) -> None:
        """Let `authority`, an http origin, pass for https."""
        super().__init__(inner)
        self._plain = authority.encode("ascii")
        self._shown = str(httpx.URL(authority).copy_with(scheme="https")).rstrip("/").encode()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request over http, and show the addresses in the answer as https."""
        request.url = request.url.copy_with(scheme="http")
        response = self._inner.handle_request(request)
        content = response.read().replace(self._plain, self._shown)
        return httpx.Response(
            response.status_code, headers=_kept(response.headers), content=content, request=request
        )


def _kept(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() not in _RESHAPED}
