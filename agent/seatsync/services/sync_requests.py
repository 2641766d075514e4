"""Asking for a sync or a connectivity check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from seatsync.domain.defaults import require_active
from seatsync.domain.job import JobKind
from seatsync.domain.roles import Permission
from seatsync.domain.text import optional_text
from seatsync.errors import Refusal
from seatsync.mirror.contracts import CONTRACTS
from seatsync.mirror.jobs import find_by_idempotency_key
from seatsync.mirror.known import account_customers
from seatsync.mirror.providers import configured_providers
from seatsync.mirror.subscriptions import SUBSCRIPTIONS
from seatsync.services.found import found, positions

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from seatsync.domain.contract import BillingContract
    from seatsync.domain.job import Job
    from seatsync.domain.roles import Caller
    from seatsync.domain.subscription import Subscription
    from seatsync.jobs.queue import JobQueue
    from seatsync.mirror.database import Mirror


@dataclass(frozen=True, slots=True)
class ContractSyncRequest:
    """What a caller asks for on a billing contract; no provider keys means all that serve it."""

    billing_contract_id: UUID
    provider_keys: Sequence[str] = ()
    subscription_ids: Sequence[UUID] = ()
    expect_checksum: str | None = None
    idempotency_key: str | None = None

    @property
    def arguments(self) -> dict[str, Any]:
        """Return the job's arguments: equal for requests that ask for the same."""
        return {
            "billing_contract_id": str(self.billing_contract_id),
            "provider_keys": sorted(set(self.provider_keys)) or None,
            "subscription_ids": sorted({str(one) for one in self.subscription_ids}),
            "expect_checksum": self.expect_checksum,
        }


@dataclass(frozen=True, slots=True)
class SyncRequests:
    """What a PROVISIONING caller may ask the background for."""

    mirror: Mirror
    queue: JobQueue

    def sync_contract(self, caller: Caller, request: ContractSyncRequest) -> Job:
        """Ask for a sync from a billing contract; raise `Refusal`.

        A request that repeats an earlier one's key gets that one's job, whatever holds now.
        """
        caller.require(Permission.SYNC)
        optional_text(request.expect_checksum, "expectChecksum")
        key = optional_text(request.idempotency_key, "idempotencyKey")
        with self.mirror.reading():
            if not self._is_repeated(key):
                self._refuse(request)
        return self.queue.submit(
            JobKind.SYNC_SUBSCRIPTIONS,
            arguments=request.arguments,
            requested_by=caller.name,
            idempotency_key=key,
        )

    def sync_provider(
        self, caller: Caller, provider_key: str, idempotency_key: str | None = None
    ) -> Job:
        """Ask for a sync of everything of a provider; raise `Refusal`."""
        caller.require(Permission.SYNC)
        return self._submit(JobKind.SYNC_PROVIDER, caller, provider_key, idempotency_key)

    def sync_provider_accounts(
        self, caller: Caller, provider_key: str, idempotency_key: str | None = None
    ) -> Job:
        """Ask for a reading of a provider's customers; raise `Refusal`."""
        caller.require(Permission.SYNC)
        return self._submit(JobKind.SYNC_PROVIDER_ACCOUNTS, caller, provider_key, idempotency_key)

    def verify(self, caller: Caller, provider_key: str) -> Job:
        """Ask for Verify Connectivity of a provider; raise `Refusal`."""
        caller.require(Permission.VERIFY)
        return self._submit(JobKind.VERIFY_CONNECTIVITY, caller, provider_key, None)

    def _submit(
        self, kind: JobKind, caller: Caller, provider_key: str, idempotency_key: str | None
    ) -> Job:
        key = optional_text(idempotency_key, "idempotencyKey")
        with self.mirror.reading():
            if not self._is_repeated(key):
                _refuse_unknown_providers(self.mirror, [provider_key], "providerKey")
        return self.queue.submit(
            kind,
            arguments={"provider_key": provider_key},
            requested_by=caller.name,
            provider_key=provider_key,
            idempotency_key=key,
        )

    def _is_repeated(self, key: str | None) -> bool:
        return key is not None and find_by_idempotency_key(self.mirror, key) is not None

    def _refuse(self, request: ContractSyncRequest) -> None:
        contract_id = request.billing_contract_id
        known = CONTRACTS.by_ids(self.mirror, [contract_id]).get(contract_id)
        contract = found(known, "billing contract", contract_id, "billingContractId")
        require_active(contract)
        _refuse_unknown_providers(self.mirror, request.provider_keys)
        asked = _asked_customers(self.mirror, contract, request.provider_keys)
        _refuse_unselectable(self.mirror, contract, asked, request.subscription_ids)


def _refuse_unknown_providers(
    mirror: Mirror, keys: Iterable[str], name: str = "providerKeys"
) -> None:
    configured = {provider.key for provider in configured_providers(mirror)}
    for key in keys:
        if key not in configured:
            raise Refusal("NOT_FOUND", f"there is no provider {key}", path=(name,))


def _asked_customers(
    mirror: Mirror, contract: BillingContract, keys: Sequence[str]
) -> frozenset[UUID]:
    """Return the provider accounts that a sync of the contract asks its providers for."""
    mapped = account_customers(mirror, contract.account_id, keys or None)
    asked = frozenset(customer.id for _, customer, _ in mapped if customer.sync_enabled)
    if not asked:
        raise Refusal(
            "PROVIDER_ACCOUNT_UNMAPPED",
            "no provider account that is synced is mapped to the account of this contract",
            path=("billingContractId",),
        )
    return asked


def _refuse_unselectable(
    mirror: Mirror, contract: BillingContract, asked: frozenset[UUID], ids: Sequence[UUID]
) -> None:
    paths = positions(ids, "subscriptionIds")
    known = SUBSCRIPTIONS.by_ids(mirror, paths)
    for one, path in paths.items():
        subscription = known.get(one)
        if subscription and not _is_selectable(subscription, contract, asked):
            raise Refusal(
                "NOT_SELECTABLE",
                f"{subscription.name} is on another contract, or of another account",
                path=path,
            )


def _is_selectable(
    subscription: Subscription, contract: BillingContract, asked: frozenset[UUID]
) -> bool:
    if subscription.billing_contract_id is None:
        return subscription.provider_account_id in asked
    return subscription.billing_contract_id == contract.id
