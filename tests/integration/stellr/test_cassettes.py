"""Recorded exchanges with Stellr, replayed without a network."""

from __future__ import annotations

import socket
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from seatsync.domain.connectivity import CheckOutcome
from seatsync.domain.customer import RemoteCustomer
from seatsync.domain.subscription import RemoteSubscription, SubscriptionStatus
from seatsync.errors import CustomerError, RecordError
from seatsync.sdk.cassettes import replayed
from seatsync.sdk.context import ConnectorContext
from seatsync_stellr.connector import StellrConnector
from seatsync_stellr.record import ORIGIN, SMALL_PAGE, real, record, simulated
from seatsync_stellr.sample import CUSTOMER_OF_NOBODY
from seatsync_stellr.settings import StellrSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

STELLR = Path(__file__).parents[3] / "fixtures" / "cassettes" / "stellr"


@pytest.fixture(autouse=True)
def _no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: socket.socket, address: Any) -> None:
        raise AssertionError(f"a cassette test wanted to connect to {address}")

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.fixture
def connector() -> Iterator[StellrConnector]:
    """Connect to the region's address: what answers is a cassette, or nothing."""
    settings = StellrSettings.model_validate(
        {
            "client_id": "any",
            "client_secret": "any",
            "token_url": f"{ORIGIN}/oauth2/v1/token",
            "page_size": SMALL_PAGE,
            "max_requests_per_second": 1e6,
        }
    )
    connector = StellrConnector(settings, ConnectorContext("stellr"))
    yield connector
    connector.close()


def read(connector: StellrConnector, customer: RemoteCustomer) -> list[RemoteSubscription | str]:
    records: list[RemoteSubscription | str] = []
    for page in connector.subscriptions(customer):
        for listed in page:
            try:
                records.append(listed.read())
            except RecordError as error:
                records.append(error.reason)
    return records


def test_a_recorded_scan_is_read_as_it_was(connector: StellrConnector) -> None:
    with replayed(STELLR / "scan.yaml") as cassette:
        first, second, third = [listed.read() for page in connector.customers() for listed in page]
        of_first, of_second = read(connector, first), read(connector, second)
        with pytest.raises(CustomerError, match="shows no subscription"):
            read(connector, third)
        assert cassette.all_played
    assert first == RemoteCustomer("1000000", "Example Bakery")
    assert [getattr(record, "quantity", None) for record in of_first] == [25, 3, 7]
    assert [getattr(record, "status", None) for record in of_second] == [
        SubscriptionStatus.CANCELLED,
        SubscriptionStatus.UNKNOWN,
        None,
    ]
    assert str(of_second[2]).startswith("its quantity 2.5 is not a whole number of seats")


def test_a_recorded_verification_passes(connector: StellrConnector) -> None:
    with replayed(STELLR / "verify.yaml"):
        outcomes = {check.outcome for check in connector.verify()}
    assert outcomes == {CheckOutcome.PASSED, CheckOutcome.SKIPPED}


def test_a_recorded_refusal_of_the_secret_fails_the_first_stage(
    connector: StellrConnector,
) -> None:
    with replayed(STELLR / "wrong_secret.yaml"):
        assert next(connector.verify()).outcome is CheckOutcome.FAILED


def test_a_recorded_foreign_customer_is_refused(connector: StellrConnector) -> None:
    with (
        replayed(STELLR / "foreign.yaml"),
        pytest.raises(CustomerError, match="Customer 1 not found"),
    ):
        read(connector, RemoteCustomer(CUSTOMER_OF_NOBODY, "nobody"))


def test_recording_again_gives_the_same_cassettes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    with simulated() as source:
        record(tmp_path, source)
    again = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert again == {path.name: path.read_text() for path in STELLR.iterdir()}


def test_what_a_real_reseller_holds_is_recorded_without_what_is_personal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    label = real("any", "any").label
    with simulated() as source:
        disguised = replace(label, recorded_at=source.label.recorded_at)
        record(tmp_path, replace(source, label=disguised))
    texts = "".join(path.read_text() for path in tmp_path.iterdir())
    for personal in ("Bakery", "Exampleton", "1 Example Street", "127.0.0.1"):
        assert personal not in texts
    assert "# Recorded from the Stellr Comprehensive API" in texts
