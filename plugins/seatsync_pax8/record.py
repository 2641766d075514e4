"""`python -m seatsync_pax8.record`: record the cassettes that the tests replay.

From the simulator, unless PAX8_CLIENT_ID and PAX8_CLIENT_SECRET are set in the environment:
then from that partner's own data, with what is personal scrubbed too. Nothing is changed there.
"""

from __future__ import annotations

import argparse
import os
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from seatsync.domain.customer import RemoteCustomer
from seatsync.errors import CustomerError, RecordError
from seatsync.sdk.cassettes import SECRET_KEYS, Label, recorded
from seatsync.sdk.context import ConnectorContext
from seatsync.sdk.simulator import served
from seatsync_pax8.connector import Pax8Connector
from seatsync_pax8.sample import COMPANY_OF_NOBODY, sample_partner
from seatsync_pax8.settings import AUDIENCE, LARGEST_PAGE, Pax8Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from seatsync.sdk.listing import SubscriptionPage

PERSONAL_KEYS = frozenset(
    {
        *("name", "phone", "website", "address", "externalId", "contacts", "details"),
        *("provisioningDetails", "vendorSubscriptionId", "message", "instance"),
    }
)
SMALL_PAGE = 2
"""Lets the simulator's short listings have several pages; a real partner's have them anyway."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where the exchanges come from."""

    settings: dict[str, str]
    label: Label
    page_size: int


def scan(connector: Pax8Connector) -> None:
    """Read everything, as an automatic run does."""
    for companies in connector.customers():
        for company in companies:
            company.read()
    _read(connector.all_subscriptions())


def _read(pages: Iterable[SubscriptionPage]) -> None:
    for page in pages:
        for listed in page:
            with suppress(RecordError):
                listed.read()


def verify(connector: Pax8Connector) -> None:
    """Go through all stages of Verify Connectivity."""
    for _ in connector.verify():
        pass


def one_company(connector: Pax8Connector) -> None:
    """Read the first company alone, as a preview does; then one that is not the partner's."""
    first = next(connector.customers())[0].read()
    for company in (first, RemoteCustomer(COMPANY_OF_NOBODY, "nobody")):
        with suppress(CustomerError):
            _read(connector.subscriptions(company))


SCENARIOS: dict[str, Callable[[Pax8Connector], None]] = {
    "scan": scan,
    "verify": verify,
    "one_company": one_company,
}


def record(into: Path, source: Source) -> None:
    """Record every scenario from `source`, one cassette each, into a folder."""
    for name, scenario in SCENARIOS.items():
        _record(into / f"{name}.yaml", source, scenario)
    wrong = {**source.settings, "client_secret": "wrong"}
    _record(into / "wrong_secret.yaml", replace(source, settings=wrong), verify)


def _record(path: Path, source: Source, scenario: Callable[[Pax8Connector], None]) -> None:
    settings = Pax8Settings.model_validate({**source.settings, "page_size": source.page_size})
    connector = Pax8Connector(settings, ConnectorContext("pax8"))
    with recorded(path, source.label):
        scenario(connector)
    connector.close()


@contextmanager
def simulated() -> Iterator[Source]:
    """Offer the simulator as the source."""
    partner = sample_partner()
    with served(partner.app) as origin:
        label = Label("the simulator in plugins/seatsync_pax8", origin, AUDIENCE)
        yield Source(partner.settings(origin), label, SMALL_PAGE)


def real(client_id: str, client_secret: str) -> Source:
    """Return the real API as the source."""
    label = Label("the Pax8 Partner API", AUDIENCE, AUDIENCE, SECRET_KEYS | PERSONAL_KEYS)
    return Source({"client_id": client_id, "client_secret": client_secret}, label, LARGEST_PAGE)


def main() -> None:
    """Record all cassettes into a folder."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--into", type=Path, default=Path("fixtures/cassettes/pax8"))
    into: Path = parser.parse_args().into
    client_id, secret = os.environ.get("PAX8_CLIENT_ID"), os.environ.get("PAX8_CLIENT_SECRET")
    if client_id and secret:
        record(into, real(client_id, secret))
        return
    with simulated() as source:
        record(into, source)


if __name__ == "__main__":
    main()
