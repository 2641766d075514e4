"""The simulated Microsoft Entra: gives an application its tokens.

msal takes nothing but `https` in the authority and in the token endpoint that the discovery
document names; so the document names `https` addresses of the host that was asked, whatever the
scheme was. A client that talks plain HTTP to a simulator on loopback maps them back.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import msgspec

from seatsync_dataverse.simulator.exchange import Answer

if TYPE_CHECKING:
    from seatsync.sdk.context import Clock

LIFETIME_S = 3599
_DISCOVERY = re.compile(r"/([^/]+)/v2\.0/\.well-known/openid-configuration")
_TOKEN = re.compile(r"/([^/]+)/oauth2/v2\.0/token")
_TRACE = "00000000-0000-4000-8000-000000000000"


@dataclass(slots=True)
class Entra:
    """The tenant that the application signs in to."""

    clock: Clock
    tenant_id: str
    client_id: str
    client_secret: str
    audience: str | None = None
    """The origin that tokens are for; any, if None."""
    refusal: tuple[int, str, int] | None = None
    """Status, word and code to refuse every request with."""
    tokens_given: int = 0
    _good_until_s: dict[str, float] = field(default_factory=dict)

    def answer(self, method: str, path: str, body: bytes, host: str) -> Answer | None:
        """Answer a request, or return None for one that is not meant for Entra."""
        if path == "/common/discovery/instance":
            return _json({"tenant_discovery_endpoint": _discovery(host, self.tenant_id)})
        found = _DISCOVERY.fullmatch(path)
        if found is not None and method == "GET":
            return self._discovered(found[1], host)
        found = _TOKEN.fullmatch(path)
        if found is not None and method == "POST":
            return self._token(found[1], dict(parse_qsl(body.decode())))
        return None

    def accepts(self, authorization: str) -> bool:
        """Tell whether an `Authorization` header holds a good token."""
        scheme, _, token = authorization.partition(" ")
        until_s = self._good_until_s.get(token, 0.0)
        return scheme == "Bearer" and self.clock.monotonic() < until_s

    def revoke(self) -> None:
        """Let every token that was given out be refused."""
        self._good_until_s.clear()

    def _discovered(self, tenant: str, host: str) -> Answer:
        if tenant != self.tenant_id:
            return _refused(400, "invalid_tenant", 90002)
        base = f"https://{host}/{tenant}"
        return _json(
            {
                "token_endpoint": f"{base}/oauth2/v2.0/token",
                "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
                "issuer": f"{base}/v2.0",
                "jwks_uri": f"{base}/discovery/v2.0/keys",
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
            }
        )

    def _token(self, tenant: str, form: dict[str, str]) -> Answer:
        refusal = self.refusal or self._refusal(tenant, form)
        if refusal is not None:
            return _refused(*refusal)
        token = f"simulated.{secrets.token_hex(24)}"
        self._good_until_s[token] = self.clock.monotonic() + LIFETIME_S
        self.tokens_given += 1
        return _json(
            {
                "token_type": "Bearer",
                "expires_in": LIFETIME_S,
                "ext_expires_in": LIFETIME_S,
                "access_token": token,
            }
        )

    def _refusal(self, tenant: str, form: dict[str, str]) -> tuple[int, str, int] | None:
        if tenant != self.tenant_id:
            return 400, "invalid_request", 90002
        if form.get("grant_type") != "client_credentials":
            return 400, "unsupported_grant_type", 70003
        if form.get("client_id") != self.client_id:
            return 400, "unauthorized_client", 700016
        if form.get("client_secret") != self.client_secret:
            return 401, "invalid_client", 7000215
        return None if self._is_our_scope(form) else (400, "invalid_scope", 70011)

    def _is_our_scope(self, form: dict[str, str]) -> bool:
        origin, slash, name = form.get("scope", "").rpartition("/")
        is_whole = bool(origin) and not origin.endswith("/")
        is_ours = self.audience is None or origin == self.audience
        return bool(slash) and name == ".default" and is_whole and is_ours


def _discovery(host: str, tenant: str) -> str:
    return f"https://{host}/{tenant}/v2.0/.well-known/openid-configuration"


def _json(body: dict[str, Any], status: int = 200) -> Answer:
    return Answer(status, msgspec.json.encode(body), {"Content-Type": "application/json"})


def _refused(status: int, error: str, code: int) -> Answer:
    return _json(
        {
            "error": error,
            "error_description": f"AADSTS{code}: simulated. Trace ID: {_TRACE}",
            "error_codes": [code],
            "timestamp": "2026-01-09 02:02:12Z",
            "trace_id": _TRACE,
            "correlation_id": _TRACE,
        },
        status,
    )
