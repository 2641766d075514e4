"""Mutations about subscriptions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import strawberry
from strawberry import Info

from seatsync_graphql.context import Context
from seatsync_graphql.inputs.given import given_id, identifiers
from seatsync_graphql.inputs.subscriptions import (
    AssignSubscriptionsInput,
    CreateSubscriptionInput,
    SetSubscriptionPriceInput,
    UpdateSubscriptionInput,
)
from seatsync_graphql.nouns import SUBSCRIPTION
from seatsync_graphql.payloads import SubscriptionsPayload, answer
from seatsync_graphql.scalars import identifier
from seatsync_graphql.types.node import resolved

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from seatsync.domain.subscription import Subscription


@strawberry.type
class SubscriptionMutations:
    """Moving, pricing and keeping subscriptions by hand."""

    @resolved("Move subscriptions onto a contract by hand, or off any. All or none.")
    def assign_subscriptions(
        self, info: Info[Context, None], input_: AssignSubscriptionsInput
    ) -> SubscriptionsPayload:
        """Move subscriptions."""
        context = info.context
        ids = identifiers(input_.subscription_ids, "subscriptionIds")
        contract_id = given_id(input_.billing_contract_id, "billingContractId")
        assignments = context.services.change.assignments
        return _subscriptions(context, lambda: assignments.assign(context.caller, ids, contract_id))

    @strawberry.field
    def set_subscription_price(
        self, info: Info[Context, None], input_: SetSubscriptionPriceInput
    ) -> SubscriptionsPayload:
        """Set what the customer pays."""
        context = info.context
        ids = identifiers(input_.subscription_ids, "subscriptionIds")
        assignments = context.services.change.assignments
        return _subscriptions(
            context,
            lambda: assignments.set_price(context.caller, ids, input_.amount, input_.currency),
        )

    @resolved(
        "A subscription that no automatic provider knows, kept by hand under the built-in"
        " provider `manual`."
    )
    def create_subscription(
        self, info: Info[Context, None], input_: CreateSubscriptionInput
    ) -> SubscriptionsPayload:
        """Create a manual subscription."""
        context, wanted = info.context, input_.wanted()
        manual = context.services.change.manual_subscriptions
        return _subscriptions(context, lambda: [manual.create(context.caller, wanted)])

    @resolved("Change a manual subscription; those of automatic providers follow their provider.")
    def update_subscription(
        self, info: Info[Context, None], input_: UpdateSubscriptionInput
    ) -> SubscriptionsPayload:
        """Change a manual subscription."""
        context, edit = info.context, input_.edit()
        one = identifier(input_.subscription_id, "subscriptionId")
        manual = context.services.change.manual_subscriptions
        return _subscriptions(context, lambda: [manual.update(context.caller, one, edit)])


def _subscriptions(
    context: Context, work: Callable[[], Sequence[Subscription]]
) -> SubscriptionsPayload:
    return answer(
        SubscriptionsPayload, lambda: SUBSCRIPTION.show_all(context, work()), "subscriptions"
    )
