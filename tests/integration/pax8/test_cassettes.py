"""Recorded exchanges with Pax8, replayed without a network; and no secret in any cassette."""

from __future__ import annotations

import re
import socket
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from vcr.errors import (  # type: ignore[import-untyped]
    CannotOverwriteExistingCassetteException,
)

from seatsync.domain.billing import BillingType
from seatsync.domain.connectivity import CheckOutcome
from seatsync.domain.customer import RemoteCustomer
from seatsync.domain.subscription import SubscriptionStatus
from seatsync.errors import CustomerError, RecordError
from seatsync.sdk.cassettes import replayed
from seatsync.sdk.context import ConnectorContext
from seatsync_pax8.connector import Pax8Connector
from seatsync_pax8.record import SMALL_PAGE, real, record, simulated
from seatsync_pax8.sample import COMPANY_OF_NOBODY
from seatsync_pax8.settings import Pax8Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

CASSETTES = Path(__file__).parents[3] / "fixtures" / "cassettes"
PAX8 = CASSETTES / "pax8"

SECRET_SHAPES = {
    "a bearer token": re.compile(r"(?i)bearer\s+[a-z0-9]"),
    "an authorization header": re.compile(r"(?i)\bauthorization\b"),
    "a JSON web token": re.compile(r"eyJ[A-Za-z0-9_-]{8,}"),
    "a secret in JSON": re.compile(
        r'(?i)"(?:client_id|client_secret|password|[a-z]*_token)"\s*:\s*"(?!scrubbed")'
    ),
    "a secret in a form": re.compile(r"(?i)(?:client_secret|password|_token)=(?!scrubbed)"),
    "a simulated credential": re.compile(r"simulated-[a-z0-9]"),
}


@pytest.fixture(autouse=True)
def _no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: socket.socket, address: Any) -> None:
        raise AssertionError(f"a cassette test wanted to connect to {address}")

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.fixture
def connector() -> Iterator[Pax8Connector]:
    """Connect with the default addresses: what answers is a cassette, or nothing."""
    settings = Pax8Settings.model_validate(
        {
            "client_id": "any",
            "client_secret": "any",
            "page_size": SMALL_PAGE,
            "max_requests_per_second": 1e6,
        }
    )
    connector = Pax8Connector(settings, ConnectorContext("pax8"))
    yield connector
    connector.close()


def test_a_recorded_scan_is_read_as_it_was(connector: Pax8Connector) -> None:
    with replayed(PAX8 / "scan.yaml") as cassette:
        companies = [listed.read() for page in connector.customers() for listed in page]
        listing = [listed for page in connector.all_subscriptions() for listed in page]
        records = [listed.read() for listed in listing[:-1]]
        with pytest.raises(RecordError, match=r"quantity 2\.5 is not whole"):
            listing[-1].read()
        assert cassette.all_played
    assert [company.name for company in companies] == [
        "Example Bakery",
        "Example Garage",
        "Example Harbour",
    ]
    assert [record.quantity for record in records] == [25, 3, 1, 1, 7, 2, 4]
    assert records[0].term == "P1Y"
    assert records[3].billing_type is BillingType.USAGE
    assert records[5].status is SubscriptionStatus.UNKNOWN


def test_a_recorded_verification_passes(connector: Pax8Connector) -> None:
    with replayed(PAX8 / "verify.yaml"):
        outcomes = [check.outcome for check in connector.verify()]
    assert outcomes == [
        CheckOutcome.PASSED,
        CheckOutcome.SKIPPED,
        CheckOutcome.PASSED,
        CheckOutcome.PASSED,
    ]


def test_a_recorded_refusal_of_the_secret_fails_the_first_stage(connector: Pax8Connector) -> None:
    with replayed(PAX8 / "wrong_secret.yaml"):
        assert next(connector.verify()).outcome is CheckOutcome.FAILED


def test_one_recorded_company_is_read_and_a_foreign_one_refused(connector: Pax8Connector) -> None:
    with replayed(PAX8 / "one_company.yaml"):
        company = next(connector.customers())[0].read()
        pages = list(connector.subscriptions(company))
        assert sum(map(len, pages)) == 4
        assert pages[0][0].read().name == "Example Suite"
        with pytest.raises(CustomerError):
            list(connector.subscriptions(RemoteCustomer(COMPANY_OF_NOBODY, "nobody")))


def test_what_was_not_recorded_is_not_sent(connector: Pax8Connector) -> None:
    with (
        replayed(PAX8 / "wrong_secret.yaml"),
        pytest.raises(CannotOverwriteExistingCassetteException),
    ):
        connector._client.get("companies", auth=None)


@pytest.mark.parametrize("path", sorted(CASSETTES.rglob("*.yaml")), ids=lambda path: path.stem)
def test_no_cassette_holds_a_secret(path: Path) -> None:
    text = path.read_text()
    assert [name for name, shape in SECRET_SHAPES.items() if shape.search(text)] == []


@pytest.mark.parametrize("path", sorted(CASSETTES.rglob("*.yaml")), ids=lambda path: path.stem)
def test_every_cassette_says_where_it_comes_from(path: Path) -> None:
    assert path.read_text().startswith("# Recorded from ")


def test_the_secret_shapes_would_be_noticed() -> None:
    samples = (
        "Authorization: x",
        "bearer abc",
        "eyJhbGciOiJI.x",
        '"client_secret": "x"',
        "refresh_token=x",
        "simulated-client",
    )
    for sample in samples:
        assert any(shape.search(sample) for shape in SECRET_SHAPES.values()), sample


def test_recording_again_gives_the_same_cassettes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    with simulated() as source:
        record(tmp_path, source)
    again = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert again == {path.name: path.read_text() for path in PAX8.iterdir()}


def test_what_a_real_partner_holds_is_recorded_without_what_is_personal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    label = real("any", "any").label
    with simulated() as source:
        disguised = replace(label, recorded_at=source.label.recorded_at)
        record(tmp_path, replace(source, label=disguised))
    texts = "".join(path.read_text() for path in tmp_path.iterdir())
    assert "Bakery" not in texts
    assert "bakery.example" not in texts
    assert "Exampleton" not in texts
    assert "127.0.0.1" not in texts
    assert "# Recorded from the Pax8 Partner API" in texts
