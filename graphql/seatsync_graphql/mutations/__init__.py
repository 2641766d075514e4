"""Everything that can be changed or asked for, by what it is about."""

from __future__ import annotations

import strawberry

from seatsync_graphql.mutations.crm import CrmMutations
from seatsync_graphql.mutations.settings import SettingMutations
from seatsync_graphql.mutations.subscriptions import SubscriptionMutations
from seatsync_graphql.mutations.sync import SyncMutations


@strawberry.type
class Mutation(SyncMutations, CrmMutations, SubscriptionMutations, SettingMutations):
    """Everything that can be changed or asked for; refusals are in `userErrors`."""
