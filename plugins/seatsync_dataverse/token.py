"""Access tokens for Dataverse: client credentials, through msal."""

from __future__ import annotations

import threading
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Protocol

import httpx

from seatsync.sdk.http import REPEATABLE, open_client, raise_for_answer
from seatsync.sdk.http.wire import Wire
from seatsync_dataverse.plain_authority import PlainAuthority
from seatsync_dataverse.sign_in_error import fault_of_sign_in, no_such_authority, unreadable_token

if TYPE_CHECKING:
    from collections.abc import Generator

    from seatsync.sdk.context import ConnectorContext
    from seatsync_dataverse.settings import DataverseSettings


PATIENCE_S = 30.0
_STRANGE = (ValueError, KeyError, TypeError, AttributeError, RuntimeError)
"""What msal stumbles over when an answer is not what it should be: it checks little (msal 1.39)."""


class TokenProvider(Protocol):
    """Where access tokens come from."""

    def token(self, refused: str | None = None) -> str:
        """Return a token that is good now; never the one that was just `refused`."""
        ...


class StaticTokens:
    """A token that somebody else looks after."""

    def __init__(self, value: str) -> None:
        """Give `value` to everybody."""
        self._value = value

    def token(self, refused: str | None = None) -> str:  # noqa: ARG002 - there is no other one
        """Return the token."""
        return self._value


class BearerAuth(httpx.Auth):
    """Adds a token to every request; one that is answered with 401 is repeated once with a new one.

    A 401 comes before anything is carried out, so that repeating is safe for every verb.
    """

    def __init__(self, tokens: TokenProvider) -> None:
        """Take tokens from `tokens`."""
        self._tokens = tokens

    def sync_auth_flow(
        self, request: httpx.Request
    ) -> Generator[httpx.Request, httpx.Response, None]:
        """Send the request with a token, and once more with a new one after a 401."""
        token = self._tokens.token()
        response = yield _signed(request, token)
        if response.status_code == HTTPStatus.UNAUTHORIZED:
            yield _signed(request, self._tokens.token(refused=token))


class MsalTokens:
    """Tokens of Microsoft Entra; any number of threads share one, and one of them renews it.

    msal asks the network as soon as it is made, so that happens with the first token (msal 1.39).
    It keeps the token and knows its age; several threads at once would each ask Entra.
    """

    def __init__(
        self,
        settings: DataverseSettings,
        context: ConnectorContext,
        wire: httpx.BaseTransport | None = None,
    ) -> None:
        """Prepare; nothing is sent yet. `wire` replaces the network."""
        self._settings = settings
        self._client = _open(settings, context, wire)
        self._lock = threading.Lock()
        self._application: Any = None
        self._newest: str | None = None

    def token(self, refused: str | None = None) -> str:
        """Return a token; a new one if the newest was `refused`.

        Raises `CredentialsRefused`, whose remedy tells a wrong secret from a wrong tenant, and
        `PassingFault` when Entra cannot be reached.
        """
        with self._lock:
            self._application = self._application or self._build()
            if refused is not None and refused == self._newest:
                self._application.remove_tokens_for_client()
            self._newest = self._acquire()
            return self._newest

    def close(self) -> None:
        """Give back the connections."""
        self._client.close()

    def _build(self) -> Any:
        import msal  # noqa: PLC0415 - a fifth of a second, which only a signed-in CRM is worth
        from msal.authority import WELL_KNOWN_AUTHORITY_HOSTS  # noqa: PLC0415 - as above

        settings = self._settings
        is_microsofts = httpx.URL(settings.authority).host in WELL_KNOWN_AUTHORITY_HOSTS
        try:
            return msal.ConfidentialClientApplication(
                settings.client_id,
                client_credential=settings.client_secret.get_secret_value(),
                authority=_as_https(settings.tenant_url),
                # Otherwise msal asks Microsoft about an authority that is not Microsoft's.
                instance_discovery=None if is_microsofts else False,
                http_client=self._client,
            )
        except _STRANGE as error:
            raise no_such_authority(settings.tenant_url) from error

    def _acquire(self) -> str:
        try:
            answer = self._application.acquire_token_for_client([self._settings.scope])
        except _STRANGE as error:
            raise unreadable_token(self._settings.authority) from error
        if not isinstance(answer, dict):
            raise unreadable_token(self._settings.authority)
        token = answer.get("access_token")
        # Refused credentials are no exception of msal but an answer like any other.
        if not isinstance(token, str):
            raise fault_of_sign_in(answer)
        if not token or not token.isascii():
            raise unreadable_token(self._settings.authority)
        return token


def _signed(request: httpx.Request, token: str) -> httpx.Request:
    request.headers["Authorization"] = f"Bearer {token}"
    return request


def _as_https(url: str) -> str:
    return str(httpx.URL(url).copy_with(scheme="https"))


def _open(
    settings: DataverseSettings, context: ConnectorContext, wire: httpx.BaseTransport | None
) -> httpx.Client:
    # Entra answers at once or not at all; two minutes are for what Dataverse does with rows.
    timeout_s = min(settings.timeout_s, PATIENCE_S)
    inner = wire or Wire(context.control, timeout_s)
    is_plain = httpx.URL(settings.authority).scheme == "http"
    client = open_client(
        context,
        base_url=settings.authority,
        timeout_s=timeout_s,
        max_requests_per_second=settings.max_requests_per_second,
        wire=PlainAuthority(inner, settings.authority) if is_plain else inner,
    )
    client.event_hooks = {"request": [_may_be_repeated], "response": [_stop_at_what_passes]}
    return client


def _may_be_repeated(request: httpx.Request) -> None:
    request.extensions = {**request.extensions, REPEATABLE: True}


def _stop_at_what_passes(response: httpx.Response) -> None:
    # msal would keep such an answer and give it again (msal 1.39, throttled HTTP client).
    is_throttled = response.status_code == HTTPStatus.TOO_MANY_REQUESTS
    if is_throttled or response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise_for_answer(response)
