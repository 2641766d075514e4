"""`python -m seatsync_dataverse.record`: record the cassettes that the tests replay.

Always from the simulator: what is recorded writes, and nobody's organisation is there for that.
"""

from __future__ import annotations

import argparse
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from seatsync.domain.crm import CrmGone, CrmNoun, CrmRecord
from seatsync.errors import CrmConflict
from seatsync.sdk.cassettes import SECRET_KEYS, Label, recorded
from seatsync.sdk.context import ConnectorContext
from seatsync.sdk.crm import CrmWrite
from seatsync.sdk.simulator import served
from seatsync_dataverse.connection import DataverseConnection
from seatsync_dataverse.sample import SAMPLE_ACCOUNTS, sample_organization
from seatsync_dataverse.settings import DataverseSettings
from seatsync_dataverse.simulator import SettableClock
from seatsync_dataverse.simulator.organization import fixed_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from seatsync.domain.crm import CrmChange, CrmValue
    from seatsync_dataverse.simulator import Simulator

ORIGIN = "https://crm.example"
"""Where the cassettes say that they come from: the organisation and the authority."""

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
SMALL_PAGE = 2
"""Lets a short listing have several pages."""

BAKERY = UUID(fixed_id(SAMPLE_ACCOUNTS[0]))
CONTRACT, SUBSCRIPTION, CHANGE = UUID(int=1), UUID(int=2), UUID(int=3)
CONTRACTS, SUBSCRIPTIONS = CrmNoun.BILLING_CONTRACT, CrmNoun.SUBSCRIPTION
_UNSTABLE = frozenset({"MetadataId"})


class Exchange:
    """Plays the agent for a while; `meanwhile` lets CRM users do something, by its name."""

    def __init__(self, crm: DataverseConnection, meanwhile: Callable[[str], None]) -> None:
        """Talk to `crm`."""
        self._crm = crm
        self._meanwhile = meanwhile
        self._marks: dict[CrmNoun, str | None] = dict.fromkeys(CrmNoun)
        self.seen: list[str] = []

    def play(self) -> list[str]:
        """Read everything, poll, make rows, change one, meet a conflict, see a row deleted."""
        self._read("first read")
        self._read("idle poll")
        self._make()
        version = self._update(3, self._version())
        self._meanwhile("a user changes the subscription")
        self._conflict(version)
        self._meanwhile("a user deletes the license change")
        self._read("last poll")
        return self.seen

    def _read(self, what: str) -> None:
        for noun in CrmNoun:
            for page in self._crm.changes(noun, self._marks[noun]):
                self.seen += [f"{what}: {self._told(change)}" for change in page.changes]
                self._marks[noun] = page.mark or self._marks[noun]

    def _told(self, change: CrmChange) -> str:
        if isinstance(change, CrmGone):
            return f"{change.noun} {change.id.int} is gone"
        name = change.values.get("name") if isinstance(change, CrmRecord) else change.reason
        is_ours = isinstance(change, CrmRecord) and change.changed_by == self._crm.agent_user
        return f"{change.noun} {name or 'without a name'} of {'ours' if is_ours else 'theirs'}"

    def _make(self) -> None:
        for noun, record_id, values in _made():
            self._crm.write(CrmWrite(noun, record_id, values, is_create=True))

    def _update(self, quantity: int, version: str | None) -> str | None:
        values: dict[str, CrmValue] = {"quantity": quantity, "missing_since": NOON}
        return self._crm.write(CrmWrite(SUBSCRIPTIONS, SUBSCRIPTION, values, version=version))

    def _version(self) -> str | None:
        [found] = self._crm.fetch(SUBSCRIPTIONS, [SUBSCRIPTION])
        return None if isinstance(found, CrmGone) else found.version

    def _conflict(self, version: str | None) -> None:
        try:
            self._update(9, version)
        except CrmConflict:
            self.seen.append("conflict")
        [found] = self._crm.fetch(SUBSCRIPTIONS, [SUBSCRIPTION])
        if isinstance(found, CrmRecord):
            by = found.changed_by and self._crm.user_name(found.changed_by)
            self.seen.append(f"{by} says {found.values['quantity']}")


def _made() -> Iterator[tuple[CrmNoun, UUID, Mapping[str, CrmValue]]]:
    contract: dict[str, CrmValue] = {"name": "Licences", "account_id": BAKERY, "is_default": True}
    words = {"billing_policy": "ADVANCE", "billing_frequency": "MONTHLY", "status": "ACTIVE"}
    yield CONTRACTS, CONTRACT, {**contract, **words, "currency": "EUR"}
    subscription: dict[str, CrmValue] = {
        "provider_key": "pax8",
        "external_id": "S-1",
        "name": "Example Suite",
        "quantity": 25,
        "status": "ACTIVE",
        "account_id": BAKERY,
        "billing_contract_id": CONTRACT,
        "unit_cost_amount": Decimal("27.5"),
        "unit_price_amount": Decimal("32.01"),
        "unit_price_currency": "EUR",
        "discovered_at": NOON,
    }
    yield SUBSCRIPTIONS, SUBSCRIPTION, subscription
    change: dict[str, CrmValue] = {"event": "CREATE", "quantity_delta": 25, "quantity_after": 25}
    yield CrmNoun.LICENSE_CHANGE, CHANGE, {**change, "subscription_id": SUBSCRIPTION}


def users_of(organization: Simulator) -> Callable[[str], None]:
    """Return what lets the users of an organisation do what an exchange calls for."""
    deeds: dict[str, Callable[[], None]] = {
        "a user changes the subscription": lambda: organization.edit(
            "syn_subscription", str(SUBSCRIPTION), {"syn_quantity": 4}
        ),
        "a user deletes the license change": lambda: organization.delete(
            "syn_licensechange", str(CHANGE)
        ),
    }
    return lambda what: deeds[what]()


@contextmanager
def connected(settings: Mapping[str, Any]) -> Iterator[DataverseConnection]:
    """Connect with small pages and without a limit of calls."""
    changed = {"page_size": SMALL_PAGE, "max_requests_per_second": 1e6}
    made = DataverseSettings.model_validate({**settings, **changed})
    with closing(DataverseConnection(made, ConnectorContext("crm"))) as connection:
        yield connection


def record(into: Path) -> None:
    """Record the exchange into a folder."""
    organization = sample_organization(SettableClock(NOON))
    with served(organization.app) as origin:
        label = Label(
            "the simulator in plugins/seatsync_dataverse", origin, ORIGIN, SECRET_KEYS | _UNSTABLE
        )
        with (
            connected(organization.settings(origin)) as crm,
            recorded(into / "exchange.yaml", label),
        ):
            Exchange(crm, users_of(organization)).play()


def main() -> None:
    """Record all cassettes into a folder."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--into", type=Path, default=Path("fixtures/cassettes/dataverse"))
    record(parser.parse_args().into)


if __name__ == "__main__":
    main()
