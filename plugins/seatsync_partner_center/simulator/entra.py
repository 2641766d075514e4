"""The simulated Microsoft Entra: gives tokens, rotates them, and refuses as documented."""

from __future__ import annotations

import secrets
import threading
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seatsync.sdk.context import Clock

LIFETIME_S = 3599


class EntraRefusal(Exception):
    """No token: the word of OAuth, the code of Entra, and the HTTP status."""

    def __init__(self, error: str, code: int, status: int = 400) -> None:
        """Say why."""
        super().__init__(f"AADSTS{code}")
        self.error = error
        self.code = code
        self.status = status

    def body(self) -> bytes:
        """Return the envelope (Entra, reference of error codes)."""
        trace = "00000000-0000-4000-8000-000000000000"
        return msgspec.json.encode(
            {
                "error": self.error,
                "error_description": f"AADSTS{self.code}: simulated.\r\nTrace ID: {trace}",
                "error_codes": [self.code],
                "timestamp": "2026-01-09 02:02:12Z",
                "trace_id": trace,
                "correlation_id": trace,
            }
        )


class Given(NamedTuple):
    """An access token that was given out."""

    good_until_s: float
    is_user: bool


@dataclass(slots=True)
class Entra:
    """The tenant that the partner's application signs in to."""

    clock: Clock
    tenant_id: str
    client_id: str
    client_secret: str
    audience: str
    rotates: bool = True
    """Whether a refresh gives a new refresh token; the old one stays good in any case."""
    claims: dict[str, Any] = field(default_factory=dict)
    """Claims that a token has instead of the proper ones; None leaves one out."""
    refusal: EntraRefusal | None = None
    consent_refusal: EntraRefusal | None = None
    """What the browser is sent back with instead of a code."""
    refresh_tokens: set[str] = field(default_factory=set)
    tokens_given: int = 0
    _codes: dict[str, str] = field(default_factory=dict)
    _access: dict[str, Given] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, tenant_id: str, form: Mapping[str, str], *, is_v1: bool) -> dict[str, Any]:
        """Return a token answer; raises `EntraRefusal`."""
        self._check(tenant_id, form, is_v1=is_v1)
        with self._lock:
            is_user = self._redeem(form)
            self.tokens_given += 1
            token = self._make(is_user=is_user)
            self._access[token] = Given(self.clock.monotonic() + LIFETIME_S, is_user)
        lifetime: Any = str(LIFETIME_S) if is_v1 else LIFETIME_S
        body = {"token_type": "Bearer", "expires_in": lifetime, "access_token": token}
        if is_user and (self.rotates or form["grant_type"] == "authorization_code"):
            body["refresh_token"] = self.new_refresh_token()
        return body

    def accepts(self, authorization: str) -> bool:
        """Tell whether an `Authorization` header holds a good token."""
        given = self._access.get(authorization.removeprefix("Bearer "))
        return given is not None and self.clock.monotonic() < given.good_until_s

    def revoke_access_tokens(self) -> None:
        """Let every access token be refused from now on."""
        self._access.clear()

    def new_refresh_token(self) -> str:
        """Return a refresh token that is good."""
        token = f"simulated-refresh-{secrets.token_hex(16)}"
        self.refresh_tokens.add(token)
        return token

    def authorize(self, challenge: str) -> str:
        """Return a code for a person who signs in; raises `EntraRefusal` if they may not."""
        if self.consent_refusal is not None:
            raise self.consent_refusal
        code = f"simulated-code-{secrets.token_hex(16)}"
        self._codes[code] = challenge
        return code

    def _check(self, tenant_id: str, form: Mapping[str, str], *, is_v1: bool) -> None:
        if self.refusal is not None:
            raise self.refusal
        if tenant_id != self.tenant_id:
            raise EntraRefusal("invalid_request", 90002)
        if form.get("client_id") != self.client_id:
            raise EntraRefusal("unauthorized_client", 700016)
        if form.get("client_secret") != self.client_secret:
            raise EntraRefusal("invalid_client", 7000215, 401)
        self._check_audience(form, is_v1=is_v1)

    def _check_audience(self, form: Mapping[str, str], *, is_v1: bool) -> None:
        if ("resource" in form) is not is_v1:
            raise EntraRefusal("invalid_request", 901002)
        wanted = form.get("resource") or form.get("scope", "").rpartition("/")[0]
        if not form.get("scope", self.audience).startswith(self.audience):
            raise EntraRefusal("invalid_resource", 500011)
        if is_v1 and wanted != self.audience:
            raise EntraRefusal("invalid_resource", 500011)

    def _redeem(self, form: Mapping[str, str]) -> bool:
        match form.get("grant_type"):
            case "client_credentials":
                return False
            case "refresh_token" if form.get("refresh_token") in self.refresh_tokens:
                return True
            case "authorization_code":
                return self._redeem_code(form)
            case _:
                raise EntraRefusal("invalid_grant", 70000)

    def _redeem_code(self, form: Mapping[str, str]) -> bool:
        challenge = self._codes.pop(form.get("code", ""), None)
        shown = sha256(form.get("code_verifier", "").encode()).digest()
        if challenge != urlsafe_b64encode(shown).rstrip(b"=").decode():
            raise EntraRefusal("invalid_grant", 70000)
        return True

    def _make(self, *, is_user: bool) -> str:
        claims: dict[str, Any] = {
            "aud": self.audience,
            "tid": self.tenant_id,
            "appid": self.client_id,
            "jti": secrets.token_hex(8),
        }
        if is_user:
            claims |= {"scp": "user_impersonation", "amr": ["pwd", "mfa"]}
        claims = {name: value for name, value in (claims | self.claims).items() if value}
        parts = (msgspec.json.encode({"alg": "none"}), msgspec.json.encode(claims), b"unsigned")
        return ".".join(urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)
