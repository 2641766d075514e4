"""Requests to ION, signed with the access token of the chain."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from collections.abc import Generator

    from seatsync_streamone_ion.tokens import Tokens


class IonAuth(httpx.Auth):
    """Signs each request, and once more with another token after a 401."""

    def __init__(self, tokens: Tokens) -> None:
        """Sign with what `tokens` gives."""
        self._tokens = tokens

    def sync_auth_flow(
        self, request: httpx.Request
    ) -> Generator[httpx.Request, httpx.Response, None]:
        """Send the request with a token that is good."""
        token = self._tokens.current()
        response = yield _signed(request, token)
        if response.status_code == HTTPStatus.UNAUTHORIZED:
            yield _signed(request, self._tokens.current(refused=token))


def _signed(request: httpx.Request, token: str) -> httpx.Request:
    request.headers["Authorization"] = f"Bearer {token}"
    return request
