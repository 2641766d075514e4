"""What the columns of a CRM cannot hold never looks changed, however often it is compared."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from back_office import NOON, BackOffice
from seatsync.crm.pull import Pull
from seatsync.crm.push import Push
from seatsync.domain.crm import CrmNoun
from seatsync.domain.progress import no_progress
from seatsync.domain.roles import LOCAL
from seatsync.mirror.crm_values import record_values
from seatsync.mirror.database import Mirror
from seatsync.sdk.context import Control

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from seatsync_dataverse.connection import DataverseConnection
    from seatsync_dataverse.simulator import Simulator
    from virtual_time import VirtualTime

EXACT = NOON + timedelta(microseconds=987_654)
LONG: dict[str, Any] = {
    "name": "Example \N{ROCKET} " * 60,
    "product_name": " Example ",
    "provider_note": "x" * 3000,
    "unit_cost_amount": Decimal("12.345678"),
    "unit_cost_currency": "EUR",
    "unit_price_amount": Decimal("12.345678"),
    "unit_price_currency": "EUR",
    "starts_at": EXACT,
    "missing_since": EXACT,
    "discovered_at": EXACT,
}


@pytest.fixture
def office(migrated_sqlite_url: str) -> Iterator[BackOffice]:
    mirror = Mirror.open(migrated_sqlite_url)
    mirror.feeds_crm = True
    yield BackOffice(mirror)
    mirror.close()


class Turns:
    """Pulls and pushes between one mirror and one organisation."""

    def __init__(self, office: BackOffice, agent: DataverseConnection) -> None:
        self.mirror = office.mirror
        self.agent = agent
        self._pull = Pull(office.mirror, office.clock)
        self._push = Push(office.mirror, office.clock, self._pull)

    def pull(self) -> None:
        """Take over what the CRM says."""
        self._pull.everything(self.agent, Control(), no_progress)

    def push(self) -> int:
        """Tell what is due, and return how many records that were."""
        return self._push.drain(self.agent, Control(), no_progress).told

    def ours(self, noun: CrmNoun, record_id: UUID) -> dict[str, Any]:
        """Return the mirror's values of a record."""
        with self.mirror.reading():
            return dict(record_values(self.mirror, noun, [record_id])[record_id])


def test_what_the_crm_cut_and_rounded_is_neither_taken_over_nor_told_again(
    office: BackOffice, agent: DataverseConnection, org: Simulator, time: VirtualTime
) -> None:
    office.provider()
    account = office.accounts.create(LOCAL, name="A" * 300, domain="www.Example.example")
    held = office.subscription(office.customer(account=account), **LONG)
    turns = Turns(office, agent)
    before = turns.ours(CrmNoun.SUBSCRIPTION, held)
    turns.pull()
    assert turns.push() > 0
    org.forget()
    for _ in range(2):
        turns.pull()
        assert turns.push() == 0
        time.clock.passed_s += 8 * 86_400
    assert org.journal == []
    assert turns.ours(CrmNoun.SUBSCRIPTION, held) == before
    [row] = org.rows("account")
    assert (len(row["name"]), row["websiteurl"]) == (160, "https://example.example")
    assert len(turns.ours(CrmNoun.ACCOUNT, account.id)["name"]) == 300
