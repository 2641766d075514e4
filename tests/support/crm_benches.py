"""One agent and its CRM, whichever it is, from the side of the CRM's users."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any, Protocol

from lab import World
from laboratory import Laboratory, emptied
from seatsync.crm.exchange import CrmExchange
from seatsync.domain.crm import CrmNoun
from seatsync.domain.defaults import DefaultWish
from seatsync.domain.progress import no_progress
from seatsync.domain.roles import Caller, Role
from seatsync.mirror.codec import decode_uuid
from seatsync.mirror.crm_values import record_values
from seatsync.services.contract_changes import ContractEdit, NewContract
from trio import NoDesk

if TYPE_CHECKING:
    from decimal import Decimal
    from uuid import UUID

    from crm_sides import CrmSide
    from seatsync.domain.contract import ContractStatus
    from seatsync.domain.crm import CrmValue
    from seatsync.mirror.database import Mirror

USER = "Example Person"


class CrmBench(Protocol):
    """What users do in a CRM, and what it shows them."""

    lab: Laboratory

    def account(self, name: str) -> UUID:
        """Enter a customer."""
        ...

    def contract(self, account: UUID, *, is_default: bool = False) -> UUID:
        """Make a billing contract."""
        ...

    def flag(self, contract: UUID) -> None:
        """Mark a contract as default."""
        ...

    def close_contract(self, contract: UUID, status: ContractStatus) -> None:
        """Set the status of a contract."""
        ...

    def map(self, customer: UUID, account: UUID) -> None:
        """Map a provider account."""
        ...

    def move(self, subscription: UUID, contract: UUID | None) -> None:
        """Move a subscription."""
        ...

    def price(self, subscription: UUID, amount: Decimal) -> None:
        """Set a unit price, in euros."""
        ...

    def settle(self) -> None:
        """Let everything that is on its way arrive."""
        ...

    def shown(self, noun: CrmNoun) -> dict[UUID, dict[str, CrmValue]]:
        """Return what the CRM shows, by id."""
        ...

    def close(self) -> None:
        """Be done."""
        ...


def laboratory(mirror: Mirror) -> Laboratory:
    """Return an agent with one provider, whose customer c-1 holds the subscription s-1."""
    world = World(scans=True)
    world.customer("c-1")
    world.subscription("s-1")
    return Laboratory(emptied(mirror), world)


class LocalBench:
    """With the plug-in `local`: the CRM's users are the agent's own callers."""

    def __init__(self, mirror: Mirror) -> None:
        self.lab = laboratory(mirror)
        self._caller = Caller(USER, frozenset({Role.BILLING, Role.PROVISIONING}))

    def account(self, name: str) -> UUID:
        return self.lab.office.accounts.create(self._caller, name=name).id

    def contract(self, account: UUID, *, is_default: bool = False) -> UUID:
        wanted = NewContract(account, "Monthly", is_default=is_default, currency="EUR")
        return self.lab.office.contracts.create(self._caller, wanted).id

    def flag(self, contract: UUID) -> None:
        self.lab.office.contracts.set_default(self._caller, contract, DefaultWish())

    def close_contract(self, contract: UUID, status: ContractStatus) -> None:
        self.lab.office.contracts.update(self._caller, contract, ContractEdit(status=status))

    def map(self, customer: UUID, account: UUID) -> None:
        self.lab.office.mappings.map(self._caller, customer, account)

    def move(self, subscription: UUID, contract: UUID | None) -> None:
        self.lab.office.assignments.assign(self._caller, [subscription], contract)

    def price(self, subscription: UUID, amount: Decimal) -> None:
        self.lab.office.assignments.set_price(self._caller, [subscription], amount, "EUR")

    def settle(self) -> None:
        """Do nothing: what is in the mirror has arrived."""

    def shown(self, noun: CrmNoun) -> dict[UUID, dict[str, CrmValue]]:
        with self.lab.mirror.reading():
            rows = self.lab.mirror.rows(f"SELECT id FROM {noun}")  # noqa: S608
            return record_values(self.lab.mirror, noun, [decode_uuid(row[0]) for row in rows])

    def close(self) -> None:
        """Do nothing: no connection is open."""


class RemoteBench:
    """With a CRM beside the mirror."""

    def __init__(self, mirror: Mirror, side: CrmSide) -> None:
        self.lab = laboratory(mirror)
        mirror.feeds_crm = True
        self._side = side
        lab = self.lab
        self._exchange = CrmExchange(lab.mirror, lab.locks, lab.clock, side.connect, NoDesk())
        self._exchange.ensure_read(side.control(), no_progress)

    def account(self, name: str) -> UUID:
        return self._added(CrmNoun.ACCOUNT, name=name)

    def contract(self, account: UUID, *, is_default: bool = False) -> UUID:
        return self._added(
            CrmNoun.BILLING_CONTRACT,
            name="Monthly",
            account_id=account,
            is_default=is_default,
            billing_policy="ADVANCE",
            billing_frequency="MONTHLY",
            currency="EUR",
            status="ACTIVE",
        )

    def flag(self, contract: UUID) -> None:
        self._edit(CrmNoun.BILLING_CONTRACT, contract, is_default=True)

    def close_contract(self, contract: UUID, status: ContractStatus) -> None:
        self._edit(CrmNoun.BILLING_CONTRACT, contract, status=status.value)

    def map(self, customer: UUID, account: UUID) -> None:
        self._edit(CrmNoun.PROVIDER_ACCOUNT, customer, account_id=account)

    def move(self, subscription: UUID, contract: UUID | None) -> None:
        self._edit(CrmNoun.SUBSCRIPTION, subscription, billing_contract_id=contract)

    def price(self, subscription: UUID, amount: Decimal) -> None:
        self._edit(
            CrmNoun.SUBSCRIPTION, subscription, unit_price_amount=amount, unit_price_currency="EUR"
        )

    def settle(self) -> None:
        self._exchange.pull(self._side.control(), no_progress)
        self._exchange.push(self._side.control(), no_progress)

    def shown(self, noun: CrmNoun) -> dict[UUID, dict[str, CrmValue]]:
        with closing(self._side.connect(self._side.control())) as crm:
            changes = [change for page in crm.changes(noun, None) for change in page.changes]
        return {change.id: dict(getattr(change, "values", {})) for change in changes}

    def close(self) -> None:
        self._exchange.close()
        self.lab.mirror.feeds_crm = False

    def _added(self, noun: CrmNoun, **values: Any) -> UUID:
        record = self._side.add(noun, **values)
        self.settle()
        return record

    def _edit(self, noun: CrmNoun, record: UUID, **values: Any) -> None:
        self.settle()
        self._side.edit(noun, record, **values)
        self.settle()
