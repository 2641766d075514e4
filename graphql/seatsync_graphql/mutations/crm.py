"""Mutations about accounts, billing contracts and the mapping of provider accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import strawberry
from strawberry import Info

from seatsync_graphql.context import Context
from seatsync_graphql.inputs.crm import (
    CreateAccountInput,
    CreateBillingContractInput,
    MapProviderAccountInput,
    SetDefaultBillingContractInput,
    SetProviderAccountSyncInput,
    UpdateBillingContractInput,
)
from seatsync_graphql.inputs.given import given, given_id
from seatsync_graphql.nouns import ACCOUNT, BILLING_CONTRACT, PROVIDER_ACCOUNT
from seatsync_graphql.payloads import (
    AccountPayload,
    BillingContractPayload,
    ProviderAccountPayload,
    answer,
)
from seatsync_graphql.scalars import identifier
from seatsync_graphql.types.node import resolved

if TYPE_CHECKING:
    from collections.abc import Callable

    from seatsync.domain.contract import BillingContract
    from seatsync.domain.provider import ProviderAccount


@strawberry.type
class CrmMutations:
    """Changing accounts, contracts and mappings."""

    @resolved("Map a provider account to an account, or unmap it.")
    def map_provider_account(
        self, info: Info[Context, None], input_: MapProviderAccountInput
    ) -> ProviderAccountPayload:
        """Map or unmap."""
        context = info.context
        customer_id = identifier(input_.provider_account_id, "providerAccountId")
        account_id = given_id(input_.account_id, "accountId")
        mappings = context.services.change.mappings
        return _provider_account(
            context, lambda: mappings.map(context.caller, customer_id, account_id)
        )

    @strawberry.field
    def set_provider_account_sync(
        self, info: Info[Context, None], input_: SetProviderAccountSyncInput
    ) -> ProviderAccountPayload:
        """Switch the sync of a provider account."""
        context, enabled = info.context, input_.sync_enabled
        customer_id = identifier(input_.provider_account_id, "providerAccountId")
        mappings = context.services.change.mappings
        return _provider_account(
            context, lambda: mappings.set_sync(context.caller, customer_id, sync_enabled=enabled)
        )

    @strawberry.field
    def set_default_billing_contract(
        self, info: Info[Context, None], input_: SetDefaultBillingContractInput
    ) -> BillingContractPayload:
        """Set or clear the default flag."""
        context, wish = info.context, input_.wish()
        contract_id = identifier(input_.billing_contract_id, "billingContractId")
        contracts = context.services.change.contracts
        return _contract(context, lambda: contracts.set_default(context.caller, contract_id, wish))

    @strawberry.field
    def create_account(
        self, info: Info[Context, None], input_: CreateAccountInput
    ) -> AccountPayload:
        """Create an account."""
        context, account_id = info.context, given_id(input_.id, "id")
        accounts = context.services.change.accounts
        return answer(
            AccountPayload,
            lambda: ACCOUNT.show(
                context,
                accounts.create(
                    context.caller,
                    name=input_.name,
                    domain=given(input_.domain),
                    account_id=account_id,
                ),
            ),
            "account",
        )

    @strawberry.field
    def create_billing_contract(
        self, info: Info[Context, None], input_: CreateBillingContractInput
    ) -> BillingContractPayload:
        """Create a contract."""
        context, wanted = info.context, input_.wanted()
        contracts = context.services.change.contracts
        return _contract(context, lambda: contracts.create(context.caller, wanted))

    @strawberry.field
    def update_billing_contract(
        self, info: Info[Context, None], input_: UpdateBillingContractInput
    ) -> BillingContractPayload:
        """Change a contract."""
        context, edit = info.context, input_.edit()
        contract_id = identifier(input_.billing_contract_id, "billingContractId")
        contracts = context.services.change.contracts
        return _contract(context, lambda: contracts.update(context.caller, contract_id, edit))


def _contract(context: Context, work: Callable[[], BillingContract]) -> BillingContractPayload:
    return answer(
        BillingContractPayload,
        lambda: BILLING_CONTRACT.show(context, work()),
        "billing_contract",
    )


def _provider_account(
    context: Context, work: Callable[[], ProviderAccount]
) -> ProviderAccountPayload:
    return answer(
        ProviderAccountPayload,
        lambda: PROVIDER_ACCOUNT.show(context, work()),
        "provider_account",
    )
