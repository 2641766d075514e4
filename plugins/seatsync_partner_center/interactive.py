"""The interactive sign-in: authorization code with PKCE, and a redirect to loopback."""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from seatsync.errors import CredentialsRefused
from seatsync.sdk.http.loopback import awaited_redirect
from seatsync_partner_center.claims import require_consented
from seatsync_partner_center.settings import TokenEndpoint
from seatsync_partner_center.sign_in_error import EntraError, fault_of_entra_error

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seatsync.sdk.context import Control
    from seatsync.sdk.sign_in import SignInRequest
    from seatsync_partner_center.api import Api
    from seatsync_partner_center.settings import PartnerCenterSettings
    from seatsync_partner_center.token import Tokens

AGAIN = "Run `seatsync consent` again."


@dataclass(frozen=True, slots=True)
class Attempt:
    """The secrets of one sign-in, which tie the redirect to it (RFC 7636; RFC 6749, 10.12)."""

    state: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48), repr=False)

    @property
    def challenge(self) -> str:
        """What is shown of the verifier before it is used."""
        return urlsafe_b64encode(sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()


class InteractiveSignIn:
    """Waits for a person to sign in in a browser, and keeps the refresh token."""

    def __init__(
        self, settings: PartnerCenterSettings, api: Api, tokens: Tokens, control: Control
    ) -> None:
        """Sign in as the settings say."""
        self._settings = settings
        self._api = api
        self._tokens = tokens
        self._control = control

    def run(self, request: SignInRequest) -> None:
        """Lead through one sign-in; raises `StandingFault` when it ends without a token."""
        attempt = Attempt()
        with awaited_redirect(request.port) as redirect:
            redirect_uri = f"http://localhost:{redirect.port}"
            request.show(self.address(attempt, redirect_uri))
            answer = redirect.wait(self._control, request.patience_s)
        code = self._code_in(answer, attempt)
        asked = self._tokens.redeem(code, redirect_uri, attempt.verifier)
        self._tokens.read(self._api.client.send(asked, auth=None))
        require_consented(self._tokens.claims, self._settings)

    def address(self, attempt: Attempt, redirect_uri: str) -> str:
        """Return what to open in a browser (Entra, authorization code flow)."""
        settings = self._settings
        is_v1 = settings.token_endpoint is TokenEndpoint.V1
        path = "oauth2/authorize" if is_v1 else "oauth2/v2.0/authorize"
        query = {
            "client_id": settings.client_id,
            "response_type": "code",
            "response_mode": "query",
            "redirect_uri": redirect_uri,
            "state": attempt.state,
            "code_challenge": attempt.challenge,
            "code_challenge_method": "S256",
            "prompt": "consent",
            **self._tokens.audience_fields(),
        }
        return f"{settings.tenant_url}/{path}?{urlencode(query)}"

    def _code_in(self, answer: Mapping[str, str] | None, attempt: Attempt) -> str:
        if answer is None:
            raise CredentialsRefused("nobody signed in in time", remedy=AGAIN)
        if not secrets.compare_digest(answer.get("state", ""), attempt.state):
            raise CredentialsRefused("the browser brought another sign-in's answer", remedy=AGAIN)
        if "error" in answer:
            told = EntraError(answer["error"], answer.get("error_description"))
            raise fault_of_entra_error(told, self._settings)
        return answer["code"]
