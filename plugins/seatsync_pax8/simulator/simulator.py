"""The simulated Pax8, as tests, the demo and the benchmark hold it in their hands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, uuid5

import msgspec

from seatsync.sdk.context import Clock
from seatsync.sdk.simulator import Faults
from seatsync_pax8.settings import AUDIENCE
from seatsync_pax8.simulator.app import make_app
from seatsync_pax8.simulator.state import State

if TYPE_CHECKING:
    from seatsync.sdk.simulator import App

_NAMESPACE = uuid5(NAMESPACE_URL, "https://pax8.example/simulator")
_EPOCH = datetime(2024, 1, 2, 8, 30, tzinfo=UTC)
_CREATED_FORMATS = ("%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S.153-0700")
"""The spellings that the examples of the Pax8 OpenAPI mix."""


class Simulator:
    """A partner's Pax8: change what it holds while `app` is being served.

    Ids are made from names and counts, so the same calls always make the same records.
    """

    def __init__(
        self,
        client_id: str = "simulated-client",
        client_secret: str = "simulated-secret",  # noqa: S107 - opens nothing but the simulator
        clock: Clock | None = None,
    ) -> None:
        """Start with no records, and accept these credentials."""
        self.state = State(client_id, client_secret, AUDIENCE, clock or Clock())
        self.faults = Faults()
        self._made = 0

    @property
    def app(self) -> App:
        """The ASGI application, with the faults that are planned."""
        return self.faults.around(make_app(self.state))

    def settings(self, origin: str) -> dict[str, str]:
        """Return the plug-in settings for a simulator that is served at `origin`."""
        return {
            "client_id": self.state.client_id,
            "client_secret": self.state.client_secret,
            "base_url": f"{origin}/v1",
            "token_url": f"{origin}/v1/token",
        }

    def add_company(self, name: str, *, company_id: str | None = None, **fields: Any) -> str:
        """Add a company, and return its id; `fields` are the API's own."""
        company_id = company_id or self._new_id(name)
        company = {
            "id": company_id,
            "name": name,
            "address": {"street": "1 Example Street", "city": "Exampleton", "country": "US"},
            "status": "Active",
            "billOnBehalfOfEnabled": False,
            "selfServiceAllowed": False,
            "orderApprovalRequired": False,
            "updatedDate": "2024-08-11T11:33:12.314-0600",
        }
        self.state.companies.put(company_id, {**company, **fields})
        return company_id

    def change_company(self, company_id: str, **fields: Any) -> None:
        """Set fields of a company; None removes a field."""
        self.state.companies.change(company_id, fields)

    def remove_company(self, company_id: str) -> None:
        """Forget a company; its subscriptions stay."""
        self.state.companies.remove(company_id)

    def refuse_company(self, company_id: str) -> None:
        """Answer 403 when this company's subscriptions are asked for."""
        self.state.refused_companies.add(company_id)

    def refuse_path(self, path: str) -> None:
        """Answer 403 at a path, such as `/v1/companies`."""
        self.state.refused_paths.add(path)

    def add_product(self, name: str, *, product_id: str | None = None, **fields: Any) -> str:
        """Add a product, and return its id; `fields` are the API's own, such as `vendorSku`."""
        product_id = product_id or self._new_id(name)
        product = {"id": product_id, "name": name, "vendorName": "Example Vendor"}
        self.state.products.put(product_id, {**product, **fields})
        return product_id

    def set_pricing(self, product_id: str, **fields: Any) -> None:
        """Set what the pricing of a product answers."""
        self.state.pricing[product_id] = msgspec.json.encode({"productId": product_id, **fields})

    def add_subscription(
        self, company_id: str, product_id: str, quantity: float, **fields: Any
    ) -> str:
        """Add a subscription, and return its id; `fields` are the API's own, None leaves one out.

        Listings give subscriptions in the order in which they were added, as by createdDate.
        """
        record_id = str(fields.pop("id", None) or self._new_id(company_id))
        created = _EPOCH + timedelta(minutes=self._made)
        subscription = {
            "id": record_id,
            "companyId": company_id,
            "productId": product_id,
            "quantity": quantity,
            "startDate": created.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "createdDate": created.strftime(_CREATED_FORMATS[self._made % 3]),
            "billingStart": created.strftime("%Y-%m-%d"),
            "status": "Active",
            "currencyCode": "USD",
            "billingTerm": "Monthly",
            **fields,
        }
        present = {name: value for name, value in subscription.items() if value is not None}
        self.state.subscriptions.put(record_id, present)
        return record_id

    def set_quantity(self, subscription_id: str, quantity: float) -> None:
        """Change the seats of a subscription."""
        self.change_subscription(subscription_id, quantity=quantity)

    def change_subscription(self, subscription_id: str, **fields: Any) -> None:
        """Set fields of a subscription; None removes a field."""
        self.state.subscriptions.change(subscription_id, fields)

    def remove_subscription(self, subscription_id: str) -> None:
        """Forget a subscription, as if it had never been."""
        self.state.subscriptions.remove(subscription_id)

    def break_subscription(self, subscription_id: str, raw: bytes) -> None:
        """Answer exactly these bytes in the place of a subscription."""
        self.state.subscriptions.put_raw(subscription_id, raw)

    def revoke_tokens(self) -> None:
        """Let every token that was given out be refused."""
        self.state.tokens.revoke()

    def populate(self, companies: int, subscriptions: int, products: int = 40) -> None:
        """Add a customer base of this size, always the same one."""
        product_ids = [
            self.add_product(f"Example Suite {n}", sku=f"EX-{n}", vendorSku=f"EXAMPLE:{n:04}")
            for n in range(products)
        ]
        company_ids = [
            self.add_company(f"Customer {n}", website=f"https://customer-{n}.example")
            for n in range(companies)
        ]
        for n in range(subscriptions):
            self.add_subscription(
                company_ids[n % companies],
                product_ids[n % products],
                1 + n % 50,
                productName=f"Example Suite {n % products}",
                price=32.01,
                partnerCost=27.5,
            )

    def _new_id(self, name: str) -> str:
        self._made += 1
        return str(uuid5(_NAMESPACE, f"{self._made}:{name}"))
