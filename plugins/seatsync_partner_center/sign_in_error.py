"""The error envelope of Microsoft Entra, and the faults that it is raised as."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING

import msgspec

from seatsync.errors import CredentialsRefused, ProviderThrottled, ProviderUnreachable
from seatsync_partner_center.sign_in_state import MEANINGS, SignInState, state_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import httpx

    from seatsync.errors import SeatsyncError
    from seatsync_partner_center.settings import PartnerCenterSettings

_CODE_IN_TEXT = re.compile(r"AADSTS(\d+)")


class EntraError(msgspec.Struct):
    """An answer of a token endpoint that holds no token (Entra, reference of error codes)."""

    error: str = ""
    error_description: str | None = None
    error_codes: list[int] | None = None

    @property
    def codes(self) -> Sequence[int]:
        """Its codes; a redirect has them in its text only."""
        return self.error_codes or [
            int(code) for code in _CODE_IN_TEXT.findall(self.error_description or "")
        ]


class SignInRefused(CredentialsRefused):
    """Microsoft Entra gives no token, and will not until a person does something."""

    def __init__(self, state: SignInState, message: str, *, remedy: str) -> None:
        """Keep the state that the refusal was told apart into."""
        super().__init__(message, remedy=remedy)
        self.state = state


_decoder = msgspec.json.Decoder(EntraError)


def read_entra_error(response: httpx.Response) -> EntraError:
    """Read the envelope, as far as there is one."""
    try:
        return _decoder.decode(response.content)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return EntraError()


def fault_of_token_answer(
    response: httpx.Response, settings: PartnerCenterSettings
) -> SeatsyncError:
    """Return why an answer of the token endpoint holds no token."""
    if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        return ProviderThrottled("Microsoft Entra still refuses our call rate")
    if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _passing(f"status {response.status_code}")
    return fault_of_entra_error(read_entra_error(response), settings)


def fault_of_entra_error(error: EntraError, settings: PartnerCenterSettings) -> SeatsyncError:
    """Return the fault that an error of Entra is raised as; its description is left out.

    The description names users and addresses; the codes say the same to whoever looks them up.
    """
    state = state_of(error.error, error.codes)
    said = ", ".join([error.error or "no reason", *(f"AADSTS{code}" for code in error.codes)])
    if state is SignInState.RETRY:
        return _passing(said)
    return refused(state, settings, said)


def refused(
    state: SignInState, settings: PartnerCenterSettings, said: str | None = None
) -> SignInRefused:
    """Return the refusal of a state; `said` is what Entra says, in its own words."""
    meaning = MEANINGS[state]
    message = f"{meaning.what} ({said})" if said else meaning.what
    admin_link = f"{settings.tenant_url}/adminconsent?client_id={settings.client_id}"
    return SignInRefused(state, message, remedy=meaning.remedy.format(admin_link=admin_link))


def _passing(said: str) -> ProviderUnreachable:
    meaning = MEANINGS[SignInState.RETRY]
    return ProviderUnreachable(f"{meaning.what} ({said})", remedy=meaning.remedy)
