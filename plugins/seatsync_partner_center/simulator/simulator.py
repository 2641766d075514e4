"""The simulated Partner Center, as tests, the demo and benchmarks hold it in their hands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, uuid5

import msgspec

from seatsync.sdk.context import Clock
from seatsync.sdk.simulator import Faults
from seatsync_partner_center.settings import AUDIENCE
from seatsync_partner_center.simulator.app import make_app
from seatsync_partner_center.simulator.entra import Entra
from seatsync_partner_center.simulator.state import Refused, State

if TYPE_CHECKING:
    from datetime import datetime

    from seatsync.sdk.simulator import App

_NAMESPACE = uuid5(NAMESPACE_URL, "https://partner-center.example/simulator")
TENANT = str(uuid5(_NAMESPACE, "tenant"))
CLIENT = str(uuid5(_NAMESPACE, "client"))
SECRET = "simulated-secret"  # noqa: S105 - opens nothing but the simulator


class Simulator:
    """A partner's Partner Center: change what it holds while `app` is being served.

    Ids are made from names and counts, so the same calls always make the same records.
    """

    def __init__(self, clock: Clock | None = None) -> None:
        """Start with no records."""
        clock = clock or Clock()
        self.entra = Entra(clock, TENANT, CLIENT, SECRET, AUDIENCE)
        self.state = State(clock, self.entra)
        self.faults = Faults()
        self._made = 0

    @property
    def app(self) -> App:
        """The ASGI application, with the faults that are planned."""
        return self.faults.around(make_app(self.state))

    def settings(self, origin: str, *, app_user: bool = False) -> dict[str, Any]:
        """Return the plug-in settings for a simulator that is served at `origin`."""
        settings: dict[str, Any] = {
            "tenant_id": TENANT,
            "client_id": CLIENT,
            "client_secret": SECRET,
            "base_url": origin,
            "authority": f"{origin}/login",
        }
        if app_user:
            settings |= {"mode": "app_user", "refresh_token": self.entra.new_refresh_token()}
        return settings

    def add_customer(self, name: str, *, customer_id: str | None = None, **fields: Any) -> str:
        """Add a customer, or replace it, and return its id; `fields` are the API's own."""
        customer_id = customer_id or self._new_id(name)
        slug = name.lower().replace(" ", "-")
        profile = {"tenantId": customer_id, "domain": f"{slug}.example", "companyName": name}
        customer = {
            "id": customer_id,
            "companyProfile": profile | fields.pop("companyProfile", {}),
            "relationshipToPartner": "reseller",
            "attributes": {"objectType": "Customer"},
            **fields,
        }
        self.state.customers[customer_id.lower()] = msgspec.json.encode(customer)
        return customer_id

    def remove_customer(self, customer_id: str) -> None:
        """End the relationship with a customer: it vanishes from the list."""
        del self.state.customers[customer_id.lower()]

    def refuse_customer(
        self, customer_id: str, status: int = 403, code: str = "900309", words: str = "Refused"
    ) -> None:
        """Answer with a refusal when this customer's subscriptions are asked for."""
        self.state.refused_customers[customer_id.lower()] = Refused(status, code, words)

    def accept_customer(self, customer_id: str) -> None:
        """Refuse a customer no more."""
        del self.state.refused_customers[customer_id.lower()]

    def refuse_path(self, path: str, status: int, code: str, words: str = "Refused") -> None:
        """Answer with a refusal at a path, such as `/v1/customers`."""
        self.state.refused_paths[path] = Refused(status, code, words)

    def add_subscription(self, customer_id: str, quantity: float = 5, **fields: Any) -> str:
        """Add a subscription, or replace it; `fields` are the API's own, None leaves one out."""
        record_id = str(fields.pop("id", None) or self._new_id(customer_id))
        whole = {**_licence(), "id": record_id, "quantity": quantity, **fields}
        self._put(customer_id, record_id, whole)
        return record_id

    def change_subscription(self, customer_id: str, record_id: str, **fields: Any) -> None:
        """Set fields of a subscription; None removes a field."""
        held = self.state.subscriptions[customer_id.lower()][record_id.lower()]
        self._put(customer_id, record_id, {**msgspec.json.decode(held), **fields})

    def remove_subscription(self, customer_id: str, record_id: str) -> None:
        """Forget a subscription, as if it had never been."""
        del self.state.subscriptions[customer_id.lower()][record_id.lower()]

    def put_raw(self, customer_id: str, record_id: str, raw: bytes) -> None:
        """Answer exactly these bytes in the place of a subscription."""
        self.state.subscriptions.setdefault(customer_id.lower(), {})[record_id.lower()] = raw

    def add_order(self, customer_id: str, order_id: str, **fields: Any) -> None:
        """Add an order."""
        order = {"id": order_id, "currencyCode": "USD", **fields}
        self.state.orders[customer_id.lower(), order_id] = msgspec.json.encode(order)

    def audit(
        self, customer_id: str, operation: str, at: datetime, status: str = "succeeded"
    ) -> None:
        """Write an operation of the partner into the audit log."""
        record = {
            "customerId": customer_id,
            "operationType": operation,
            "operationDate": at.isoformat(),
            "operationStatus": status,
        }
        self.state.audit.append(msgspec.json.encode(record))

    def expire_continuations(self) -> None:
        """Let every continuation token that was given out be unknown."""
        self.state.continuations += 1

    def populate(self, customers: int, each: int = 2) -> None:
        """Add a customer base of this size, always the same one."""
        for number in range(customers):
            customer_id = self.add_customer(f"Customer {number}")
            for position in range(each):
                self.add_subscription(customer_id, 1 + (number + position) % 50)

    def _put(self, customer_id: str, record_id: str, fields: dict[str, Any]) -> None:
        present = {name: value for name, value in fields.items() if value is not None}
        self.put_raw(customer_id, record_id, msgspec.json.encode(present))

    def _new_id(self, name: str) -> str:
        self._made += 1
        return str(uuid5(_NAMESPACE, f"{self._made}:{name}"))


def _licence() -> dict[str, Any]:
    return {
        "offerId": "EXSUITE00001:0001:EXAVAIL00001",
        "offerName": "Example Suite",
        "friendlyName": "Example Suite",
        "productType": {"id": "OnlineServicesNCE", "displayName": "OnlineServicesNCE"},
        "unitType": "Licenses",
        "creationDate": "2026-01-14T16:57:15.0966728Z",
        "effectiveStartDate": "2026-01-14T16:57:14.4982521Z",
        "commitmentEndDate": "2027-01-13T00:00:00Z",
        "commitmentEndDateTime": "2027-01-13T23:59:59Z",
        "status": "active",
        "autoRenewEnabled": True,
        "isTrial": False,
        "billingType": "license",
        "billingCycle": "monthly",
        "termDuration": "P1Y",
        "renewalTermDuration": "",
        "isMicrosoftProduct": True,
        "partnerId": "",
        "contractType": "subscription",
        "orderId": "0a1b2c3d4e5f",
        "attributes": {"objectType": "Subscription"},
    }
