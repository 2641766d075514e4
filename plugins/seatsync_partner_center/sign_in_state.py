"""Why Microsoft Entra gives no token: the states that its errors are told apart into."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from seatsync.domain.connectivity import ConsentKind, ConsentState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class SignInState(StrEnum):
    """Why there is no token."""

    RECONSENT_EXPIRED = "RECONSENT_EXPIRED"
    RECONSENT_REVOKED = "RECONSENT_REVOKED"
    RECONSENT_POLICY = "RECONSENT_POLICY"
    MFA_REQUIRED = "MFA_REQUIRED"
    BLOCKED_BY_POLICY = "BLOCKED_BY_POLICY"
    CONSENT_MISSING = "CONSENT_MISSING"
    CONSENT_DECLINED = "CONSENT_DECLINED"
    ADMIN_CONSENT_REQUIRED = "ADMIN_CONSENT_REQUIRED"
    APP_MISCONFIGURED = "APP_MISCONFIGURED"
    APP_NOT_IN_TENANT = "APP_NOT_IN_TENANT"
    APP_DISABLED = "APP_DISABLED"
    SECRET_INVALID = "SECRET_INVALID"  # noqa: S105 - the name of a state
    SECRET_EXPIRED = "SECRET_EXPIRED"  # noqa: S105 - the name of a state
    USER_DISABLED = "USER_DISABLED"
    TENANT_WRONG = "TENANT_WRONG"
    RETRY = "RETRY"


_S = SignInState
_SIGN_IN_AGAIN = "Sign in again: `seatsync consent`, with the service account and its MFA."


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a state means, what to do about it, and which consent it is about, if any."""

    what: str
    remedy: str
    kind: ConsentKind | None = None
    consent: ConsentState = ConsentState.UNKNOWN


_USER, _ADMIN = ConsentKind.USER, ConsentKind.ADMIN

MEANINGS: Mapping[SignInState, Meaning] = {
    _S.RECONSENT_EXPIRED: Meaning(
        "the refresh token was not used for too long, and has expired",
        _SIGN_IN_AGAIN,
        _USER,
        ConsentState.EXPIRED,
    ),
    _S.RECONSENT_REVOKED: Meaning(
        "the refresh token was revoked, or does not belong to this application",
        _SIGN_IN_AGAIN,
        _USER,
        ConsentState.EXPIRED,
    ),
    _S.RECONSENT_POLICY: Meaning(
        "a policy of the tenant asks the user to sign in again",
        f"{_SIGN_IN_AGAIN} Relax the sign-in frequency for the service account.",
        _USER,
        ConsentState.EXPIRED,
    ),
    _S.MFA_REQUIRED: Meaning(
        "multi-factor authentication is required, and the sign-in had none",
        "Register MFA for the service account, then run `seatsync consent` with it.",
        _USER,
        ConsentState.EXPIRED,
    ),
    _S.BLOCKED_BY_POLICY: Meaning(
        "a Conditional Access policy blocks the sign-in",
        "Ask the tenant's administrator to allow the service account in that policy.",
    ),
    _S.CONSENT_MISSING: Meaning(
        "nobody has consented to this application for Partner Center",
        "Run `seatsync consent` with a user who is Global Admin and Admin Agent.",
        _USER,
        ConsentState.MISSING,
    ),
    _S.CONSENT_DECLINED: Meaning(
        "the consent was declined in the browser",
        "Run `seatsync consent` again, and accept.",
        _USER,
        ConsentState.MISSING,
    ),
    _S.ADMIN_CONSENT_REQUIRED: Meaning(
        "the tenant lets only an administrator consent",
        "Let an administrator open {admin_link} and accept; then run `seatsync consent`.",
        _ADMIN,
        ConsentState.MISSING,
    ),
    _S.APP_MISCONFIGURED: Meaning(
        "the application lacks the permission for Partner Center, or the tenant lacks its API",
        "Add the permission user_impersonation of Microsoft Partner Center"
        " (fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd) to the application's registration, and let an"
        " administrator consent: {admin_link}",
        _ADMIN,
        ConsentState.MISSING,
    ),
    _S.APP_NOT_IN_TENANT: Meaning(
        "the tenant does not know this application",
        "Check tenant_id and client_id. If both are right, let an administrator of the tenant"
        " open {admin_link} and accept.",
        _ADMIN,
        ConsentState.MISSING,
    ),
    _S.APP_DISABLED: Meaning(
        "the application is disabled in the tenant",
        "Enable it in the Entra admin centre, Enterprise applications.",
    ),
    _S.SECRET_INVALID: Meaning(
        "the client secret is wrong",
        "Put the secret's value, not its ID, into client_secret; make a new one if it is lost.",
    ),
    _S.SECRET_EXPIRED: Meaning(
        "the client secret has expired",
        "Make a new client secret in the application's registration, and put it into"
        " client_secret.",
    ),
    _S.USER_DISABLED: Meaning(
        "the service account is disabled, locked or gone",
        "Enable the account, or run `seatsync consent` with another one.",
    ),
    _S.TENANT_WRONG: Meaning(
        "there is no such tenant, or the sign-in was in another one",
        "Check tenant_id: it is the partner's own directory ID.",
    ),
    _S.RETRY: Meaning(
        "Microsoft Entra has a fault of its own",
        "Look at the status of Microsoft Entra; it is tried again later.",
    ),
}

