"""A mirror of a given size, filled without a sync; and the statements it is read by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from seatsync.domain.ids import new_id
from seatsync.domain.paging import Window, encode_cursor
from seatsync.mirror.accounts import ACCOUNTS
from seatsync.mirror.contracts import CONTRACTS
from seatsync.mirror.database import Mirror
from seatsync.mirror.migration import migrate
from seatsync.mirror.provider_accounts import PROVIDER_ACCOUNTS
from seatsync.mirror.provider_registration import ConfiguredProvider, register_providers
from seatsync.mirror.subscriptions import SUBSCRIPTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from uuid import UUID

    from seatsync.mirror.keyset import Listing

PROVIDER = "bench"
PRODUCTS = 40
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Customer:
    """One customer, in every table that knows it."""

    number: int
    account: UUID
    contract: UUID
    provider_account: UUID

    @classmethod
    def make(cls, number: int) -> Customer:
        """Give it ids."""
        return cls(number, new_id(), new_id(), new_id())

    def rows(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield its rows, each with the table it belongs to."""
        name = f"Customer {self.number:05}"
        domain = f"customer-{self.number}.example"
        yield (
            "account",
            {"id": self.account, "name": name, "domain": domain, "created_at": NOON},
        )
        yield (
            "billing_contract",
            {
                "id": self.contract,
                "name": "Monthly",
                "account_id": self.account,
                "is_default": True,
                "billing_policy": "ADVANCE",
                "billing_frequency": "MONTHLY",
                "currency": "EUR",
                "status": "ACTIVE",
                "created_at": NOON,
            },
        )
        yield (
            "provider_account",
            {
                "id": self.provider_account,
                "provider_key": PROVIDER,
                "external_id": f"customer-{self.number}",
                "name": name,
                "account_id": self.account,
                "sync_enabled": True,
                "discovered_at": NOON,
                "last_synced_at": NOON,
            },
        )


def subscription_rows(number: int, customer: Customer) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the rows of one subscription and its License Change Log."""
    key, quantity, product = new_id(), 1 + number % 50, number % PRODUCTS
    cost = {"unit_cost_amount": "27.5", "unit_cost_currency": "EUR"}
    yield (
        "subscription",
        {
            "id": key,
            "provider_key": PROVIDER,
            "provider_account_id": customer.provider_account,
            "account_id": customer.account,
            "billing_contract_id": customer.contract,
            "external_id": f"subscription-{number}",
            "name": f"Example Suite {product} of customer {customer.number:05}",
            "quantity": quantity,
            "status": "ACTIVE",
            "provider_status": "Active",
            "billing_type": "LICENSE",
            "part_number": f"EXAMPLE:{product:04}",
            "product_name": f"Example Suite {product}",
            "term": "P1Y",
            "is_trial": False,
            "discovered_at": NOON,
            "last_synced_at": NOON,
            **cost,
        },
    )
    yield (
        "license_change",
        {
            "id": new_id(),
            "subscription_id": key,
            "event": "ADDED",
            "quantity_delta": quantity,
            "quantity_after": quantity,
            "effective_date": NOON.date(),
            "provisioning_status": "COMPLETED",
            "archived": False,
            "created_at": NOON,
            **cost,
        },
    )


def fill(url: str, customers: int, subscriptions: int) -> None:
    """Make a mirror of this size in an empty database."""
    migrate(url)
    mirror = Mirror.open(url)
    known = [Customer.make(number) for number in range(customers)]
    tables: dict[str, list[dict[str, Any]]] = {}
    for customer in known:
        for table, row in customer.rows():
            tables.setdefault(table, []).append(row)
    for number in range(subscriptions):
        for table, row in subscription_rows(number, known[number % customers]):
            tables.setdefault(table, []).append(row)
    with mirror.writing():
        register_providers(mirror, [ConfiguredProvider(PROVIDER, "pax8", "Bench", auto_sync=False)])
        for table, rows in tables.items():
            encoded = ([mirror.codec.encode(value) for value in row.values()] for row in rows)
            mirror.insert(table, list(rows[0]), encoded)
    mirror.close()


class _Overheard:
    """Takes the place of a mirror, and keeps the statement that it is asked."""

    is_sqlite = True
    sql = ""

    def rows(self, sql: str, _: Mapping[str, Any]) -> list[Any]:
        self.sql = sql
        return []


def agent_statements() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return the statements that the agent reads with, and the columns of each."""
    after = encode_cursor("name", ("", new_id().hex))
    pages = {"first_page": Window(), "next_page": Window(after=after)}
    listings: dict[str, Listing[Any, Any]] = {
        "accounts": ACCOUNTS,
        "contracts": CONTRACTS,
        "provider_accounts": PROVIDER_ACCOUNTS,
    }
    return {name: _page_statement(window) for name, window in pages.items()} | {
        name: _lookup_statement(listing) for name, listing in listings.items()
    }


def _page_statement(window: Window) -> tuple[str, tuple[str, ...]]:
    overheard = _Overheard()
    SUBSCRIPTIONS.page(cast("Mirror", overheard), SUBSCRIPTIONS.everything, window)
    return overheard.sql, _columns(SUBSCRIPTIONS)


def _lookup_statement(listing: Listing[Any, Any]) -> tuple[str, tuple[str, ...]]:
    overheard = _Overheard()
    listing.by_ids(cast("Mirror", overheard), [new_id()])
    return overheard.sql, _columns(listing)


def _columns(listing: Listing[Any, Any]) -> tuple[str, ...]:
    return tuple(
        text.removesuffix(" END").rpartition(".")[2].strip() for text in listing.reader.columns
    )
