"""Subscriptions that no automatic provider knows, kept by hand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from seatsync.domain.billing import BillingType
from seatsync.domain.defaults import require_active
from seatsync.domain.ids import new_id, provider_account_id
from seatsync.domain.license_change import (
    Holding,
    LicenseChange,
    LicenseDelta,
    ProvisioningStatus,
    initial_delta,
    license_delta,
)
from seatsync.domain.provider import MANUAL_PROVIDER_KEY, ProviderAccount
from seatsync.domain.roles import Permission
from seatsync.domain.subscription import Subscription, SubscriptionStatus
from seatsync.domain.text import invalid, optional_text, required_text
from seatsync.errors import Refusal
from seatsync.mirror.held import (
    account_of_contract,
    held_account,
    held_contract,
    held_subscriptions,
)
from seatsync.mirror.license_log import append_license_change
from seatsync.mirror.manual_subscriptions import (
    ensure_manual_provider,
    ensure_provider_account,
    insert_manual_subscription,
    update_manual_subscription,
)
from seatsync.services.found import found, taken

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from seatsync.domain.account import Account
    from seatsync.domain.contract import BillingContract
    from seatsync.domain.roles import Caller
    from seatsync.services.journal import Journal


@dataclass(frozen=True, slots=True)
class NewSubscription:
    """What a caller says of a manual subscription; `id` is the CRM's own, `starts_at` aware."""

    billing_contract_id: UUID
    name: str
    quantity: int
    id: UUID | None = None
    billing_type: BillingType = BillingType.LICENSE
    part_number: str | None = None
    starts_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SubscriptionEdit:
    """What a caller changes of a manual subscription; None leaves a field as it is."""

    name: str | None = None
    quantity: int | None = None
    status: SubscriptionStatus | None = None


@dataclass(frozen=True, slots=True)
class ManualSubscriptions:
    """What a BILLING caller may do to subscriptions under the built-in provider `manual`."""

    journal: Journal

    def create(self, caller: Caller, wanted: NewSubscription) -> Subscription:
        """Create a subscription on an active contract, with its first License Change."""
        with self.journal.changing(caller, Permission.BILL, "createSubscription") as notes:
            mirror = self.journal.mirror
            contract, account = self._target(wanted.billing_contract_id)
            customer = _provider_account(account, notes.at)
            subscription = _new_subscription(wanted, contract, customer, notes.at)
            ensure_manual_provider(mirror)
            ensure_provider_account(mirror, customer)
            if not insert_manual_subscription(mirror, subscription):
                raise taken("subscription", subscription.id)
            delta = initial_delta(subscription.quantity)
            append_license_change(mirror, _license_change(subscription, delta, notes.at))
            notes.record(subscription.id, None, subscription)
            return subscription

    def update(self, caller: Caller, subscription_id: UUID, edit: SubscriptionEdit) -> Subscription:
        """Change what is given, with the License Change that it makes; raise `Refusal`."""
        with self.journal.changing(caller, Permission.BILL, "updateSubscription") as notes:
            mirror = self.journal.mirror
            old = self._manual(subscription_id)
            new = _edited(old, edit)
            if new == old:
                return old
            update_manual_subscription(mirror, new, notes.at)
            delta = license_delta(_holding(old), _holding(new))
            if delta:
                append_license_change(mirror, _license_change(new, delta, notes.at))
            notes.record(new.id, old, new)
            return new

    def _target(self, contract_id: UUID) -> tuple[BillingContract, Account]:
        mirror = self.journal.mirror
        path = "billingContractId"
        account_id = found(
            account_of_contract(mirror, contract_id), "billing contract", contract_id, path
        )
        account = found(held_account(mirror, account_id), "account", account_id, path)
        contract = found(held_contract(mirror, contract_id), "billing contract", contract_id, path)
        require_active(contract)
        return contract, account

    def _manual(self, subscription_id: UUID) -> Subscription:
        known = held_subscriptions(self.journal.mirror, [subscription_id]).get(subscription_id)
        subscription = found(known, "subscription", subscription_id, "subscriptionId")
        if subscription.provider_key != MANUAL_PROVIDER_KEY:
            raise Refusal(
                "NOT_MANUAL",
                f"{subscription.name} follows its provider {subscription.provider_key}; "
                "only subscriptions of the provider manual are changed by hand",
                path=("subscriptionId",),
            )
        return subscription


def _provider_account(account: Account, now: datetime) -> ProviderAccount:
    """Return the one provider account under which an account's subscriptions are kept by hand."""
    external_id = str(account.id)
    return ProviderAccount(
        id=provider_account_id(MANUAL_PROVIDER_KEY, external_id),
        provider_key=MANUAL_PROVIDER_KEY,
        external_id=external_id,
        name=account.name,
        domain=account.domain,
        account_id=account.id,
        sync_enabled=False,
        discovered_at=now,
        last_synced_at=None,
        last_error=None,
    )


def _new_subscription(
    wanted: NewSubscription, contract: BillingContract, customer: ProviderAccount, now: datetime
) -> Subscription:
    subscription_id = wanted.id or new_id()
    return Subscription(
        id=subscription_id,
        provider_key=MANUAL_PROVIDER_KEY,
        provider_account_id=customer.id,
        account_id=contract.account_id,
        billing_contract_id=contract.id,
        unassigned_reason=None,
        external_id=str(subscription_id),
        name=required_text(wanted.name, "name"),
        quantity=_seats(wanted.quantity),
        status=SubscriptionStatus.ACTIVE,
        provider_status=SubscriptionStatus.ACTIVE.value,
        billing_type=wanted.billing_type,
        part_number=optional_text(wanted.part_number, "partNumber"),
        product_name=None,
        unit_type=None,
        term=None,
        billing_frequency=None,
        is_trial=False,
        auto_renew=None,
        parent_external_id=None,
        provider_note=None,
        starts_at=wanted.starts_at,
        commitment_ends_at=None,
        unit_cost=None,
        unit_price=None,
        discovered_at=now,
        last_synced_at=now,
        missing_since=None,
    )


def _edited(old: Subscription, edit: SubscriptionEdit) -> Subscription:
    name = old.name if edit.name is None else required_text(edit.name, "name")
    status = edit.status or old.status
    quantity = old.quantity if edit.quantity is None else _seats(edit.quantity)
    if status.is_ended and edit.quantity:
        raise invalid(f"a subscription that is {status} holds no seats", ("quantity",))
    return replace(
        old,
        name=name,
        quantity=0 if status.is_ended else quantity,
        status=status,
        provider_status=status.value,
    )


def _seats(quantity: int) -> int:
    if quantity < 0:
        raise invalid("quantity must not be negative", ("quantity",))
    return quantity


def _holding(subscription: Subscription) -> Holding:
    return Holding(subscription.quantity, subscription.unit_cost, subscription.status)


def _license_change(
    subscription: Subscription, delta: LicenseDelta, now: datetime
) -> LicenseChange:
    return LicenseChange(
        id=new_id(),
        subscription_id=subscription.id,
        event=delta.event,
        quantity_delta=delta.quantity_delta,
        quantity_after=delta.quantity_after,
        unit_cost=subscription.unit_cost,
        effective_date=now.date(),
        provisioning_status=ProvisioningStatus.NOT_APPLICABLE,
        archived=False,
        invoice_reference=None,
        report_entry_id=None,
        created_at=now,
    )
