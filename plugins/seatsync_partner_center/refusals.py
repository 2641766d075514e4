"""The table of refusals: what each documented (status, code) means, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from http import HTTPStatus
from typing import TYPE_CHECKING

from seatsync.errors import (
    AnswerUnreadable,
    CredentialsRefused,
    CustomerError,
    PermissionMissing,
    ProviderThrottled,
    ProviderUnreachable,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seatsync.errors import SeatsyncError
    from seatsync_partner_center.problem import Problem


class Reach(Enum):
    """How far a refusal reaches."""

    CUSTOMER = "this customer is left out"
    RUN = "the run stops"
    LATER = "it is tried again later"


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a refusal means to us."""

    reach: Reach
    error: type[SeatsyncError]
    remedy: str


ROLE = (
    "Give the application, or the user who consented, access to this customer: an active GDAP"
    " relationship, and the role Admin Agent or Sales Agent in Partner Center."
)
CONDITIONAL_ACCESS = (
    "Ask the customer's administrator to exclude service providers, or this application, from"
    " the Conditional Access policy that blocks it."
)
ENDED = (
    "The customer has no reseller relationship with this partner any more. Renew it, or switch"
    " the sync of this provider account off."
)
PROGRAMME = (
    "Check in Partner Center, Account settings, that the partner agreement is accepted and the"
    " enrolment as direct-bill partner or indirect provider is active."
)
REVIEW = (
    "Microsoft is reviewing this customer. Look at it in Partner Center; what is known is kept"
    " as it is until the review ends."
)
GONE = (
    "Partner Center does not know this customer any more. What is known is kept as it is; if the"
    " customer is gone for good, switch the sync of this provider account off."
)
OUR_FAULT = "This is a fault of seatsync: please report it with the code."
LEGACY_ONLY = "Partner Center does not offer this for legacy subscriptions: please report it."
MFA = (
    "The sign-in that the token comes from had no multi-factor authentication. Register it for"
    " the service account, then run `seatsync consent` with it."
)
WRONG_AUDIENCE = (
    "Set `audience` to https://api.partnercenter.microsoft.com, or leave it out; tokens for"
    " https://graph.windows.net are refused since September 2025."
)
UNREGISTERED = (
    "Register the application in Partner Center, Account settings, App management, in the same"
    " environment (production or sandbox); only direct-bill partners and indirect providers can."
)
APP_ONLY = (
    "Partner Center wants a person behind this call: set `mode: app_user`, and run"
    " `seatsync consent`."
)
SERVICE = "Look at Partner Center's service status; it is tried again later."
PENDING = "Another operation is in progress for this customer; it is read again in the next run."
SLOWER = "Lower max_requests_per_second of this provider; it is tried again later."
STRANGE = "Check base_url of this provider in config.yaml."


def _rows(reach: Reach, error: type[SeatsyncError], remedy: str, status: int, *codes: str) -> Table:
    return {(status, code): Refusal(reach, error, remedy) for code in codes}


Table = dict[tuple[int, str], Refusal]
_C, _R, _L = Reach.CUSTOMER, Reach.RUN, Reach.LATER

REFUSALS: Mapping[tuple[int, str], Refusal] = {
    **_rows(_R, CredentialsRefused, UNREGISTERED, 401, "400", "800001"),
    **_rows(_R, CredentialsRefused, WRONG_AUDIENCE, 401, "900420"),
    **_rows(_R, CredentialsRefused, MFA, 401, "900421"),
    **_rows(_C, PermissionMissing, ROLE, 403, "2032", "900150", "900308"),
    **_rows(_C, PermissionMissing, CONDITIONAL_ACCESS, 403, "900309"),
    **_rows(_R, PermissionMissing, APP_ONLY, 403, "900329"),
    **_rows(_C, PermissionMissing, ENDED, 403, "20002", "900159"),
    **_rows(
        *(_R, PermissionMissing, PROGRAMME, 403),
        *("2030", "800039", "900149", "900123", "900124"),
    ),
    **_rows(_C, PermissionMissing, REVIEW, 403, "800073", "800074", "800075"),
    **_rows(_C, PermissionMissing, LEGACY_ONLY, 403, "900263"),
    **_rows(_L, ProviderUnreachable, SERVICE, 403, "90000"),
    **_rows(
        *(_C, AnswerUnreadable, GONE, 404),
        *("1000", "60003", "20003", "20000", "400013", "400018", "400019"),
    ),
    **_rows(_C, AnswerUnreadable, OUR_FAULT, 400, "800002", "900118", "3000", "900126", "2100"),
    **_rows(_C, AnswerUnreadable, PENDING, 409, "900278", "800082", "800064"),
    **_rows(_L, ProviderUnreachable, SERVICE, 500, "800003", "900192"),
    **_rows(_C, AnswerUnreadable, GONE, 200, "400072"),
}

_BY_STATUS: Mapping[int, Refusal] = {
    HTTPStatus.UNAUTHORIZED: Refusal(_R, CredentialsRefused, UNREGISTERED),
    HTTPStatus.FORBIDDEN: Refusal(_C, PermissionMissing, ROLE),
    HTTPStatus.NOT_FOUND: Refusal(_C, AnswerUnreadable, GONE),
    HTTPStatus.REQUEST_TIMEOUT: Refusal(_L, ProviderUnreachable, SERVICE),
    HTTPStatus.TOO_MANY_REQUESTS: Refusal(_L, ProviderThrottled, SLOWER),
}
_SERVER_FAULT = Refusal(_L, ProviderUnreachable, SERVICE)
_STRANGE = Refusal(_C, AnswerUnreadable, STRANGE)
_MFA = Refusal(_R, CredentialsRefused, MFA)


def meaning_of(problem: Problem) -> Refusal:
    """Return what a refusal means: by status and code, else by the status alone."""
    if problem.is_mfa:
        return _MFA
    listed = REFUSALS.get((problem.status, problem.code or ""))
    if listed is not None:
        return listed
    if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _SERVER_FAULT
    return _BY_STATUS.get(problem.status, _STRANGE)


def fault_for(problem: Problem, customer_id: str | None = None) -> SeatsyncError:
    """Return the error that a refusal is raised as.

    With `customer_id`, a refusal that concerns this customer alone is a `CustomerError`, whose
    code is status and code together; without one, nothing can be left out.
    """
    meaning = meaning_of(problem)
    if customer_id is not None and meaning.reach is Reach.CUSTOMER:
        return CustomerError(customer_id, problem.words, code=problem.name, remedy=meaning.remedy)
    return meaning.error(f"Partner Center: {problem.words}", remedy=meaning.remedy)
