"""The token request of Pax8: client credentials, as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

from seatsync.sdk.http import REPEATABLE, TokenAuth

if TYPE_CHECKING:
    from seatsync.sdk.context import Clock
    from seatsync_pax8.settings import Pax8Settings

REMEDY = (
    "Check client_id and client_secret: at Pax8, Integrations hub, tab Credentials,"
    " with the role Partner Admin."
)


def token_auth(settings: Pax8Settings, clock: Clock) -> TokenAuth:
    """Return what signs requests to Pax8 (Pax8 OpenAPI, Authentication)."""

    def ask() -> httpx.Request:
        return httpx.Request(
            "POST",
            settings.token_url,
            json={
                "client_id": settings.client_id,
                "client_secret": settings.client_secret.get_secret_value(),
                "audience": settings.audience,
                "grant_type": "client_credentials",
            },
            extensions={REPEATABLE: True},
        )

    return TokenAuth(ask, clock, remedy=REMEDY)
