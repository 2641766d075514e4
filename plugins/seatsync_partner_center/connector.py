"""Reads a partner's customers and their subscriptions from Microsoft Partner Center."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote

from seatsync.errors import NotApplicable
from seatsync.sdk.linked_paging import Link
from seatsync.sdk.listing import Listed, fingerprint
from seatsync_partner_center.api import Api
from seatsync_partner_center.audit import AuditLog
from seatsync_partner_center.customer import read_customer, unseen
from seatsync_partner_center.grant import GrantStore
from seatsync_partner_center.interactive import InteractiveSignIn
from seatsync_partner_center.marks import read_marks
from seatsync_partner_center.migration import living_successors
from seatsync_partner_center.order_cost import OrderCosts
from seatsync_partner_center.settings import Costs, Mode
from seatsync_partner_center.subscription import read_subscription
from seatsync_partner_center.token import Tokens
from seatsync_partner_center.verification import Verification
from seatsync_partner_center.words import read_guid

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import datetime

    import httpx
    import msgspec

    from seatsync.domain.connectivity import ConnectivityCheck, Consent
    from seatsync.domain.customer import RemoteCustomer
    from seatsync.domain.subscription import RemoteSubscription
    from seatsync.sdk.context import ConnectorContext
    from seatsync.sdk.listing import CustomerPage, SubscriptionPage
    from seatsync.sdk.sign_in import SignInRequest
    from seatsync_partner_center.settings import PartnerCenterSettings


class PartnerCenterConnector:
    """One connection to Partner Center; may be used by several threads at once."""

    def __init__(
        self,
        settings: PartnerCenterSettings,
        context: ConnectorContext,
        *,
        wire: httpx.BaseTransport | None = None,
    ) -> None:
        """Prepare a client; nothing is sent yet. `wire` replaces the network in tests."""
        self._settings = settings
        self._context = context
        self._grants = GrantStore(settings, context.state, context.clock)
        self._tokens = Tokens(settings, self._grants)
        self._auth = self._tokens.auth(context.clock)
        self._api = Api(settings, context, self._auth, wire)
        self._audit = AuditLog(self._api, settings, context.clock)
        self._costs = OrderCosts(self._api)
        self._verification = Verification(
            settings, self._api, self._auth, self._tokens, self._grants, context.clock
        )

    def verify(self) -> Iterator[ConnectivityCheck]:
        """Yield the stages of Verify Connectivity."""
        return self._verification.stages(lambda: len(next(self.customers(), ())))

    def consents(self) -> Sequence[Consent]:
        """Return the administrator's and, for app_user, the user's consent as they stand now."""
        return self._verification.consents()

    def sign_in(self, request: SignInRequest) -> Sequence[Consent]:
        """Lead a person through the sign-in at Microsoft, and keep the refresh token."""
        if self._settings.mode is Mode.APP_ONLY:
            message = "this provider is connected app-only, which needs no sign-in"
            raise NotApplicable(message, remedy="Set `mode: app_user` if a person shall sign in.")
        InteractiveSignIn(self._settings, self._api, self._tokens, self._context.control).run(
            request
        )
        return self.consents()

    def customers(self) -> Iterator[CustomerPage]:
        """Yield all customers, page by page, each of them once."""
        first = Link(f"{self._api.origin}/v1/customers?size={self._settings.page_size}")
        is_new = unseen(set())
        for page in self._api.pages(first, "customers"):
            yield [
                Listed(fingerprint(bytes(raw)), partial(read_customer, raw))
                for raw in page
                if is_new(raw)
            ]

    def subscriptions(self, customer: RemoteCustomer) -> Iterator[SubscriptionPage]:
        """Yield the subscriptions of one customer.

        All at once: which of them were migrated is told by others of the same customer.
        """
        customer_id = read_guid(customer.external_id) or customer.external_id
        path = f"{self._api.origin}/v1/customers/{quote(customer_id, safe='')}/subscriptions"
        pages = self._api.pages(Link(path), "subscriptions", customer_id)
        raws = [raw for page in pages for raw in page]
        successors = living_successors(raws)
        yield [self._listed(raw, customer_id, successors) for raw in raws]

    def all_subscriptions(self) -> Iterator[SubscriptionPage]:
        """Raise: Partner Center has no list of all subscriptions."""
        raise NotImplementedError

    def due_customers(self, read_at: Mapping[str, datetime]) -> Collection[str] | None:
        """Return which customers the audit log shows changed, or None for all."""
        return self._audit.due_customers(read_at) if self._settings.audit_delta else None

    def close(self) -> None:
        """Give back the connections."""
        self._api.client.close()

    def _listed(
        self, raw: msgspec.Raw, customer_id: str, successors: Mapping[str, str]
    ) -> Listed[RemoteSubscription]:
        successor = successors.get(read_guid(read_marks(raw).id) or "") if successors else None
        with_costs = self._settings.costs is Costs.ORDERS
        read = self._read_with_cost if with_costs else read_subscription
        # The customer is part of it: the payload itself does not say whose subscription it is.
        parts = (customer_id, successor or "", self._settings.costs)
        return Listed(
            fingerprint(bytes(raw), *map(str.encode, parts)),
            partial(read, raw, customer_id, successor),
        )

    def _read_with_cost(
        self, raw: msgspec.Raw, customer_id: str, successor: str | None
    ) -> RemoteSubscription:
        return self._costs.add_to(read_subscription(raw, customer_id, successor), raw)
