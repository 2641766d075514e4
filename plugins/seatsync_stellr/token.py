"""The token request of Stellr: client credentials, as a form."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

from seatsync.sdk.http import REPEATABLE, TokenAuth

if TYPE_CHECKING:
    from seatsync.sdk.context import Clock
    from seatsync_stellr.settings import StellrSettings

REMEDY = (
    "Check client_id, client_secret and region: in ECexpress, StreamOne Stellr, Integration,"
    " Developer Portal, Client Credentials. New ones work after about ten minutes."
)


def token_auth(settings: StellrSettings, clock: Clock) -> TokenAuth:
    """Return what signs requests to Stellr."""

    def ask() -> httpx.Request:
        form = {
            "grant_type": "client_credentials",
            "client_id": settings.client_id,
            "client_secret": settings.client_secret.get_secret_value(),
        }
        scope = {"scope": settings.scope} if settings.scope else {}
        return httpx.Request(
            "POST", settings.sign_in_url, data=form | scope, extensions={REPEATABLE: True}
        )

    return TokenAuth(ask, clock, remedy=REMEDY)
