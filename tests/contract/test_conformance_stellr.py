"""The Stellr connector, put through every rule."""

from __future__ import annotations

from seatsync.sdk.conformance import Anatomy, ConnectorConformance, Listing


class TestStellr(ConnectorConformance):
    plugin = "stellr"
    anatomy = Anatomy(
        customers=Listing(r"/customers\?", ("data", "records"), tells_total=True),
        subscriptions=Listing(
            "/subscriptions", ("data", "records"), tells_total=True, id="subscriptionId"
        ),
        sign_in="/token$",
        small_pages={"page_size": 2},
        distrusts_nothing=True,
    )
