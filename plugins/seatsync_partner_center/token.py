"""Access tokens for Partner Center, from Microsoft Entra."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import msgspec

from seatsync.errors import AnswerUnreadable
from seatsync.sdk.http import REPEATABLE, Token, TokenAuth, decoded
from seatsync_partner_center.claims import Claims, read_claims, require_fitting
from seatsync_partner_center.problem import may_be_mended
from seatsync_partner_center.settings import Mode, TokenEndpoint
from seatsync_partner_center.sign_in_error import fault_of_token_answer, refused
from seatsync_partner_center.sign_in_state import SignInState

if TYPE_CHECKING:
    from seatsync.sdk.context import Clock
    from seatsync_partner_center.grant import GrantStore
    from seatsync_partner_center.settings import PartnerCenterSettings

REMEDY = "Check tenant_id, client_id and client_secret: `seatsync verify` tells them apart."
Form = dict[str, str]


class TokenAnswer(msgspec.Struct):
    """A token, as both endpoints give it; v1 spells its numbers as text."""

    access_token: str
    expires_in: float = 3600.0
    refresh_token: str | None = None
    resource: str | None = None
    """Which API the token is for; only v1 says so."""


_decoder = msgspec.json.Decoder(TokenAnswer, strict=False)


class Tokens:
    """Asks for tokens as the settings say, and keeps what comes with them."""

    def __init__(self, settings: PartnerCenterSettings, grants: GrantStore) -> None:
        """Take refresh tokens from `grants`, and put new ones there."""
        self._settings = settings
        self._grants = grants
        self.claims = Claims()
        """What the newest token says about itself."""

    def auth(self, clock: Clock) -> TokenAuth:
        """Return what signs requests; one renewal serves all threads."""
        return TokenAuth(self._ask, clock, remedy=REMEDY, read=self.read, mends=may_be_mended)

    def redeem(self, code: str, redirect_uri: str, verifier: str) -> httpx.Request:
        """Return the request that makes a refresh token of an authorization code."""
        return self._request(
            {
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": redirect_uri,
                "code_verifier": verifier,
            }
        )

    def read(self, response: httpx.Response) -> Token:
        """Read a token answer; a new refresh token is on disk before the token is used.

        Should the process die before that, the old refresh token is still good: Entra does not
        revoke it when it gives a new one (Entra, refresh tokens).
        """
        if not response.is_success:
            raise fault_of_token_answer(response, self._settings)
        answer = decoded(response, _decoder)
        if not answer.access_token or not answer.access_token.isascii():
            message = "the answer of Microsoft Entra holds no usable token"
            raise AnswerUnreadable(message, remedy="Check `authority` of this provider.")
        if answer.refresh_token and self._settings.mode is Mode.APP_USER:
            self._grants.store(answer.refresh_token)
        self.claims = read_claims(answer.access_token)
        for claims in (Claims(aud=answer.resource), self.claims):
            require_fitting(claims, self._settings)
        return Token(answer.access_token, answer.expires_in)

    def _ask(self) -> httpx.Request:
        if self._settings.mode is Mode.APP_ONLY:
            return self._request({"grant_type": "client_credentials"})
        grant = self._grants.load()
        if grant is None:
            raise refused(SignInState.CONSENT_MISSING, self._settings, "there is no refresh token")
        return self._request({"grant_type": "refresh_token", "refresh_token": grant.refresh_token})

    def _request(self, form: Form) -> httpx.Request:
        settings = self._settings
        whole = {
            **form,
            "client_id": settings.client_id,
            "client_secret": settings.client_secret.get_secret_value(),
            **self.audience_fields(),
        }
        extensions = {REPEATABLE: form["grant_type"] != "authorization_code"}
        return httpx.Request("POST", settings.token_url, data=whole, extensions=extensions)

    def audience_fields(self) -> Form:
        """Return which API the token is for: v1 and v2 refuse each other's word for it."""
        settings = self._settings
        if settings.token_endpoint is TokenEndpoint.V1:
            return {"resource": settings.audience}
        if settings.mode is Mode.APP_ONLY:
            return {"scope": f"{settings.audience}/.default"}
        return {"scope": f"{settings.audience}/user_impersonation offline_access"}
