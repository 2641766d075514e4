"""What an exception says: a sentence about what is wrong, and one about what to do."""

from __future__ import annotations

from seatsync.domain.exception import ExceptionKind

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
        "The CRM did not take a {name}: {detail}",
        "Mend what the CRM complains about; the change is sent again.",
    ),
    ExceptionKind.ACCOUNT_MISMATCH: (
        "{name} is on a contract of {detail}, while its provider account belongs to another.",
        "Move it to a contract of the right account, or correct the mapping.",
    ),
}


def explain(kind: ExceptionKind, name: str, detail: str | None) -> tuple[str, str]:
    """Return message and remedy; `name` is what it is about, `detail` what the kind adds."""
    message, remedy = _TEXTS[kind]
    return message.format(name=name, detail=detail or "reason unknown"), remedy
