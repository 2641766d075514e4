"""`python -m seatsync_partner_center.record`: record the cassettes that the tests replay.

From the simulator, unless PARTNER_CENTER_TENANT_ID, PARTNER_CENTER_CLIENT_ID and
PARTNER_CENTER_CLIENT_SECRET are set in the environment: then app-only from that partner's own
data, with what is personal scrubbed too. Nothing is changed there.
"""

from __future__ import annotations

import argparse
import os
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seatsync.domain.customer import RemoteCustomer
from seatsync.errors import CustomerError, RecordError
from seatsync.sdk.cassettes import SECRET_KEYS, Label, recorded
from seatsync.sdk.context import ConnectorContext
from seatsync.sdk.simulator import served
from seatsync_partner_center.connector import PartnerCenterConnector
from seatsync_partner_center.sample import CUSTOMER_OF_NOBODY, sample_partner
from seatsync_partner_center.settings import BASE_URL, LARGEST_PAGE, PartnerCenterSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PERSONAL_KEYS = frozenset(
    {
        *("companyName", "domain", "friendlyName", "email", "firstName", "lastName"),
        *("address", "companyApproverAddress", "companyApproverEmail", "primaryContact"),
        *("organizationRegistrationNumber", "description", "partnerId", "associatedPartnerId"),
        *("customDomains", "billingProfile", "lineItems", "continuationToken", "value"),
    }
)
SMALL_PAGE = 2
"""Lets the simulator's short list have several pages; a real partner's has them anyway."""
MOST_CUSTOMERS = 20
"""So many customers of a real partner are read: a cassette is a sample, not a copy."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where the exchanges come from."""

    settings: dict[str, Any]
    label: Label
    page_size: int


def scan(connector: PartnerCenterConnector) -> None:
    """Read customers and their subscriptions, as an automatic run does."""
    listed = [one.read() for page in connector.customers() for one in page]
    for customer in listed[:MOST_CUSTOMERS]:
        _read_one(connector, customer)


def verify(connector: PartnerCenterConnector) -> None:
    """Go through all stages of Verify Connectivity."""
    for _ in connector.verify():
        pass


def foreign_customer(connector: PartnerCenterConnector) -> None:
    """Read a customer that is not the partner's."""
    _read_one(connector, RemoteCustomer(CUSTOMER_OF_NOBODY, "nobody"))


def _read_one(connector: PartnerCenterConnector, customer: RemoteCustomer) -> None:
    with suppress(CustomerError):
        for page in connector.subscriptions(customer):
            for one in page:
                with suppress(RecordError):
                    one.read()


SCENARIOS: dict[str, Callable[[PartnerCenterConnector], None]] = {
    "scan": scan,
    "verify": verify,
    "foreign_customer": foreign_customer,
}


def record(into: Path, source: Source) -> None:
    """Record every scenario from `source`, one cassette each, into a folder."""
    for name, scenario in SCENARIOS.items():
        _record(into / f"{name}.yaml", source, scenario)
    wrong = {**source.settings, "client_secret": "wrong"}
    _record(into / "wrong_secret.yaml", replace(source, settings=wrong), verify)


def _record(path: Path, source: Source, scenario: Callable[[PartnerCenterConnector], None]) -> None:
    settings = PartnerCenterSettings.model_validate(
        {**source.settings, "page_size": source.page_size}
    )
    connector = PartnerCenterConnector(settings, ConnectorContext("partner-center"))
    with recorded(path, source.label):
        scenario(connector)
    connector.close()


@contextmanager
def simulated() -> Iterator[Source]:
    """Offer the simulator as the source."""
    partner = sample_partner()
    with served(partner.app) as origin:
        label = Label("the simulator in plugins/seatsync_partner_center", origin, BASE_URL)
        yield Source(partner.settings(origin), label, SMALL_PAGE)


def real(tenant_id: str, client_id: str, client_secret: str) -> Source:
    """Return the real API as the source."""
    label = Label("Microsoft Partner Center", BASE_URL, BASE_URL, SECRET_KEYS | PERSONAL_KEYS)
    settings = {"tenant_id": tenant_id, "client_id": client_id, "client_secret": client_secret}
    return Source(settings, label, LARGEST_PAGE)


def main() -> None:
    """Record all cassettes into a folder."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--into", type=Path, default=Path("fixtures/cassettes/partner_center"))
    into: Path = parser.parse_args().into
    names = ("TENANT_ID", "CLIENT_ID", "CLIENT_SECRET")
    given = [os.environ.get(f"PARTNER_CENTER_{name}", "") for name in names]
    if all(given):
        record(into, real(*given))
        return
    with simulated() as source:
        record(into, source)


if __name__ == "__main__":
    main()
