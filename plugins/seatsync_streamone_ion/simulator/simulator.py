"""The simulated ION, as tests and the demo hold it in their hands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seatsync.sdk.context import Clock
from seatsync.sdk.simulator import Faults
from seatsync_streamone_ion.simulator.app import make_app
from seatsync_streamone_ion.simulator.state import State
from seatsync_streamone_ion.simulator.tokens import Tokens

if TYPE_CHECKING:
    from seatsync.sdk.simulator import App

ACCOUNT_ID = "10001"
_FIRST_CUSTOMER = 300_000
_FIRST_SUBSCRIPTION = 2_000_000


class Simulator:
    """An account at ION: change what it holds while `app` is being served.

    Ids are counted, so the same calls always make the same records.
    """

    def __init__(self, account_id: str = ACCOUNT_ID, clock: Clock | None = None) -> None:
        """Start with no records, and with one refresh token that nobody has used."""
        self.tokens = Tokens(clock or Clock())
        self.state = State(account_id, self.tokens)
        self.faults = Faults()
        self.refresh_token = self.tokens.issue()
        """The newest that a person requested at ION."""

    @property
    def app(self) -> App:
        """The ASGI application, with the faults that are planned."""
        return self.faults.around(make_app(self.state))

    def settings(self, origin: str) -> dict[str, Any]:
        """Return the plug-in settings for a simulator that is served at `origin`."""
        return {
            "account_id": self.state.account_id,
            "refresh_token": self.refresh_token,
            "base_url": origin,
            "max_requests_per_second": 10_000,
        }

    def request_new_credentials(self) -> str:
        """Return another refresh token, as a person gets one at ION."""
        self.refresh_token = self.tokens.issue()
        return self.refresh_token

    def add_customer(self, name: str, *, customer_id: str | None = None, **fields: Any) -> str:
        """Add a customer, and return its id; `fields` are the API's own."""
        customer_id = customer_id or str(_FIRST_CUSTOMER + len(self.state.customers))
        customer = {
            "name": f"accounts/{self.state.account_id}/customers/{customer_id}",
            "customerOrganization": name,
            "customerAddress": {
                "street": "1 Example Street",
                "city": "Exampleton",
                "country": "SE",
            },
            "customerName": "Example Contact",
            "customerEmail": "contact@customer.example",
            "createTime": "2024-06-03T09:55:19Z",
            "updateTime": "2024-06-03T09:55:20Z",
            "languageCode": "EN",
            "uid": f"uid{customer_id}",
            "customerStatus": "ACTIVE",
        }
        self.state.customers[customer_id] = _present({**customer, **fields})
        return customer_id

    def add_profile(self, customer_id: str, tenant_id: str, domain: str) -> None:
        """Let a customer have a Microsoft tenant in its cloud profiles."""
        profile = {
            "providerId": "30",
            "displayName": "Microsoft",
            "shortName": "AZURE",
            "enabled": True,
            "customerTenantId": tenant_id,
            "customerDomain": domain,
        }
        self.state.profiles.setdefault(customer_id, []).append(profile)

    def refuse_customer(self, customer_id: str) -> None:
        """Answer 403 when this customer's subscriptions are asked for."""
        self.state.refused_customers.add(customer_id)

    def refuse_path(self, path: str) -> None:
        """Answer 403 at a path below the account, such as `customers`."""
        self.state.refused_paths.add(f"{self.state.root}/{path}")

    def add_subscription(self, customer_id: str, quantity: int, **fields: Any) -> str:
        """Add a subscription, and return its id; `fields` are the API's own, None leaves one out.

        Counts are texts and statuses in lower case, as in recorded answers.
        """
        count = len(self.state.subscriptions)
        record_id = str(fields.pop("id", None) or _FIRST_SUBSCRIPTION + count)
        subscription = {
            "id": record_id,
            "customerId": customer_id,
            "cloudProviderId": "30",
            "subscriptionId": f"00000000-0000-4000-8000-{count:012}",
            "subscriptionName": "Example Suite for all",
            "resourceType": "AZURE::Subscription",
            "subscriptionProductId": "EX",
            "subscriptionSkuId": "EXAMPLE0001",
            "subscriptionTotalLicenses": str(quantity),
            "unitType": "Licenses",
            "subscriptionStatus": "active",
            "subscriptionStartDate": "2024-01-03T16:29:10.491Z",
            "subscriptionEndDate": "2025-01-03T16:29:10.491Z",
            "subscriptionBillingType": "license",
            "subscriptionBillingCycle": "monthly",
            "subscriptionBillingTerm": "P1Y",
            "subscriptionRenewStatus": "ENABLED",
            "ccpProductInfo": {
                "productDisplayName": "Example Cloud",
                "skuDisplayName": "Example Suite",
            },
            "isTrial": False,
            "autoRenew": True,
            "price": 12.5,
            "cost": 9.75,
            "currency": "SEK",
            "renewalDate": "2025-01-03T16:29:10.491Z",
            "mfgPartNumber": "EXAMPLE0001:0001:P1Y:M",
            **fields,
        }
        self.state.subscriptions[record_id] = _present(subscription)
        return record_id

    def set_quantity(self, subscription_id: str, quantity: int) -> None:
        """Change the seats of a subscription."""
        self.change_subscription(subscription_id, subscriptionTotalLicenses=str(quantity))

    def change_subscription(self, subscription_id: str, **fields: Any) -> None:
        """Set fields of a subscription; None removes a field."""
        held = self.state.subscriptions[subscription_id]
        before = {} if isinstance(held, bytes) else held
        self.state.subscriptions[subscription_id] = _present({**before, **fields})

    def remove_subscription(self, subscription_id: str) -> None:
        """Forget a subscription, as if it had never been."""
        del self.state.subscriptions[subscription_id]

    def break_subscription(self, subscription_id: str, raw: bytes) -> None:
        """Answer exactly these bytes in the place of a subscription."""
        self.state.subscriptions[subscription_id] = raw


def _present(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
