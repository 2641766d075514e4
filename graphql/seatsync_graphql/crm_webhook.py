"""Where the CRM tells that something changed: a hint to read at once, and nothing more."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse

from seatsync.errors import Unauthenticated
from seatsync_graphql.endpoint import refuse

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.requests import Request
    from starlette.responses import Response

    from seatsync_graphql.agent import Secret
    from seatsync_graphql.execution import Executor

PATH = "/webhooks/crm"
HEADER = "X-Seatsync-Webhook-Secret"


class CrmWebhook:
    """Answers whoever shows one of the secrets; two are good while one replaces the other."""

    def __init__(self, executor: Executor, secrets: Iterable[Secret]) -> None:
        """Let these secrets in."""
        self._executor = executor
        self._digests = [_digest(secret.get_secret_value()) for secret in secrets]

    async def answer(self, request: Request) -> Response:
        """Queue a pull; the body is not even read, for anybody could have made it up.

        What changed is asked of the CRM itself.
        """
        offered = _digest(request.headers.get(HEADER, ""))
        matches = [hmac.compare_digest(known, offered) for known in self._digests]
        if not any(matches):
            return refuse(Unauthenticated(f"the header {HEADER} holds no secret that is known"))
        await self._executor.beside(self._executor.services.change.crm.wake)
        return JSONResponse({"status": "accepted"}, 202)


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode(errors="replace")).digest()
