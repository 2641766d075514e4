"""The simulated Stellr, as tests and the demo hold it in their hands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seatsync.sdk.context import Clock
from seatsync.sdk.simulator import Faults
from seatsync_stellr.simulator.app import TOKEN_PATH, make_app
from seatsync_stellr.simulator.state import State

if TYPE_CHECKING:
    from seatsync.sdk.simulator import App

_FIRST_CUSTOMER = 1_000_000
_FIRST_CONTRACT = 400_000


class Simulator:
    """A reseller's Stellr: change what it holds while `app` is being served.

    Numbers are counted, so the same calls always make the same records.
    """

    def __init__(
        self,
        client_id: str = "simulated-client",
        client_secret: str = "simulated-secret",  # noqa: S107 - opens nothing but the simulator
        clock: Clock | None = None,
    ) -> None:
        """Start with no records, and accept these credentials."""
        self.state = State(client_id, client_secret, clock or Clock())
        self.faults = Faults()
        self._made = 0

    @property
    def app(self) -> App:
        """The ASGI application, with the faults that are planned."""
        return self.faults.around(make_app(self.state))

    def settings(self, origin: str) -> dict[str, Any]:
        """Return the plug-in settings for a simulator that is served at `origin`."""
        return {
            "client_id": self.state.client_id,
            "client_secret": self.state.client_secret,
            "base_url": origin,
            "token_url": f"{origin}{TOKEN_PATH}",
            "currency": "USD",
            "max_requests_per_second": 10_000,
        }

    def add_customer(self, name: str, *, customer_id: str | None = None, **fields: Any) -> str:
        """Add a customer, and return its number; `fields` are the API's own."""
        customer_id = customer_id or str(_FIRST_CUSTOMER + len(self.state.customers))
        customer = {
            "customerNo": customer_id,
            "companyName": name,
            "address1": "1 Example Street",
            "city": "Exampleton",
            "state": "EX",
            "zipCode": "00000",
            "country": "US",
            "status": "Active",
        }
        self.state.customers[customer_id] = _present({**customer, **fields})
        return customer_id

    def refuse_customer(self, customer_id: str) -> None:
        """Answer 403 when this customer's subscriptions are asked for."""
        self.state.refused_customers.add(customer_id)

    def add_subscription(self, customer_id: str, quantity: float, **fields: Any) -> str:
        """Add a subscription, and return its id; `fields` are the API's own, None removes one."""
        contract = str(_FIRST_CONTRACT + self._made)
        self._made += 1
        record_id = str(fields.pop("subscriptionId", None) or f"{contract}_1")
        subscription = {
            "subscriptionId": record_id,
            "contractNo": contract,
            "customerNo": customer_id,
            "productName": "NCE Example Suite (Annual Commit, Monthly Bill)",
            "vendorName": "Example Vendor",
            "mfgPartNo": "EXAMPLE0001:0002",
            "skuNo": 7_000_001,
            "quantity": quantity,
            "unitPrice": 18.2,
            "customerPrice": 22.0,
            "billingFrequency": "month",
            "status": "Active",
            "startDate": "2026-01-15",
            "renewalDate": "2027-01-15",
            **fields,
        }
        held = self.state.subscriptions.setdefault(customer_id, {})
        held[record_id] = _present(subscription)
        return record_id

    def change_subscription(self, customer_id: str, record_id: str, **fields: Any) -> None:
        """Set fields of a subscription; None removes a field."""
        held = self.state.subscriptions[customer_id]
        before = held[record_id]
        held[record_id] = _present({**(before if isinstance(before, dict) else {}), **fields})

    def break_subscription(self, customer_id: str, record_id: str, raw: bytes) -> None:
        """Answer exactly these bytes in the place of a subscription."""
        self.state.subscriptions[customer_id][record_id] = raw


def _present(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
