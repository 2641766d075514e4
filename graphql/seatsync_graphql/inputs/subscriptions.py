"""Inputs about subscriptions."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import strawberry
from strawberry import UNSET

from seatsync.domain.billing import BillingType
from seatsync.domain.subscription import SubscriptionStatus
from seatsync.services.manual_subscriptions import NewSubscription, SubscriptionEdit
from seatsync_graphql.inputs.given import given, given_id
from seatsync_graphql.scalars import identifier


@strawberry.input
class AssignSubscriptionsInput:
    """Which subscriptions to move onto which contract; off any without a contract."""

    subscription_ids: list[strawberry.ID]
    billing_contract_id: strawberry.ID | None = UNSET


@strawberry.input
class SetSubscriptionPriceInput:
    """What the customer pays for one unit of each of the subscriptions."""

    subscription_ids: list[strawberry.ID]
    amount: Decimal
    currency: str


@strawberry.input
class CreateSubscriptionInput:
    """A new manual subscription; `id` is the CRM's own."""

    id: strawberry.ID | None = UNSET
    billing_contract_id: strawberry.ID
    name: str
    quantity: int
    billing_type: BillingType = BillingType.LICENSE
    part_number: str | None = UNSET
    starts_at: datetime | None = UNSET

    def wanted(self) -> NewSubscription:
        """Return the subscription that is asked for; raise `BadInput` for a garbage id."""
        return NewSubscription(
            identifier(self.billing_contract_id, "billingContractId"),
            self.name,
            self.quantity,
            id=given_id(self.id, "id"),
            billing_type=self.billing_type,
            part_number=given(self.part_number),
            starts_at=given(self.starts_at),
        )


@strawberry.input
class UpdateSubscriptionInput:
    """What changes of a manual subscription."""

    subscription_id: strawberry.ID
    name: str | None = UNSET
    quantity: int | None = UNSET
    status: SubscriptionStatus | None = UNSET

    def edit(self) -> SubscriptionEdit:
        """Return what changes."""
        return SubscriptionEdit(given(self.name), given(self.quantity), given(self.status))
