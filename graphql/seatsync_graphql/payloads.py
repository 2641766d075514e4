"""What mutations answer: the record as it is now, or the refusal in the answer's own shape."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

import strawberry

from seatsync.errors import Refusal
from seatsync_graphql.references import (
    AccountRef,
    BillingContractRef,
    JobRef,
    ProviderAccountRef,
    SubscriptionRef,
)
from seatsync_graphql.types.application_settings import ApplicationSettings
from seatsync_graphql.types.scheduled_job import ScheduledJob

if TYPE_CHECKING:
    from collections.abc import Callable

N = TypeVar("N")
P = TypeVar("P")


class UserErrorCode(StrEnum):
    """Why a mutation was refused."""

    NOT_FOUND = "NOT_FOUND"
    INVALID_INPUT = "INVALID_INPUT"
    IDEMPOTENCY_CONFLICT = "IDEMPOTENCY_CONFLICT"
    DEFAULT_CONTRACT_EXISTS = "DEFAULT_CONTRACT_EXISTS"
    CONTRACT_INACTIVE = "CONTRACT_INACTIVE"
    PROVIDER_ACCOUNT_UNMAPPED = "PROVIDER_ACCOUNT_UNMAPPED"
    NOT_SELECTABLE = "NOT_SELECTABLE"
    ACCOUNT_MISMATCH = "ACCOUNT_MISMATCH"
    NOT_MANUAL = "NOT_MANUAL"
    INVOICE_REFERENCE_CONFLICT = "INVOICE_REFERENCE_CONFLICT"
    JOB_NOT_CANCELLABLE = "JOB_NOT_CANCELLABLE"
    JOB_NOT_RETRYABLE = "JOB_NOT_RETRYABLE"


strawberry.enum(UserErrorCode, description=UserErrorCode.__doc__)


@strawberry.type(
    description="An expected refusal, in the answer's own shape; the mutation changed nothing."
)
class UserError:
    """A refusal by the rules of the domain."""

    code: UserErrorCode
    message: str
    path: list[str] | None = strawberry.field(default=None, description="Path into the input.")

    @classmethod
    def of(cls, refusal: Refusal) -> UserError:
        """Show a refusal."""
        path = list(refusal.path) or None
        return cls(code=UserErrorCode(refusal.code), message=refusal.message, path=path)


@strawberry.type
class JobPayload:
    """The job that was asked for."""

    job: JobRef | None = None
    user_errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.type
class AccountPayload:
    """The account."""

    account: AccountRef | None = None
    user_errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.type
class BillingContractPayload:
    """The billing contract."""

    billing_contract: BillingContractRef | None = None
    user_errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.type
class ProviderAccountPayload:
    """The provider account."""

    provider_account: ProviderAccountRef | None = None
    user_errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.type
class SubscriptionsPayload:
    """The subscriptions, in the order they were given; none if the mutation was refused."""

    subscriptions: list[SubscriptionRef] = strawberry.field(default_factory=list)
    user_errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.type
class ApplicationSettingsPayload:
    """All settings."""

    application_settings: ApplicationSettings | None = None
    user_errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.type
class ScheduledJobPayload:
    """The scheduled job."""

    scheduled_job: ScheduledJob | None = None
    user_errors: list[UserError] = strawberry.field(default_factory=list)


def answer(payload: Callable[..., P], work: Callable[[], N], name: str) -> P:
    """Do the work and answer with what it returns, under `name`, or with its refusal."""
    try:
        result = work()
    except Refusal as refusal:
        return payload(user_errors=[UserError.of(refusal)])
    return payload(**{name: result})
