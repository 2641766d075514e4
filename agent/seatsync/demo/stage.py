"""Setting the stage: what the CRM of the demo knows when the story begins."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seatsync.demo.cast import ON_DEMAND, SCHEDULED
from seatsync.demo.customers import CUSTOMERS, HOLDINGS
from seatsync.domain.billing import BillingFrequency
from seatsync.domain.contract import BillingContract, ContractStatus
from seatsync.domain.ids import provider_account_id, subscription_id
from seatsync.domain.job import JobStatus
from seatsync.domain.roles import EVERY_ROLE, Caller
from seatsync.errors import SetupError
from seatsync.mirror.contract_changes import insert_contract

if TYPE_CHECKING:
    from seatsync.bootstrap.agent import Agent
    from seatsync.demo.cast import Contract, Customer
    from seatsync.domain.job import Job
    from seatsync.sdk.context import Clock

LOG = logging.getLogger(__name__)

DIRECTOR = Caller("demo", EVERY_ROLE)
"""Who sets the stage, as the audit log names it."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Makes accounts and contracts, reads the providers once, and maps what belongs together."""

    agent: Agent
    clock: Clock

    def set(self) -> None:
        """Do all of it, on an empty database."""
        for customer in CUSTOMERS:
            self._create(customer)
        for key in (SCHEDULED, ON_DEMAND):
            self._finish(self.agent.services.change.syncs.sync_provider_accounts(DIRECTOR, key))
        for customer in CUSTOMERS:
            if customer.mapped:
                self._map(customer)
        for key in (SCHEDULED, ON_DEMAND):
            self._finish(self.agent.services.change.syncs.sync_provider(DIRECTOR, key))
        self._assign()

    def _create(self, customer: Customer) -> None:
        self.agent.services.change.accounts.create(
            DIRECTOR, name=customer.name, domain=customer.domain, account_id=customer.account_id
        )
        # Written as a CRM delivers them: the API would refuse a second default.
        with self.agent.mirror.writing():
            for contract in customer.contracts:
                record = _contract(customer, contract)
                insert_contract(self.agent.mirror, record, self.clock.now())

    def _map(self, customer: Customer) -> None:
        self.agent.services.change.mappings.map(
            DIRECTOR,
            provider_account_id(customer.provider_key, customer.external_id),
            customer.account_id,
        )

    def _assign(self) -> None:
        for holding in HOLDINGS:
            if holding.contract is not None:
                known = subscription_id(holding.customer.provider_key, holding.external_id)
                self.agent.services.change.assignments.assign(
                    DIRECTOR, [known], holding.contract.id
                )

    def _finish(self, job: Job) -> None:
        done = self.agent.runner.run_one(job.id)
        if done.status is not JobStatus.SUCCEEDED:
            raise SetupError(
                f"the demo could not be set up: {done.kind.value} ended {done.status.value}, "
                f"{done.error_message}",
                remedy="Try `seatsync demo --fresh`.",
            )


def _contract(customer: Customer, contract: Contract) -> BillingContract:
    return BillingContract(
        id=contract.id,
        name=contract.name,
        account_id=customer.account_id,
        is_default=contract.default is not None,
        default_for=contract.default_for,
        billing_policy=contract.policy,
        billing_frequency=BillingFrequency.MONTHLY,
        currency="USD",
        status=ContractStatus.ACTIVE,
    )
