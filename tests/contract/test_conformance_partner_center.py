"""The Partner Center connector, put through every rule."""

from __future__ import annotations

from seatsync.sdk.conformance import Anatomy, ConnectorConformance, Listing


class TestPartnerCenter(ConnectorConformance):
    plugin = "partner_center"
    # The total of a page counts that page alone, and subscriptions come in one answer.
    anatomy = Anatomy(
        customers=Listing(r"^/v1/customers\?", ("items",)),
        subscriptions=Listing(r"^/v1/customers/[^/]+/subscriptions", ("items",)),
        sign_in="^/login/.+/token$",
        small_pages={"page_size": 2},
        active="active",
        ended="deleted",
    )
