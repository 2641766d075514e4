"""The StreamOne ION connector, put through every rule."""

from __future__ import annotations

from typing import Any

from seatsync.sdk.conformance import Anatomy, ConnectorConformance, Listing
from seatsync_streamone_ion.demonstration import Demonstration

ACCOUNT = "^/api/v3/accounts/[^/]+"


class OftenConfigured(Demonstration):
    """An ION at which a person requests new credentials for every configuration.

    A refresh token can be used once; the suite connects anew for each of its questions.
    """

    def settings(self, base_url: str) -> dict[str, Any]:
        self.simulator.request_new_credentials()
        return super().settings(base_url)


class TestStreamOneIon(ConnectorConformance):
    plugin = "streamone_ion"
    anatomy = Anatomy(
        customers=Listing(rf"{ACCOUNT}/customers\?", ("customers",), names_next=True),
        subscriptions=Listing(
            rf"{ACCOUNT}/subscriptions\?.*customerId=", ("items",), tells_total=True
        ),
        all_subscriptions=Listing(
            rf"{ACCOUNT}/subscriptions\?(?!.*customerId=)", ("items",), tells_total=True
        ),
        sign_in="^/oauth/",
        small_pages={"page_size": 2},
        seats="subscriptionTotalLicenses",
        active="active",
        ended="cancelled",
        leaves_out_empty=True,
    )

    def simulate(self) -> OftenConfigured:
        return OftenConfigured()
