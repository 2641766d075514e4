"""Why Microsoft Entra gives no token, and what can be done about it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from seatsync.errors import AnswerUnreadable, CredentialsRefused, ProviderUnreachable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from seatsync.errors import SeatsyncError

_CODE_IN_TEXT = re.compile(r"AADSTS(\d+)")
_PASSING = frozenset({"temporarily_unavailable", "server_error", "request_timeout"})

WRONG = (
    "client_secret is not a secret of this application: copy the secret's value, not its ID, from"
    " Entra, App registrations, Certificates & secrets."
)
EXPIRED = (
    "The client secret has expired: make a new one in Entra, App registrations,"
    " Certificates & secrets."
)
APPLICATION = "client_id is not an application of this tenant: check client_id and tenant_id."
TENANT = "Check tenant_id and authority of the CRM in config.yaml: there is no such tenant."
RESOURCE = "Entra knows no organisation at this url: check url and tenant_id of the CRM."
POLICY = (
    "A Conditional Access policy for workload identities blocks the application: ask the"
    " administrator of Entra."
)
ANY = "Check tenant_id, client_id and client_secret of the CRM in config.yaml."

_REMEDIES: Mapping[int, str] = {
    7000215: WRONG,
    7000218: WRONG,
    7000222: EXPIRED,
    700016: APPLICATION,
    7000112: APPLICATION,
    90002: TENANT,
    900023: TENANT,
    500011: RESOURCE,
    500014: RESOURCE,
    53003: POLICY,
    530035: POLICY,
}
"""By code (Entra, reference of error codes)."""


def fault_of_sign_in(answer: Mapping[str, Any]) -> SeatsyncError:
    """Return the fault that an answer without a token stands for.

    Its description is left out: it names addresses and users; the codes say the same to whoever
    looks them up.
    """
    codes = read_codes(answer)
    error = str(answer.get("error") or "no reason")
    said = ", ".join([error, *(f"AADSTS{code}" for code in codes)])
    if error in _PASSING:
        return ProviderUnreachable(f"Microsoft Entra gives no token just now: {said}")
    remedy = next((_REMEDIES[code] for code in codes if code in _REMEDIES), ANY)
    return CredentialsRefused(f"Microsoft Entra gives no token: {said}", remedy=remedy)


def read_codes(answer: Mapping[str, Any]) -> Sequence[int]:
    """Return the codes of an answer, from their own field or else from its description."""
    listed = answer.get("error_codes")
    if isinstance(listed, list) and listed:
        return [code for code in listed if isinstance(code, int)]
    return [int(code) for code in _CODE_IN_TEXT.findall(str(answer.get("error_description") or ""))]


def no_such_authority(tenant_url: str) -> SeatsyncError:
    """Return the fault of a tenant, or an authority, that does not describe itself."""
    return CredentialsRefused(f"{tenant_url} does not say where it gives tokens", remedy=TENANT)


def unreadable_token(authority: str) -> SeatsyncError:
    """Return the fault of an answer that holds neither a token nor a reason."""
    message = f"the answer of {authority} holds no usable token"
    return AnswerUnreadable(message, remedy="Check `authority` of the CRM in config.yaml.")
