"""`python -m seatsync_stellr.record`: record the cassettes that the tests replay.

From the simulator, unless STELLR_CLIENT_ID and STELLR_CLIENT_SECRET are set in the environment:
then from that reseller's own data in the United States, with what is personal scrubbed too.
Nothing is changed there.
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
from seatsync_stellr.connector import StellrConnector
from seatsync_stellr.sample import CUSTOMER_OF_NOBODY, sample_reseller
from seatsync_stellr.settings import API_URLS, Region, StellrSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ORIGIN = API_URLS[Region.US]
PERSONAL_KEYS = frozenset(
    {
        *("companyName", "customerName", "company", "organizationName", "name", "contactName"),
        *("address1", "address2", "city", "state", "zipCode", "email", "phone", "domain"),
        *("tenantId", "microsoftTenantId", "customerTenantId", "message", "errorMessage"),
    }
)
SMALL_PAGE = 2
"""Lets the simulator's short listings have several pages; a real reseller's have them anyway."""
USUAL_PAGE = 100


@dataclass(frozen=True, slots=True)
class Source:
    """Where the exchanges come from."""

    settings: dict[str, Any]
    label: Label
    page_size: int


def scan(connector: StellrConnector) -> None:
    """Read everything, as an automatic run does."""
    for customers in connector.customers():
        for customer in customers:
            with suppress(CustomerError):
                _read(connector, customer.read())


def verify(connector: StellrConnector) -> None:
    """Go through all stages of Verify Connectivity."""
    for _ in connector.verify():
        pass


def foreign(connector: StellrConnector) -> None:
    """Ask for a customer that is not the reseller's."""
    with suppress(CustomerError):
        _read(connector, RemoteCustomer(CUSTOMER_OF_NOBODY, "nobody"))


SCENARIOS: dict[str, Callable[[StellrConnector], None]] = {
    "scan": scan,
    "verify": verify,
    "foreign": foreign,
}


def record(into: Path, source: Source) -> None:
    """Record every scenario from `source`, one cassette each, into a folder."""
    for name, scenario in SCENARIOS.items():
        _record(into / f"{name}.yaml", source, scenario)
    wrong = {**source.settings, "client_secret": "wrong"}
    _record(into / "wrong_secret.yaml", replace(source, settings=wrong), verify)


def _read(connector: StellrConnector, customer: RemoteCustomer) -> None:
    for page in connector.subscriptions(customer):
        for listed in page:
            with suppress(RecordError):
                listed.read()


def _record(path: Path, source: Source, scenario: Callable[[StellrConnector], None]) -> None:
    settings = StellrSettings.model_validate({**source.settings, "page_size": source.page_size})
    connector = StellrConnector(settings, ConnectorContext("stellr"))
    with recorded(path, source.label):
        scenario(connector)
    connector.close()


@contextmanager
def simulated() -> Iterator[Source]:
    """Offer the simulator as the source."""
    stellr = sample_reseller()
    with served(stellr.app) as origin:
        label = Label("the simulator in plugins/seatsync_stellr", origin, ORIGIN)
        yield Source(stellr.settings(origin), label, SMALL_PAGE)


def real(client_id: str, client_secret: str) -> Source:
    """Return the real API as the source."""
    label = Label("the Stellr Comprehensive API", ORIGIN, ORIGIN, SECRET_KEYS | PERSONAL_KEYS)
    return Source({"client_id": client_id, "client_secret": client_secret}, label, USUAL_PAGE)


def main() -> None:
    """Record all cassettes into a folder."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--into", type=Path, default=Path("fixtures/cassettes/stellr"))
    into: Path = parser.parse_args().into
    client_id = os.environ.get("STELLR_CLIENT_ID")
    secret = os.environ.get("STELLR_CLIENT_SECRET")
    if client_id and secret:
        record(into, real(client_id, secret))
        return
    with simulated() as source:
        record(into, source)


if __name__ == "__main__":
    main()
