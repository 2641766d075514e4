"""What an access token says about itself; read, never trusted: only Partner Center checks it."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode
from typing import TYPE_CHECKING

import msgspec

from seatsync.errors import CredentialsRefused
from seatsync_partner_center.refusals import WRONG_AUDIENCE
from seatsync_partner_center.settings import Mode
from seatsync_partner_center.sign_in_error import refused
from seatsync_partner_center.sign_in_state import SignInState

if TYPE_CHECKING:
    from seatsync_partner_center.settings import PartnerCenterSettings

API_ID = "fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd"
"""Microsoft Partner Center, as tokens of the second version name their audience."""

_PARTS = 3
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Claims(msgspec.Struct):
    """The claims that tell early what Partner Center would refuse later."""

    aud: str | None = None
    tid: str | None = None
    scp: str | None = None
    amr: list[str] | None = None


_decoder = msgspec.json.Decoder(Claims)


def read_claims(token: str) -> Claims:
    """Read the claims of a JSON web token; any other token says nothing."""
    parts = token.split(".")
    if len(parts) != _PARTS:
        return Claims()
    try:
        return _decoder.decode(urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError:  # msgspec.DecodeError, binascii.Error and UnicodeDecodeError
        return Claims()


def require_fitting(claims: Claims, settings: PartnerCenterSettings) -> None:
    """Raise `CredentialsRefused` for a token of another API or tenant."""
    right = {settings.audience.rstrip("/"), API_ID}
    if claims.aud is not None and claims.aud.rstrip("/") not in right:
        message = f"Microsoft Entra gave a token for {claims.aud}, not for Partner Center"
        raise CredentialsRefused(message, remedy=WRONG_AUDIENCE)
    # A tenant that is named by a domain cannot be compared with its id.
    names_another = claims.tid is not None and claims.tid.lower() != settings.tenant_id
    if names_another and _GUID.fullmatch(settings.tenant_id):
        raise refused(SignInState.TENANT_WRONG, settings, f"the token is of tenant {claims.tid}")


def require_consented(claims: Claims, settings: PartnerCenterSettings) -> None:
    """Raise `SignInRefused` if a person's token lacks the permission, or their MFA."""
    if settings.mode is Mode.APP_ONLY:
        return
    if claims.scp is not None and "user_impersonation" not in claims.scp.split():
        raise refused(SignInState.APP_MISCONFIGURED, settings, f"the token's scope is {claims.scp}")
    if claims.amr is not None and "mfa" not in claims.amr:
        raise refused(SignInState.MFA_REQUIRED, settings, "the token has no claim of MFA")
