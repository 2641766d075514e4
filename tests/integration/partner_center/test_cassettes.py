"""Recorded exchanges with Partner Center, replayed without a network."""

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
from seatsync_partner_center.connector import PartnerCenterConnector
from seatsync_partner_center.record import SMALL_PAGE, real, record, simulated
from seatsync_partner_center.sample import CUSTOMER_OF_NOBODY
from seatsync_partner_center.settings import BASE_URL, PartnerCenterSettings
from seatsync_partner_center.simulator.simulator import CLIENT, TENANT

if TYPE_CHECKING:
    from collections.abc import Iterator

CASSETTES = Path(__file__).parents[3] / "fixtures" / "cassettes" / "partner_center"


@pytest.fixture(autouse=True)
def _no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: socket.socket, address: Any) -> None:
        raise AssertionError(f"a cassette test wanted to connect to {address}")

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.fixture
def connector() -> Iterator[PartnerCenterConnector]:
    """Connect with the API's own address: what answers is a cassette, or nothing."""
    settings = PartnerCenterSettings.model_validate(
        {
            "tenant_id": TENANT,
            "client_id": CLIENT,
            "client_secret": "any",
            "authority": f"{BASE_URL}/login",
            "page_size": SMALL_PAGE,
            "max_requests_per_second": 1e6,
        }
    )
    connector = PartnerCenterConnector(settings, ConnectorContext("csp"))
    yield connector
    connector.close()


def test_a_recorded_scan_is_read_as_it_was(connector: PartnerCenterConnector) -> None:
    with replayed(CASSETTES / "scan.yaml") as cassette:
        customers = [one.read() for page in connector.customers() for one in page]
        bakery = [one.read() for one in next(connector.subscriptions(customers[0]))]
        garage = next(connector.subscriptions(customers[1]))
        with pytest.raises(CustomerError) as raised:
            next(connector.subscriptions(customers[2]))
        assert cassette.all_played
    assert [one.name for one in customers] == [
        "Example Bakery",
        "Example Garage",
        "Example Harbour",
    ]
    assert [one.quantity for one in bakery] == [25, 7, 10, 1, 1]
    assert [one.is_trial for one in bakery] == [False, False, True, False, False]
    assert bakery[3].billing_type is BillingType.USAGE
    assert garage[0].read().status is SubscriptionStatus.CANCELLED
    with pytest.raises(RecordError, match=r"quantity 2\.5 is not whole"):
        garage[-1].read()
    assert raised.value.code == "403/900309"


def test_a_recorded_verification_passes(connector: PartnerCenterConnector) -> None:
    with replayed(CASSETTES / "verify.yaml"):
        outcomes = [check.outcome for check in connector.verify()]
    assert outcomes == [CheckOutcome.PASSED] * 4


def test_a_recorded_refusal_of_the_secret_fails_the_first_stage(
    connector: PartnerCenterConnector,
) -> None:
    with replayed(CASSETTES / "wrong_secret.yaml"):
        check = next(connector.verify())
    assert (check.outcome, "secret" in check.message) == (CheckOutcome.FAILED, True)


def test_a_recorded_foreign_customer_is_refused(connector: PartnerCenterConnector) -> None:
    with replayed(CASSETTES / "foreign_customer.yaml"), pytest.raises(CustomerError) as raised:
        next(connector.subscriptions(RemoteCustomer(CUSTOMER_OF_NOBODY, "nobody")))
    assert raised.value.code == "403/20002"


def test_recording_again_gives_the_same_cassettes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    with simulated() as source:
        record(tmp_path, source)
    again = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert again == {path.name: path.read_text() for path in CASSETTES.iterdir()}


def test_what_a_real_partner_holds_is_recorded_without_what_is_personal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    label = real("any", "any", "any").label
    with simulated() as source:
        disguised = replace(label, recorded_at=source.label.recorded_at)
        record(tmp_path, replace(source, label=disguised))
    texts = "".join(path.read_text() for path in tmp_path.iterdir())
    for personal in ("Bakery", "bakery.example", "Example Suite", "127.0.0.1", "Example Partner"):
        assert personal not in texts, personal
    assert "# Recorded from Microsoft Partner Center" in texts