_CODES: Mapping[SignInState, tuple[int, ...]] = {
    _S.RECONSENT_EXPIRED: (700082, 70008, 50089),
    _S.RECONSENT_REVOKED: (50173, 50132, 50133, 70000),
    _S.RECONSENT_POLICY: (70043, 50078),
    _S.MFA_REQUIRED: (50076, 50079, 50074, 50072, 53004),
    _S.BLOCKED_BY_POLICY: (53003, 530032, 530035, 53000, 53001, 50131, 50005),
    _S.CONSENT_MISSING: (65001,),
    _S.CONSENT_DECLINED: (65004,),
    _S.ADMIN_CONSENT_REQUIRED: (90094, 90095, 90008, 90093),
    _S.APP_MISCONFIGURED: (650056, 650057, 65005, 500011, 650052, 50001, 70011, 28002),
    _S.APP_NOT_IN_TENANT: (700016, 700011, 90099),
    _S.APP_DISABLED: (70001, 7000112),
    _S.SECRET_INVALID: (7000215, 70002, 7000218, 700027, 50012),
    _S.SECRET_EXPIRED: (7000222,),
    _S.USER_DISABLED: (50057, 50034, 51004, 50053),
    _S.TENANT_WRONG: (90002, 50059, 50128, 700005),
    _S.RETRY: (90006, 90012, 90024, 90033, 90090, 50033, 50087, 90055),
}

STATE_OF_CODE: Mapping[int, SignInState] = {
    code: state for state, codes in _CODES.items() for code in codes
}

_BY_ERROR: Mapping[str, SignInState] = {
    "invalid_grant": _S.RECONSENT_REVOKED,
    "interaction_required": _S.RECONSENT_POLICY,
    "login_required": _S.RECONSENT_POLICY,
    "consent_required": _S.CONSENT_MISSING,
    "access_denied": _S.CONSENT_DECLINED,
    "invalid_resource": _S.APP_MISCONFIGURED,
    "invalid_scope": _S.APP_MISCONFIGURED,
    "unauthorized_client": _S.APP_NOT_IN_TENANT,
    "invalid_client": _S.SECRET_INVALID,
    "invalid_request": _S.TENANT_WRONG,
}
_PASSING = frozenset({"temporarily_unavailable", "server_error"})


def state_of(error: str, codes: Iterable[int]) -> SignInState:
    """Return the state that an error of Entra stands for.

    An `error` that may pass is believed whatever the codes say, as Microsoft asks for; otherwise
    the codes, which may change, tell the states apart more precisely than `error` does.
    """
    if error in _PASSING:
        return _S.RETRY
    known = [STATE_OF_CODE[code] for code in codes if code in STATE_OF_CODE]
    return known[0] if known else _BY_ERROR.get(error, _S.APP_MISCONFIGURED)
