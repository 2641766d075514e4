"""Serve a simulated Dataverse that already holds many records; obey commands on standard input."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any
from uuid import UUID

from seatsync.domain.crm import CrmNoun
from seatsync.domain.ids import new_id, provider_account_id, subscription_id
from seatsync.sdk.simulator import served
from seatsync_dataverse.mapped import shapes_for
from seatsync_dataverse.sample import prepared
from seatsync_dataverse.simulator import SettableClock, Simulator

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PROVIDER = "bench"
THEN = datetime(2026, 1, 5, 12, 0, tzinfo=UTC).isoformat()
AT_ONCE = 10_000

Named = tuple[UUID, dict[str, Any]]


def main() -> None:
    """Print the settings as a JSON line, then answer each command with one."""
    accounts, subscriptions = int(sys.argv[1]), int(sys.argv[2])
    simulator = Simulator(SettableClock())
    with served(simulator.app) as origin:
        settings = simulator.settings(origin) | {"max_requests_per_second": 10_000}
        prepared(simulator)
        names = Names()
        ids = [new_id() for _ in range(accounts)]
        names.fill(simulator, CrmNoun.ACCOUNT, account_rows(ids))
        contracts = [new_id() for _ in ids]
        names.fill(simulator, CrmNoun.BILLING_CONTRACT, contract_rows(contracts, ids))
        names.fill(simulator, CrmNoun.PROVIDER_ACCOUNT, customer_rows(ids))
        names.fill(
            simulator, CrmNoun.SUBSCRIPTION, subscription_rows(subscriptions, ids, contracts)
        )
        names.fill(simulator, CrmNoun.LICENSE_CHANGE, license_rows(subscriptions))
        print(json.dumps(settings), flush=True)
        for line in sys.stdin:
            print(json.dumps(obey(simulator, names, line.strip(), contracts)), flush=True)


def obey(simulator: Simulator, names: Names, command: str, contracts: list[UUID]) -> int:
    """Tell how many requests there were since the last time, or let users edit contracts."""
    if command == "edit":
        edited = contracts[::100]
        flagged = names.row(CrmNoun.BILLING_CONTRACT, {"is_default": True})
        for contract in edited:
            simulator.edit("syn_billingcontract", str(contract), flagged)
        return len(edited)
    told = simulator.requests("/api/data/")
    simulator.forget()
    return told


class Names:
    """What tables and columns are called there."""

    def __init__(self) -> None:
        """Take the names that set-up gives."""
        self._shapes = shapes_for({})

    def row(self, noun: CrmNoun, values: dict[str, Any]) -> dict[str, Any]:
        """Return a row by the names of its columns."""
        columns = self._shapes[noun].by_field
        return {
            columns[name].logical_name: columns[name].options.get(value, value)
            if isinstance(value, str)
            else value
            for name, value in values.items()
        }

    def fill(self, simulator: Simulator, noun: CrmNoun, records: Iterable[Named]) -> None:
        """Add records as somebody."""
        table = self._shapes[noun].logical_name
        waiting = iter(records)
        while part := list(islice(waiting, AT_ONCE)):
            rows = [self.row(noun, values) for _, values in part]
            simulator.add_many(table, rows, row_ids=[str(one) for one, _ in part])


def account_rows(ids: list[UUID]) -> Iterator[Named]:
    """Yield customers."""
    for number, account in enumerate(ids):
        yield account, {"name": f"Account {number}", "domain": f"https://a{number}.example"}


def contract_rows(contracts: list[UUID], accounts: list[UUID]) -> Iterator[Named]:
    """Yield a contract for each account."""
    for contract, account in zip(contracts, accounts, strict=True):
        yield (
            contract,
            {
                "name": "Monthly",
                "account_id": str(account),
                "is_default": False,
                "billing_policy": "ADVANCE",
                "billing_frequency": "MONTHLY",
                "currency": "EUR",
            },
        )


def customer_rows(accounts: list[UUID]) -> Iterator[Named]:
    """Yield a provider account for each account."""
    for number, account in enumerate(accounts):
        yield (
            provider_account_id(PROVIDER, f"c-{number}"),
            {
                "provider_key": PROVIDER,
                "external_id": f"c-{number}",
                "name": f"Customer {number}",
                "account_id": str(account),
                "discovered_at": THEN,
            },
        )


def subscription_rows(count: int, accounts: list[UUID], contracts: list[UUID]) -> Iterator[Named]:
    """Yield subscriptions, spread over the accounts."""
    for number in range(count):
        owner = number % len(accounts)
        yield (
            subscription_id(PROVIDER, f"s-{number}"),
            {
                "provider_key": PROVIDER,
                "external_id": f"s-{number}",
                "provider_account_id": str(provider_account_id(PROVIDER, f"c-{owner}")),
                "account_id": str(accounts[owner]),
                "billing_contract_id": str(contracts[owner]),
                "name": f"Example Suite {number}",
                "quantity": 10,
                "status": "ACTIVE",
                "provider_status": "Active",
                "billing_type": "LICENSE",
                "is_trial": False,
                "discovered_at": THEN,
            },
        )


def license_rows(subscriptions: int) -> Iterator[Named]:
    """Yield the first license change of each subscription."""
    for number in range(subscriptions):
        yield (
            new_id(),
            {
                "subscription_id": str(subscription_id(PROVIDER, f"s-{number}")),
                "event": "CREATE",
                "quantity_delta": 10,
                "quantity_after": 10,
                "effective_date": THEN[:10],
                "created_at": THEN,
            },
        )


if __name__ == "__main__":
    main()
