"""Recorded exchanges with ION, replayed without a network."""

from __future__ import annotations

import socket
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from seatsync.domain.billing import BillingType
from seatsync.domain.connectivity import CheckOutcome
from seatsync.domain.customer import RemoteCustomer
from seatsync.domain.subscription import SubscriptionStatus
from seatsync.errors import CustomerError, RecordError
from seatsync.sdk.cassettes import replayed
from seatsync.sdk.context import ConnectorContext
from seatsync_streamone_ion.connector import IonConnector
from seatsync_streamone_ion.record import SMALL_PAGE, real, record, simulated
from seatsync_streamone_ion.sample import CUSTOMER_OF_NOBODY, TENANT
from seatsync_streamone_ion.settings import IonSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

ION = Path(__file__).parents[3] / "fixtures" / "cassettes" / "streamone_ion"


@pytest.fixture(autouse=True)
def _no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: socket.socket, address: Any) -> None:
        raise AssertionError(f"a cassette test wanted to connect to {address}")

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.fixture
def connector() -> Iterator[IonConnector]:
    """Connect with the default address: what answers is a cassette, or nothing."""
    settings = IonSettings.model_validate(
        {
            "account_id": "10001",
            "refresh_token": "any",
            "page_size": SMALL_PAGE,
            "cloud_profiles": True,
            "max_requests_per_second": 1e6,
        }
    )
    connector = IonConnector(settings, ConnectorContext("ion"))
    yield connector
    connector.close()


def test_a_recorded_scan_is_read_as_it_was(connector: IonConnector) -> None:
    with replayed(ION / "scan.yaml") as cassette:
        customers = [listed.read() for page in connector.customers() for listed in page]
        listing = [listed for page in connector.all_subscriptions() for listed in page]
        records = [listed.read() for listed in listing[:-1]]
        with pytest.raises(RecordError, match="'many' is not a number"):
            listing[-1].read()
        assert cassette.all_played
    assert customers[0] == RemoteCustomer("300000", "Example Bakery", "bakery.example", TENANT)
    assert [customer.external_id for customer in customers] == ["300000", "300001", "300002"]
    assert [record.quantity for record in records] == [25, 1, 0, 7, 4, 2, 3]
    assert records[2].billing_type is BillingType.USAGE
    assert [record.status for record in records[3:6]] == [
        SubscriptionStatus.SUSPENDED,
        SubscriptionStatus.CANCELLED,
        SubscriptionStatus.UNKNOWN,
    ]
    assert records[6].commitment_ends_at is None


def test_a_recorded_verification_passes(connector: IonConnector) -> None:
    with replayed(ION / "verify.yaml"):
        checks = list(connector.verify())
    assert CheckOutcome.FAILED not in {check.outcome for check in checks}
    assert "lives for 32 days" in checks[0].message


def test_a_recorded_dead_token_fails_the_first_stage(connector: IonConnector) -> None:
    with replayed(ION / "dead_token.yaml"):
        check = next(connector.verify())
    assert (check.outcome, "needs a new token" in check.message) == (CheckOutcome.FAILED, True)


def test_one_recorded_customer_is_read_and_a_foreign_one_refused(connector: IonConnector) -> None:
    with replayed(ION / "one_customer.yaml"):
        customer = next(connector.customers())[0].read()
        assert sum(map(len, connector.subscriptions(customer))) == 3
        with pytest.raises(CustomerError):
            list(connector.subscriptions(RemoteCustomer(CUSTOMER_OF_NOBODY, "nobody")))


def test_recording_again_gives_the_same_cassettes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    with simulated() as source:
        record(tmp_path, source)
    again = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert again == {path.name: path.read_text() for path in ION.iterdir()}


def test_what_a_real_account_holds_is_recorded_without_what_is_personal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    label = real("any", "any").label
    with simulated() as source:
        disguised = replace(label, recorded_at=source.label.recorded_at)
        record(tmp_path, replace(source, label=disguised))
    texts = "".join(path.read_text() for path in tmp_path.iterdir())
    for personal in ("Bakery", "bakery.example", "Exampleton", "Contact", TENANT, "127.0.0.1"):
        assert personal not in texts
    assert "# Recorded from the StreamOne ION API v3" in texts
