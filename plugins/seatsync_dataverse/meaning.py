"""The table of refusals: which of our errors each documented code stands for.

Codes and names are those of the ErrorCodes enumeration of the SDK; where the documentation's own
samples have no code, status and precondition decide (conditional operations using the Web API).
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from seatsync_dataverse.errors import (
    CrmBusy,
    CrmCredentialsRefused,
    CrmPermissionMissing,
    CrmThrottled,
    CrmUnreachable,
    DuplicateSuspected,
    FullReadNeeded,
    Limit,
    PluginObjected,
    RequestMistaken,
    RowChanged,
    RowExists,
    RowMissing,
    RowRefused,
    TooMuchAtOnce,
)
from seatsync_dataverse.problem import Precondition

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seatsync_dataverse.errors import CrmFault
    from seatsync_dataverse.problem import Problem

Kind = tuple[type["CrmFault"], str]

ROLE = (
    "Give the application user a security role with this privilege at organisation level;"
    " `seatsync crm setup` makes one."
)
NO_USER = (
    "Add the application as an application user of this environment: Power Platform admin centre,"
    " environment, Settings, Users + permissions, Application users."
)
NAMES = "Compare the CRM with what seatsync needs: `seatsync crm check` lists every difference."
CREDENTIALS = "Check url, tenant_id and client_id of the CRM in config.yaml."
MISSING = "It was deleted in the CRM, or never arrived there; the next pull tells."
TAKEN = "Another row of the CRM has this id or key; delete it there or correct its key."
RULE = "Merge the two in the CRM, or exempt the application from the duplicate detection rule."
VALUE = "Correct the value, or let the column in the CRM take it; it is tried again then."
PLUGIN = "The CRM's own business logic objects: mend what it names, or exempt the application."
CHANGED = "Somebody changed it in the CRM meanwhile; it is pulled and planned again."
EXPIRED = "The whole table is read again, and what vanished is found."
LATER = "Look at the service health of Dynamics 365; it is tried again later."
SMALLER = "It is tried again with less at a time; for reads, lower page_size of the CRM."

_KINDS: Mapping[str, Kind] = {
    "0x80040217": (RowMissing, MISSING),  # ObjectDoesNotExist
    "0x80060891": (RowMissing, MISSING),  # RecordNotFoundByEntityKey
    "0x8006088a": (RequestMistaken, NAMES),  # CrmHttpError: no such set
    "0x80060882": (RowChanged, CHANGED),  # ConcurrencyVersionMismatch
    "0x80060883": (RequestMistaken, NAMES),  # ConcurrencyVersionNotProvided
    "0x8006088d": (RequestMistaken, NAMES),  # OptimisticConcurrencyNotEnabled
    "0x80040333": (DuplicateSuspected, RULE),  # DuplicateRecordsFound
    "0x80060892": (RowExists, TAKEN),  # DuplicateRecordEntityKey
    "0x80040237": (RowExists, TAKEN),  # DuplicateRecord
    "0x80048408": (RowRefused, VALUE),  # InvalidStateCodeStatusCode
    "0x8004431a": (RowRefused, VALUE),  # PicklistValueOutOfRange
    "0x80044331": (RowRefused, VALUE),  # a text that is too long
    "0x80048d19": (RequestMistaken, NAMES),  # a property that is not declared
    "0x80060888": (RequestMistaken, NAMES),  # a query option, or a set, that it does not have
    "0x80072491": (RequestMistaken, NAMES),  # ChangeTrackingNotEnabledForEntity
    "0x80040265": (PluginObjected, PLUGIN),  # IsvAborted
    "0x80040220": (CrmPermissionMissing, ROLE),  # PrivilegeDenied
    "0x80048306": (CrmPermissionMissing, ROLE),  # access to the row is denied
    "0x80072560": (CrmPermissionMissing, NO_USER),  # UserNotMemberOfOrg
    "0x80044352": (FullReadNeeded, EXPIRED),  # ExpiredVersionStamp
    "0x80044150": (CrmBusy, LATER),  # GenericSqlError, a deadlock
    "0x80044151": (TooMuchAtOnce, SMALLER),  # SqlTimeout
    "0x80071151": (CrmBusy, LATER),  # a customisation holds the lock
    "0x80090412": (CrmBusy, LATER),  # EntityCustomizationLockException
    "0x80060890": (RequestMistaken, NAMES),  # EntityKeyNotDefined
    "0x8006088f": (RequestMistaken, NAMES),  # InvalidEntityKeyOperation
}

_LIMITS: Mapping[str, Limit] = {
    "0x80072322": Limit.REQUESTS,
    "0x80072321": Limit.EXECUTION_TIME,
    "0x80072326": Limit.CONCURRENCY,
}
_SLOWER: Mapping[Limit, str] = {
    Limit.REQUESTS: "Lower max_requests_per_second of the CRM; it is tried again later.",
    Limit.EXECUTION_TIME: (
        "Look at the plug-ins that the agent's writes set off in the CRM: their time counts as the"
        " agent's. It is tried again later."
    ),
    Limit.CONCURRENCY: "Another program works as the same application; it is tried again later.",
    Limit.UNTOLD: "It is tried again later.",
}

_BY_MESSAGE: tuple[tuple[str, Kind], ...] = (
    ("version stamp associated with the client has expired", (FullReadNeeded, EXPIRED)),
    ("could not find a property named", (RequestMistaken, NAMES)),
    ("resource not found for the segment", (RequestMistaken, NAMES)),
    ("no http resource was found", (RequestMistaken, NAMES)),
)

_BY_STATUS: Mapping[int, Kind] = {
    HTTPStatus.UNAUTHORIZED: (CrmCredentialsRefused, CREDENTIALS),
    HTTPStatus.FORBIDDEN: (CrmPermissionMissing, ROLE),
    HTTPStatus.NOT_FOUND: (RowMissing, MISSING),
    HTTPStatus.REQUEST_TIMEOUT: (CrmUnreachable, LATER),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: (TooMuchAtOnce, SMALLER),
}

_BY_PRECONDITION: Mapping[Precondition, Kind] = {
    Precondition.UNCHANGED: (RowChanged, CHANGED),
    Precondition.EXISTS: (RowChanged, CHANGED),
    Precondition.ABSENT: (RowExists, TAKEN),
    Precondition.NO_DUPLICATE: (DuplicateSuspected, RULE),
    Precondition.NONE: (RowExists, TAKEN),
}


def fault_for(problem: Problem, retry_after_s: float | None = None) -> CrmFault:
    """Return the error that a refusal is raised as.

    `retry_after_s` is how long the service asks to wait, in seconds, where it does.
    """
    if problem.status == HTTPStatus.TOO_MANY_REQUESTS or problem.code in _LIMITS:
        limit = _LIMITS.get(problem.code or "", Limit.UNTOLD)
        return CrmThrottled(problem, limit, retry_after_s, remedy=_SLOWER[limit])
    kind, remedy = _kind_of(problem)
    return kind(problem, remedy=remedy)


def _kind_of(problem: Problem) -> Kind:
    known = _KINDS.get(problem.code or "")
    return known or _by_message(problem) or _by_status(problem)


def _by_message(problem: Problem) -> Kind | None:
    said = (problem.message or "").lower()
    return next((kind for words, kind in _BY_MESSAGE if words in said), None)


def _by_status(problem: Problem) -> Kind:
    if problem.status == HTTPStatus.PRECONDITION_FAILED:
        return _BY_PRECONDITION[problem.precondition]
    if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return CrmUnreachable, LATER
    if problem.status < HTTPStatus.BAD_REQUEST:
        return RequestMistaken, CREDENTIALS
    return _BY_STATUS.get(problem.status, (RowRefused, VALUE))
