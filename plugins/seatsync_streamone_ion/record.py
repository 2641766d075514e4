"""`python -m seatsync_streamone_ion.record`: record the cassettes that the tests replay.

From the simulator, unless ION_ACCOUNT_ID and ION_REFRESH_TOKEN are set in the environment: then
from that account's own data, with what is personal scrubbed too. Nothing is changed there, but
the refresh token is used up: the agent needs another one.
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
from seatsync_streamone_ion import tenants
from seatsync_streamone_ion.chain import read_chain, write_chain
from seatsync_streamone_ion.connector import IonConnector
from seatsync_streamone_ion.sample import CUSTOMER_OF_NOBODY, sample_account
from seatsync_streamone_ion.settings import BASE_URL, PAGE_SIZE, IonSettings
from seatsync_streamone_ion.tokens import STATE_NAME

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PERSONAL_KEYS = frozenset(
    {
        *("customerOrganization", "customerAddress", "customerName", "customerTitle"),
        *("customerEmail", "customerPhone", "uid", "partnerName", "subscriptionName"),
        *("resellerPO", "customerPO", "customerTenantId", "customerDomain", "message"),
    }
)
SMALL_PAGE = 2
"""Lets the simulator's short listings have several pages; a real account's have them anyway."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where the exchanges come from."""

    settings: dict[str, Any]
    label: Label
    page_size: int


def scan(connector: IonConnector) -> None:
    """Read everything, as an automatic run does."""
    for customers in connector.customers():
        for customer in customers:
            customer.read()
    for page in connector.all_subscriptions():
        for listed in page:
            with suppress(RecordError):
                listed.read()


def verify(connector: IonConnector) -> None:
    """Go through all stages of Verify Connectivity."""
    for _ in connector.verify():
        pass


def one_customer(connector: IonConnector) -> None:
    """Read the first customer alone, as a preview does; then one that is not the account's."""
    first = next(connector.customers())[0].read()
    for customer in (first, RemoteCustomer(CUSTOMER_OF_NOBODY, "nobody")):
        with suppress(CustomerError):
            for _ in connector.subscriptions(customer):
                pass


SCENARIOS: dict[str, Callable[[IonConnector], None]] = {
    "scan": scan,
    "verify": verify,
    "one_customer": one_customer,
}


def record(into: Path, source: Source) -> None:
    """Record every scenario from `source`, one cassette each, into a folder."""
    context = ConnectorContext("ion")
    for name, scenario in SCENARIOS.items():
        _record(into / f"{name}.yaml", source, context, scenario)
        _keep_the_chain_only(context)
    wrong = {**source.settings, "refresh_token": "wrong"}
    dead = replace(source, settings=wrong)
    _record(into / "dead_token.yaml", dead, ConnectorContext("ion"), verify)


def _record(
    path: Path,
    source: Source,
    context: ConnectorContext,
    scenario: Callable[[IonConnector], None],
) -> None:
    fields = {**source.settings, "page_size": source.page_size, "cloud_profiles": True}
    connector = IonConnector(IonSettings.model_validate(fields), context)
    with recorded(path, source.label):
        scenario(connector)
    connector.close()


def _keep_the_chain_only(context: ConnectorContext) -> None:
    """Let every cassette begin with an exchange, so that each can be replayed by itself."""
    context.state.delete(tenants.STATE_NAME)
    chain = read_chain(context.state.load(STATE_NAME))
    if chain is not None:
        context.state.store(STATE_NAME, write_chain(replace(chain, access_token=None)))


@contextmanager
def simulated() -> Iterator[Source]:
    """Offer the simulator as the source."""
    ion = sample_account()
    with served(ion.app) as origin:
        label = Label("the simulator in plugins/seatsync_streamone_ion", origin, BASE_URL)
        yield Source(ion.settings(origin), label, SMALL_PAGE)


def real(account_id: str, refresh_token: str) -> Source:
    """Return the real API as the source."""
    label = Label("the StreamOne ION API v3", BASE_URL, BASE_URL, SECRET_KEYS | PERSONAL_KEYS)
    return Source({"account_id": account_id, "refresh_token": refresh_token}, label, PAGE_SIZE)


def main() -> None:
    """Record all cassettes into a folder."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--into", type=Path, default=Path("fixtures/cassettes/streamone_ion"))
    into: Path = parser.parse_args().into
    account_id, token = os.environ.get("ION_ACCOUNT_ID"), os.environ.get("ION_REFRESH_TOKEN")
    if account_id and token:
        record(into, real(account_id, token))
        return
    with simulated() as source:
        record(into, source)


if __name__ == "__main__":
    main()
