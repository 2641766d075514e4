"""What an exception says: a sentence about what is wrong, and one about what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatsync.domain.crm import CrmDirection
from seatsync.domain.exception import ExceptionKind

if TYPE_CHECKING:
    from datetime import datetime

_TEXTS = {
    ExceptionKind.MISSING_CUSTOMER: (
        "{name} belongs to no account.",
        "Map its provider account to the customer's account.",
    ),
    ExceptionKind.MISSING_BILLING_CONTRACT: (
        "{name} is on no billing contract ({detail}).",
        "Assign it to a billing contract, or sync it from the contract it belongs on.",
    ),
    ExceptionKind.MISSING_PRICE_DATA: (
        "{name} has no unit price.",
        "Set what the customer pays for one unit.",
    ),
    ExceptionKind.UNMAPPED_PROVIDER_ACCOUNT: (
        "{name}, a customer at {detail}, is mapped to no account.",
        "Map the provider account to the customer's account.",
    ),
    ExceptionKind.MULTIPLE_DEFAULT_CONTRACTS: (
        "{name} has more than one active default contract of the same scope.",
        "Set the right one as default again, replacing the others.",
    ),
    ExceptionKind.MISSING_AT_PROVIDER: (
        "{name} is not at {detail} any more.",
        "Ask at the provider what became of it, and change or cancel what is billed.",
    ),
    ExceptionKind.LICENSE_CHANGE_MISMATCH: (
        "The license changes of {name} add up to {detail}, which is not its quantity.",
        "Compare its License Change Log with the provider before the next bill.",
    ),
    ExceptionKind.PROVIDER_UNHEALTHY: (
        "{name} failed its last connectivity check.",
        "Verify its connectivity, and follow the remedies of the checks that fail.",
    ),
    ExceptionKind.STALE_JOB: (
        "A job of kind {name} is {detail} and has not moved for too long.",
        "See that the agent runs and has free workers; cancel the job if it is not wanted.",
    ),
    ExceptionKind.CRM_WRITE_FAILED: (
        "The CRM did not take {name}: {detail}",
        "Mend what the CRM complains about; it is sent every hour, and when the record changes.",
    ),
    ExceptionKind.ACCOUNT_MISMATCH: (
        "{name} is on a contract of {detail}, while its provider account belongs to another.",
        "Move it to a contract of the right account, or correct the mapping.",
    ),
}

_CATCHES_UP = (
    "Verify that the CRM can be reached, and that it lets the agent in; "
    "what is late follows by itself as soon as it does."
)
_LATE: dict[str, str] = {
    CrmDirection.PULL: "What changed in the CRM has not been read since {since}: {detail}",
    CrmDirection.PUSH: "What changed here has not been told to the CRM since {since}: {detail}",
}
"""What STALE_JOB says where it is about a direction of the exchange with the CRM."""


def explain(kind: ExceptionKind, name: str, detail: str | None, since: datetime) -> tuple[str, str]:
    """Return message and remedy; `name` is what it is about, `detail` what the kind adds."""
    message, remedy = _TEXTS[kind]
    if kind is ExceptionKind.STALE_JOB and name in _LATE:
        message, remedy = _LATE[name], _CATCHES_UP
    spelled = f"{since:%Y-%m-%d %H:%M} UTC"
    return message.format(name=name, detail=detail or "reason unknown", since=spelled), remedy
