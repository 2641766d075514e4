"""A recorded exchange with Dataverse, replayed without a network."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import pytest

from seatsync.sdk.cassettes import replayed
from seatsync_dataverse.record import ORIGIN, Exchange, connected, record
from seatsync_dataverse.simulator.simulator import TENANT

if TYPE_CHECKING:
    from pathlib import Path

SETTINGS = {
    "url": ORIGIN,
    "authority": ORIGIN,
    "tenant_id": TENANT,
    "client_id": "any",
    "client_secret": "any",
}


@pytest.fixture
def cassettes(pytestconfig: pytest.Config) -> Path:
    return pytestconfig.rootpath / "fixtures" / "cassettes" / "dataverse"


@pytest.fixture
def _no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: socket.socket, address: Any) -> None:
        raise AssertionError(f"a cassette test wanted to connect to {address}")

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.mark.usefixtures("_no_connection")
def test_a_recorded_exchange_is_played_as_it_was(cassettes: Path) -> None:
    with replayed(cassettes / "exchange.yaml") as cassette, connected(SETTINGS) as crm:
        seen = Exchange(crm, lambda _: None).play()
        assert cassette.all_played
    assert seen == [
        "first read: account Example Bakery of theirs",
        "first read: account Example Garage of theirs",
        "first read: account Example Harbour of theirs",
        "conflict",
        "Example Person says 4",
        "last poll: billing_contract Licences of ours",
        "last poll: subscription Example Suite of theirs",
        "last poll: license_change 3 is gone",
    ]


def test_recording_again_gives_the_same_cassettes(cassettes: Path, tmp_path: Path) -> None:
    record(tmp_path)
    again = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert again == {path.name: path.read_text() for path in cassettes.iterdir()}
